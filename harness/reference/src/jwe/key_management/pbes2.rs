//! PBES2 with AES Key Wrap (RFC 7518 §4.8).

use algorithms::{KeyManagement, KeyManagementFamily, pbes2};
use rand::CryptoRng;
use rejection::Rejection;
use zeroize::Zeroizing;

use super::super::parameters::{self, Parameters};
use super::super::plan::Plan;
use super::super::seal::DEFAULT_P2C;
use super::{Request, Secret, Wrapped, aes, symmetric, text};
use crate::json::{Number, Value};
use crate::policy::Policy;

/// The key encryption key. The policy has bounded `p2c` before.
pub(in crate::jwe) fn derive(plan: &Plan, password: &[u8]) -> Result<Secret, Rejection> {
    let Parameters::Password { p2s, p2c } = &plan.parameters else {
        return Err(Rejection::P2sInvalid);
    };
    let count = u32::try_from(*p2c).map_err(|_| Rejection::P2cTooLarge)?;
    key(plan.alg, password, p2s, count)
}

/// A fresh salt of 16 octets and [`DEFAULT_P2C`] iterations, unless the caller's header says else.
pub(super) fn wrap(
    request: Request<'_>,
    policy: &Policy,
    rng: &mut dyn CryptoRng,
) -> Result<Wrapped, Rejection> {
    let header = request.header;
    let mut added = Vec::new();
    let p2s = if header.has("p2s") {
        parameters::p2s(header)?
    } else {
        let mut salt = vec![0; 16];
        rng.fill_bytes(&mut salt);
        added.push(("p2s", text(&salt)));
        salt
    };
    let p2c = if header.has("p2c") {
        parameters::p2c(header)?
    } else {
        added.push(("p2c", Value::Number(Number::from_u64(u64::from(DEFAULT_P2C)))));
        u64::from(DEFAULT_P2C)
    };
    // RFC 7518 §4.8.1.2: at least 1000 is recommended.
    if p2c < 1000 {
        return Err(Rejection::P2cTooSmall);
    }
    let count = u32::try_from(p2c).ok().filter(|count| *count <= policy.max_p2c);
    let count = count.ok_or(Rejection::P2cTooLarge)?;
    let kek = key(request.alg, symmetric(request.key)?, &p2s, count)?;
    Ok(Wrapped { cek: None, encrypted_key: aes::wrap(&kek, request.cek)?, added })
}

fn key(alg: &KeyManagement, password: &[u8], p2s: &[u8], count: u32) -> Result<Secret, Rejection> {
    let KeyManagementFamily::Pbes2 { hash, wrap_octets } = alg.family else {
        return Err(Rejection::KeyType);
    };
    Ok(Zeroizing::new(pbes2::derive(hash, password, alg.name, p2s, count, wrap_octets)))
}
