//! The members of a JWK as keys of `algorithms`, read without the reference.

use algorithms::elliptic;
use algorithms::rsa;
use algorithms::{Curve, base64url, okp};
use libtest_mimic::Failed;
use serde_json::Value;

/// A text member.
pub(crate) fn text<'a>(key: &'a Value, member: &str) -> Result<&'a str, Failed> {
    key.get(member)
        .and_then(Value::as_str)
        .ok_or_else(|| format!("the key has no `{member}`").into())
}

/// A base64url member.
pub(crate) fn octets(key: &Value, member: &str) -> Result<Vec<u8>, Failed> {
    Ok(base64url::decode(text(key, member)?)?)
}

/// The octets of a symmetric key or of a password.
pub(crate) fn secret(key: &Value) -> Result<Vec<u8>, Failed> {
    match key.get("password").and_then(Value::as_str) {
        Some(password) => Ok(password.as_bytes().to_vec()),
        None => octets(key, "k"),
    }
}

/// An RSA private key.
pub(crate) fn rsa_private(key: &Value) -> Result<rsa::PrivateKey, Failed> {
    let [n, e, d, p, q] = [
        octets(key, "n")?,
        octets(key, "e")?,
        octets(key, "d")?,
        octets(key, "p")?,
        octets(key, "q")?,
    ];
    Ok(rsa::PrivateKey::from_components(&n, &e, &d, &p, &q)?)
}

/// An RSA public key.
pub(crate) fn rsa_public(key: &Value) -> Result<rsa::PublicKey, Failed> {
    Ok(rsa::PublicKey::from_components(&octets(key, "n")?, &octets(key, "e")?)?)
}

/// The key's curve.
pub(crate) fn curve(key: &Value) -> Result<Curve, Failed> {
    Curve::named(text(key, "crv")?).ok_or_else(|| "the key's `crv` is not known".into())
}

/// A private key of a NIST curve.
pub(crate) fn ec_private(key: &Value) -> Result<elliptic::PrivateKey, Failed> {
    Ok(elliptic::PrivateKey::from_octets(curve(key)?, &octets(key, "d")?)?)
}

/// A public key of a NIST curve.
pub(crate) fn ec_public(key: &Value) -> Result<elliptic::PublicKey, Failed> {
    Ok(elliptic::public_point(curve(key)?, &octets(key, "x")?, &octets(key, "y")?)?)
}

/// 32 octets of a member of an `OKP` key.
pub(crate) fn octets32(key: &Value, member: &str) -> Result<[u8; 32], Failed> {
    octets(key, member)?.try_into().map_err(|_| format!("`{member}` has no 32 octets").into())
}

/// The agreed secret Z.
pub(crate) fn agree(private: &Value, public: &Value) -> Result<Vec<u8>, Failed> {
    if curve(private)? == Curve::X25519 {
        return Ok(okp::x25519(&octets32(private, "d")?, &octets32(public, "x")?));
    }
    Ok(elliptic::ecdh(&ec_private(private)?, &ec_public(public)?)?)
}

/// Whether `d` belongs to the public members.
pub(crate) fn belongs_together(key: &Value) -> Result<bool, Failed> {
    let public = match curve(key)? {
        Curve::X25519 => okp::x25519_public(&octets32(key, "d")?).to_vec(),
        Curve::Ed25519 => okp::ed25519_public(&octets32(key, "d")?).to_vec(),
        Curve::P256 | Curve::P384 | Curve::P521 => {
            let (x, y) = ec_private(key)?.public();
            return Ok((x, y) == (octets(key, "x")?, octets(key, "y")?));
        }
    };
    Ok(public == octets(key, "x")?)
}
