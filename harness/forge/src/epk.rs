//! Ephemeral public keys that are wrong (RFC 7518 §4.6.1.1, RFC 8037 §3.2), with the Z that goes with
//! them.

use algorithms::{Curve, base64url, elliptic, okp};

use crate::error::{ForgeError, unknown};
use crate::json_text::JsonText;
use crate::key_management::{Manager, exactly_32};

impl Manager<'_> {
    /// Replaces or damages the ephemeral key and returns the Z that an unchecked library computes.
    pub(crate) fn bad_epk(
        &self,
        kind: &str,
        curve: Curve,
        epk: &mut JsonText,
        z: Vec<u8>,
    ) -> Result<Vec<u8>, ForgeError> {
        let width = curve.coordinate_octets();
        let mut some = self.entropy.octets("epk", width);
        if let Some(first) = some.first_mut() {
            *first = 0;
        }
        match kind {
            "x-zero-y" => {
                *epk = ec_jwk(curve, &some, &vec![0; width]);
                return Ok(some);
            }
            "infinity" => {
                *epk = ec_jwk(curve, &vec![0; width], &vec![0; width]);
                return Ok(vec![0; width]);
            }
            "too-large" => return self.too_large(curve, epk),
            "off-curve" => change(epk, "y", |y| {
                if let Some(last) = y.last_mut() {
                    *last ^= 1;
                }
            })?,
            "other-curve" => {
                let other = if curve == Curve::P256 { Curve::P384 } else { Curve::P256 };
                let (x, y) = self.ephemeral(other, "epk")?.public();
                *epk = ec_jwk(other, &x, &y);
            }
            "ec" => {
                let (x, y) = self.ephemeral(Curve::P256, "epk")?.public();
                *epk = ec_jwk(Curve::P256, &x, &y);
            }
            "okp" => {
                let public = okp::x25519_public(&exactly_32(&self.entropy.octets("epk", 32))?);
                *epk = okp_jwk(&public);
            }
            "private" => epk.set_text("d", &base64url::encode(&some)),
            "no-x" => drop(epk.remove("x")),
            "no-y" => drop(epk.remove("y")),
            "no-crv" => drop(epk.remove("crv")),
            "no-kty" => drop(epk.remove("kty")),
            "more-members" => {
                epk.set_text("kid", "public-test-key");
                epk.set_text("use", "enc");
                epk.set_text("https://example.com/unknown", "");
            }
            "short-x" => {
                let x = octets(epk, "x")?;
                let Some((0, rest)) = x.split_first() else {
                    return Err(ForgeError::Unlucky("x has no leading zero octet".to_owned()));
                };
                epk.set_text("x", &base64url::encode(rest));
            }
            "long-x" => change(epk, "x", |x| x.insert(0, 0))?,
            "long-y" => change(epk, "y", |y| y.insert(0, 0))?,
            "short-u" => change(epk, "x", |u| u.truncate(31))?,
            "long-u" => change(epk, "x", |u| u.push(0))?,
            "high-bit" => change(epk, "x", |u| {
                if let Some(last) = u.last_mut() {
                    *last |= 0x80;
                }
            })?,
            other => return special(other, epk, z),
        }
        Ok(z)
    }

    /// The x of a real point, plus the modulus of the field; Z is that of the point.
    fn too_large(&self, curve: Curve, epk: &mut JsonText) -> Result<Vec<u8>, ForgeError> {
        const FAILED: ForgeError = ForgeError::Primitive("ECDH");
        let (small, too_large, y) = SMALL_X
            .iter()
            .find(|row| row.0 == curve)
            .map(|row| (row.1, row.2, row.3))
            .ok_or_else(|| unknown("the curve with a field", curve.name()))?;
        let read = |hex: &str| suite::octets::from_hex(hex).ok_or(FAILED);
        let y = read(y)?;
        let mut x = vec![0; curve.coordinate_octets()];
        if let Some(last) = x.last_mut() {
            *last = small;
        }
        let point = elliptic::public_point(curve, &x, &y).map_err(|_| FAILED)?;
        let own = elliptic::PrivateKey::from_octets(curve, &self.key.octets("d")?);
        let z = elliptic::ecdh(&own.map_err(|_| FAILED)?, &point).map_err(|_| FAILED)?;
        *epk = ec_jwk(curve, &read(too_large)?, &y);
        Ok(z)
    }
}

/// Kinds with a parameter: `kty-EC`, `crv-P-384`, `low-order-0`.
fn special(kind: &str, epk: &mut JsonText, z: Vec<u8>) -> Result<Vec<u8>, ForgeError> {
    for name in ["kty", "crv"] {
        if let Some(value) = kind.strip_prefix(name).and_then(|rest| rest.strip_prefix('-')) {
            epk.set_text(name, value);
            return Ok(z);
        }
    }
    let Some(point) = kind.strip_prefix("low-order-").and_then(low_order) else {
        return Err(unknown("the kind of ephemeral key", kind));
    };
    epk.set_text("x", &base64url::encode(&point));
    Ok(vec![0; 32])
}

fn octets(epk: &JsonText, name: &str) -> Result<Vec<u8>, ForgeError> {
    epk.clone()
        .remove(name)
        .and_then(|(_, json)| base64url::decode(json.trim_matches('"')).ok())
        .ok_or(ForgeError::Primitive("the ephemeral key"))
}

fn change(
    epk: &mut JsonText,
    name: &str,
    edit: impl FnOnce(&mut Vec<u8>),
) -> Result<(), ForgeError> {
    let mut coordinate = octets(epk, name)?;
    edit(&mut coordinate);
    epk.set_text(name, &base64url::encode(&coordinate));
    Ok(())
}

/// The public JWK of a point.
pub(crate) fn ec_jwk(curve: Curve, x: &[u8], y: &[u8]) -> JsonText {
    let mut jwk = JsonText::default();
    jwk.set_text("kty", "EC");
    jwk.set_text("crv", curve.name());
    jwk.set_text("x", &base64url::encode(x));
    jwk.set_text("y", &base64url::encode(y));
    jwk
}

/// The public JWK of a u-coordinate on Curve25519.
pub(crate) fn okp_jwk(u: &[u8]) -> JsonText {
    let mut jwk = JsonText::default();
    jwk.set_text("kty", "OKP");
    jwk.set_text("crv", "X25519");
    jwk.set_text("x", &base64url::encode(u));
    jwk
}

/// A point of each curve whose x is small: x, x plus the modulus, y.
const SMALL_X: &[(Curve, u8, &str, &str)] = &[
    (
        Curve::P256,
        5,
        "ffffffff00000001000000000000000000000001000000000000000000000004",
        "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc",
    ),
    (
        Curve::P384,
        2,
        "fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe\
         ffffffff000000000000000100000001",
        "8cdeadbbd04911a3c1931e26df3fa6439dca9c7eb286fbd46fc319f0e2bb7802\
         32baf57825fc0c1912ada2fefe84024c",
    ),
    (
        Curve::P521,
        1,
        "0200000000000000000000000000000000000000000000000000000000000000\
         0000000000000000000000000000000000000000000000000000000000000000\
         0000",
        "0010e59be93c4f269c0269c79e2afd65d6aeaa9b701eacc194fb3ee03df47849\
         bf550ec636ebee0ddd4a16f1cd9406605af38f584567770e3f272d688c832e84\
         3564",
    ),
];

/// The u-coordinates of small order on Curve25519, little-endian; 5 and 6 are the modulus and the
/// modulus plus one, 7 is zero with the bit that is masked.
fn low_order(index: &str) -> Option<[u8; 32]> {
    let hex = match index {
        "0" => "0000000000000000000000000000000000000000000000000000000000000000",
        "1" => "0100000000000000000000000000000000000000000000000000000000000000",
        "2" => "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "3" => "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "4" => "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "5" => "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "6" => "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "7" => "0000000000000000000000000000000000000000000000000000000000000080",
        _ => return None,
    };
    suite::octets::from_hex(hex)?.try_into().ok()
}
