//! Keys written as DER, to compare with the PEM and DER forms of a vector octet by octet.

use algorithms::{Curve, elliptic};
use libtest_mimic::Failed;
use serde_json::Value;

use crate::jwk;

/// The SubjectPublicKeyInfo of a JWK (RFC 5280 §4.1.2.7).
pub(crate) fn spki(key: &Value) -> Result<Vec<u8>, Failed> {
    let octets = match kty(key)? {
        "RSA" => sequence(&[integer(&jwk::octets(key, "n")?), integer(&jwk::octets(key, "e")?)]),
        "EC" => point(key)?,
        _ => jwk::octets(key, "x")?,
    };
    Ok(sequence(&[algorithm(key)?, tagged(BIT_STRING, &[&[0], &octets[..]].concat())]))
}

/// The PrivateKeyInfo of a JWK: PKCS #8 (RFC 5208 §5).
pub(crate) fn pkcs8(key: &Value) -> Result<Vec<u8>, Failed> {
    let private = match kty(key)? {
        "RSA" => {
            // RFC 8017 §A.1.2.
            let mut integers = vec![integer(&[0])];
            for member in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
                integers.push(integer(&jwk::octets(key, member)?));
            }
            sequence(&integers)
        }
        "EC" => {
            // RFC 5915 §3; the curve stands in the algorithm.
            let public = tagged(BIT_STRING, &[&[0], &point(key)?[..]].concat());
            let d = tagged(OCTET_STRING, &jwk::octets(key, "d")?);
            sequence(&[integer(&[1]), d, tagged(CONTEXT_1, &public)])
        }
        // RFC 8410 §7.
        _ => tagged(OCTET_STRING, &jwk::octets(key, "d")?),
    };
    Ok(sequence(&[integer(&[0]), algorithm(key)?, tagged(OCTET_STRING, &private)]))
}

fn kty(key: &Value) -> Result<&str, Failed> {
    jwk::text(key, "kty")
}

/// SEC 1 §2.3.3, uncompressed; the point is on its curve.
fn point(key: &Value) -> Result<Vec<u8>, Failed> {
    let [x, y] = [jwk::octets(key, "x")?, jwk::octets(key, "y")?];
    elliptic::public_point(jwk::curve(key)?, &x, &y)?;
    Ok([&[4], &x[..], &y].concat())
}

fn algorithm(key: &Value) -> Result<Vec<u8>, Failed> {
    if kty(key)? == "RSA" {
        return Ok(sequence(&[tagged(OBJECT_IDENTIFIER, RSA_ENCRYPTION), vec![5, 0]]));
    }
    let curve = match jwk::curve(key)? {
        Curve::P256 => P_256,
        Curve::P384 => P_384,
        Curve::P521 => P_521,
        Curve::X25519 => return Ok(sequence(&[tagged(OBJECT_IDENTIFIER, X25519)])),
        Curve::Ed25519 => return Ok(sequence(&[tagged(OBJECT_IDENTIFIER, ED25519)])),
    };
    let names = [EC_PUBLIC_KEY, curve].map(|name| tagged(OBJECT_IDENTIFIER, name));
    Ok(sequence(&names))
}

/// A positive INTEGER of minimal length.
fn integer(octets: &[u8]) -> Vec<u8> {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    let trimmed = octets.get(zeros..).unwrap_or_default();
    match trimmed.first() {
        Some(first) if *first < 0x80 => tagged(INTEGER, trimmed),
        _ => tagged(INTEGER, &[&[0], trimmed].concat()),
    }
}

fn sequence(elements: &[Vec<u8>]) -> Vec<u8> {
    tagged(SEQUENCE, &elements.concat())
}

/// Tag, definite length (X.690 §8.1.3) and contents.
fn tagged(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len().to_be_bytes();
    let zeros = length.iter().take_while(|octet| **octet == 0).count();
    let length = length.get(zeros..).unwrap_or_default();
    let mut octets = vec![tag];
    match length {
        [] => octets.push(0),
        [short] if *short < 0x80 => octets.push(*short),
        long => {
            octets.push(u8::try_from(long.len()).map_or(u8::MAX, |count| 0x80 | count));
            octets.extend_from_slice(long);
        }
    }
    octets.extend_from_slice(contents);
    octets
}

const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const SEQUENCE: u8 = 0x30;
const CONTEXT_1: u8 = 0xa1;

/// 1.2.840.113549.1.1.1
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// 1.2.840.10045.2.1
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// 1.2.840.10045.3.1.7
const P_256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
/// 1.3.132.0.34
const P_384: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x22];
/// 1.3.132.0.35
const P_521: &[u8] = &[0x2b, 0x81, 0x04, 0x00, 0x23];
/// 1.3.101.110
const X25519: &[u8] = &[0x2b, 0x65, 0x6e];
/// 1.3.101.112
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
