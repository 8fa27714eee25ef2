//! Building assertions as the vendor's SDK for Node does.

use rand::CryptoRng;
use rejection::Rejection;

use crate::json::{Object, Value};
use crate::jwk::Jwk;
use crate::jws;
use crate::policy::Policy;
use crate::uuid::uuid;

/// What an assertion says; a fresh `jti` is added for each.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers write `Assertion { field, ..Assertion::new(…) }`"
)]
pub struct Assertion<'a> {
    /// `iss` and `sub`.
    pub client_id: &'a str,
    /// `aud`: the tenant's URL with its trailing slash.
    pub audience: &'a str,
    /// The client's private key.
    pub key: &'a Jwk,
    /// The algorithm of the credential.
    pub alg: &'a str,
    /// The header's `kid`, if it is to have one.
    pub kid: Option<&'a str>,
    /// `iat`, in NumericDate seconds.
    pub now: i64,
    /// How many seconds lie between `iat` and `exp`.
    pub lifetime: u32,
}

impl<'a> Assertion<'a> {
    /// What the SDK does by default: RS256, no `kid`, two minutes.
    #[must_use]
    pub const fn new(client_id: &'a str, audience: &'a str, key: &'a Jwk, now: i64) -> Self {
        Self { client_id, audience, key, alg: "RS256", kid: None, now, lifetime: 120 }
    }

    /// Builds and signs one assertion. Its `jti` is a random UUID (RFC 9562 §5.4).
    ///
    /// # Errors
    /// As for [`jws::sign`]; [`Rejection::AlgNotAllowed`] for an HMAC, which is another way to
    /// authenticate.
    pub fn build(&self, rng: &mut impl CryptoRng) -> Result<String, Rejection> {
        let asymmetric =
            algorithms::SIGNATURES.iter().filter(|row| row.is_asymmetric()).map(|row| row.name);
        let policy = Policy::default().pin_signatures(asymmetric);
        let mut header = Object::default();
        header.set("alg", Value::String(self.alg.to_owned()));
        if let Some(kid) = self.kid {
            header.set("kid", Value::String(kid.to_owned()));
        }
        let claims = self.claims(&uuid(rng));
        jws::sign(claims.as_bytes(), &header.to_text(), self.key, &policy, rng)
    }

    /// Builds several, each with a `jti` of its own.
    ///
    /// # Errors
    /// As for [`Self::build`].
    pub fn build_many(
        &self,
        count: usize,
        rng: &mut impl CryptoRng,
    ) -> Result<Vec<String>, Rejection> {
        (0..count).map(|_| self.build(rng)).collect()
    }

    /// The claims in the order of the SDK.
    fn claims(&self, jti: &str) -> String {
        let text = |text: &str| Value::String(text.to_owned()).to_text();
        let (client_id, now) = (text(self.client_id), self.now);
        let exp = now.saturating_add(i64::from(self.lifetime));
        format!(
            r#"{{"iat":{now},"sub":{client_id},"jti":{},"iss":{client_id},"aud":{},"exp":{exp}}}"#,
            text(jti),
            text(self.audience),
        )
    }
}
