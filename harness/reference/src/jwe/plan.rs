//! What a header asks for: RFC 7516 §5.2 steps 5 and 6, and the lengths that follow from it.

use algorithms::{ContentEncryption, KeyManagement, KeyManagementFamily, Signature};
use rejection::Rejection;

use super::parameters::Parameters;
use super::{Jwe, Recipient};
use crate::header::Header;
use crate::json::Value;
use crate::policy::Policy;

/// A header that is understood in full; no key was looked at.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub alg: &'static KeyManagement,
    pub enc: &'static ContentEncryption,
    pub parameters: Parameters,
    pub is_compressed: bool,
}

impl Plan {
    /// Checks the header of one recipient and the lengths of the parts.
    pub(crate) fn make(
        jwe: &Jwe,
        recipient: &Recipient,
        header: &Header,
    ) -> Result<Self, Rejection> {
        let alg = alg(header)?;
        let enc = enc(header)?;
        let plan = Self {
            alg,
            enc,
            parameters: Parameters::read(alg.family, header)?,
            is_compressed: is_compressed(header)?,
        };
        plan.check_lengths(jwe, recipient)?;
        Ok(plan)
    }

    /// RFC 7518 §5.2 and §5.3; RFC 7516 §5.2 step 10.
    fn check_lengths(&self, jwe: &Jwe, recipient: &Recipient) -> Result<(), Rejection> {
        if jwe.iv.len() != self.enc.iv_octets {
            return Err(Rejection::IvLength);
        }
        if jwe.tag.len() != self.enc.tag_octets {
            return Err(Rejection::TagLength);
        }
        match (is_direct(self.alg), recipient.encrypted_key.is_empty()) {
            (true, false) => Err(Rejection::EncryptedKeyPresent),
            (false, true) => Err(Rejection::EncryptedKeyMissing),
            _ => Ok(()),
        }
    }

    /// RFC 8725 §3.1 and the bound on `p2c`; before any key is touched.
    pub(crate) fn check_policy(&self, policy: &Policy) -> Result<(), Rejection> {
        if !policy.allows_key_management(self.alg.name) {
            return Err(Rejection::AlgNotAllowed);
        }
        if !policy.allows_content_encryption(self.enc.name) {
            return Err(Rejection::EncNotAllowed);
        }
        match self.parameters {
            Parameters::Password { p2c, .. } if p2c > u64::from(policy.max_p2c) => {
                Err(Rejection::P2cTooLarge)
            }
            _ => Ok(()),
        }
    }
}

/// Whether the CEK is not wrapped: the encrypted key is empty.
pub(super) const fn is_direct(alg: &KeyManagement) -> bool {
    matches!(
        alg.family,
        KeyManagementFamily::Direct | KeyManagementFamily::EcdhEs { wrap_octets: None }
    )
}

/// RFC 7516 §4.1.1; a JWS's algorithm tells its kind (RFC 7516 §9).
pub(super) fn alg(header: &Header) -> Result<&'static KeyManagement, Rejection> {
    let name = header.alg()?;
    match KeyManagement::named(name) {
        Some(row) => Ok(row),
        None if name == "none" || Signature::named(name).is_some() => Err(Rejection::Kind),
        None => Err(Rejection::AlgUnknown),
    }
}

/// RFC 7516 §4.1.2.
pub(super) fn enc(header: &Header) -> Result<&'static ContentEncryption, Rejection> {
    match header.get("enc") {
        None => Err(Rejection::EncMissing),
        Some(Value::String(name)) => ContentEncryption::named(name).ok_or(Rejection::EncUnknown),
        Some(_) => Err(Rejection::EncType),
    }
}

/// RFC 7516 §4.1.3. That it is protected was checked for the whole token.
pub(super) fn is_compressed(header: &Header) -> Result<bool, Rejection> {
    match header.get("zip") {
        None => Ok(false),
        Some(Value::String(name)) if name == "DEF" => Ok(true),
        Some(_) => Err(Rejection::ZipUnknown),
    }
}

/// What holds for all recipients together: `zip` is protected and `enc` the same (RFC 7516 §4.1.3,
/// §7.2.1), and a key that is the CEK itself has no other recipient beside it (§5.1 steps 1 to 6).
pub(crate) fn check_whole(jwe: &Jwe, headers: &[Header]) -> Result<(), Rejection> {
    let unprotected = jwe.recipients.iter().map(|recipient| &recipient.header);
    if unprotected.chain([&jwe.shared]).any(|object| object.has("zip")) {
        return Err(Rejection::ZipUnprotected);
    }
    let mut encs = headers.iter().map(|header| header.get("enc"));
    let first = encs.next();
    if encs.any(|enc| Some(enc) != first) {
        return Err(Rejection::EncMismatch);
    }
    let direct =
        |header: &Header| header.text("alg").and_then(KeyManagement::named).is_some_and(is_direct);
    if headers.len() > 1 && headers.iter().any(direct) {
        return Err(Rejection::Serialization);
    }
    Ok(())
}

/// Bounds the iterations of all recipients together: each costs as if it were alone.
pub(crate) fn check_iterations(headers: &[Header], policy: &Policy) -> Result<(), Rejection> {
    let counts = headers.iter().filter_map(|header| match header.get("p2c") {
        Some(Value::Number(count)) if count.is_unsigned_integer() => {
            Some(count.to_u64().unwrap_or(u64::MAX))
        }
        _ => None,
    });
    if headers.len() > 1 && counts.fold(0, u64::saturating_add) > u64::from(policy.max_p2c) {
        return Err(Rejection::P2cTooLarge);
    }
    Ok(())
}
