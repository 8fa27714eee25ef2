//! Signing and verifying octets: one face for the rows of the table (RFC 7518 §3).

use algorithms::{Curve, Signature, SignatureFamily, elliptic, okp};
use rand::CryptoRng;
use rejection::Rejection;
use subtle::ConstantTimeEq as _;

use crate::jwk::{Jwk, Material};
use crate::policy::Policy;

/// Whether `signature` holds over `input`. A key that does not fit verifies nothing.
pub(super) fn holds(
    alg: &Signature,
    key: &Jwk,
    input: &[u8],
    signature: &[u8],
    policy: &Policy,
) -> bool {
    match (alg.family, &key.material) {
        (SignatureFamily::Hmac { hash }, Material::Symmetric(key)) => {
            hash.hmac(key, input).as_slice().ct_eq(signature).into()
        }
        (SignatureFamily::RsaPkcs1v15 { hash }, Material::Rsa { public, .. }) => {
            policy.provider.verify_pkcs1v15(public, hash, input, signature)
        }
        (SignatureFamily::RsaPss { hash }, Material::Rsa { public, .. }) => {
            policy.provider.verify_pss(public, hash, input, signature)
        }
        (SignatureFamily::Ecdsa { curve, hash }, Material::Elliptic { public, .. }) => {
            public.curve() == curve && elliptic::verify_ecdsa(public, hash, input, signature)
        }
        (SignatureFamily::EdDsa, Material::Octets { curve: Curve::Ed25519, x, .. }) => {
            okp::ed25519_verify(x, input, signature)
        }
        _ => false,
    }
}

/// Signs `input`; the key was found usable before.
pub(super) fn make(
    alg: &Signature,
    key: &Jwk,
    input: &[u8],
    policy: &Policy,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, Rejection> {
    match (alg.family, &key.material) {
        (SignatureFamily::Hmac { hash }, Material::Symmetric(key)) => Ok(hash.hmac(key, input)),
        (SignatureFamily::RsaPkcs1v15 { hash }, Material::Rsa { private: Some(key), .. }) => {
            policy.provider.sign_pkcs1v15(key, hash, input).map_err(|_| Rejection::KeyTooSmall)
        }
        (SignatureFamily::RsaPss { hash }, Material::Rsa { private: Some(key), .. }) => {
            policy.provider.sign_pss(key, rng, hash, input).map_err(|_| Rejection::KeyTooSmall)
        }
        (SignatureFamily::Ecdsa { hash, .. }, Material::Elliptic { private: Some(key), .. }) => {
            elliptic::sign_ecdsa(key, hash, input).map_err(|_| Rejection::KeyCurve)
        }
        (SignatureFamily::EdDsa, Material::Octets { curve: Curve::Ed25519, d: Some(d), .. }) => {
            Ok(okp::ed25519_sign(d, input))
        }
        _ => Err(Rejection::KeyType),
    }
}
