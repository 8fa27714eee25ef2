//! From a JSON object to a key whose members belong together.

use algorithms::{Curve, KeyError, elliptic, okp, rsa};
use rejection::Rejection;
use zeroize::Zeroizing;

use super::{Jwk, Material};
use crate::certificate;
use crate::encoding::decode;
use crate::json::{Object, Value};

/// RFC 7517 §4. Unknown members are kept and mean nothing.
pub(super) fn jwk(members: Object) -> Result<Jwk, Rejection> {
    check_common(&members)?;
    let material = match members.text("kty") {
        Some("RSA") => rsa_material(&members)?,
        Some("EC") => elliptic_material(&members)?,
        Some("OKP") => octets_material(&members)?,
        Some("oct") => symmetric_material(&members)?,
        Some(_) => return Err(Rejection::KeyType),
        None => return Err(Rejection::KeyMalformed),
    };
    if let Some(chain) = members.get("x5c") {
        certificate::check_chain_holds(chain, &material)?;
    }
    Ok(Jwk { material, members })
}

/// The types of the members that every key type shares.
fn check_common(members: &Object) -> Result<(), Rejection> {
    for name in ["kid", "alg", "use", "x5u", "x5t", "x5t#S256"] {
        if members.get(name).is_some_and(|value| value.as_text().is_none()) {
            return Err(Rejection::KeyMalformed);
        }
    }
    let Some(operations) = members.get("key_ops") else { return Ok(()) };
    let operations: Option<Vec<&str>> =
        operations.as_array().and_then(|list| list.iter().map(Value::as_text).collect());
    let operations = operations.ok_or(Rejection::KeyMalformed)?;
    // RFC 7517 §4.3: duplicates are not allowed.
    let twice =
        |(index, name): (usize, &&str)| operations.iter().skip(index + 1).any(|o| o == name);
    if operations.iter().enumerate().any(twice) { Err(Rejection::KeyMalformed) } else { Ok(()) }
}

/// RFC 7518 §6.3.
fn rsa_material(members: &Object) -> Result<Material, Rejection> {
    let (n, e) = (minimal(members, "n")?, minimal(members, "e")?);
    let public = rsa::PublicKey::from_components(&n, &e).map_err(|error| rsa_error(error, &n))?;
    // RFC 7518 §6.3.2.7: more than two primes are not supported.
    if members.has("oth") {
        return Err(Rejection::KeyMalformed);
    }
    let crt = ["p", "q", "dp", "dq", "qi"];
    let given = crt.iter().filter(|name| members.has(name)).count();
    // RFC 7518 §6.3.2: all of them or none, and none without `d`.
    if given != 0 && (given != crt.len() || !members.has("d")) {
        return Err(Rejection::KeyMalformed);
    }
    if !members.has("d") {
        return Ok(Material::Rsa { public, private: None });
    }
    let d = Zeroizing::new(octets(members, "d")?);
    if given == 0 {
        let private = rsa::PrivateKey::from_components(&n, &e, &d, &[], &[]).map_err(malformed)?;
        return Ok(Material::Rsa { public, private: Some(private) });
    }
    let [p, q, dp, dq, qi] = crt.map(|name| octets(members, name).map(Zeroizing::new));
    let private = rsa::PrivateKey::from_components(&n, &e, &d, &p?, &q?).map_err(malformed)?;
    if !private.has_crt_values(&dp?, &dq?, &qi?) {
        return Err(Rejection::KeyMalformed);
    }
    Ok(Material::Rsa { public, private: Some(private) })
}

/// RFC 7518 §6.2.
fn elliptic_material(members: &Object) -> Result<Material, Rejection> {
    let curve = curve(members)?;
    if !matches!(curve, Curve::P256 | Curve::P384 | Curve::P521) {
        return Err(Rejection::KeyCurve);
    }
    let (x, y) = (octets(members, "x")?, octets(members, "y")?);
    let public = elliptic::public_point(curve, &x, &y).map_err(malformed)?;
    if !members.has("d") {
        return Ok(Material::Elliptic { public, private: None });
    }
    let d = Zeroizing::new(octets(members, "d")?);
    let private = elliptic::PrivateKey::from_octets(curve, &d).map_err(malformed)?;
    if private.public_key() != public {
        return Err(Rejection::KeyMalformed);
    }
    Ok(Material::Elliptic { public, private: Some(private) })
}

/// RFC 8037 §2.
fn octets_material(members: &Object) -> Result<Material, Rejection> {
    let curve = curve(members)?;
    let public_of = match curve {
        Curve::X25519 => okp::x25519_public,
        Curve::Ed25519 => okp::ed25519_public,
        Curve::P256 | Curve::P384 | Curve::P521 => return Err(Rejection::KeyCurve),
    };
    let x = octets32(members, "x")?;
    if !members.has("d") {
        return Ok(Material::Octets { curve, x, d: None });
    }
    let d = Zeroizing::new(octets32(members, "d")?);
    if public_of(&d) != x {
        return Err(Rejection::KeyMalformed);
    }
    Ok(Material::Octets { curve, x, d: Some(d) })
}

/// RFC 7518 §6.4. No octets at all are a key that is too short for everything.
fn symmetric_material(members: &Object) -> Result<Material, Rejection> {
    Ok(Material::Symmetric(Zeroizing::new(octets(members, "k")?)))
}

fn curve(members: &Object) -> Result<Curve, Rejection> {
    let name = members.text("crv").ok_or(Rejection::KeyMalformed)?;
    Curve::named(name).ok_or(Rejection::KeyCurve)
}

fn octets(members: &Object, name: &str) -> Result<Vec<u8>, Rejection> {
    let text = members.text(name).ok_or(Rejection::KeyMalformed)?;
    decode(text).map_err(|_| Rejection::KeyMalformed)
}

fn octets32(members: &Object, name: &str) -> Result<[u8; 32], Rejection> {
    octets(members, name)?.try_into().map_err(|_| Rejection::KeyMalformed)
}

/// Base64urlUInt: RFC 7518 §2 asks for the minimum of octets; leading zeros change the thumbprint.
fn minimal(members: &Object, name: &str) -> Result<Vec<u8>, Rejection> {
    let octets = octets(members, name)?;
    match octets.first() {
        None | Some(0) => Err(Rejection::KeyMalformed),
        Some(_) => Ok(octets),
    }
}

/// Below 1024 bits there is no key at all; what lies between that and 2048 is refused when used.
const fn rsa_error(error: KeyError, n: &[u8]) -> Rejection {
    match error {
        KeyError::Size if n.len() <= 128 => Rejection::KeyTooSmall,
        _ => Rejection::KeyMalformed,
    }
}

const fn malformed(_: KeyError) -> Rejection {
    Rejection::KeyMalformed
}
