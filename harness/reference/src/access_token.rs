//! Access tokens as JWTs (RFC 9068), signed or signed and then encrypted, and the resource server's
//! side of them: validation (RFC 9068 §4), scope, binding to a certificate (RFC 8705 §3.1) and the
//! challenge of a refusal (RFC 6750 §3).
//!
//! ```
//! use rand_chacha::ChaCha20Rng;
//! use rand_chacha::rand_core::SeedableRng;
//! use reference::access_token::{AccessToken, Dialect, ResourceServer, Signing, issue};
//! use reference::{Jwk, JwkSet};
//! use rejection::Rejection;
//!
//! let mut rng = ChaCha20Rng::seed_from_u64(1); // a test; take the system's generator elsewhere
//! let key = Jwk::generate_rsa(2048, &mut rng).unwrap().labelled("1", "RS256");
//! let audience = ["https://api.example/".to_owned()];
//! let token = AccessToken {
//!     scope: Some("read:things"),
//!     ..AccessToken::new(Dialect::Rfc9068, "https://as.example/", "client", &audience, 1000)
//! };
//! let signing = Signing { key: &key, alg: "RS256", kid: key.kid() };
//! let token = issue(&token, &signing, None, &mut rng).unwrap();
//!
//! let keys = JwkSet::of(vec![key.to_public().unwrap()]);
//! let server =
//!     ResourceServer::new(Dialect::Rfc9068, "https://as.example/", "https://api.example/", keys);
//! let accepted = server.validate(&token, 1001, &mut rng).unwrap();
//! assert!(accepted.has_scope("read:things"));
//! assert_eq!(accepted.check_scope(&["write:things"]), Err(Rejection::ScopeInsufficient));
//! assert_eq!(server.validate(&token, 90_000, &mut rng).unwrap_err(), Rejection::ExpPast);
//! ```

mod challenge;
mod claims;
mod issue;
mod validate;

pub use challenge::{Challenge, challenge};
pub use claims::Accepted;
pub use issue::{AccessToken, Encryption, Signing, issue};
pub use validate::{Decryption, ResourceServer};

/// Which claims and which `typ` an access token has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the two token profiles of an API")]
pub enum Dialect {
    /// RFC 9068: `typ` is `at+jwt`, the client is `client_id`, and there is a `jti`.
    Rfc9068,
    /// Auth0's own: `typ` is `JWT`, the client is `azp`, and `gty` names the grant of a client that
    /// acts for itself.
    Auth0,
}

impl Dialect {
    /// The value of `typ`, as it is issued and expected; what is expected may also be spelled with
    /// `application/` and in any case.
    #[must_use]
    pub const fn typ(self) -> &'static str {
        match self {
            Self::Rfc9068 => "at+jwt",
            Self::Auth0 => "JWT",
        }
    }

    /// The claim that names the client.
    #[must_use]
    pub const fn client_claim(self) -> &'static str {
        match self {
            Self::Rfc9068 => "client_id",
            Self::Auth0 => "azp",
        }
    }

    /// The claims that have to be there besides `iss`, `aud` and `exp` (RFC 9068 §2.2).
    const fn required(self) -> &'static [&'static str] {
        match self {
            Self::Rfc9068 => &["sub", "client_id", "iat", "jti"],
            Self::Auth0 => &["sub", "iat"],
        }
    }
}
