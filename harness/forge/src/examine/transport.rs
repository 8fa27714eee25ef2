//! How a client sends its assertion (RFC 6749 §2.3 and §3.2, RFC 7521 §4.2, RFC 7523 §2.2).

use std::collections::BTreeMap;

use super::{each, form};
use crate::make::{Built, Sent};

pub(super) fn form(built: &Built, _: &[&str]) -> Result<(), String> {
    each(&built.sent, |_, sent| {
        if sent.method != "POST" {
            return Err(format!("the method is {}", sent.method));
        }
        let types = sent.fields("content-type");
        let [media_type] = types.as_slice() else {
            return Err(format!("{} fields Content-Type", types.len()));
        };
        let bare = media_type.split(';').next().unwrap_or_default().trim();
        if !bare.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(format!("the media type is {media_type}"));
        }
        form::parse(&sent.body).map(drop)
    })
}

pub(super) fn assertion_type(built: &Built, _: &[&str]) -> Result<(), String> {
    forms(built, |_, form| match values(form, "client_assertion_type").as_slice() {
        [] => Err("no `client_assertion_type`".to_owned()),
        types => match types.iter().find(|have| **have != ASSERTION_TYPE) {
            None => Ok(()),
            Some(other) => Err(format!("`client_assertion_type` is {other}")),
        },
    })
}

pub(super) fn one_assertion(built: &Built, _: &[&str]) -> Result<(), String> {
    forms(built, |_, form| match values(form, "client_assertion").as_slice() {
        [text] if !text.is_empty() && !text.contains([' ', ',', '[']) => Ok(()),
        [_] => Err("`client_assertion` is not one JWT".to_owned()),
        all => Err(format!("`client_assertion` stands {} times", all.len())),
    })
}

/// RFC 6749 §2.3: one method of client authentication a request.
pub(super) fn no_secret(built: &Built, _: &[&str]) -> Result<(), String> {
    forms(built, |sent, form| {
        if !sent.fields("authorization").is_empty() {
            return Err("the request has a field Authorization".to_owned());
        }
        match values(form, "client_secret").as_slice() {
            [] => Ok(()),
            _ => Err("the form has `client_secret`".to_owned()),
        }
    })
}

pub(super) fn no_repeats(built: &Built, _: &[&str]) -> Result<(), String> {
    forms(built, |_, form| {
        let twice = form.iter().find(|(name, _)| values(form, name).len() > 1);
        match twice {
            None => Ok(()),
            Some((name, _)) => Err(format!("`{name}` stands more than once")),
        }
    })
}

pub(super) fn client_id(built: &Built, _: &[&str]) -> Result<(), String> {
    forms(built, |_, form| {
        match values(form, "client_id").iter().find(|name| **name != built.client_id) {
            None => Ok(()),
            Some(other) => Err(format!("`client_id` is {other}, not {}", built.client_id)),
        }
    })
}

pub(super) fn grant(built: &Built, _: &[&str]) -> Result<(), String> {
    forms(built, |_, form| match values(form, "grant_type").as_slice() {
        ["client_credentials"] => Ok(()),
        other => Err(format!("`grant_type` is {}", other.join(" and "))),
    })
}

/// RFC 6749 §2.3.1: what authenticates stands in the body, for URLs are logged.
pub(super) fn not_in_url(built: &Built, _: &[&str]) -> Result<(), String> {
    each(&built.sent, |_, sent| match sent.target.split_once('?') {
        Some((_, query)) if query.contains("client_assertion") => {
            Err("the assertion stands in the request's URL".to_owned())
        }
        _ => Ok(()),
    })
}

/// OpenID Connect Core §9: an assertion is used once, unless its parties agreed on more.
pub(super) fn used_once(_: &Built, assertions: &[&str]) -> Result<(), String> {
    let mut seen = BTreeMap::new();
    for (index, text) in assertions.iter().enumerate() {
        if let Some(first) = seen.insert(text, index) {
            return Err(format!("requests {} and {} hold one assertion", first + 1, index + 1));
        }
    }
    each(assertions, |_, _| Ok(()))
}

/// The one check that wants nothing to have come: the server's certificate was not to be trusted.
pub(super) fn untrusted(built: &Built, _: &[&str]) -> Result<(), String> {
    match built.sent.len() {
        0 => Ok(()),
        count => Err(format!("{count} assertions went to a server whose certificate is foreign")),
    }
}

fn forms(
    built: &Built,
    find: impl Fn(&Sent, &[(String, String)]) -> Result<(), String>,
) -> Result<(), String> {
    each(&built.sent, |_, sent| find(sent, &form::parse(&sent.body)?))
}

fn values<'a>(form: &'a [(String, String)], name: &str) -> Vec<&'a str> {
    form.iter().filter(|(have, _)| have == name).map(|(_, value)| value.as_str()).collect()
}

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
