//! Client assertions: JWTs with which a client authenticates, `private_key_jwt` (RFC 7521 §4.2, RFC
//! 7523 §2.2 and §3, OpenID Connect Core 1.0 §9).
//!
//! ```
//! use rand_chacha::ChaCha20Rng;
//! use rand_chacha::rand_core::SeedableRng;
//! use reference::assertion::{Assertion, Client, ClientKey, Form, Rules};
//! use reference::{Jwk, Policy};
//! use rejection::Rejection;
//!
//! let mut rng = ChaCha20Rng::seed_from_u64(1); // a test; take the system's generator elsewhere
//! let jwk = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
//!     "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
//! let key = Jwk::parse(jwk, &Policy::default()).unwrap();
//! let assertion = Assertion { alg: "EdDSA", ..Assertion::new("client", "https://as/", &key, 1000) };
//! let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
//! let request = [
//!     pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"),
//!     pair("client_assertion", &assertion.build(&mut rng).unwrap()),
//! ];
//!
//! let form = Form::parse(&request).unwrap();
//! let rules = Rules::rfc7523(["https://as/"]);
//! assert_eq!(form.claimed_client(&rules).as_deref(), Ok("client"));
//! let client = Client {
//!     client_id: "client".to_owned(),
//!     keys: vec![ClientKey::new("1", "EdDSA", key.clone())],
//! };
//! let mut seen = std::collections::HashSet::new();
//! let mut ledger =
//!     |issuer: &str, jti: &str, _: i64| seen.insert((issuer.to_owned(), jti.to_owned()));
//! assert!(rules.validate(&form, &client, 1001, &mut ledger).is_ok());
//! assert_eq!(rules.validate(&form, &client, 1001, &mut ledger), Err(Rejection::JtiSeen));
//! ```

mod build;
mod claims;
mod form;
mod rules;
mod validate;

use crate::credential::{Credential, is_expired};
use crate::jwk::Jwk;

pub use build::Assertion;
pub use form::{CLIENT_ASSERTION_TYPE, Form};
pub use rules::{AudienceForm, Limits, Rules};

/// A client as the server knows it.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a client has a name and keys")]
pub struct Client {
    /// Its `client_id`.
    pub client_id: String,
    /// Its credentials.
    pub keys: Vec<ClientKey>,
}

/// One public key of a client.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "callers write `ClientKey { field, ..key }`")]
pub struct ClientKey {
    /// The key's name, which a header may state.
    pub kid: String,
    /// The one algorithm of its signatures.
    pub alg: String,
    /// The public key.
    pub key: Jwk,
    /// When it expires, in NumericDate seconds.
    pub expires_at: Option<i64>,
    /// Whether the credential authenticates the client, or merely exists.
    pub is_associated: bool,
}

/// Who authenticated.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Authenticated {
    /// The client.
    pub client_id: String,
    /// The name of the credential whose key verified.
    pub kid: String,
    /// The assertion's `jti`, if it has one.
    pub jti: Option<String>,
    /// Until when the assertion would have been accepted, in NumericDate seconds.
    pub until: i64,
}

/// What remembers the assertions that were used. A closure does.
pub trait Ledger {
    /// Claims a `jti` of an issuer: true for the first who does. It may be forgotten once the time
    /// `until`, in NumericDate seconds, has come. Of several who claim it at once, one wins.
    fn claim(&mut self, issuer: &str, jti: &str, until: i64) -> bool;
}

impl<F: FnMut(&str, &str, i64) -> bool> Ledger for F {
    fn claim(&mut self, issuer: &str, jti: &str, until: i64) -> bool {
        self(issuer, jti, until)
    }
}

impl ClientKey {
    /// An associated key that does not expire.
    #[must_use]
    pub fn new(kid: impl Into<String>, alg: impl Into<String>, key: Jwk) -> Self {
        Self { kid: kid.into(), alg: alg.into(), key, expires_at: None, is_associated: true }
    }

    /// Whether the key has expired.
    #[must_use]
    pub fn is_expired(&self, now: i64) -> bool {
        is_expired(self.expires_at, now)
    }
}

/// A registered credential; it still has to be associated.
impl From<&Credential> for ClientKey {
    fn from(credential: &Credential) -> Self {
        Self {
            kid: credential.kid.clone(),
            alg: credential.alg.to_owned(),
            key: credential.key.clone(),
            expires_at: credential.expires_at,
            is_associated: false,
        }
    }
}
