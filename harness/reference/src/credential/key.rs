//! From a PEM to an RSA public key (RFC 5280 §4.1, RFC 8017 §A.1.1).

use algorithms::base64url;
use rejection::Rejection;
use x509_cert::Certificate;
use x509_cert::der::asn1::{BitStringRef, ObjectIdentifier};
use x509_cert::der::{AnyRef, Decode as _, Encode as _};
use x509_cert::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

use super::pem;
use crate::certificate::rsa_integers;
use crate::json::{Object, Value};
use crate::jwk::Jwk;

/// An RSA public key of an accepted size.
pub(super) struct PublicKey {
    /// `kty`, `n` and `e`.
    pub jwk: Jwk,
    /// Where the key came in one.
    pub certificate: Option<Held>,
    /// The RSAPublicKey in DER.
    pkcs1: Vec<u8>,
}

/// What is kept of a certificate.
pub(super) struct Held {
    /// The certificate as received.
    pub der: Vec<u8>,
    /// NumericDate seconds.
    pub not_after: i64,
    /// RFC 4514.
    pub subject: String,
}

impl PublicKey {
    /// Reads a text by its label.
    pub(super) fn parse(text: &str) -> Result<Self, Rejection> {
        let block = pem::read(text)?;
        let (pkcs1, certificate) = match block.label {
            "PUBLIC KEY" => (rsa_key_of(&block.der)?, None),
            "RSA PUBLIC KEY" => (block.der, None),
            "CERTIFICATE" => {
                let (spki, held) = open(block.der)?;
                (rsa_key_of(&spki)?, Some(held))
            }
            _ => return Err(Rejection::CredentialPemLabel),
        };
        let (n, e) = rsa_integers(&pkcs1).ok_or(Rejection::CredentialDerMalformed)?;
        let jwk = rsa_jwk(&n, &e)?;
        Ok(Self { jwk, certificate, pkcs1 })
    }

    /// The SubjectPublicKeyInfo in DER, the same for every form in which the key can come.
    pub(super) fn spki(&self) -> Result<Vec<u8>, Rejection> {
        let malformed = |_| Rejection::CredentialDerMalformed;
        let info = SubjectPublicKeyInfoRef {
            algorithm: AlgorithmIdentifierRef {
                oid: RSA_ENCRYPTION,
                parameters: Some(AnyRef::NULL),
            },
            subject_public_key: BitStringRef::from_bytes(&self.pkcs1).map_err(malformed)?,
        };
        info.to_der().map_err(malformed)
    }
}

/// The RSAPublicKey inside a SubjectPublicKeyInfo. RFC 3279 §2.3.1: the parameters are NULL.
fn rsa_key_of(der: &[u8]) -> Result<Vec<u8>, Rejection> {
    let info =
        SubjectPublicKeyInfoRef::from_der(der).map_err(|_| Rejection::CredentialDerMalformed)?;
    if info.algorithm.oid != RSA_ENCRYPTION {
        return Err(Rejection::CredentialKeyType);
    }
    if info.algorithm.parameters != Some(AnyRef::NULL) {
        return Err(Rejection::CredentialDerMalformed);
    }
    let octets = info.subject_public_key.as_bytes().ok_or(Rejection::CredentialDerMalformed)?;
    Ok(octets.to_vec())
}

/// The SubjectPublicKeyInfo of a certificate, and what is kept. Nothing here trusts the certificate:
/// neither its signature nor its start of validity is looked at.
pub(super) fn open(der: Vec<u8>) -> Result<(Vec<u8>, Held), Rejection> {
    let malformed = |_| Rejection::CredentialDerMalformed;
    let certificate = Certificate::from_der(&der).map_err(malformed)?;
    let signed = certificate.tbs_certificate();
    let spki = signed.subject_public_key_info().to_der().map_err(malformed)?;
    let not_after = signed.validity().not_after.to_unix_duration().as_secs();
    let not_after = i64::try_from(not_after).unwrap_or(i64::MAX);
    let subject = signed.subject().to_string();
    Ok((spki, Held { der, not_after, subject }))
}

/// The JWK of minimal big-endian integers: size first, then exponent, then the rest.
pub(super) fn rsa_jwk(n: &[u8], e: &[u8]) -> Result<Jwk, Rejection> {
    let leading = n.first().map_or(0, |octet| octet.leading_zeros());
    let bits = n.len().saturating_mul(8).saturating_sub(leading as usize);
    if bits < MIN_BITS {
        return Err(Rejection::CredentialRsaTooSmall);
    }
    if bits > MAX_BITS {
        return Err(Rejection::CredentialRsaTooLarge);
    }
    let is_odd = e.last().is_some_and(|octet| octet % 2 == 1);
    if !is_odd || e == [1] || e.len() > 5 || (e.len() == 5 && e.first() != Some(&1)) {
        return Err(Rejection::CredentialRsaExponent);
    }
    let mut members = Object::default();
    for (name, value) in
        [("kty", "RSA".to_owned()), ("n", base64url::encode(n)), ("e", base64url::encode(e))]
    {
        members.set(name, Value::String(value));
    }
    Jwk::from_object(members).map_err(|_| Rejection::CredentialDerMalformed)
}

/// RFC 8017 §A.1.
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

const MIN_BITS: usize = 2048;
const MAX_BITS: usize = 4096;
