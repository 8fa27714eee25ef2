//! Vectors that are whole tokens: `json_web_encryption`, `json_web_signature`, `json_web_key` and
//! `json_web_crypto`.
//!
//! The caller pins what the key says it is for, as users of a library do; where the key says nothing,
//! it pins what the token's header says. Content encryption is pinned to that of the header.

use protocol::Operation;
use serde_json::{Map, Value, json};

use super::{Question, Want, text};

/// The request for one test.
pub(super) fn question(group: &Value, test: &Value) -> Result<Question, String> {
    let (name, token) = ["jwe", "jws"]
        .iter()
        .find_map(|name| Some((*name, test.get(*name)?)))
        .ok_or("it has neither a JWE nor a JWS")?;
    let token = token.as_str().map_or_else(|| token.to_string(), str::to_owned);
    let header = header(&token);
    let is_jwe = name == "jwe";
    // A symmetric key, and the private half of a key that decrypts, stand under `private` alone.
    let public = group.get("public").filter(|_| !is_jwe);
    let key = public.or_else(|| group.get("private")).ok_or("it has no key")?;
    let algorithms = algorithms(key, &header);
    let (operation, list) = if is_jwe { ("jwe.decrypt", "alg") } else { ("jws.verify", "sig") };
    let mut abilities = vec![("operations", operation.to_owned())];
    abilities.extend(header_text(&header, "alg").map(|alg| (list, alg)));
    let mut allow = Map::from_iter([(list.to_owned(), json!(algorithms))]);
    if is_jwe {
        let enc = header_text(&header, "enc").unwrap_or_else(|| text(test, "enc").to_owned());
        allow.insert("enc".to_owned(), json!([enc]));
        abilities.push(("enc", enc));
    }
    if token.trim_start().starts_with('{') {
        let is_general = token.contains("\"recipients\"") || token.contains("\"signatures\"");
        let form = if is_general { "general" } else { "flattened" };
        abilities.push(("serializations", form.to_owned()));
    }
    let content = if is_jwe { octets(text(test, "pt")) } else { payload(&token) };
    let mut input = Map::from_iter([("token".to_owned(), token.into())]);
    if key.get("keys").is_some() {
        input.insert("jwks".to_owned(), key.to_string().into());
    } else {
        input.insert("key".to_owned(), json!({ "jwk": key.to_string() }));
    }
    input.insert("allow".to_owned(), allow.into());
    let operation = Operation::named(operation).ok_or("the protocol has no such operation")?;
    Ok(Question { operation, input, abilities, want: Want::of(text(test, "result"), content)? })
}

/// What the caller allows: what the keys are for, else what the header says.
fn algorithms(key: &Value, header: &Map<String, Value>) -> Vec<String> {
    let keys = key.get("keys").and_then(Value::as_array);
    let keys: Vec<&Value> = keys.map_or_else(|| vec![key], |keys| keys.iter().collect());
    let mut names: Vec<String> =
        keys.iter().map(|key| text(key, "alg").to_owned()).filter(|alg| !alg.is_empty()).collect();
    // RFC 7520 §5.6: a key for `dir` names the content encryption that it is for.
    let is_direct = header_text(header, "alg").is_some_and(|alg| alg == "dir");
    let is_for_content = header_text(header, "enc").is_some_and(|enc| names == [enc]);
    if names.is_empty() || (is_direct && is_for_content) {
        names = header_text(header, "alg").into_iter().collect();
    }
    names
}

/// The protected header of a compact token or of a JSON serialization; empty where there is none.
fn header(token: &str) -> Map<String, Value> {
    let json: Option<Value> = serde_json::from_str(token).ok();
    let protected = match &json {
        Some(json) => ["/protected", "/signatures/0/protected"]
            .iter()
            .find_map(|at| json.pointer(at)?.as_str())
            .unwrap_or_default(),
        None => token.split('.').next().unwrap_or_default(),
    };
    forge::decode(protected)
        .and_then(|octets| serde_json::from_slice(&octets).ok())
        .unwrap_or_default()
}

fn header_text(header: &Map<String, Value>, name: &str) -> Option<String> {
    header.get(name)?.as_str().map(str::to_owned)
}

/// The payload of a compact JWS.
fn payload(token: &str) -> Option<Vec<u8>> {
    forge::decode(token.split('.').nth(1)?)
}

/// The octets of a hexadecimal text; `None` for an empty one.
fn octets(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() { None } else { super::primitive::hex(text) }
}
