//! Tokens through the reference: what must open opens, and a changed octet does not.

use algorithms::{KEY_MANAGEMENT, KeyManagementFamily, base64url};
use libtest_mimic::Failed;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use reference::json::Object;
use reference::jwe::{Jwe, intermediate};
use reference::jws;
use reference::jwt::Expectations;
use reference::{Jwk, JwkSet, Policy, jwe, nested};
use rejection::Rejection;
use serde_json::Value;

use crate::compare::{Outcome, holds, same, same_octets};
use crate::key_management;
use crate::primitives::unknown;
use crate::token;
use crate::vector::Vector;

/// Opens one serialization with each recipient's key and with the set of them.
pub(crate) fn decrypts(vector: &Vector, name: &str) -> Outcome {
    let value = vector.value(name)?;
    let parts = token::Jwe::of(name, value)?;
    let (text, changed) = (text_of(value)?, text_of(&with_another_tag(name, value)?)?);
    let plaintext = vector.text("plaintext")?.as_bytes();
    let mut keys = Vec::new();
    let mut is_named = true;
    for recipient in 0..parts.recipients.len() {
        let what = format!("recipient {recipient}");
        let header = parts.header(recipient)?;
        let key = jwk(vector.key(recipient)?)?;
        let opened = jwe::open(&text, &key, &everything(), &mut rng())?;
        same_octets(&what, &opened.plaintext, plaintext)?;
        same(&what, &opened.recipient, &recipient)?;
        same(&what, &serde_json::from_str(opened.header.to_text())?, &header)?;
        let refused = jwe::open(&changed, &key, &everything(), &mut rng());
        same("another tag", &refused.err(), &Some(Rejection::DecryptFailed))?;
        if key_management::family(&header)? == KeyManagementFamily::RsaPkcs1v15 {
            let refused = jwe::open(&text, &key, &Policy::default(), &mut rng());
            // With several recipients the attempt that came farthest says why.
            let is_alone = parts.recipients.len() == 1;
            let code = if is_alone { Rejection::AlgNotAllowed } else { Rejection::KeyType };
            same("default policy", &refused.err(), &Some(code))?;
        }
        is_named &= opened.header.kid().is_none() || opened.header.kid() == key.kid();
        keys.push(key);
    }
    // A `kid` in the header finds keys of that name only, and some documents give theirs none.
    let opened = jwe::open(&text, &JwkSet::of(keys), &everything(), &mut rng());
    let want = if is_named { Ok(plaintext.to_vec()) } else { Err(Rejection::KeyNotFound) };
    same("with the set", &opened.map(|opened| opened.plaintext.to_vec()), &want)
}

/// The reference computes the same intermediate value.
pub(crate) fn intermediate(vector: &Vector, recipient: usize, name: &str) -> Outcome {
    let (serialization, value) = vector.outputs().next().ok_or("the vector has no output")?;
    let token = Jwe::parse(&text_of(value)?, &everything())?;
    let key = jwk(vector.key(recipient)?)?;
    let values = intermediate::of(&token, recipient, &key, &everything())?;
    let got = match name.strip_prefix("recipient_1_").unwrap_or(name) {
        "aad" => Some(values.aad),
        "cek" => Some(values.cek),
        "z" => values.z,
        "other_info" => values.other_info,
        "derived_key" => values.derived_key,
        "pbkdf2_salt" => values.salt,
        "mac_key" => values.mac_key,
        "enc_key" => values.enc_key,
        "mac_input" => values.mac_input,
        "mac" => values.mac,
        _ => return Err(unknown(name)),
    };
    let got = got.ok_or("the reference has no such value")?;
    same_octets(&format!("{serialization} by the reference"), &got, &vector.octets(name)?)
}

/// Opens the nested JWT, with the claims and the inner header that the vector states.
pub(crate) fn opens_nested(vector: &Vector) -> Outcome {
    let inner = vector.value("inner")?;
    same("inner token", &inner.get("compact"), &Some(&vector.value("plaintext")?.clone()))?;
    let [decrypt, verify] =
        [jwk(vector.key(0)?)?, jwk(inner.get("verification_key").ok_or("no inner key")?)?];
    let claims = inner.get("claims").ok_or("no inner claims")?;
    let open = |now| {
        let expect = Expectations {
            issuer: claims.get("iss").and_then(Value::as_str).map(str::to_owned),
            audience: claims.get("aud").and_then(Value::as_str).map(str::to_owned),
            now,
            ..Expectations::default()
        };
        let recipient =
            nested::Recipient { decrypt: (&decrypt).into(), verify: (&verify).into(), expect };
        nested::open(vector.text("compact")?, &recipient, &everything(), &mut rng())
            .map_or_else(|rejection| Ok(Err(rejection)), |opened| Ok::<_, Failed>(Ok(opened)))
    };
    let exp = claims.get("exp").and_then(Value::as_i64).ok_or("no `exp`")?;
    let opened = open(Some(exp.saturating_sub(1)))??;
    same("claims", &serde_json::from_str(opened.claims.to_text())?, claims)?;
    if let Some(header) = inner.get("header") {
        same("inner header", &serde_json::from_str(opened.inner.to_text())?, header)?;
    }
    same("at `exp`", &open(Some(exp))?.err(), &Some(Rejection::ExpPast))
}

/// Verifies each signature of a serialization, and refuses another signature and another payload.
pub(crate) fn verifies(vector: &Vector, name: &str) -> Outcome {
    let value = vector.value(name)?;
    let (text, payload) = (text_of(value)?, vector.text("payload")?.as_bytes());
    let signatures = token::Signed::of(name, value)?;
    let is_detached = signatures.iter().all(|signed| signed.payload.is_empty());
    let verify = |text: &str, key: &Jwk| {
        if is_detached {
            jws::verify_detached(text, payload, key, &everything())
        } else {
            jws::verify(text, key, &everything())
        }
    };
    let changed = text_of(&with_other_signatures(name, value)?)?;
    for (index, signed) in signatures.iter().enumerate() {
        let what = format!("signature {index}");
        let key = jwk(vector.key(index)?)?;
        let verified = verify(&text, &key)?;
        same_octets(&what, &verified.payload, payload)?;
        same(&what, &verified.signature, &index)?;
        same(&what, &serde_json::from_str(verified.header.to_text())?, &signed.jose_header()?)?;
        let refused = verify(&changed, &key);
        same("another signature", &refused.err(), &Some(Rejection::SignatureInvalid))?;
        if is_detached {
            let refused = jws::verify_detached(&text, b"another", &key, &everything());
            same("another payload", &refused.err(), &Some(Rejection::SignatureInvalid))?;
        }
    }
    Ok(())
}

/// The token is refused with the code of [`REFUSED`].
pub(crate) fn is_refused(vector: &Vector, name: &str) -> Outcome {
    let row = REFUSED.iter().find(|(id, _)| *id == vector.id);
    let (_, want) = row.ok_or("no row says with which code it is refused")?;
    let key = match vector.key(0) {
        Ok(key) => jwk(key)?,
        Err(_) => Jwk::symmetric(&[7; 64]),
    };
    let refused = jws::verify(&text_of(vector.value(name)?)?, &key, &everything());
    same("code", &refused.err(), &Some(*want))
}

/// What the default allows, and RSA1_5 because old documents use it.
pub(crate) fn everything() -> Policy {
    Policy::default().pin_key_management(KEY_MANAGEMENT.iter().map(|row| row.name))
}

/// Where entropy is needed, none of it shows in the result.
pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7516)
}

/// A JWK or a password, as the reference reads it.
pub(crate) fn jwk(key: &Value) -> Result<Jwk, Failed> {
    Ok(match key.get("password").and_then(Value::as_str) {
        Some(password) => Jwk::symmetric(password.as_bytes()),
        None => Jwk::parse(&key.to_string(), &Policy::default())?,
    })
}

/// The text of a serialization. A JSON serialization is printed and parsed strictly once.
fn text_of(value: &Value) -> Result<String, Failed> {
    if let Some(compact) = value.as_str() {
        return Ok(compact.to_owned());
    }
    let limits = reference::json::Limits { octets: 1 << 20, depth: 8 };
    let object = Object::parse(value.to_string().as_bytes(), limits);
    Ok(object.map_err(|error| format!("{error:?}"))?.to_text())
}

fn with_another_tag(name: &str, value: &Value) -> Result<Value, Failed> {
    let mut value = value.clone();
    match value.as_object_mut() {
        Some(members) => {
            let tag = members.get("tag").and_then(Value::as_str).ok_or("no tag")?;
            let tag = another(tag)?;
            members.insert("tag".to_owned(), Value::String(tag));
            Ok(value)
        }
        None => with_another_last_part(name, &value),
    }
}

fn with_other_signatures(name: &str, value: &Value) -> Result<Value, Failed> {
    fn change(part: &mut Value) -> Outcome {
        let signature = part.get("signature").and_then(Value::as_str).ok_or("no signature")?;
        let signature = another(signature)?;
        part.as_object_mut()
            .ok_or("no object")?
            .insert("signature".to_owned(), Value::String(signature));
        Ok(())
    }
    let mut value = value.clone();
    if value.is_string() {
        return with_another_last_part(name, &value);
    }
    match value.get_mut("signatures").and_then(Value::as_array_mut) {
        Some(signatures) => signatures.iter_mut().try_for_each(change)?,
        None => change(&mut value)?,
    }
    Ok(value)
}

fn with_another_last_part(name: &str, value: &Value) -> Result<Value, Failed> {
    let compact = value.as_str().ok_or_else(|| format!("`{name}` is no text"))?;
    let (rest, last) = compact.rsplit_once('.').ok_or("no part")?;
    Ok(Value::String(format!("{rest}.{}", another(last)?)))
}

/// The same number of octets, one bit of the last one changed.
fn another(part: &str) -> Result<String, Failed> {
    let mut octets = base64url::decode(part)?;
    let last = octets.last_mut().ok_or("nothing to change")?;
    *last ^= 1;
    holds("the text changed", base64url::encode(&octets) != part)?;
    Ok(base64url::encode(&octets))
}

/// Which code a token of a negative vector meets.
const REFUSED: &[(&str, Rejection)] = &[
    ("rfc7515/a.5", Rejection::SignatureNone),
    ("rfc7515/e", Rejection::CritUnknown),
    ("rfc7519/6.1", Rejection::SignatureNone),
    ("rfc7797/negative-missing-crit", Rejection::B64),
];
