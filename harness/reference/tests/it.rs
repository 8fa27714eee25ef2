//! The reference at its boundary: a token or a key goes in, a value or a code comes out.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests may panic like the tests themselves"
)]

#[path = "it/access_token.rs"]
mod access_token;
#[path = "it/access_token_rules.rs"]
mod access_token_rules;
#[path = "it/access_token_support.rs"]
mod access_token_support;
#[path = "it/assertion.rs"]
mod assertion;
#[path = "it/assertion_build.rs"]
mod assertion_build;
#[path = "it/assertion_claims.rs"]
mod assertion_claims;
#[path = "it/assertion_support.rs"]
mod assertion_support;
#[path = "it/credential.rs"]
mod credential;
#[path = "it/jwe.rs"]
mod jwe;
#[path = "it/jwk.rs"]
mod jwk;
#[path = "it/jws.rs"]
mod jws;
#[path = "it/jwt.rs"]
mod jwt;
#[path = "it/nested.rs"]
mod nested;
#[path = "it/properties.rs"]
mod properties;
#[path = "it/support.rs"]
mod support;
#[path = "it/tampering.rs"]
mod tampering;
