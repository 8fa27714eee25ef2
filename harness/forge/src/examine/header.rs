//! What the header of an assertion says (RFC 7515 §4).

use serde_json::{Map, Value};

use super::each;
use super::token::Token;
use crate::make::Built;

pub(super) fn compact(_: &Built, assertions: &[&str]) -> Result<(), String> {
    each(assertions, |_, text| Token::parse(text).map(drop))
}

pub(super) fn alg(built: &Built, assertions: &[&str]) -> Result<(), String> {
    headers(assertions, |header| match header.get("alg") {
        Some(Value::String(alg)) if *alg == built.alg => Ok(()),
        have => Err(format!("`alg` is {}, asked for was {}", shown(have), built.alg)),
    })
}

/// A `kid` names the key that signs, where the caller named it.
pub(super) fn kid(built: &Built, assertions: &[&str]) -> Result<(), String> {
    headers(assertions, |header| match (header.get("kid"), &built.kid) {
        (None, _) | (Some(Value::String(_)), None) => Ok(()),
        (Some(Value::String(have)), Some(given)) if have == given => Ok(()),
        (have, Some(given)) => Err(format!("`kid` is {}, given was {given}", shown(have))),
        (have, None) => Err(format!("`kid` is {}", shown(have))),
    })
}

pub(super) fn kid_given(built: &Built, assertions: &[&str]) -> Result<(), String> {
    headers(assertions, |header| match (header.get("kid"), &built.kid) {
        (None, Some(given)) => Err(format!("no `kid`, given was {given}")),
        _ => Ok(()),
    })?;
    kid(built, assertions)
}

pub(super) fn typ(_: &Built, assertions: &[&str]) -> Result<(), String> {
    headers(assertions, |header| match header.get("typ") {
        None => Ok(()),
        // RFC 7515 §4.1.9: media types do not depend on case, and `application/` may be left out.
        Some(Value::String(typ)) if TYPES.contains(&media_type(typ).as_str()) => Ok(()),
        have => Err(format!("`typ` is {}", shown(have))),
    })
}

pub(super) fn typ_explicit(_: &Built, assertions: &[&str]) -> Result<(), String> {
    headers(assertions, |header| match header.get("typ") {
        Some(Value::String(typ)) if media_type(typ) == "client-authentication+jwt" => Ok(()),
        have => Err(format!("`typ` is {}", shown(have))),
    })
}

/// Keys and their places are registered with the server: what a token says of them proves nothing.
pub(super) fn no_key(_: &Built, assertions: &[&str]) -> Result<(), String> {
    headers(assertions, |header| {
        match ["jwk", "jku", "x5u", "x5c"].iter().find(|name| header.contains_key(**name)) {
            None => Ok(()),
            Some(name) => Err(format!("the header has `{name}`")),
        }
    })
}

/// RFC 7515 §4.1.11: a server has to refuse extensions that it does not know, and knows none here.
pub(super) fn crit(_: &Built, assertions: &[&str]) -> Result<(), String> {
    headers(assertions, |header| match header.get("crit") {
        None => Ok(()),
        have => Err(format!("`crit` is {}", shown(have))),
    })
}

/// RFC 7519 §5.2: `cty` is not recommended where nothing is nested.
pub(super) fn cty(_: &Built, assertions: &[&str]) -> Result<(), String> {
    headers(assertions, |header| match header.get("cty") {
        None => Ok(()),
        have => Err(format!("`cty` is {}", shown(have))),
    })
}

fn headers(
    assertions: &[&str],
    find: impl Fn(&Map<String, Value>) -> Result<(), String>,
) -> Result<(), String> {
    each(assertions, |_, text| find(&Token::parse(text)?.header))
}

fn media_type(typ: &str) -> String {
    let lower = typ.to_ascii_lowercase();
    lower.strip_prefix("application/").unwrap_or(&lower).to_owned()
}

/// A member as a message shows it.
pub(super) fn shown(value: Option<&Value>) -> String {
    value.map_or_else(|| "absent".to_owned(), Value::to_string)
}

const TYPES: [&str; 2] = ["jwt", "client-authentication+jwt"];
