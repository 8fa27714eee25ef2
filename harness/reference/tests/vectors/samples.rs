//! Samples of headers, claims and requests, whose documents leave the signature out.

use algorithms::{Curve, Signature, SignatureFamily, base64url};
use libtest_mimic::Failed;
use reference::jwt::{Claims, Expectations, check_type};
use reference::{Jwk, Policy, jwe, jws};
use rejection::Rejection;
use serde_json::Value;

use crate::compare::{Outcome, holds, same, same_octets};
use crate::opening::rng;
use crate::primitives::unknown;
use crate::token::protected_header;
use crate::vector::{Vector, root};
use crate::{jwk, named_keys, opening};

/// Checks one member of a vector of the kind `header-negative`, `claims` or `http`.
pub(crate) fn check(vector: &Vector, name: &str) -> Outcome {
    match name {
        "header_as_printed" => swapped(vector.value(name)?),
        "correct_header" => encrypts(vector.value(name)?),
        "claims" => claims(vector.value(name)?),
        "header" => signs(vector.value(name)?),
        "assertion_header" => {
            let parts = assertion_parts(vector)?;
            let header = parts.first().ok_or("the assertion is empty")?;
            same(name, &protected_header(header)?, vector.value(name)?)
        }
        "form" => form(vector),
        "x5t_S256_canonical" => {
            let printed = vector.value("claims")?.pointer("/cnf/x5t#S256").and_then(Value::as_str);
            let printed = printed.ok_or("no confirmation claim")?;
            holds("the printed text is refused", base64url::decode(printed).is_err())?;
            let lenient = decode_leniently(printed)?;
            same_octets(name, &lenient, &vector.octets(name)?)
        }
        _ => Err(unknown(name)),
    }
}

/// A header whose `alg` is no key management algorithm is refused, and not made.
fn swapped(header: &Value) -> Outcome {
    let token = format!("{}.AA.AA.AA.AA", base64url::encode(header.to_string().as_bytes()));
    let (key, policy) = (named_key("rsa-2048-a")?, Policy::default());
    let refused = jwe::open(&token, &key, &policy, &mut rng()).err();
    same("opened", &refused, &Some(Rejection::AlgUnknown))?;
    let refused = jwe::seal(b"text", &header.to_string(), &key, &policy, &mut rng()).err();
    same("sealed", &refused, &Some(Rejection::AlgUnknown))
}

/// A token with this header can be made and opened.
fn encrypts(header: &Value) -> Outcome {
    let (key, policy) = (named_key("rsa-2048-a")?, Policy::default());
    let token = jwe::seal(b"text", &header.to_string(), &key, &policy, &mut rng())?;
    let opened = jwe::open(&token, &key, &policy, &mut rng())?;
    same_octets("plaintext", &opened.plaintext, b"text")?;
    same("header", &serde_json::from_str(opened.header.to_text())?, header)
}

/// A JWT with this header can be signed and verified; `typ` compares without regard to case.
fn signs(header: &Value) -> Outcome {
    let alg = Signature::named(jwk::text(header, "alg")?).ok_or("no such `alg`")?;
    let key = match alg.family {
        SignatureFamily::Ecdsa { curve: Curve::P256, .. } => named_key("ec-p256-a")?,
        SignatureFamily::RsaPkcs1v15 { .. } => named_key("rsa-2048-a")?,
        _ => return Err("no named key for this algorithm".into()),
    };
    let policy = Policy::default();
    let token = jws::sign(b"{}", &header.to_string(), &key, &policy, &mut rng())?;
    let verified = jws::verify(&token, &key, &policy)?;
    same("header", &serde_json::from_str(verified.header.to_text())?, header)?;
    let Some(typ) = header.get("typ").and_then(Value::as_str) else { return Ok(()) };
    for types in [typ.to_ascii_lowercase(), format!("application/{}", typ.to_ascii_lowercase())] {
        check_type(
            &verified.header,
            &Expectations { types: vec![types], ..Expectations::default() },
        )?;
    }
    let other = Expectations { types: vec!["JWT".to_owned()], ..Expectations::default() };
    same("another type", &check_type(&verified.header, &other), &Err(Rejection::TypMismatch))
}

/// The claims hold for their issuer and audience up to `exp`, and not from then on.
fn claims(want: &Value) -> Outcome {
    let claims = Claims::parse(want.to_string().as_bytes(), &Policy::default())?;
    same("claims", &serde_json::from_str(claims.to_text())?, want)?;
    let text = |name| want.get(name).and_then(Value::as_str).map(str::to_owned);
    let exp = want.get("exp").and_then(Value::as_i64).ok_or("no `exp`")?;
    let expect = |now| Expectations {
        issuer: text("iss"),
        audience: text("aud"),
        now: Some(now),
        is_exp_required: true,
        ..Expectations::default()
    };
    claims.check(&expect(exp.saturating_sub(1)))?;
    same("at `exp`", &claims.check(&expect(exp)), &Err(Rejection::ExpPast))?;
    if let Some(nbf) = want.get("nbf").and_then(Value::as_i64) {
        claims.check(&expect(nbf))?;
        let early = claims.check(&expect(nbf.saturating_sub(1)));
        same("before `nbf`", &early, &Err(Rejection::NbfFuture))?;
    }
    Ok(())
}

/// One of our own keys, for what the documents have no key for.
fn named_key(name: &str) -> Result<Jwk, Failed> {
    opening::jwk(&named_keys::private_jwk(&root().join("keys"), name)?)
}

/// The parameters of RFC 7521 §4, and what can be read of the assertion.
fn form(vector: &Vector) -> Outcome {
    let parameter = |name| vector.value("form").ok()?.get(name)?.as_str();
    let kind = parameter("client_assertion_type");
    if kind == Some(SAML) {
        return holds("there is an assertion", parameter("client_assertion").is_some());
    }
    holds("a registered URN", kind == Some(CLIENT) || parameter("grant_type") == Some(GRANT))?;
    let parts = assertion_parts(vector)?;
    same("parts", &parts.len(), &3)?;
    let (Some(want), Some(header)) = (vector.find("header"), parts.first()) else { return Ok(()) };
    same("header", &protected_header(header)?, want)?;
    // The draft elides the signature alone, the RFC the claims too.
    match parts.get(1).map(|claims| base64url::decode(claims)) {
        Some(Ok(claims)) => {
            same("claims", &serde_json::from_slice(&claims)?, vector.value("claims")?)
        }
        _ => Ok(()),
    }
}

/// The parts of the assertion, the elided octets left out with a mark that is no base64url.
fn assertion_parts(vector: &Vector) -> Result<Vec<String>, Failed> {
    let form = vector.value("form")?;
    let assertion = form.get("client_assertion").or_else(|| form.get("assertion"));
    let assertion = assertion.and_then(Value::as_str).ok_or("the form has no assertion")?;
    Ok(assertion.replace(ELIDED, "~").split('.').map(str::to_owned).collect())
}

/// base64url whose unused bits may be anything.
fn decode_leniently(text: &str) -> Result<Vec<u8>, Failed> {
    let mut lenient = data_encoding::BASE64URL_NOPAD.specification();
    lenient.check_trailing_bits = false;
    Ok(lenient.encoding()?.decode(text.as_bytes())?)
}

const ELIDED: &str = "[...omitted for brevity...]";
const CLIENT: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
const SAML: &str = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
