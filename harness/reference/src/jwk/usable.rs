//! Whether a key may be used for an operation, and fits its algorithm.

use algorithms::{
    ContentEncryption, Curve, KeyManagement, KeyManagementFamily, Signature, SignatureFamily,
};
use rejection::Rejection;

use super::{Jwk, Material};
use crate::json::Value;
use crate::policy::Policy;

/// An operation with its algorithm.
#[derive(Clone, Copy)]
pub(crate) enum Purpose<'a> {
    Encrypt { alg: &'a KeyManagement, enc: &'a ContentEncryption },
    Decrypt { alg: &'a KeyManagement, enc: &'a ContentEncryption },
    Sign { alg: &'a Signature },
    Verify { alg: &'a Signature },
}

/// First what the key allows (policy), then what it is (key).
pub(crate) fn check_usable(
    key: &Jwk,
    purpose: Purpose<'_>,
    policy: &Policy,
) -> Result<(), Rejection> {
    check_declared(key, purpose)?;
    match purpose {
        Purpose::Encrypt { alg, enc } => check_encryption(key, alg, enc, policy),
        Purpose::Decrypt { alg, enc } => {
            check_encryption(key, alg, enc, policy)?;
            check_private(key)
        }
        Purpose::Sign { alg } => {
            check_signature(key, alg, policy)?;
            check_private(key)
        }
        Purpose::Verify { alg } => check_signature(key, alg, policy),
    }
}

/// `alg`, `use` and `key_ops` (RFC 7517 §4.2 to §4.4).
fn check_declared(key: &Jwk, purpose: Purpose<'_>) -> Result<(), Rejection> {
    let (name, direct) = match purpose {
        Purpose::Encrypt { alg, enc } | Purpose::Decrypt { alg, enc } => {
            // A key for direct encryption may name the content encryption algorithm.
            (alg.name, (alg.family == KeyManagementFamily::Direct).then_some(enc.name))
        }
        Purpose::Sign { alg } | Purpose::Verify { alg } => (alg.name, None),
    };
    if key.alg().is_some_and(|own| own != name && Some(own) != direct) {
        return Err(Rejection::KeyAlg);
    }
    let usage = match purpose {
        Purpose::Encrypt { .. } | Purpose::Decrypt { .. } => "enc",
        Purpose::Sign { .. } | Purpose::Verify { .. } => "sig",
    };
    if key.members.text("use").is_some_and(|own| own != usage) {
        return Err(Rejection::KeyUse);
    }
    let Some(operations) = key.members.get("key_ops").and_then(Value::as_array) else {
        return Ok(());
    };
    let wanted = operations_for(purpose);
    let listed =
        operations.iter().filter_map(Value::as_text).any(|operation| wanted.contains(&operation));
    if listed { Ok(()) } else { Err(Rejection::KeyOps) }
}

/// Values of `key_ops` of which one is needed (RFC 7517 §4.3).
const fn operations_for(purpose: Purpose<'_>) -> &'static [&'static str] {
    match purpose {
        Purpose::Sign { .. } => &["sign"],
        Purpose::Verify { .. } => &["verify"],
        Purpose::Encrypt { alg, .. } => match alg.family {
            KeyManagementFamily::Direct => &["encrypt"],
            KeyManagementFamily::EcdhEs { .. } | KeyManagementFamily::Pbes2 { .. } => {
                &["deriveKey", "deriveBits"]
            }
            _ => &["wrapKey", "encrypt"],
        },
        Purpose::Decrypt { alg, .. } => match alg.family {
            KeyManagementFamily::Direct => &["decrypt"],
            KeyManagementFamily::EcdhEs { .. } | KeyManagementFamily::Pbes2 { .. } => {
                &["deriveKey", "deriveBits"]
            }
            _ => &["unwrapKey", "decrypt"],
        },
    }
}

fn check_encryption(
    key: &Jwk,
    alg: &KeyManagement,
    enc: &ContentEncryption,
    policy: &Policy,
) -> Result<(), Rejection> {
    match (alg.family, &key.material) {
        (
            KeyManagementFamily::RsaOaep { .. } | KeyManagementFamily::RsaPkcs1v15,
            Material::Rsa { public, .. },
        ) => check_rsa_bits(public.bits(), policy),
        (
            KeyManagementFamily::AesKeyWrap { key_octets }
            | KeyManagementFamily::AesGcmKeyWrap { key_octets },
            Material::Symmetric(own),
        ) => check_octets(own.len(), key_octets),
        (KeyManagementFamily::Direct, Material::Symmetric(own)) => {
            check_octets(own.len(), enc.cek_octets)
        }
        (KeyManagementFamily::EcdhEs { .. }, Material::Elliptic { .. }) => Ok(()),
        (KeyManagementFamily::EcdhEs { .. }, Material::Octets { curve: Curve::X25519, .. }) => {
            Ok(())
        }
        (KeyManagementFamily::EcdhEs { .. }, Material::Octets { .. }) => Err(Rejection::KeyCurve),
        (KeyManagementFamily::Pbes2 { .. }, Material::Symmetric(password)) => {
            if password.is_empty() { Err(Rejection::KeyTooSmall) } else { Ok(()) }
        }
        _ => Err(Rejection::KeyType),
    }
}

fn check_signature(key: &Jwk, alg: &Signature, policy: &Policy) -> Result<(), Rejection> {
    match (alg.family, &key.material) {
        (SignatureFamily::Hmac { hash }, Material::Symmetric(own)) => {
            // RFC 7518 §3.2: at least as long as the hash.
            if own.len() < hash.octets() && !policy.allow_short_hmac {
                return Err(Rejection::KeyTooSmall);
            }
            Ok(())
        }
        (
            SignatureFamily::RsaPkcs1v15 { .. } | SignatureFamily::RsaPss { .. },
            Material::Rsa { public, .. },
        ) => check_rsa_bits(public.bits(), policy),
        (SignatureFamily::Ecdsa { curve, .. }, Material::Elliptic { public, .. }) => {
            if public.curve() == curve { Ok(()) } else { Err(Rejection::KeyCurve) }
        }
        (SignatureFamily::EdDsa, Material::Octets { curve: Curve::Ed25519, .. }) => Ok(()),
        (SignatureFamily::EdDsa, Material::Octets { .. }) => Err(Rejection::KeyCurve),
        _ => Err(Rejection::KeyType),
    }
}

const fn check_private(key: &Jwk) -> Result<(), Rejection> {
    match &key.material {
        Material::Rsa { private: Some(_), .. }
        | Material::Elliptic { private: Some(_), .. }
        | Material::Octets { d: Some(_), .. }
        | Material::Symmetric(_) => Ok(()),
        Material::Rsa { .. } | Material::Elliptic { .. } | Material::Octets { .. } => {
            Err(Rejection::KeyPrivateMissing)
        }
    }
}

/// RFC 7518 §3.3, §3.5, §4.2 and §4.3.
const fn check_rsa_bits(bits: usize, policy: &Policy) -> Result<(), Rejection> {
    if bits < 2048 && !policy.allow_small_rsa { Err(Rejection::KeyTooSmall) } else { Ok(()) }
}

const fn check_octets(own: usize, wanted: usize) -> Result<(), Rejection> {
    if own == wanted { Ok(()) } else { Err(Rejection::KeyLength) }
}
