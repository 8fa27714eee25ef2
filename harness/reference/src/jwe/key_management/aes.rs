//! AES Key Wrap (RFC 7518 §4.4) and key encryption with AES-GCM (§4.7).

use algorithms::key_wrap;
use rand::CryptoRng;
use rejection::Rejection;
use zeroize::Zeroizing;

use super::super::parameters::Parameters;
use super::{Request, Secret, Wrapped, check_not_given, symmetric, text};
use crate::policy::Policy;

pub(super) fn unwrap(kek: &[u8], encrypted_key: &[u8]) -> Result<Secret, Rejection> {
    key_wrap::unwrap(kek, encrypted_key).map(Zeroizing::new).map_err(|_| Rejection::DecryptFailed)
}

pub(super) fn wrap(kek: &[u8], cek: &[u8]) -> Result<Vec<u8>, Rejection> {
    key_wrap::wrap(kek, cek).map_err(|_| Rejection::KeyLength)
}

/// RFC 7518 §4.7: the additional data is empty.
pub(super) fn unwrap_gcm(
    parameters: &Parameters,
    kek: &[u8],
    encrypted_key: &[u8],
    policy: &Policy,
) -> Result<Secret, Rejection> {
    let Parameters::KeyWrapGcm { iv, tag } = parameters else { return Err(Rejection::IvInvalid) };
    policy
        .provider
        .gcm_open(kek, iv, b"", encrypted_key, tag)
        .map(Zeroizing::new)
        .map_err(|_| Rejection::DecryptFailed)
}

pub(super) fn wrap_gcm(
    request: Request<'_>,
    policy: &Policy,
    rng: &mut dyn CryptoRng,
) -> Result<Wrapped, Rejection> {
    check_not_given(request.header, &["iv", "tag"])?;
    let mut iv = [0; 12];
    rng.fill_bytes(&mut iv);
    let (encrypted_key, tag) = policy
        .provider
        .gcm_seal(symmetric(request.key)?, &iv, b"", request.cek)
        .map_err(|_| Rejection::KeyLength)?;
    let added = vec![("iv", text(&iv)), ("tag", text(&tag))];
    Ok(Wrapped { cek: None, encrypted_key, added })
}
