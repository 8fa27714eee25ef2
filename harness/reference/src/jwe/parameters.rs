//! The header parameters that an algorithm adds (RFC 7518 §4.6.1, §4.7.1, §4.8.1).

use algorithms::KeyManagementFamily;
use rejection::Rejection;

use crate::encoding::decode;
use crate::header::{Header, has_private_members};
use crate::json::{Number, Value};
use crate::jwk::{Jwk, Material};

/// What was read.
#[derive(Clone, Debug)]
pub(crate) enum Parameters {
    None,
    KeyWrapGcm { iv: Vec<u8>, tag: Vec<u8> },
    Agreement { epk: Box<Jwk>, apu: Vec<u8>, apv: Vec<u8> },
    Password { p2s: Vec<u8>, p2c: u64 },
}

impl Parameters {
    /// Reads the parameters of a family; those of others mean nothing.
    pub(crate) fn read(family: KeyManagementFamily, header: &Header) -> Result<Self, Rejection> {
        match family {
            KeyManagementFamily::AesGcmKeyWrap { .. } => Ok(Self::KeyWrapGcm {
                iv: octets(header, "iv", 12).ok_or(Rejection::IvInvalid)?,
                tag: octets(header, "tag", 16).ok_or(Rejection::TagInvalid)?,
            }),
            KeyManagementFamily::EcdhEs { .. } => {
                let (apu, apv) = party(header)?;
                Ok(Self::Agreement { epk: Box::new(epk(header)?), apu, apv })
            }
            KeyManagementFamily::Pbes2 { .. } => {
                Ok(Self::Password { p2s: p2s(header)?, p2c: p2c(header)? })
            }
            KeyManagementFamily::RsaOaep { .. }
            | KeyManagementFamily::RsaPkcs1v15
            | KeyManagementFamily::AesKeyWrap { .. }
            | KeyManagementFamily::Direct => Ok(Self::None),
        }
    }
}

/// RFC 7518 §4.6.1.1: a public key with a point on its curve; RFC 8725 §3.4.
fn epk(header: &Header) -> Result<Jwk, Rejection> {
    let members = match header.get("epk") {
        None => return Err(Rejection::EpkMissing),
        Some(Value::Object(members)) if !has_private_members(members) => members,
        Some(_) => return Err(Rejection::EpkInvalid),
    };
    let epk = Jwk::from_object(members.clone()).map_err(|_| Rejection::EpkInvalid)?;
    match epk.material {
        Material::Elliptic { .. } | Material::Octets { .. } => Ok(epk),
        Material::Rsa { .. } | Material::Symmetric(_) => Err(Rejection::EpkInvalid),
    }
}

/// `apu` and `apv`, empty when absent (RFC 7518 §4.6.1.2, §4.6.1.3).
pub(super) fn party(header: &Header) -> Result<(Vec<u8>, Vec<u8>), Rejection> {
    let read = |name: &str, rejection: Rejection| match header.get(name) {
        None => Ok(Vec::new()),
        Some(value) => value.as_text().and_then(|text| decode(text).ok()).ok_or(rejection),
    };
    Ok((read("apu", Rejection::ApuInvalid)?, read("apv", Rejection::ApvInvalid)?))
}

/// RFC 7518 §4.8.1.1: at least eight octets.
pub(super) fn p2s(header: &Header) -> Result<Vec<u8>, Rejection> {
    let p2s = header.text("p2s").and_then(|text| decode(text).ok());
    p2s.filter(|salt| salt.len() >= 8).ok_or(Rejection::P2sInvalid)
}

/// RFC 7518 §4.8.1.2: a positive integer, written as one. What is too large for the type is
/// saturated, so that the policy refuses it by its name.
pub(super) fn p2c(header: &Header) -> Result<u64, Rejection> {
    let Some(Value::Number(count)) = header.get("p2c") else { return Err(Rejection::P2cInvalid) };
    if !Number::is_unsigned_integer(count) {
        return Err(Rejection::P2cInvalid);
    }
    match count.to_u64() {
        Some(0) => Err(Rejection::P2cInvalid),
        Some(count) => Ok(count),
        None => Ok(u64::MAX),
    }
}

/// A base64url text of exactly so many octets.
fn octets(header: &Header, name: &str, count: usize) -> Option<Vec<u8>> {
    let octets = decode(header.text(name)?).ok()?;
    (octets.len() == count).then_some(octets)
}
