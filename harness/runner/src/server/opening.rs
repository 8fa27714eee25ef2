//! Before the first question: the metadata of a server, and what has to be right in what we know of it.

use serde_json::{Map, Value};
use suite::Keys;

use super::http::{Caller, NoReply, Sent};
use super::target::{Management, ServerTarget};

/// The metadata of an issuer (OpenID Connect Discovery 1.0 §4, RFC 8414 §3).
pub(super) fn discover(
    caller: &Caller,
    issuer: &str,
    is_needed: bool,
) -> Result<Map<String, Value>, String> {
    let base = issuer.trim_end_matches('/');
    let mut places = vec![format!("{base}/.well-known/openid-configuration")];
    if let Ok(mut url) = url::Url::parse(issuer) {
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("/.well-known/oauth-authorization-server{path}"));
        places.push(url.to_string());
    }
    let mut seen = Vec::new();
    for place in places {
        let sent =
            Sent { method: "GET".to_owned(), url: place.clone(), headers: vec![], body: None };
        match caller.send(&sent) {
            Ok(reply) if reply.status == 200 => match reply.json() {
                Some(Value::Object(metadata)) => return Ok(metadata),
                _ => seen.push(format!("{place}: no JSON object")),
            },
            Ok(reply) => seen.push(format!("{place}: status {}", reply.status)),
            Err(NoReply::Timeout) => seen.push(format!("{place}: no answer in time")),
            Err(NoReply::Broken(text)) => seen.push(format!("{place}: {text}")),
        }
    }
    if is_needed {
        let text = "give its endpoints in [metadata] of a target.toml, or check the URL";
        return Err(format!("no metadata ({}): {text}", seen.join("; ")));
    }
    Ok(Map::new())
}

pub(super) fn management(management: &Management) -> Result<(String, String), String> {
    let url = format!("{}/", management.url.trim_end_matches('/'));
    let token = match (&management.token, &management.token_env) {
        (Some(token), _) => token.clone(),
        (None, Some(name)) => variable(name)?,
        (None, None) => return Err("[management] has no token_env".to_owned()),
    };
    Ok((url, token))
}

pub(super) fn variable(name: &str) -> Result<String, String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or_else(|| format!("the environment variable {name} is not set"))
}

/// A target file names test keys: a typing error would make every question unsupported.
pub(super) fn check_keys(target: &ServerTarget, keys: &Keys) -> Result<(), String> {
    let clients = target.client.iter().map(|client| &client.key);
    match clients.chain(target.api.iter().map(|api| &api.key)).find(|key| keys.named(key).is_none())
    {
        Some(unknown) => Err(format!("there is no test key `{unknown}` in vectors/keys")),
        None => Ok(()),
    }
}

/// What is asked everywhere has to be a place that can be asked.
pub(super) fn check_token_endpoint(metadata: &Map<String, Value>) -> Result<(), String> {
    let Some(endpoint) = metadata.get("token_endpoint") else {
        return Err("its metadata has no token_endpoint; give one in [metadata]".to_owned());
    };
    let url = endpoint.as_str().and_then(|text| url::Url::parse(text).ok());
    if url.is_some_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host()) {
        return Ok(());
    }
    Err(format!("its token_endpoint is no http or https URL: {endpoint}"))
}
