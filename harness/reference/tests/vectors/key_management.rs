//! From an encrypted key to the CEK and back, on the primitives alone.

use algorithms::{KeyManagement, KeyManagementFamily as Family, gcm, key_wrap, pbes2, rsa};
use libtest_mimic::Failed;
use serde_json::Value;

use crate::compare::{Outcome, same_octets};
use crate::jwk;
use crate::primitives::Agreement;

/// The CEK of a recipient.
pub(crate) fn cek(header: &Value, key: &Value, encrypted_key: &[u8]) -> Result<Vec<u8>, Failed> {
    Ok(match family(header)? {
        Family::RsaOaep { hash } => {
            rsa::oaep_decrypt(&jwk::rsa_private(key)?, hash, hash, b"", encrypted_key)?
        }
        Family::RsaPkcs1v15 => rsa::pkcs1v15_decrypt(&jwk::rsa_private(key)?, encrypted_key)?,
        Family::AesGcmKeyWrap { .. } => {
            let [iv, tag] = [jwk::octets(header, "iv")?, jwk::octets(header, "tag")?];
            gcm::open(&jwk::secret(key)?, &iv, b"", encrypted_key, &tag)?
        }
        Family::Direct | Family::EcdhEs { wrap_octets: None } => {
            same_octets("encrypted key", encrypted_key, b"")?;
            derived_key(header, key)?
        }
        Family::AesKeyWrap { .. } | Family::EcdhEs { .. } | Family::Pbes2 { .. } => {
            key_wrap::unwrap(&derived_key(header, key)?, encrypted_key)?
        }
    })
}

/// Encrypting the CEK again gives the same encrypted key, where nothing of it is random.
pub(crate) fn reproduced(header: &Value, key: &Value, cek: &[u8], want: &[u8]) -> Outcome {
    match family(header)? {
        Family::RsaOaep { .. } | Family::RsaPkcs1v15 => Ok(()),
        Family::AesGcmKeyWrap { .. } => {
            let iv = jwk::octets(header, "iv")?;
            let (encrypted_key, tag) = gcm::seal(&jwk::secret(key)?, &iv, b"", cek)?;
            same_octets("`tag` of the header", &tag, &jwk::octets(header, "tag")?)?;
            same_octets("encrypted key", &encrypted_key, want)
        }
        Family::Direct | Family::EcdhEs { wrap_octets: None } => {
            same_octets("CEK", &derived_key(header, key)?, cek)?;
            same_octets("encrypted key", b"", want)
        }
        Family::AesKeyWrap { .. } | Family::EcdhEs { .. } | Family::Pbes2 { .. } => {
            let encrypted_key = key_wrap::wrap(&derived_key(header, key)?, cek)?;
            same_octets("encrypted key", &encrypted_key, want)
        }
    }
}

/// The symmetric key, given or derived, that wraps the CEK or is it.
pub(crate) fn derived_key(header: &Value, key: &Value) -> Result<Vec<u8>, Failed> {
    Ok(match family(header)? {
        Family::Direct | Family::AesKeyWrap { .. } => jwk::secret(key)?,
        Family::EcdhEs { .. } => Agreement::from_header(header, z(header, key)?)?.derived_key(),
        Family::Pbes2 { hash, wrap_octets } => {
            let alg = jwk::text(header, "alg")?;
            let (p2s, p2c) = pbes2_inputs(header)?;
            pbes2::derive(hash, &jwk::secret(key)?, alg, &p2s, p2c, wrap_octets)
        }
        Family::RsaOaep { .. } | Family::RsaPkcs1v15 | Family::AesGcmKeyWrap { .. } => {
            return Err("this algorithm derives no key".into());
        }
    })
}

/// The agreed secret of the header's `epk` and the recipient's key.
pub(crate) fn z(header: &Value, key: &Value) -> Result<Vec<u8>, Failed> {
    jwk::agree(key, header.get("epk").ok_or("the header has no `epk`")?)
}

/// `p2s` and `p2c`.
pub(crate) fn pbes2_inputs(header: &Value) -> Result<(Vec<u8>, u32), Failed> {
    let p2c = header.get("p2c").and_then(Value::as_u64).ok_or("the header has no `p2c`")?;
    Ok((jwk::octets(header, "p2s")?, u32::try_from(p2c)?))
}

/// The family of the header's `alg`.
pub(crate) fn family(header: &Value) -> Result<Family, Failed> {
    let row = KeyManagement::named(jwk::text(header, "alg")?).ok_or("no such `alg`")?;
    Ok(row.family)
}
