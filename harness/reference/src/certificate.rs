//! X.509 certificates: thumbprints (RFC 8705 §3.1) and the key of `x5c` (RFC 7517 §4.7).

use algorithms::{Hash, base64url};
use data_encoding::BASE64;
use rejection::Rejection;
use x509_cert::Certificate;
use x509_cert::der::asn1::UintRef;
use x509_cert::der::{Decode as _, Document, Reader as _, SliceReader};

use crate::json::Value;
use crate::jwk::Material;

/// `x5t#S256` of a certificate in PEM: one block of the label `CERTIFICATE`.
///
/// # Errors
/// [`Rejection::Certificate`]
pub fn thumbprint_of_pem(pem: &str) -> Result<String, Rejection> {
    if pem.matches("-----BEGIN ").count() != 1 {
        return Err(Rejection::Certificate);
    }
    let (label, document) = Document::from_pem(pem).map_err(|_| Rejection::Certificate)?;
    if label != "CERTIFICATE" {
        return Err(Rejection::Certificate);
    }
    thumbprint_of_der(document.as_bytes())
}

/// `x5t#S256` of a certificate in DER: base64url of SHA-256 over exactly these octets.
///
/// # Errors
/// [`Rejection::Certificate`] for what is no certificate or has something behind it.
pub fn thumbprint_of_der(der: &[u8]) -> Result<String, Rejection> {
    Certificate::from_der(der).map_err(|_| Rejection::Certificate)?;
    Ok(base64url::encode(&Hash::Sha256.digest(der)))
}

/// Checks that the first certificate of `x5c` holds the key of the JWK. The chain is not validated:
/// nothing here trusts a certificate.
pub(crate) fn check_chain_holds(chain: &Value, key: &Material) -> Result<(), Rejection> {
    let first = chain.as_array().and_then(|chain| chain.first()).and_then(Value::as_text);
    let first = first.ok_or(Rejection::KeyX5c)?;
    let der = BASE64.decode(first.as_bytes()).map_err(|_| Rejection::KeyX5c)?;
    let certificate = Certificate::from_der(&der).map_err(|_| Rejection::KeyX5c)?;
    let spki = certificate.tbs_certificate().subject_public_key_info();
    let held = spki.subject_public_key.as_bytes().ok_or(Rejection::KeyX5c)?;
    let same = match key {
        Material::Rsa { public, .. } => rsa_integers(held)
            .is_some_and(|(n, e)| n == public.n_octets() && e == public.e_octets()),
        Material::Elliptic { public, .. } => {
            let (x, y) = public.coordinates();
            // SEC 1 §2.3.3: the uncompressed form, as RFC 5480 §2.2 has it.
            held == [&[4], x.as_slice(), &y].concat()
        }
        Material::Octets { x, .. } => held == x,
        Material::Symmetric(_) => false,
    };
    if same { Ok(()) } else { Err(Rejection::KeyX5c) }
}

/// Modulus and exponent of exactly one RSAPublicKey (RFC 8017 §A.1.1), big-endian and minimal.
pub(crate) fn rsa_integers(der: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut reader = SliceReader::new(der).ok()?;
    let integers = reader
        .sequence(|reader| {
            let n = UintRef::decode(reader)?.as_bytes().to_vec();
            Ok::<_, x509_cert::der::Error>((n, UintRef::decode(reader)?.as_bytes().to_vec()))
        })
        .ok()?;
    reader.finish().ok()?;
    Some(integers)
}
