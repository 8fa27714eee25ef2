//! Members of a request's input.

use std::rc::Rc;

use algorithms::base64url;
use protocol::Answer;
use reference::{Jwk, JwkSet, Keys, Policy, Serialization};
use serde_json::{Map, Value};

use crate::adapter::{Adapter, Refusal};

/// One key or a set, held as long as an operation lasts.
pub(crate) enum Held {
    One(Rc<Jwk>),
    Set(Rc<JwkSet>),
}

impl Held {
    pub(crate) fn keys(&self) -> Keys<'_> {
        match self {
            Self::One(key) => key.as_ref().into(),
            Self::Set(set) => set.as_ref().into(),
        }
    }
}

/// A text that the operation needs.
pub(crate) fn text<'a>(input: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refusal> {
    input.get(name).and_then(Value::as_str).ok_or_else(|| malformed(name))
}

/// An object that the operation needs.
pub(crate) fn object<'a>(
    input: &'a Map<String, Value>,
    name: &str,
) -> Result<&'a Map<String, Value>, Refusal> {
    input.get(name).and_then(Value::as_object).ok_or_else(|| malformed(name))
}

/// An array that the operation needs.
pub(crate) fn array<'a>(input: &'a Map<String, Value>, name: &str) -> Result<&'a [Value], Refusal> {
    let array = input.get(name).and_then(Value::as_array);
    array.map(Vec::as_slice).ok_or_else(|| malformed(name))
}

/// A member that may be absent, but not of another type.
pub(crate) fn optional<'a, T>(
    input: &'a Map<String, Value>,
    name: &str,
    read: impl Fn(&'a Value) -> Option<T>,
) -> Result<Option<T>, Refusal> {
    match input.get(name) {
        None => Ok(None),
        Some(value) => read(value).map(Some).ok_or_else(|| malformed(name)),
    }
}

/// A NumericDate in whole seconds that the operation needs.
pub(crate) fn time(input: &Map<String, Value>, name: &str) -> Result<i64, Refusal> {
    input.get(name).and_then(Value::as_i64).ok_or_else(|| malformed(name))
}

/// `now`, or the machine's clock without it.
pub(crate) fn now(input: &Map<String, Value>) -> Result<i64, Refusal> {
    Ok(optional(input, "now", Value::as_i64)?.unwrap_or_else(clock))
}

/// Octets in base64url that the operation needs.
pub(crate) fn octets(input: &Map<String, Value>, name: &str) -> Result<Vec<u8>, Refusal> {
    base64url::decode(text(input, name)?).map_err(|_| malformed(name))
}

/// The token, as text or as octets.
pub(crate) fn token(input: &Map<String, Value>) -> Result<String, Refusal> {
    if input.contains_key("token_b64") {
        let octets = octets(input, "token_b64")?;
        return Ok(reference::text(&octets)?.to_owned());
    }
    text(input, "token").map(str::to_owned)
}

/// `key` or `jwks` of an object.
pub(crate) fn keys(adapter: &mut Adapter, input: &Map<String, Value>) -> Result<Held, Refusal> {
    match input.get("jwks").and_then(Value::as_str) {
        Some(set) => Ok(Held::Set(adapter.set(set)?)),
        None => Ok(Held::One(key(adapter, input)?)),
    }
}

/// `key` in its form `jwk`.
pub(crate) fn key(adapter: &mut Adapter, input: &Map<String, Value>) -> Result<Rc<Jwk>, Refusal> {
    let forms = object(input, "key")?;
    match forms.get("jwk").and_then(Value::as_str) {
        Some(jwk) => Ok(adapter.key(jwk)?),
        None => {
            let forms: Vec<&str> = forms.keys().map(String::as_str).collect();
            Err(Refusal::Answered(Answer::unsupported("key", forms.join(", "))))
        }
    }
}

/// The default policy, with the lists of `allow` pinned and the numbers of `limits` set.
pub(crate) fn policy(input: &Map<String, Value>) -> Policy {
    let mut policy = Policy::default();
    let allow = input.get("allow").and_then(Value::as_object);
    let list = |name: &str| {
        let names = allow?.get(name)?.as_array()?.iter();
        Some(names.filter_map(Value::as_str).map(str::to_owned).collect::<Vec<String>>())
    };
    if let Some(names) = list("alg") {
        policy = policy.pin_key_management(names);
    }
    if let Some(names) = list("enc") {
        policy = policy.pin_content_encryption(names);
    }
    if let Some(names) = list("sig") {
        policy = policy.pin_signatures(names);
    }
    let limits = input.get("limits").and_then(Value::as_object);
    let limit = |name: &str| limits?.get(name)?.as_u64();
    if let Some(p2c) = limit("p2c") {
        policy.max_p2c = u32::try_from(p2c).unwrap_or(u32::MAX);
    }
    if let Some(octets) = limit("inflated_bytes") {
        policy.max_inflated_octets = usize::try_from(octets).unwrap_or(usize::MAX);
    }
    policy
}

/// The policy for a JWE that the caller asks for: without `allow`, what is allowed is the `alg` of the
/// header that the caller wrote, RSA1_5 too.
pub(crate) fn producer(input: &Map<String, Value>, header: &str) -> Policy {
    let named = |header: Value| header.get("alg").and_then(Value::as_str).map(str::to_owned);
    match serde_json::from_str(header).ok().and_then(named) {
        Some(alg) if !input.contains_key("allow") => policy(input).pin_key_management([alg]),
        _ => policy(input),
    }
}

/// `serialization`, compact by default.
pub(crate) fn serialization(input: &Map<String, Value>) -> Result<Serialization, Refusal> {
    match input.get("serialization").and_then(Value::as_str) {
        None => Ok(Serialization::Compact),
        Some(name) => Serialization::named(name)
            .ok_or_else(|| Refusal::Answered(Answer::unsupported("serialization", name))),
    }
}

/// A request that lacks what its operation needs: not the protocol, and no rejection.
pub(crate) fn malformed(name: &str) -> Refusal {
    Refusal::Answered(Answer::error("request", format!("`{name}` is missing or of another type")))
}

/// The machine's clock in NumericDate seconds: what a caller without a clock of its own means.
#[expect(clippy::disallowed_methods, reason = "an adapter is the world")]
fn clock() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or(0)
}
