//! What an accepted token says (RFC 9068 §2.2, RFC 8705 §3.1).

use algorithms::base64url;
use rejection::Rejection;

use super::Dialect;
use crate::header::Header;
use crate::json::Value;
use crate::jwt::Claims;

/// A token that was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accepted {
    /// The claims.
    pub claims: Claims,
    /// The header of the JWE, if there was one.
    pub outer: Option<Header>,
    /// The header of the JWS.
    pub inner: Header,
    /// `sub`; there unless the server does not require it.
    pub subject: Option<String>,
    /// `client_id`, or `azp`.
    pub client_id: Option<String>,
    /// The scopes, in the order of the token.
    pub scopes: Vec<String>,
    /// `cnf` `x5t#S256`: the certificate that the token is bound to.
    pub certificate: Option<String>,
}

impl Accepted {
    /// Reads the claims beyond those of every JWT; the others were checked before.
    pub(super) fn of(
        claims: Claims,
        outer: Option<Header>,
        inner: Header,
        dialect: Dialect,
        required: &[String],
    ) -> Result<Self, Rejection> {
        let client_id = client(&claims, dialect)?;
        let scopes = match claims.members().get("scope") {
            None => Vec::new(),
            Some(scope) => scopes(scope.as_text().ok_or(Rejection::ScopeType)?)?,
        };
        let certificate = confirmation(&claims)?;
        for name in required {
            check_present(&claims, name)?;
        }
        let subject = claims.members().text("sub").map(str::to_owned);
        Ok(Self { claims, outer, inner, subject, client_id, scopes, certificate })
    }

    /// Whether the token has a scope.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|own| own == scope)
    }

    /// Checks that the token has every one of these scopes.
    ///
    /// # Errors
    /// [`Rejection::ScopeInsufficient`]
    pub fn check_scope(&self, needed: &[&str]) -> Result<(), Rejection> {
        if needed.iter().all(|scope| self.has_scope(scope)) {
            Ok(())
        } else {
            Err(Rejection::ScopeInsufficient)
        }
    }

    /// Checks that a bound token came with its certificate. `thumbprint` is the `x5t#S256` of the
    /// certificate that the client used in TLS, as [`crate::certificate::thumbprint_of_der`] gives
    /// it. A token that is not bound needs none.
    ///
    /// # Errors
    /// [`Rejection::CnfMismatch`] (RFC 8705 §3).
    pub fn check_binding(&self, thumbprint: Option<&str>) -> Result<(), Rejection> {
        match self.certificate.as_deref() {
            Some(bound) if thumbprint != Some(bound) => Err(Rejection::CnfMismatch),
            Some(_) | None => Ok(()),
        }
    }
}

/// The scopes of a `scope` (RFC 6749 §3.3): printable ASCII but `"` and `\`, single spaces between.
pub(super) fn scopes(scope: &str) -> Result<Vec<String>, Rejection> {
    let is_plain = |octet: u8| matches!(octet, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    let read = |scope: &str| {
        let plain = !scope.is_empty() && scope.bytes().all(is_plain);
        plain.then(|| scope.to_owned()).ok_or(Rejection::ScopeType)
    };
    scope.split(' ').map(read).collect()
}

/// RFC 8705 §3.1: base64url of the 32 octets of a SHA-256 without padding. The unused bits of the
/// last character are not looked at, as the sample of the RFC has some that are set.
pub(super) fn check_thumbprint(text: &str) -> Result<(), Rejection> {
    let is_base64url = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
    if text.len() == base64url::encode(&[0; 32]).len() && text.bytes().all(is_base64url) {
        Ok(())
    } else {
        Err(Rejection::CnfMalformed)
    }
}

fn client(claims: &Claims, dialect: Dialect) -> Result<Option<String>, Rejection> {
    let named = claims.members().get(dialect.client_claim());
    named
        .map(|client| client.as_text().map(str::to_owned).ok_or(Rejection::ClientIdType))
        .transpose()
}

/// RFC 7800 §3.1: confirmation methods that are not understood are ignored.
fn confirmation(claims: &Claims) -> Result<Option<String>, Rejection> {
    let Some(cnf) = claims.members().get("cnf") else { return Ok(None) };
    let cnf = cnf.as_object().ok_or(Rejection::CnfMalformed)?;
    let Some(thumbprint) = cnf.get("x5t#S256") else { return Ok(None) };
    let thumbprint = thumbprint.as_text().ok_or(Rejection::CnfMalformed)?;
    check_thumbprint(thumbprint)?;
    Ok(Some(thumbprint.to_owned()))
}

/// An empty string names nobody and nothing.
fn check_present(claims: &Claims, name: &str) -> Result<(), Rejection> {
    match claims.members().get(name) {
        Some(Value::String(text)) if text.is_empty() => Err(missing(name)),
        Some(_) => Ok(()),
        None => Err(missing(name)),
    }
}

fn missing(name: &str) -> Rejection {
    if name == "jti" { Rejection::JtiMissing } else { Rejection::ClaimMissing }
}
