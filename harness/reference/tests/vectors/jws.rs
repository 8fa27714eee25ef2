//! JWS: the serializations through the reference, signing inputs and signatures on the primitives.

use algorithms::{Signature, SignatureFamily as Family, base64url, elliptic, okp, rsa};
use libtest_mimic::Failed;
use serde_json::Value;

use crate::compare::{Outcome, holds, same, same_octets};
use crate::primitives::unknown;
use crate::token::{Signed, protected_header};
use crate::vector::Vector;
use crate::{jwk, opening};

/// Checks one member of a vector of the kind `jws`.
pub(crate) fn check(vector: &Vector, name: &str) -> Outcome {
    if matches!(name, "compact" | "compact_detached" | "json_flattened" | "json_general") {
        return opening::verifies(vector, name);
    }
    let (name, index) = indexed(name);
    for (serialization, value) in vector.outputs() {
        let signatures = Signed::of(serialization, value)?;
        let signed = signatures.get(index).ok_or("the token has fewer signatures")?;
        part(vector, name, index, signed).map_err(|failed| {
            format!("{serialization}: {}", failed.message().unwrap_or("no message"))
        })?;
    }
    holds("there is a serialization", vector.outputs().next().is_some())
}

/// Checks one member of a token that must be refused.
pub(crate) fn check_refused(vector: &Vector, name: &str) -> Outcome {
    let (serialization, value) = vector.outputs().next().ok_or("the vector has no output")?;
    let signatures = Signed::of(serialization, value)?;
    let [signed] = signatures.as_slice() else { return Err("one signature is expected".into()) };
    match name {
        "compact" | "json_flattened" => opening::is_refused(vector, name),
        "payload" => {
            let payload = String::from_utf8(base64url::decode(&signed.payload)?)?;
            same(name, &payload.as_str(), &vector.text(name)?)
        }
        "signing_input" => {
            let payload = base64url::encode(vector.text("payload")?.as_bytes());
            same("payload", &signed.payload, &payload)?;
            same_octets(name, &signed.signing_input(""), &vector.octets(name)?)
        }
        "signature" => same_octets(name, &signed.signature, &vector.octets(name)?),
        "jose_header" => same(name, &signed.jose_header()?, vector.value(name)?),
        _ => Err(unknown(name)),
    }
}

fn part(vector: &Vector, name: &str, index: usize, signed: &Signed) -> Outcome {
    let stated = stated_name(vector, name, index);
    let input = signed.signing_input(&detached(vector, signed)?);
    match name {
        "signing_input" => same_octets(name, &input, &vector.octets(&stated)?),
        "signature" => {
            same_octets(name, &signed.signature, &vector.octets(&stated)?)?;
            let header = signed.jose_header()?;
            signature_holds(
                jwk::text(&header, "alg")?,
                vector.key(index)?,
                &input,
                &signed.signature,
            )
        }
        "jose_header" => same(name, &signed.jose_header()?, vector.value(&stated)?),
        "protected" => same(name, &signed.protected.as_str(), &vector.text(&stated)?),
        "protected_header" => {
            same(name, &protected_header(&signed.protected)?, vector.value(&stated)?)
        }
        "protected_text" => {
            let text = String::from_utf8(base64url::decode(&signed.protected)?)?;
            same(name, &text.as_str(), &vector.text(&stated)?)
        }
        _ => Err(unknown(name)),
    }
}

/// The payload as it is signed, for a token that does not carry it (RFC 7515 Appendix F; RFC 7797).
fn detached(vector: &Vector, signed: &Signed) -> Result<String, Failed> {
    let payload = vector.text("payload")?;
    Ok(match signed.jose_header()?.get("b64") {
        Some(Value::Bool(false)) => payload.to_owned(),
        _ => base64url::encode(payload.as_bytes()),
    })
}

/// The signature verifies, and comes out again where the algorithm is deterministic.
fn signature_holds(alg: &str, key: &Value, input: &[u8], signature: &[u8]) -> Outcome {
    match Signature::named(alg).ok_or("no such `alg`")?.family {
        Family::Hmac { hash } => {
            same_octets("MAC", &hash.hmac(&jwk::secret(key)?, input), signature)
        }
        Family::RsaPkcs1v15 { hash } => {
            let again = rsa::sign_pkcs1v15(&jwk::rsa_private(key)?, hash, input)?;
            same_octets("signed again", &again, signature)?;
            let key = jwk::rsa_public(key)?;
            holds("the signature verifies", rsa::verify_pkcs1v15(&key, hash, input, signature))
        }
        Family::RsaPss { hash } => {
            let key = jwk::rsa_public(key)?;
            holds("the signature verifies", rsa::verify_pss(&key, hash, input, signature))
        }
        Family::Ecdsa { hash, curve } => {
            same("curve", &jwk::curve(key)?, &curve)?;
            let key = jwk::ec_public(key)?;
            holds("the signature verifies", elliptic::verify_ecdsa(&key, hash, input, signature))
        }
        Family::EdDsa => {
            let again = okp::ed25519_sign(&jwk::octets32(key, "d")?, input);
            same_octets("signed again", &again, signature)?;
            let x = jwk::octets32(key, "x")?;
            holds("the signature verifies", okp::ed25519_verify(&x, input, signature))
        }
    }
}

/// `signature_1` is `signature` of the second signature.
fn indexed(name: &str) -> (&str, usize) {
    match name.rsplit_once('_') {
        Some((stem, digit)) => digit.parse().map_or((name, 0), |index| (stem, index)),
        None => (name, 0),
    }
}

fn stated_name(vector: &Vector, name: &str, index: usize) -> String {
    match vector.find(name) {
        Some(_) => name.to_owned(),
        None => format!("{name}_{index}"),
    }
}
