//! What an access token says, and how it is made.

use rand::CryptoRng;
use rejection::Rejection;

use super::Dialect;
use crate::json::{Number, Object, Value};
use crate::jwk::Jwk;
use crate::jws;
use crate::nested::{self, Layer};
use crate::policy::Policy;
use crate::uuid::uuid;

/// What a token says. A `jti` is added where the dialect has one, a fresh one for each token.
#[derive(Clone, Copy, Debug)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers write `AccessToken { field, ..AccessToken::new(…) }`"
)]
pub struct AccessToken<'a> {
    /// The claims' names.
    pub dialect: Dialect,
    /// `iss`: the authorization server's issuer identifier.
    pub issuer: &'a str,
    /// `sub` of a resource owner; none for a client that acts for itself.
    pub subject: Option<&'a str>,
    /// The client.
    pub client_id: &'a str,
    /// `aud`: a string if there is one value, else a list.
    pub audience: &'a [String],
    /// `scope`: scopes with a space between them.
    pub scope: Option<&'a str>,
    /// `iat`, in NumericDate seconds.
    pub issued_at: i64,
    /// How many seconds lie between `iat` and `exp`.
    pub lifetime: u32,
    /// `cnf` `x5t#S256`: the certificate that the token is bound to (RFC 8705 §3.1).
    pub certificate: Option<&'a str>,
}

/// The key of the outer or only signature.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "what RFC 7515 §4.1 needs")]
pub struct Signing<'a> {
    /// The authorization server's private key.
    pub key: &'a Jwk,
    /// The algorithm.
    pub alg: &'a str,
    /// The header's `kid`, if it is to have one.
    pub kid: Option<&'a str>,
}

/// The key of the resource server.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "what RFC 7516 §4.1 needs")]
pub struct Encryption<'a> {
    /// The resource server's public key.
    pub key: &'a Jwk,
    /// The key management algorithm.
    pub alg: &'a str,
    /// The content encryption algorithm.
    pub enc: &'a str,
    /// The header's `kid`, if one was configured.
    pub kid: Option<&'a str>,
}

impl<'a> AccessToken<'a> {
    /// A token for a client that acts for itself, without scope, for a day.
    #[must_use]
    pub const fn new(
        dialect: Dialect,
        issuer: &'a str,
        client_id: &'a str,
        audience: &'a [String],
        issued_at: i64,
    ) -> Self {
        Self {
            dialect,
            issuer,
            subject: None,
            client_id,
            audience,
            scope: None,
            issued_at,
            lifetime: 86_400,
            certificate: None,
        }
    }

    /// `sub`: the resource owner, or the client when there is none (RFC 9068 §2.2). The documented
    /// form of the latter at Auth0 is `CLIENT@clients`.
    #[must_use]
    pub fn subject(&self) -> String {
        match (self.subject, self.dialect) {
            (Some(subject), _) => subject.to_owned(),
            (None, Dialect::Rfc9068) => self.client_id.to_owned(),
            (None, Dialect::Auth0) => format!("{}@clients", self.client_id),
        }
    }

    /// The claims, a JSON text.
    fn claims(&self, rng: &mut impl CryptoRng) -> String {
        let text = |text: &str| Value::String(text.to_owned());
        let time = |time: i64| Value::Number(Number::from_i64(time));
        let expires_at = self.issued_at.saturating_add(i64::from(self.lifetime));
        let mut claims = Object::default();
        claims.set("iss", text(self.issuer));
        claims.set("sub", text(&self.subject()));
        claims.set("aud", self.audience());
        claims.set("iat", time(self.issued_at));
        claims.set("exp", time(expires_at));
        if let Some(scope) = self.scope {
            claims.set("scope", text(scope));
        }
        match self.dialect {
            Dialect::Rfc9068 => claims.set("jti", text(&uuid(rng))),
            Dialect::Auth0 if self.subject.is_none() => {
                claims.set("gty", text("client-credentials"));
            }
            Dialect::Auth0 => {}
        }
        claims.set(self.dialect.client_claim(), text(self.client_id));
        if let Some(thumbprint) = self.certificate {
            let mut confirmation = Object::default();
            confirmation.set("x5t#S256", text(thumbprint));
            claims.set("cnf", Value::Object(confirmation));
        }
        claims.to_text()
    }

    fn audience(&self) -> Value {
        match self.audience {
            [one] => Value::String(one.clone()),
            several => Value::Array(several.iter().cloned().map(Value::String).collect()),
        }
    }
}

/// Issues a token: signed, and with `encryption` encrypted after that (RFC 7519 §11.2), each time
/// with a fresh `jti`, content encryption key and initialization vector.
///
/// # Errors
/// [`Rejection::AudMismatch`] without an audience, [`Rejection::ScopeType`] for a scope that is no
/// list of scopes, [`Rejection::CnfMalformed`] for a thumbprint that is none; else as for
/// [`jws::sign`] and [`nested::seal`].
pub fn issue(
    token: &AccessToken<'_>,
    signing: &Signing<'_>,
    encryption: Option<&Encryption<'_>>,
    rng: &mut impl CryptoRng,
) -> Result<String, Rejection> {
    // RFC 9068 §3: never without an audience.
    if token.audience.is_empty() {
        return Err(Rejection::AudMismatch);
    }
    if let Some(scope) = token.scope {
        super::claims::scopes(scope)?;
    }
    if let Some(thumbprint) = token.certificate {
        super::claims::check_thumbprint(thumbprint)?;
    }
    let (claims, policy) = (token.claims(rng), Policy::default());
    let typ = token.dialect.typ();
    let inner = header(&[("alg", signing.alg), ("typ", typ)], signing.kid);
    let Some(encryption) = encryption else {
        return jws::sign(claims.as_bytes(), &inner, signing.key, &policy, rng);
    };
    let outer =
        header(&[("alg", encryption.alg), ("enc", encryption.enc), ("cty", "JWT")], encryption.kid);
    let sign = Layer { keys: signing.key.into(), header: &inner };
    let encrypt = Layer { keys: encryption.key.into(), header: &outer };
    nested::seal(&claims, sign, encrypt, &policy, rng)
}

/// A protected header, a JSON text.
fn header(members: &[(&str, &str)], kid: Option<&str>) -> String {
    let mut header = Object::default();
    for (name, value) in members.iter().copied().chain(kid.map(|kid| ("kid", kid))) {
        header.set(name, Value::String(value.to_owned()));
    }
    header.to_text()
}
