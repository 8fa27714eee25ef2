//! The intermediate values that published vectors state, for tests.
//!
//! Nothing of the ordinary path uses this module: unlike [`super::open()`] it stops at a wrong
//! encrypted key, which would be an oracle in the hands of a sender.

use algorithms::{ContentFamily, KeyManagementFamily, cbc_hmac};
use rejection::Rejection;

use super::key_management::{ecdh, pbes2, symmetric, unwrap};
use super::plan::Plan;
use super::{Jwe, parameters::Parameters};
use crate::jwk::{Jwk, Purpose, check_usable};
use crate::policy::Policy;

/// What lies between a token and its plaintext. Absent members do not occur in the algorithm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Intermediate {
    /// The additional authenticated data.
    pub aad: Vec<u8>,
    /// The content encryption key.
    pub cek: Vec<u8>,
    /// ECDH-ES: the agreed secret.
    pub z: Option<Vec<u8>>,
    /// ECDH-ES: the input of Concat KDF behind round number and Z.
    pub other_info: Option<Vec<u8>>,
    /// ECDH-ES and PBES2: the derived key (the CEK for direct agreement, else the wrapping key).
    pub derived_key: Option<Vec<u8>>,
    /// PBES2: the salt value, `alg` ‖ 0x00 ‖ `p2s`.
    pub salt: Option<Vec<u8>>,
    /// CBC-HMAC: the MAC key.
    pub mac_key: Option<Vec<u8>>,
    /// CBC-HMAC: the encryption key.
    pub enc_key: Option<Vec<u8>>,
    /// CBC-HMAC: AAD ‖ IV ‖ ciphertext ‖ AL.
    pub mac_input: Option<Vec<u8>>,
    /// CBC-HMAC: the whole MAC of which the tag is the first half.
    pub mac: Option<Vec<u8>>,
}

/// Computes the values for one recipient of a token with that recipient's key.
///
/// # Errors
/// As for [`super::open()`], but a wrong encrypted key ends here.
pub fn of(
    jwe: &Jwe,
    recipient: usize,
    key: &Jwk,
    policy: &Policy,
) -> Result<Intermediate, Rejection> {
    let recipient = jwe.recipients.get(recipient).ok_or(Rejection::Serialization)?;
    let header = jwe.header_of(recipient)?;
    let plan = Plan::make(jwe, recipient, &header)?;
    plan.check_policy(policy)?;
    check_usable(key, Purpose::Decrypt { alg: plan.alg, enc: plan.enc }, policy)?;
    let mut values = Intermediate { aad: jwe.additional_data(), ..Intermediate::default() };
    match plan.alg.family {
        KeyManagementFamily::EcdhEs { .. } => {
            let agreement = ecdh::derive(&plan, key)?;
            values.z = Some(agreement.z.to_vec());
            values.other_info = Some(agreement.other_info);
            values.derived_key = Some(agreement.derived.to_vec());
        }
        KeyManagementFamily::Pbes2 { .. } => {
            values.derived_key = Some(pbes2::derive(&plan, symmetric(key)?)?.to_vec());
            if let Parameters::Password { p2s, .. } = &plan.parameters {
                values.salt = Some([plan.alg.name.as_bytes(), &[0], p2s].concat());
            }
        }
        _ => {}
    }
    values.cek = unwrap(&plan, key, &recipient.encrypted_key, policy)?.to_vec();
    if let ContentFamily::CbcHmac { hash } = plan.enc.family {
        let (mac_key, enc_key) =
            cbc_hmac::split(hash, &values.cek).map_err(|_| Rejection::DecryptFailed)?;
        let length = cbc_hmac::aad_length(&values.aad);
        let mac = cbc_hmac::mac(hash, mac_key, &values.aad, &jwe.iv, &jwe.ciphertext);
        values.mac_input = Some([&values.aad, &jwe.iv, &jwe.ciphertext, &length[..]].concat());
        values.mac = Some(mac);
        let (mac_key, enc_key) = (mac_key.to_vec(), enc_key.to_vec());
        values.mac_key = Some(mac_key);
        values.enc_key = Some(enc_key);
    }
    Ok(values)
}
