//! RSAES-OAEP (RFC 7518 §4.3) and RSAES-PKCS1-v1_5 (§4.2).

use algorithms::Hash;
use rand::CryptoRng;
use rejection::Rejection;
use zeroize::Zeroizing;

use super::{Secret, Wrapped};
use crate::jwk::{Jwk, Material};
use crate::policy::Policy;

pub(super) fn unwrap_oaep(
    hash: Hash,
    key: &Jwk,
    encrypted_key: &[u8],
    policy: &Policy,
) -> Result<Secret, Rejection> {
    let key = private(key)?;
    policy
        .provider
        .oaep_decrypt(key, hash, encrypted_key)
        .map(Zeroizing::new)
        .map_err(|_| Rejection::DecryptFailed)
}

/// The provider rejects implicitly or explicitly; either way the CEK is wrong and the tag tells.
pub(super) fn unwrap_pkcs1v15(
    key: &Jwk,
    encrypted_key: &[u8],
    policy: &Policy,
) -> Result<Secret, Rejection> {
    let key = private(key)?;
    policy
        .provider
        .pkcs1v15_decrypt(key, encrypted_key)
        .map(Zeroizing::new)
        .map_err(|_| Rejection::DecryptFailed)
}

pub(super) fn wrap_oaep(
    hash: Hash,
    key: &Jwk,
    cek: &[u8],
    policy: &Policy,
    rng: &mut dyn CryptoRng,
) -> Result<Wrapped, Rejection> {
    let sealed = policy.provider.oaep_encrypt(public(key)?, rng, hash, cek);
    // Only a modulus too short for hash and CEK fails here.
    sealed.map(Wrapped::key).map_err(|_| Rejection::KeyTooSmall)
}

pub(super) fn wrap_pkcs1v15(
    key: &Jwk,
    cek: &[u8],
    policy: &Policy,
    rng: &mut dyn CryptoRng,
) -> Result<Wrapped, Rejection> {
    let sealed = policy.provider.pkcs1v15_encrypt(public(key)?, rng, cek);
    sealed.map(Wrapped::key).map_err(|_| Rejection::KeyTooSmall)
}

const fn private(key: &Jwk) -> Result<&algorithms::rsa::PrivateKey, Rejection> {
    match &key.material {
        Material::Rsa { private: Some(private), .. } => Ok(private),
        Material::Rsa { private: None, .. } => Err(Rejection::KeyPrivateMissing),
        _ => Err(Rejection::KeyType),
    }
}

const fn public(key: &Jwk) -> Result<&algorithms::rsa::PublicKey, Rejection> {
    match &key.material {
        Material::Rsa { public, .. } => Ok(public),
        _ => Err(Rejection::KeyType),
    }
}
