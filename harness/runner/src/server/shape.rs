//! What an answer has to look like, whatever it decides.

use serde_json::Value;
use suite::AnswerShape;
use suite::answer::{TYPES, Type};

use super::access_token;
use super::http::Reply;
use super::site::Site;
use super::target::Api;

/// Says what is not as it has to be. `fill` fills placeholders in; `api` is the one whose token it is,
/// `earlier` are the tokens that came before it.
pub(super) fn check(
    site: &Site<'_>,
    api: Option<&Api>,
    shape: &AnswerShape,
    reply: &Reply,
    fill: &dyn Fn(&str) -> Result<String, String>,
    earlier: &[String],
) -> Result<(), String> {
    if !shape.status.is_empty() && !shape.status.contains(&reply.status) {
        return Err(format!("the status is {} and not {}", reply.status, list(&shape.status)));
    }
    let body = reply.json();
    if !shape.error.is_empty() {
        let error = body.as_ref().and_then(|body| body.get("error")).and_then(Value::as_str);
        if !error.is_some_and(|error| shape.error.iter().any(|want| want == error)) {
            let have = error.unwrap_or("absent");
            return Err(format!("`error` is {have} and not {}", list(&shape.error)));
        }
    }
    if let Some(want) = &shape.content_type {
        let have = reply.media_type();
        if have != *want {
            return Err(format!("the media type is `{have}` and not `{want}`"));
        }
    }
    let header = |name: &str| reply.headers.get(name).map(String::as_str).unwrap_or_default();
    if shape.no_store && !header("cache-control").to_ascii_lowercase().contains("no-store") {
        return Err(format!("Cache-Control is `{}`, without no-store", header("cache-control")));
    }
    for (name, part) in &shape.headers {
        let part = fill(part)?;
        if !header(name).to_ascii_lowercase().contains(&part.to_ascii_lowercase()) {
            return Err(format!("{name} is `{}`, without `{part}`", header(name)));
        }
    }
    let at = |pointer: &str| body.as_ref().and_then(|body| body.pointer(pointer));
    for (pointer, want) in &shape.members {
        let have = at(pointer);
        let want = &match want {
            Value::String(text) => Value::from(fill(text)?),
            other => other.clone(),
        };
        let is_same = match (have, want) {
            (Some(Value::String(have)), Value::String(want)) => {
                // Token types and media types are compared without case (RFC 6749 §5.1).
                have == want || (pointer == "/token_type" && have.eq_ignore_ascii_case(want))
            }
            (have, want) => have == Some(want),
        };
        if !is_same {
            let have = have.map_or_else(|| "absent".to_owned(), Value::to_string);
            return Err(format!("`{pointer}` is {have} and not {want}"));
        }
    }
    if let Some(pointer) = shape.has.iter().find(|pointer| at(pointer).is_none()) {
        return Err(format!("the body has no `{pointer}`"));
    }
    for (pointer, name) in &shape.types {
        match Type::is(name, at(pointer)) {
            Some(true) => {}
            Some(false) => {
                let plain = name.strip_suffix('?').unwrap_or(name);
                let title = TYPES.iter().find(|row| row.name == plain).map_or("", |row| row.title);
                return Err(format!("`{pointer}` is not {title}"));
            }
            None => return Err(format!("there is no type `{name}`")),
        }
    }
    let list_at =
        |pointer: &str| at(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    for (pointer, wanted) in &shape.includes {
        if let Some(absent) = wanted.iter().find(|want| !list_at(pointer).contains(want)) {
            return Err(format!("`{pointer}` does not list {absent}"));
        }
    }
    for (pointer, unwanted) in &shape.excludes {
        if let Some(present) = unwanted.iter().find(|other| list_at(pointer).contains(other)) {
            return Err(format!("`{pointer}` lists {present}"));
        }
    }
    let text = String::from_utf8_lossy(&reply.body);
    // What stands in JSON stands there escaped.
    let escaped = |part: &str| Value::from(part).to_string().trim_matches('"').to_owned();
    for part in &shape.lacks {
        let part = fill(part)?;
        if text.contains(&part) || text.contains(&escaped(&part)) {
            return Err(format!("the body has the text `{}`", report::printable(&part, 80)));
        }
    }
    for name in &shape.access_token {
        access_token::check(site, api, name, reply, earlier)
            .map_err(|text| format!("the access token, {name}: {text}"))?;
    }
    Ok(())
}

fn list<T: ToString>(items: &[T]) -> String {
    items.iter().map(ToString::to_string).collect::<Vec<_>>().join(" or ")
}
