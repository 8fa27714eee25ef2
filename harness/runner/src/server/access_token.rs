//! What holds for an access token that a server issued for an API of ours (RFC 9068; RFC 7519 §5.2).

use forge::opened::open;
use serde_json::{Map, Value};

use super::http::{Reply, Sent};
use super::site::Site;
use super::target::Api;

/// One thing that has to hold.
pub struct Check {
    /// Its name in suites.
    pub name: &'static str,
    find: fn(&Token<'_>) -> Result<(), String>,
}

/// A token and what was known before.
struct Token<'a> {
    site: &'a Site<'a>,
    api: &'a Api,
    answer: &'a Map<String, Value>,
    text: &'a str,
    outer: Map<String, Value>,
    inner_header: Map<String, Value>,
    claims: Map<String, Value>,
    inner: String,
    cek: Vec<u8>,
    iv: Vec<u8>,
    /// The tokens that earlier steps got.
    earlier: &'a [String],
}

/// Every check.
pub static CHECKS: &[Check] = &[
    Check { name: "five-parts", find: |_| Ok(()) },
    Check { name: "opens", find: |_| Ok(()) },
    Check { name: "header-alg", find: |it| same("alg", it.outer.get("alg"), &it.api.alg) },
    Check { name: "header-enc", find: |it| same("enc", it.outer.get("enc"), &it.api.enc) },
    Check { name: "header-cty", find: header_cty },
    Check { name: "header-no-zip", find: no_zip },
    Check { name: "kid-as-configured", find: kid },
    Check { name: "inner-signed-by-jwks", find: signed },
    Check { name: "inner-typ-at-jwt", find: inner_typ },
    Check { name: "iss", find: |it| same("iss", it.claims.get("iss"), &it.site.issuer) },
    Check { name: "aud", find: aud },
    Check { name: "exp", find: |it| number(it, "exp").map(drop) },
    Check { name: "iat", find: |it| number(it, "iat").map(drop) },
    Check { name: "jti", find: |it| text(it, "jti") },
    Check { name: "sub", find: |it| text(it, "sub") },
    Check { name: "client-id", find: |it| text(it, "client_id") },
    Check { name: "expires-in-agrees", find: expires_in },
    Check { name: "not-in-clear", find: not_in_clear },
    Check { name: "fresh-cek", find: fresh },
];

/// Checks the `access_token` of an answer.
pub(super) fn check(
    site: &Site<'_>,
    api: Option<&Api>,
    name: &str,
    reply: &Reply,
    earlier: &[String],
) -> Result<(), String> {
    let Some(check) = CHECKS.iter().find(|check| check.name == name) else {
        return Err("there is no such check".to_owned());
    };
    let Some(api) = api else { return Err("the target names no API".to_owned()) };
    let Some(Value::Object(answer)) = reply.json() else {
        return Err("the body is no JSON object".to_owned());
    };
    let text = answer.get("access_token").and_then(Value::as_str).unwrap_or_default();
    let opened = open(text, site.keys, &api.key)?;
    let inner =
        String::from_utf8(opened.plaintext).map_err(|_| "what is inside is no text".to_owned())?;
    let parts: Vec<&str> = inner.split('.').collect();
    let [header, payload, _] = parts.as_slice() else {
        return Err(format!("what is inside has {} parts and is no JWS", parts.len()));
    };
    let (inner_header, claims) = (object("header", header)?, object("claims", payload)?);
    let token = Token {
        site,
        api,
        answer: &answer,
        text,
        outer: opened.header,
        inner_header,
        claims,
        inner: inner.clone(),
        cek: opened.cek,
        iv: opened.iv,
        earlier,
    };
    (check.find)(&token)
}

fn object(name: &str, part: &str) -> Result<Map<String, Value>, String> {
    let octets = forge::decode(part).ok_or_else(|| format!("the {name} inside is no base64url"))?;
    serde_json::from_slice(&octets)
        .map_err(|error| format!("the {name} inside is no JSON object: {error}"))
}

fn same(name: &str, have: Option<&Value>, want: &str) -> Result<(), String> {
    match have.and_then(Value::as_str) {
        Some(have) if have == want => Ok(()),
        Some(have) => Err(format!("{name} is `{have}` and not `{want}`")),
        None => Err(format!("{name} is absent or no text")),
    }
}

fn header_cty(token: &Token<'_>) -> Result<(), String> {
    // RFC 7519 §5.2: "JWT", and capitals do not matter; a more specific type says the same.
    let cty = token.outer.get("cty").and_then(Value::as_str).unwrap_or_default();
    let plain = cty.to_ascii_lowercase();
    let plain = plain.strip_prefix("application/").unwrap_or(&plain);
    if plain == "jwt" { Ok(()) } else { Err(format!("cty is `{cty}` and not `JWT`")) }
}

/// RFC 8725 §3.6.
fn no_zip(token: &Token<'_>) -> Result<(), String> {
    match token.outer.get("zip") {
        None => Ok(()),
        Some(zip) => Err(format!("zip is {zip}")),
    }
}

fn kid(token: &Token<'_>) -> Result<(), String> {
    match &token.api.kid {
        Some(kid) => same("kid", token.outer.get("kid"), kid),
        None => Ok(()),
    }
}

fn signed(token: &Token<'_>) -> Result<(), String> {
    let url = token.site.metadata.get("jwks_uri").and_then(Value::as_str);
    let url = url.ok_or("the metadata has no jwks_uri")?.to_owned();
    let sent = Sent { method: "GET".to_owned(), url, headers: Vec::new(), body: None };
    let reply = token.site.caller.send(&sent).map_err(|_| "its keys cannot be had".to_owned())?;
    let set = reply.json().unwrap_or_default();
    let keys = set.get("keys").and_then(Value::as_array).cloned().unwrap_or_default();
    let kid = token.inner_header.get("kid");
    let fitting: Vec<&Value> =
        keys.iter().filter(|key| kid.is_none() || key.get("kid") == kid).collect();
    let holds = |key: &&Value| forge::opened::verifies(&token.inner, &key.to_string());
    if fitting.iter().any(holds) {
        Ok(())
    } else {
        Err(format!(
            "no key of its set verifies what is inside ({} of {} fit the kid)",
            fitting.len(),
            keys.len()
        ))
    }
}

fn inner_typ(token: &Token<'_>) -> Result<(), String> {
    let typ = token.inner_header.get("typ").and_then(Value::as_str).unwrap_or_default();
    let plain = typ.to_ascii_lowercase();
    if plain.strip_prefix("application/").unwrap_or(&plain) == "at+jwt" {
        Ok(())
    } else {
        Err(format!("typ is `{typ}` and not `at+jwt`"))
    }
}

fn aud(token: &Token<'_>) -> Result<(), String> {
    let want = &token.api.audience;
    let has = match token.claims.get("aud") {
        Some(Value::String(have)) => have == want,
        Some(Value::Array(all)) => all.iter().any(|have| have == want),
        _ => false,
    };
    let have = token.claims.get("aud").map_or_else(|| "absent".to_owned(), Value::to_string);
    if has { Ok(()) } else { Err(format!("aud is {have}, without `{want}`")) }
}

fn number(token: &Token<'_>, name: &str) -> Result<f64, String> {
    let value = token.claims.get(name).and_then(Value::as_f64);
    value.ok_or_else(|| format!("{name} is absent or no number"))
}

fn text(token: &Token<'_>, name: &str) -> Result<(), String> {
    match token.claims.get(name).and_then(Value::as_str) {
        Some(text) if !text.is_empty() => Ok(()),
        _ => Err(format!("{name} is absent or no text")),
    }
}

fn expires_in(token: &Token<'_>) -> Result<(), String> {
    let said = token.answer.get("expires_in").and_then(Value::as_f64);
    let said = said.ok_or("expires_in is absent or no number")?;
    let meant = number(token, "exp")? - number(token, "iat")?;
    if (said - meant).abs() <= 5.0 {
        Ok(())
    } else {
        Err(format!("expires_in is {said}, but exp lies {meant} behind iat"))
    }
}

/// The claims of the inner token occur nowhere in the answer in a readable form.
fn not_in_clear(token: &Token<'_>) -> Result<(), String> {
    let readable: Vec<String> = token
        .text
        .split('.')
        .filter_map(forge::decode)
        .map(|octets| String::from_utf8_lossy(&octets).into_owned())
        .collect();
    let secret = token.claims.get("sub").and_then(Value::as_str).unwrap_or_default();
    let is_clear = !secret.is_empty() && readable.iter().any(|part| part.contains(secret));
    if is_clear { Err("`sub` can be read without the key".to_owned()) } else { Ok(()) }
}

/// RFC 7516 §2, §9: each token has a CEK and an IV of its own.
fn fresh(token: &Token<'_>) -> Result<(), String> {
    if token.earlier.is_empty() {
        return Err("there is no other token to compare with".to_owned());
    }
    for (index, other) in token.earlier.iter().enumerate() {
        let other = open(other, token.site.keys, &token.api.key)?;
        if other.cek == token.cek {
            return Err(format!("token {} has the same content encryption key", index + 1));
        }
        if other.iv == token.iv {
            return Err(format!("token {} has the same initialization vector", index + 1));
        }
    }
    Ok(())
}
