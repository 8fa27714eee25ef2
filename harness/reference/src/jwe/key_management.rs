//! How the CEK gets there: one family a file, in the order of RFC 7518 §4.

pub(super) mod aes;
pub(super) mod ecdh;
pub(super) mod pbes2;
pub(super) mod rsa;

use algorithms::{ContentEncryption, KeyManagement, KeyManagementFamily};
use rand::CryptoRng;
use rejection::Rejection;
use zeroize::Zeroizing;

use super::plan::Plan;
use crate::header::Header;
use crate::json::Value;
use crate::jwk::{Jwk, Material};
use crate::policy::Policy;

/// Octets that are cleared when dropped.
pub(crate) type Secret = Zeroizing<Vec<u8>>;

/// Finds the CEK. [`Rejection::DecryptFailed`] means that the caller goes on with a random one;
/// every other code is about the key or the header alone.
pub(crate) fn unwrap(
    plan: &Plan,
    key: &Jwk,
    encrypted_key: &[u8],
    policy: &Policy,
) -> Result<Secret, Rejection> {
    match plan.alg.family {
        KeyManagementFamily::RsaOaep { hash } => rsa::unwrap_oaep(hash, key, encrypted_key, policy),
        KeyManagementFamily::RsaPkcs1v15 => rsa::unwrap_pkcs1v15(key, encrypted_key, policy),
        KeyManagementFamily::AesKeyWrap { .. } => aes::unwrap(symmetric(key)?, encrypted_key),
        KeyManagementFamily::AesGcmKeyWrap { .. } => {
            aes::unwrap_gcm(&plan.parameters, symmetric(key)?, encrypted_key, policy)
        }
        KeyManagementFamily::Direct => Ok(symmetric(key)?.to_vec().into()),
        KeyManagementFamily::EcdhEs { wrap_octets } => {
            let derived = ecdh::derive(plan, key)?.derived;
            match wrap_octets {
                None => Ok(derived),
                Some(_) => aes::unwrap(&derived, encrypted_key),
            }
        }
        KeyManagementFamily::Pbes2 { .. } => {
            aes::unwrap(&pbes2::derive(plan, symmetric(key)?)?, encrypted_key)
        }
    }
}

/// What wrapping a CEK for one recipient gives.
pub(super) struct Wrapped {
    /// The CEK, when the algorithm determines it itself.
    pub cek: Option<Secret>,
    /// The encrypted key; empty for the direct algorithms.
    pub encrypted_key: Vec<u8>,
    /// Header parameters to add.
    pub added: Vec<(&'static str, Value)>,
}

/// What is to be wrapped, for whom.
#[derive(Clone, Copy)]
pub(super) struct Request<'a> {
    pub alg: &'static KeyManagement,
    pub enc: &'static ContentEncryption,
    pub header: &'a Header,
    pub key: &'a Jwk,
    pub cek: &'a [u8],
}

/// Wraps the CEK, or determines it.
pub(super) fn wrap(
    request: Request<'_>,
    policy: &Policy,
    rng: &mut dyn CryptoRng,
) -> Result<Wrapped, Rejection> {
    let Request { alg, key, cek, .. } = request;
    match alg.family {
        KeyManagementFamily::RsaOaep { hash } => rsa::wrap_oaep(hash, key, cek, policy, rng),
        KeyManagementFamily::RsaPkcs1v15 => rsa::wrap_pkcs1v15(key, cek, policy, rng),
        KeyManagementFamily::AesKeyWrap { .. } => aes::wrap(symmetric(key)?, cek).map(Wrapped::key),
        KeyManagementFamily::AesGcmKeyWrap { .. } => aes::wrap_gcm(request, policy, rng),
        KeyManagementFamily::Direct => Ok(Wrapped {
            cek: Some(symmetric(key)?.to_vec().into()),
            encrypted_key: Vec::new(),
            added: Vec::new(),
        }),
        KeyManagementFamily::EcdhEs { .. } => ecdh::wrap(request, rng),
        KeyManagementFamily::Pbes2 { .. } => pbes2::wrap(request, policy, rng),
    }
}

impl Wrapped {
    /// An encrypted key and nothing else.
    pub(super) const fn key(encrypted_key: Vec<u8>) -> Self {
        Self { cek: None, encrypted_key, added: Vec::new() }
    }
}

pub(super) fn symmetric(key: &Jwk) -> Result<&[u8], Rejection> {
    match &key.material {
        Material::Symmetric(octets) => Ok(octets),
        _ => Err(Rejection::KeyType),
    }
}

/// Refuses a parameter of the caller that the algorithm makes itself.
pub(super) fn check_not_given(header: &Header, names: &[&str]) -> Result<(), Rejection> {
    if names.iter().any(|name| header.has(name)) { Err(Rejection::Overlap) } else { Ok(()) }
}

pub(super) fn text(octets: &[u8]) -> Value {
    Value::String(algorithms::base64url::encode(octets))
}
