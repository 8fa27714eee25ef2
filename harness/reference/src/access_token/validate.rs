//! Validation by a resource server (RFC 9068 §4).

use algorithms::SIGNATURES;
use rand::CryptoRng;
use rejection::Rejection;

use super::{Accepted, Dialect};
use crate::encoding::check_jwt_characters;
use crate::jwk::JwkSet;
use crate::jws::Jws;
use crate::jwt::Expectations;
use crate::nested::{self, Recipient, check_not_plain, check_signed};
use crate::policy::Policy;

/// A resource server: what it is called, whom it believes, and how it decrypts.
#[derive(Clone)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers write `ResourceServer { field, ..ResourceServer::new(…) }`"
)]
pub struct ResourceServer {
    /// The claims' names.
    pub dialect: Dialect,
    /// The issuer identifier of the authorization server.
    pub issuer: String,
    /// The server's own identifier, which `aud` has to name.
    pub audience: String,
    /// The authorization server's public keys. No key of a header is ever used.
    pub keys: JwkSet,
    /// What was registered when encryption was agreed; without it no token is decrypted.
    pub decryption: Option<Decryption>,
    /// Acceptable values of `typ`.
    pub types: Vec<String>,
    /// Claims that have to be there besides `iss`, `aud` and `exp`.
    pub required: Vec<String>,
    /// Tolerance of every comparison of times, in seconds.
    pub skew: u32,
    /// Which signatures are allowed, and the limits of parsing.
    pub policy: Policy,
}

/// What a resource server registered for its encrypted tokens.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "what RFC 9068 §4 speaks of")]
pub struct Decryption {
    /// The private keys.
    pub keys: JwkSet,
    /// The only key management algorithm.
    pub alg: String,
    /// The content encryption algorithms.
    pub enc: Vec<String>,
}

impl ResourceServer {
    /// A server without encryption that follows a dialect, takes asymmetric signatures and
    /// tolerates ten seconds.
    #[must_use]
    pub fn new(
        dialect: Dialect,
        issuer: impl Into<String>,
        audience: impl Into<String>,
        keys: JwkSet,
    ) -> Self {
        let asymmetric = SIGNATURES.iter().filter(|row| row.is_asymmetric()).map(|row| row.name);
        Self {
            dialect,
            issuer: issuer.into(),
            audience: audience.into(),
            keys,
            decryption: None,
            types: vec![dialect.typ().to_owned()],
            required: dialect.required().iter().map(|name| (*name).to_owned()).collect(),
            skew: 10,
            policy: Policy {
                // The documented header of an Auth0 token has `alg`, `enc` and perhaps `kid`.
                allow_missing_cty: dialect == Dialect::Auth0,
                ..Policy::default().pin_signatures(asymmetric)
            },
        }
    }

    /// Validates a token. `now` is in NumericDate seconds; `rng` is for the decryption, as in
    /// [`nested::open`].
    ///
    /// # Errors
    /// The code of the first check that failed, in the order that the manual gives.
    pub fn validate(
        &self,
        token: &str,
        now: i64,
        rng: &mut impl CryptoRng,
    ) -> Result<Accepted, Rejection> {
        if token.len() > self.policy.max_token_octets {
            return Err(Rejection::TooLarge);
        }
        check_jwt_characters(token)?;
        let expect = Expectations {
            issuer: Some(self.issuer.clone()),
            audience: Some(self.audience.clone()),
            types: self.types.clone(),
            now: Some(now),
            skew: self.skew,
            is_exp_required: true,
        };
        let (claims, outer, inner) = match (&self.decryption, token.split('.').count()) {
            // RFC 9068 §4: what was agreed to be encrypted is encrypted.
            (Some(_), 3) => return Err(Rejection::NotEncrypted),
            (None, 5) => return Err(Rejection::KeyNotFound),
            (Some(decryption), _) => {
                let opened = self.open(token, decryption, expect, rng)?;
                (opened.claims, Some(opened.outer), opened.inner)
            }
            (None, _) => {
                let jws = Jws::parse_compact(token, &self.policy)?;
                check_not_plain(&jws)?;
                let keys = (&self.keys).into();
                let (claims, header) = check_signed(&jws, keys, &expect, &self.policy)?;
                (claims, None, header)
            }
        };
        Accepted::of(claims, outer, inner, self.dialect, &self.required)
    }

    /// Opens a nested token with what was registered and nothing else.
    fn open(
        &self,
        token: &str,
        decryption: &Decryption,
        expect: Expectations,
        rng: &mut impl CryptoRng,
    ) -> Result<nested::Opened, Rejection> {
        let policy = self
            .policy
            .clone()
            .pin_key_management([decryption.alg.as_str()])
            .pin_content_encryption(decryption.enc.iter().map(String::as_str));
        let recipient =
            Recipient { decrypt: (&decryption.keys).into(), verify: (&self.keys).into(), expect };
        nested::open(token, &recipient, &policy, rng)
    }
}
