//! Registering a public key: credentials of clients, encryption keys of APIs (Auth0).
//!
//! ```
//! use reference::credential::{Registration, Use, register};
//! use rejection::Rejection;
//!
//! let pem = "-----BEGIN PRIVATE KEY-----\nMA==\n-----END PRIVATE KEY-----\n";
//! let registration = Registration::new(Use::Client, pem, 1_700_000_000);
//! assert_eq!(register(&registration).unwrap_err(), Rejection::CredentialPemPrivate);
//! ```

mod jwk;
mod key;
mod pem;
mod time;

use algorithms::{Hash, base64url};
use rejection::Rejection;

use crate::jwk::Jwk;
use crate::thumbprint;

use key::PublicKey;

pub use jwk::register_jwk;
pub use time::{parse_expiry, print_expiry};

/// Whose key it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "clients sign, APIs decrypt")]
pub enum Use {
    /// A client's, for the signatures of its assertions.
    Client,
    /// An API's, for the encryption of its access tokens.
    Api,
}

/// What is asked for. [`Registration::new`] has the required members; the others are absent.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the members of the request")]
pub struct Registration<'a> {
    /// Whose key it is.
    pub usage: Use,
    /// The public key or certificate, at most 4096 characters.
    pub pem: &'a str,
    /// A name for people: at most 128 characters, for APIs at least one.
    pub name: Option<&'a str>,
    /// The one algorithm of the key; RS256 for clients if absent, required for APIs.
    pub alg: Option<&'a str>,
    /// The key's name; the RFC 7638 thumbprint if absent.
    pub kid: Option<&'a str>,
    /// When the credential expires, in NumericDate seconds; see [`parse_expiry`].
    pub expires_at: Option<i64>,
    /// Whether the expiry is taken from the certificate.
    pub parse_expiry_from_cert: bool,
    /// How many credentials the client has already.
    pub existing: usize,
    /// The time, in NumericDate seconds.
    pub now: i64,
}

/// A registered public key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Credential {
    /// The given name of the key, or its RFC 7638 SHA-256 thumbprint.
    pub kid: String,
    /// Whether `kid` was given: only then it goes into the header of a JWE.
    pub is_kid_given: bool,
    /// The one algorithm of the key.
    pub alg: &'static str,
    /// The key: a JWK with `kty`, `n` and `e` only.
    pub key: Jwk,
    /// When it expires, in NumericDate seconds.
    pub expires_at: Option<i64>,
    /// `x5t#S256` of the certificate (RFC 8705 §3.1), or what the manual says for a bare key.
    pub thumbprint_sha256: Option<String>,
    /// The subject of the certificate as RFC 4514 prints it.
    pub subject_dn: Option<String>,
}

impl<'a> Registration<'a> {
    /// A registration with nothing but what is required.
    #[must_use]
    pub const fn new(usage: Use, pem: &'a str, now: i64) -> Self {
        Self {
            usage,
            pem,
            name: None,
            alg: None,
            kid: None,
            expires_at: None,
            parse_expiry_from_cert: false,
            existing: 0,
            now,
        }
    }
}

impl Credential {
    /// Whether the credential has expired: `expires_at` is not part of its life.
    #[must_use]
    pub fn is_expired(&self, now: i64) -> bool {
        is_expired(self.expires_at, now)
    }
}

/// Registers a key: checks the request first, then the text, then the key.
///
/// # Errors
/// A code that starts with `credential/`; the first in the order that the manual gives.
pub fn register(registration: &Registration<'_>) -> Result<Credential, Rejection> {
    let is_client = registration.usage == Use::Client;
    if is_client && registration.existing >= MAX_CREDENTIALS {
        return Err(Rejection::CredentialTooMany);
    }
    check_name(registration)?;
    let alg = algorithm(registration)?;
    check_kid(registration)?;
    check_expiry(registration)?;
    let key = PublicKey::parse(registration.pem)?;
    let certificate = key.certificate.as_ref();
    let expires_at = if registration.parse_expiry_from_cert {
        let certificate = certificate.ok_or(Rejection::CredentialExpiryNoCertificate)?;
        Some(certificate.not_after)
    } else {
        registration.expires_at
    };
    if is_expired(expires_at, registration.now) {
        return Err(Rejection::CredentialExpiryPast);
    }
    let thumbprint_sha256 = match certificate {
        Some(certificate) => Some(digest(&certificate.der)),
        None if is_client => None,
        None => Some(digest(&key.spki()?)),
    };
    let subject_dn = certificate.map(|certificate| certificate.subject.clone());
    let jwk = key.jwk;
    let kid = kid_of(registration.kid, &jwk);
    let is_kid_given = registration.kid.is_some();
    Ok(Credential { kid, is_kid_given, alg, key: jwk, expires_at, thumbprint_sha256, subject_dn })
}

/// The given name, or the RFC 7638 thumbprint.
fn kid_of(given: Option<&str>, key: &Jwk) -> String {
    given.map_or_else(|| thumbprint::of(key, Hash::Sha256), str::to_owned)
}

/// Whether a moment has come.
pub(crate) fn is_expired(expires_at: Option<i64>, now: i64) -> bool {
    expires_at.is_some_and(|expires_at| now >= expires_at)
}

fn check_name(registration: &Registration<'_>) -> Result<(), Rejection> {
    let Some(name) = registration.name else { return Ok(()) };
    let least = usize::from(registration.usage == Use::Api);
    if (least..=MAX_NAME).contains(&name.chars().count()) {
        Ok(())
    } else {
        Err(Rejection::CredentialNameLength)
    }
}

fn algorithm(registration: &Registration<'_>) -> Result<&'static str, Rejection> {
    let (allowed, default) = match registration.usage {
        Use::Client => (&CLIENT_ALGORITHMS, CLIENT_ALGORITHMS.first()),
        Use::Api => (&API_ALGORITHMS, None),
    };
    let Some(alg) = registration.alg else {
        return default.copied().ok_or(Rejection::CredentialAlgMissing);
    };
    allowed.iter().find(|name| **name == alg).copied().ok_or(Rejection::CredentialAlg)
}

fn check_kid(registration: &Registration<'_>) -> Result<(), Rejection> {
    let Some(kid) = registration.kid else { return Ok(()) };
    let length = kid.chars().count();
    let fits = match registration.usage {
        Use::Client => {
            let plain = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_');
            (10..=64).contains(&length) && kid.bytes().all(plain)
        }
        Use::Api => (1..=128).contains(&length),
    };
    if fits { Ok(()) } else { Err(Rejection::CredentialKid) }
}

const fn check_expiry(registration: &Registration<'_>) -> Result<(), Rejection> {
    match (registration.expires_at, registration.parse_expiry_from_cert) {
        (None, false) => Ok(()),
        (Some(_), true) => Err(Rejection::CredentialExpiryConflict),
        (Some(_), false) | (None, true) => match registration.usage {
            Use::Client => Ok(()),
            Use::Api => Err(Rejection::CredentialExpiryUnsupported),
        },
    }
}

fn digest(octets: &[u8]) -> String {
    base64url::encode(&Hash::Sha256.digest(octets))
}

/// Signature algorithms of the vendor's client assertions; the first is the default.
pub const CLIENT_ALGORITHMS: [&str; 3] = ["RS256", "RS384", "PS256"];

/// Key management algorithms of encrypted access tokens.
const API_ALGORITHMS: [&str; 3] = ["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"];

/// Credentials of a client.
const MAX_CREDENTIALS: usize = 2;

/// Characters of a name.
const MAX_NAME: usize = 128;
