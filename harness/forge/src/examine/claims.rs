//! What the claims of an assertion say (RFC 7523 §3, OpenID Connect Core §9, the vendor's limits).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::each;
use super::header::shown;
use super::token::Token;
use crate::make::Built;

type Claims = Map<String, Value>;

pub(super) fn strict(_: &Built, assertions: &[&str]) -> Result<(), String> {
    claims(assertions, |_, _| Ok(()))
}

pub(super) fn iss(built: &Built, assertions: &[&str]) -> Result<(), String> {
    is_client(built, assertions, "iss")
}

pub(super) fn sub(built: &Built, assertions: &[&str]) -> Result<(), String> {
    is_client(built, assertions, "sub")
}

fn is_client(built: &Built, assertions: &[&str], name: &str) -> Result<(), String> {
    claims(assertions, |_, claims| match claims.get(name) {
        Some(Value::String(text)) if *text == built.client_id => Ok(()),
        have => Err(format!("`{name}` is {}, not {}", shown(have), built.client_id)),
    })
}

/// One of the names that the server goes by; RFC 7519 §4.1.3 compares them as they stand.
pub(super) fn aud_names_server(built: &Built, assertions: &[&str]) -> Result<(), String> {
    claims(assertions, |_, claims| {
        let names = audience(claims)?;
        if names.iter().any(|name| built.audience.iter().any(|own| own == name)) {
            return Ok(());
        }
        Err(format!("`aud` is {}, not {}", shown(claims.get("aud")), built.audience.join(" or ")))
    })
}

pub(super) fn aud_text(_: &Built, assertions: &[&str]) -> Result<(), String> {
    claims(assertions, |_, claims| match claims.get("aud") {
        Some(Value::String(_)) => Ok(()),
        have => Err(format!("`aud` is {}, no text", shown(have))),
    })
}

pub(super) fn aud_issuer(built: &Built, assertions: &[&str]) -> Result<(), String> {
    claims(assertions, |_, claims| {
        let issuer = issuer(built);
        if audience(claims)?.contains(&issuer) {
            return Ok(());
        }
        Err(format!("`aud` is {}, not the issuer {issuer}", shown(claims.get("aud"))))
    })
}

pub(super) fn aud_issuer_sole(built: &Built, assertions: &[&str]) -> Result<(), String> {
    claims(assertions, |_, claims| {
        let issuer = issuer(built);
        if audience(claims)? == [issuer] {
            return Ok(());
        }
        Err(format!("`aud` is {}, not the issuer {issuer} alone", shown(claims.get("aud"))))
    })
}

fn issuer(built: &Built) -> &str {
    built.audience.first().map_or("", String::as_str)
}

fn audience(claims: &Claims) -> Result<Vec<&str>, String> {
    let names = match claims.get("aud") {
        Some(Value::String(name)) => Some(vec![name.as_str()]),
        Some(Value::Array(names)) => names.iter().map(Value::as_str).collect(),
        _ => None,
    };
    names.ok_or_else(|| {
        format!("`aud` is {}, neither a text nor a list of texts", shown(claims.get("aud")))
    })
}

pub(super) fn exp_present_number(_: &Built, assertions: &[&str]) -> Result<(), String> {
    claims(assertions, |_, claims| match claims.get("exp") {
        Some(Value::Number(_)) => Ok(()),
        have => Err(format!("`exp` is {}", shown(have))),
    })
}

pub(super) fn exp_integer(_: &Built, assertions: &[&str]) -> Result<(), String> {
    claims(assertions, |_, claims| match claims.get("exp") {
        Some(Value::Number(number)) if number.is_f64() => Err(format!("`exp` is {number}")),
        _ => Ok(()),
    })
}

pub(super) fn exp_future(built: &Built, assertions: &[&str]) -> Result<(), String> {
    claims(assertions, |index, claims| {
        let (exp, now) = (seconds(claims, "exp")?, built.at(index));
        match exp {
            Some(exp) if exp <= now => Err(format!("`exp` is {} s before now", now - exp)),
            _ => Ok(()),
        }
    })
}

pub(super) fn lifetime_300(built: &Built, assertions: &[&str]) -> Result<(), String> {
    lifetime(built, assertions, 300.0)
}

pub(super) fn lifetime_60(built: &Built, assertions: &[&str]) -> Result<(), String> {
    lifetime(built, assertions, 60.0)
}

/// From `iat`, or where there is none from now, to `exp`.
fn lifetime(built: &Built, assertions: &[&str], most: f64) -> Result<(), String> {
    claims(assertions, |index, claims| {
        let Some(exp) = seconds(claims, "exp")? else {
            return Err("without `exp` it lives for ever".to_owned());
        };
        let (from, tolerance) = match seconds(claims, "iat")? {
            Some(iat) => (iat, 0.0),
            // A client's clock is read twice, and may round up where ours rounds down.
            None => (built.at(index), if built.sent.is_empty() { 0.0 } else { 1.0 }),
        };
        if exp - from <= most + tolerance {
            return Ok(());
        }
        Err(format!("it lives {} s, and {most} are the most", exp - from))
    })
}

pub(super) fn iat_number(_: &Built, assertions: &[&str]) -> Result<(), String> {
    claims(assertions, |_, claims| seconds(claims, "iat").map(drop))
}

pub(super) fn nbf_number(_: &Built, assertions: &[&str]) -> Result<(), String> {
    claims(assertions, |_, claims| seconds(claims, "nbf").map(drop))
}

/// The vendor tolerates 10 s.
pub(super) fn iat_not_future(built: &Built, assertions: &[&str]) -> Result<(), String> {
    not_future(built, assertions, "iat", 10.0)
}

/// RFC 7523 §3 names no tolerance for a server; a clock that is read twice may round up once.
pub(super) fn nbf_not_future(built: &Built, assertions: &[&str]) -> Result<(), String> {
    not_future(built, assertions, "nbf", 1.0)
}

fn not_future(built: &Built, assertions: &[&str], name: &str, skew: f64) -> Result<(), String> {
    claims(assertions, |index, claims| {
        let ahead = seconds(claims, name)?.map_or(0.0, |time| time - built.at(index));
        if ahead <= skew {
            return Ok(());
        }
        Err(format!("`{name}` is {ahead} s ahead of now"))
    })
}

pub(super) fn jti_present(_: &Built, assertions: &[&str]) -> Result<(), String> {
    claims(assertions, |_, claims| match claims.get("jti") {
        Some(Value::String(text)) if !text.is_empty() => Ok(()),
        have => Err(format!("`jti` is {}", shown(have))),
    })
}

/// No `jti` stands in two assertions; one that is absent is the subject of another check. What a
/// client sends twice is one assertion, and whether it may is the subject of yet another.
pub(super) fn jti_fresh(built: &Built, assertions: &[&str]) -> Result<(), String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for (index, text) in assertions.iter().enumerate() {
        let claims = Token::parse(text).and_then(|token| token.claims());
        let claims = claims.map_err(|problem| format!("assertion {}: {problem}", index + 1))?;
        let Some(jti) = claims.get("jti") else { continue };
        let first = *seen.entry(jti.to_string()).or_insert(index);
        let is_sent_again = !built.sent.is_empty() && assertions.get(first) == Some(text);
        if first != index && !is_sent_again {
            return Err(format!(
                "assertions {} and {} share the `jti` {jti}",
                first + 1,
                index + 1
            ));
        }
    }
    each(assertions, |_, _| Ok(()))
}

pub(super) fn jti_64(_: &Built, assertions: &[&str]) -> Result<(), String> {
    at_most_64(assertions, "jti")
}

/// RFC 9562 §4: 8-4-4-4-12 hexadecimal digits.
pub(super) fn jti_uuid(_: &Built, assertions: &[&str]) -> Result<(), String> {
    claims(assertions, |_, claims| match claims.get("jti") {
        Some(Value::String(text)) if is_uuid(text) => Ok(()),
        have => Err(format!("`jti` is {}, no UUID", shown(have))),
    })
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.chars().all(|digit| digit.is_ascii_hexdigit()))
}

pub(super) fn iss_64(_: &Built, assertions: &[&str]) -> Result<(), String> {
    at_most_64(assertions, "iss")
}

pub(super) fn sub_64(_: &Built, assertions: &[&str]) -> Result<(), String> {
    at_most_64(assertions, "sub")
}

fn at_most_64(assertions: &[&str], name: &str) -> Result<(), String> {
    claims(assertions, |_, claims| match claims.get(name) {
        Some(Value::String(text)) if text.chars().count() > 64 => {
            Err(format!("`{name}` has {} characters", text.chars().count()))
        }
        _ => Ok(()),
    })
}

fn claims(
    assertions: &[&str],
    find: impl Fn(usize, &Claims) -> Result<(), String>,
) -> Result<(), String> {
    each(assertions, |index, text| find(index, &Token::parse(text)?.claims()?))
}

/// A NumericDate (RFC 7519 §2); `None` where the claim is absent.
fn seconds(claims: &Claims, name: &str) -> Result<Option<f64>, String> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => match value.as_f64() {
            Some(seconds) => Ok(Some(seconds)),
            None => Err(format!("`{name}` is {value}, no number")),
        },
    }
}
