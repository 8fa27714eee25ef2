//! `assertion.validate` and `assertion.build`.

use std::collections::HashSet;

use algorithms::Signature;
use reference::assertion::{Assertion, Client, ClientKey, Form, Ledger, Rules};
use reference::credential::CLIENT_ALGORITHMS;
use reference::{Jwk, Policy};
use rejection::Rejection;
use serde_json::{Map, Value, json};

use crate::adapter::{Adapter, Outcome, Refusal, rejected};
use crate::input::{self, malformed};

/// The attempts of one request share a ledger and nothing outlives it.
pub(crate) fn validate(adapter: &mut Adapter, input: &Map<String, Value>) -> Outcome {
    let mut rules = rules(input)?;
    let client = client(adapter, input::object(input, "client")?)?;
    // The request names no profile. The vendor bounds the algorithms where a credential is
    // registered; whoever has one for another algorithm is no client of that vendor.
    let registered = client.keys.iter().map(|key| key.alg.as_str()).filter(is_asymmetric);
    let algorithms = CLIENT_ALGORITHMS.iter().copied().chain(registered);
    rules.policy = Policy::default().pin_signatures(algorithms);
    let mut seen = HashSet::new();
    let mut ledger =
        |issuer: &str, jti: &str, _: i64| seen.insert((issuer.to_owned(), jti.to_owned()));
    let mut results = Vec::new();
    for attempt in input::array(input, "attempts")? {
        let attempt = attempt.as_object().ok_or_else(|| malformed("attempts"))?;
        let form = form(attempt)?;
        let now = input::time(attempt, "now")?;
        results.push(match try_once(&form, &client, &rules, now, &mut ledger) {
            Ok(result) => result,
            Err(rejection) => rejected(rejection).to_value(),
        });
    }
    Ok(json!({ "results": results }))
}

pub(crate) fn build(adapter: &mut Adapter, input: &Map<String, Value>) -> Outcome {
    let key = input::key(adapter, input)?;
    let (client_id, audience) = (input::text(input, "client_id")?, input::text(input, "audience")?);
    let count = input.get("count").and_then(Value::as_u64).ok_or_else(|| malformed("count"))?;
    let assertion = Assertion {
        alg: input::text(input, "alg")?,
        kid: input::optional(input, "kid", Value::as_str)?,
        // What the vendor recommends; its own SDK takes twice or three times as long.
        lifetime: 60,
        ..Assertion::new(client_id, audience, key.as_ref(), input::now(input)?)
    };
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    Ok(json!({ "assertions": assertion.build_many(count, &mut adapter.rng)? }))
}

fn try_once(
    form: &[(String, String)],
    client: &Client,
    rules: &Rules,
    now: i64,
    ledger: &mut impl Ledger,
) -> Result<Value, Rejection> {
    let who = rules.validate(&Form::parse(form)?, client, now, ledger)?;
    Ok(json!({ "accept": {"client_id": who.client_id, "jti": who.jti} }))
}

/// The documented rules of Auth0, with the numbers of `limits` set.
fn rules(input: &Map<String, Value>) -> Result<Rules, Refusal> {
    let audience: Option<Vec<&str>> =
        input::array(input, "audience")?.iter().map(Value::as_str).collect();
    let mut rules = Rules::auth0(audience.ok_or_else(|| malformed("audience"))?);
    let Some(limits) = input.get("limits") else { return Ok(rules) };
    let limits = limits.as_object().ok_or_else(|| malformed("limits"))?;
    let seconds = |name: &str| {
        let number = input::optional(limits, name, Value::as_u64)?;
        Ok::<_, Refusal>(number.map(|number| u32::try_from(number).unwrap_or(u32::MAX)))
    };
    rules.lifetime = seconds("lifetime")?.or(rules.lifetime);
    rules.skew = seconds("skew")?.unwrap_or(rules.skew);
    for (name, limit) in [
        ("token_bytes", &mut rules.limits.token_octets),
        ("iss", &mut rules.limits.iss),
        ("sub", &mut rules.limits.sub),
        ("jti", &mut rules.limits.jti),
        ("alg", &mut rules.limits.alg),
    ] {
        if let Some(number) = input::optional(limits, name, Value::as_u64)? {
            *limit = usize::try_from(number).unwrap_or(usize::MAX);
        }
    }
    Ok(rules)
}

fn is_asymmetric(name: &&str) -> bool {
    Signature::named(name).is_some_and(Signature::is_asymmetric)
}

fn client(adapter: &mut Adapter, input: &Map<String, Value>) -> Result<Client, Refusal> {
    let mut keys = Vec::new();
    for credential in input::array(input, "credentials")? {
        let credential = credential.as_object().ok_or_else(|| malformed("credentials"))?;
        let key: Jwk = adapter.key(input::text(credential, "jwk")?)?.as_ref().clone();
        let (kid, alg) = (input::text(credential, "kid")?, input::text(credential, "alg")?);
        let expires_at = input::optional(credential, "expires_at", Value::as_i64)?;
        keys.push(ClientKey { expires_at, ..ClientKey::new(kid, alg, key) });
    }
    Ok(Client { client_id: input::text(input, "client_id")?.to_owned(), keys })
}

/// Pairs of texts, in which a name may come twice.
fn form(attempt: &Map<String, Value>) -> Result<Vec<(String, String)>, Refusal> {
    let pair = |pair: &Value| match pair.as_array()?.as_slice() {
        [Value::String(name), Value::String(value)] => Some((name.clone(), value.clone())),
        _ => None,
    };
    let pairs: Option<Vec<_>> = input::array(attempt, "form")?.iter().map(pair).collect();
    pairs.ok_or_else(|| malformed("form"))
}
