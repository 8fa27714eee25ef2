//! Questions of `credential.register`, asked of the vendor's management API.

use forge::{Made, Want};
use protocol::Answer;
use serde_json::{Map, Value, json};

use super::ask::Asked;
use super::http::{Reply, shown};
use super::site::{Registered, Site, Why, iso, refused};
use crate::outcome::{Event, Outcome};

/// Registers the key that a request of the adapter protocol would register.
pub(super) fn register(site: &Site<'_>, made: &Made) -> Asked {
    let input = &made.input;
    let want = made.want.clone();
    let asked = if input.get("use").and_then(Value::as_str) == Some("api") {
        for_api(site, input)
    } else {
        for_client(site, input)
    };
    let (body, path) = match asked {
        Ok(asked) => asked,
        Err(why) => return Asked::without(why, want),
    };
    let (sent, reply) = match site.manage("POST", &path, Some(&body)) {
        Ok(exchange) => exchange,
        Err(why) => return Asked::without(why, want),
    };
    if let Some(id) = reply.json().as_ref().and_then(|body| body.get("id")).and_then(Value::as_str)
        && path == "resource-servers"
    {
        site.discard(&format!("resource-servers/{id}"));
    }
    let micros = reply.micros;
    let event = Event::Answer(read(site, &reply, input));
    let exchanges = vec![shown(&sent, &Ok(reply))];
    let want = known(want, input);
    Asked { outcome: Outcome { event, micros }, want, exchanges, misshapen: None }
}

/// The body for a credential of a client with as many as the request says, and the path.
fn for_client(site: &Site<'_>, input: &Map<String, Value>) -> Result<(Value, String), Why> {
    let count = input.get("existing").and_then(Value::as_u64).unwrap_or(0);
    let owner = owner(site, usize::try_from(count).unwrap_or(usize::MAX))?;
    let mut body = Map::new();
    body.insert("credential_type".to_owned(), "public_key".into());
    body.insert("name".to_owned(), "touchstone".into());
    for name in ["pem", "alg", "kid", "parse_expiry_from_cert"] {
        body.extend(input.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    if let Some(expires_at) = input.get("expires_at").and_then(Value::as_i64) {
        let then = input.get("now").and_then(Value::as_i64).unwrap_or_default();
        let seconds = expires_at.saturating_sub(then);
        let at = iso(site.caller.now().saturating_add(seconds));
        body.insert("expires_at".to_owned(), at.into());
    }
    Ok((Value::Object(body), format!("clients/{}/credentials", owner.client_id)))
}

fn for_api(site: &Site<'_>, input: &Map<String, Value>) -> Result<(Value, String), Why> {
    if ["expires_at", "parse_expiry_from_cert", "existing"].iter().any(|it| input.contains_key(*it))
    {
        let value = "an expiry of an API's key".to_owned();
        return Err(Why::Unsupported { what: "input", value });
    }
    let mut key = Map::new();
    for name in ["pem", "alg", "kid"] {
        key.extend(input.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    let identifier = format!("https://api.touchstone.example/{}", site.nonce());
    let body = json!({
        "name": "touchstone", "identifier": identifier,
        "token_encryption": {"format": "compact-nested-jwe", "encryption_key": key},
    });
    Ok((body, "resource-servers".to_owned()))
}

/// A client that nobody else uses, with so many credentials.
fn owner(site: &Site<'_>, count: usize) -> Result<Registered, Why> {
    let spare = ["rsa-3072", "rsa-4096", "rsa-2048-e3", "rsa-2048-b"];
    let Some(names) = spare.get(..count) else {
        let value = format!("a client with {count} credentials");
        return Err(Why::Unsupported { what: "client", value });
    };
    if !names.is_empty() {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let spec = site
            .forge
            .client(&names, "RS256")
            .map_err(|error| Why::Unsupported { what: "client", value: error.to_string() })?;
        return site.make_client(&spec);
    }
    let body = json!({
        "name": "touchstone", "app_type": "non_interactive",
        "grant_types": ["client_credentials"],
    });
    let (sent, reply) = site.manage("POST", "clients", Some(&body))?;
    let answer = reply.json().unwrap_or_default();
    let Some(client_id) = answer.get("client_id").and_then(Value::as_str) else {
        return Err(refused("management", &sent, reply));
    };
    site.discard(&format!("clients/{client_id}"));
    Ok(Registered { client_id: client_id.to_owned(), kids: Vec::new() })
}

/// The answer as the adapter protocol would have it.
fn read(site: &Site<'_>, reply: &Reply, input: &Map<String, Value>) -> Answer {
    let body = reply.json().unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(Value::as_str);
    if !(200..300).contains(&reply.status) {
        let kind = text("errorCode").or_else(|| text("error"));
        return match (reply.status, kind) {
            (400..500, Some(kind)) => Answer::reject(kind, text("message").unwrap_or_default()),
            (status, _) => Answer::error(format!("http-{status}"), "no error response"),
        };
    }
    let from = body.pointer("/token_encryption/encryption_key").unwrap_or(&body);
    let mut accept = Map::new();
    for name in ["kid", "alg", "thumbprint_sha256"] {
        accept.extend(from.get(name).map(|value| (name.to_owned(), value.clone())));
    }
    let time = from.get("expires_at").and_then(Value::as_str);
    if let Some(time) = time.and_then(|text| text.parse::<jiff::Timestamp>().ok()) {
        // The question was made for another time: the difference is what it is about.
        let then = input.get("now").and_then(Value::as_i64).unwrap_or_default();
        let is_relative = input.contains_key("expires_at");
        let seconds = time.as_second();
        let shifted = seconds.saturating_sub(site.caller.now()).saturating_add(then);
        let wanted = input.get("expires_at").and_then(Value::as_i64).unwrap_or(shifted);
        // Between the request and now some seconds have passed.
        let about = if (shifted - wanted).abs() <= 5 { wanted } else { shifted };
        accept.insert("expires_at".to_owned(), if is_relative { about } else { seconds }.into());
    }
    Answer::accept(Value::Object(accept))
}

/// What the management API is able to say: no `kid` of an API's key that was not given.
fn known(want: Want, input: &Map<String, Value>) -> Want {
    let Want::Registered(mut members) = want else { return want };
    if input.get("use").and_then(Value::as_str) == Some("api") && !input.contains_key("kid") {
        members.remove("kid");
    }
    Want::Registered(members)
}
