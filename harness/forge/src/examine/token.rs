//! One assertion taken apart, and what holds for all of it.

use algorithms::base64url;
use serde_json::{Map, Value};

use super::{each, strict};
use crate::make::Built;

/// The three parts of a compact JWS (RFC 7515 §7.1).
pub(crate) struct Token<'a> {
    /// The octets that are signed.
    pub(crate) signed: &'a [u8],
    /// The header, read strictly.
    pub(crate) header: Map<String, Value>,
    /// The payload's octets.
    pub(crate) payload: Vec<u8>,
    /// The signature's octets.
    pub(crate) signature: Vec<u8>,
}

impl<'a> Token<'a> {
    pub(crate) fn parse(text: &'a str) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('.').collect();
        let [header, payload, signature] = parts.as_slice() else {
            return Err(format!("{} parts instead of the three of a compact JWS", parts.len()));
        };
        let decode = |name: &str, part: &str| {
            if part.is_empty() {
                return Err(format!("an empty {name}"));
            }
            base64url::decode(part).map_err(|error| format!("{name}: {error}"))
        };
        let signed = text.len().saturating_sub(signature.len() + 1);
        Ok(Self {
            signed: text.as_bytes().get(..signed).unwrap_or_default(),
            header: strict::object(&decode("header", header)?)
                .map_err(|problem| format!("header: {problem}"))?,
            payload: decode("payload", payload)?,
            signature: decode("signature", signature)?,
        })
    }

    pub(super) fn claims(&self) -> Result<Map<String, Value>, String> {
        strict::object(&self.payload).map_err(|problem| format!("claims: {problem}"))
    }
}

pub(super) fn size_2048(_: &Built, assertions: &[&str]) -> Result<(), String> {
    each(assertions, |_, text| match text.len() {
        ..=2048 => Ok(()),
        octets => Err(format!("{octets} octets, and 2048 are the most")),
    })
}

pub(super) fn no_secrets(_: &Built, assertions: &[&str]) -> Result<(), String> {
    each(assertions, |_, text| {
        let token = Token::parse(text)?;
        let parts = [("header", token.header.clone()), ("claims", token.claims()?)];
        for (name, members) in parts {
            if let Some(secret) = secret(&Value::Object(members)) {
                return Err(format!("the {name} hold {secret}"));
            }
        }
        Ok(())
    })
}

/// The first thing in a value that nobody but the key's owner may have.
fn secret(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if text.contains("PRIVATE KEY-----") => {
            Some("a private key as PEM".to_owned())
        }
        // A JWK, or another PEM text, may stand inside a text.
        Value::String(text) => {
            strict::object(text.as_bytes()).ok().and_then(|members| secret(&Value::Object(members)))
        }
        Value::Array(items) => items.iter().find_map(secret),
        Value::Object(members) => {
            // RFC 7518 §6: the members of JWKs that are not public.
            let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
            let own = private.iter().find(|name| members.contains_key(**name));
            match own {
                Some(name) if members.contains_key("kty") => {
                    Some(format!("a JWK with the private member `{name}`"))
                }
                _ => members.values().find_map(secret),
            }
        }
        _ => None,
    }
}
