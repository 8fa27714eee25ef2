//! The members of a request: token, key or key set, allow-list.

use algorithms::base64url;
use serde_json::{Map, Value, json};
use suite::recipe::Allow;
use suite::{Action, Keys, Layer, Mutation, Part};

use super::make;
use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable, unknown};
use crate::json_text::JsonText;
use crate::key::Key;
use crate::public_text::public_text;
use crate::token;

/// The token's octets after a change of the whole of it.
pub(super) fn whole_token(
    keys: &Keys,
    text: &str,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Vec<u8>, ForgeError> {
    match mutation {
        Some(Mutation { layer: Layer::Outer, part: Part::Token, action, .. }) => match action {
            Action::ReplaceWith(recipe) => {
                let child = entropy.child("replacement");
                let made = make(keys, recipe, None, &child)?;
                let token = made.input.get("token").and_then(Value::as_str).unwrap_or_default();
                Ok(token.as_bytes().to_vec())
            }
            action => token::change_text(text, action),
        },
        Some(Mutation { layer: Layer::Outer, part: Part::Json, action, .. }) => {
            token::change_json(text, action)
        }
        _ => Ok(text.as_bytes().to_vec()),
    }
}

pub(super) fn put_token(input: &mut Map<String, Value>, octets: Vec<u8>) {
    match String::from_utf8(octets) {
        Ok(text) => input.insert("token".to_owned(), text.into()),
        Err(error) => {
            input.insert("token_b64".to_owned(), base64url::encode(error.as_bytes()).into())
        }
    };
}

#[expect(clippy::too_many_arguments, reason = "one call site a kind of token; a struct says less")]
pub(super) fn put_key(
    input: &mut Map<String, Value>,
    keys: &Keys,
    set: &[String],
    name: &str,
    private: bool,
    members: &Map<String, Value>,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<(), ForgeError> {
    let mutation = mutation.filter(|mutation| mutation.part == Part::Key);
    let name = match mutation.map(|mutation| &mutation.action) {
        Some(Action::Other(other)) => other,
        _ => name,
    };
    if !set.is_empty() {
        let text = jwks(keys, set, private)?;
        let text = match mutation {
            None => text,
            Some(mutation) => set_text(&text, &mutation.action, entropy)?,
        };
        input.insert("jwks".to_owned(), text.into());
        return Ok(());
    }
    let key = Key::named(keys, name)?;
    let half = if private { &key.file.private } else { key.public() };
    let edited = mutation.is_some_and(|mutation| !matches!(mutation.action, Action::Other(_)));
    let mut forms = Map::new();
    if edited || !members.is_empty() {
        let edit = mutation.filter(|_| edited);
        forms.insert("jwk".to_owned(), key_text(&half.jwk, members, edit, entropy)?.into());
    } else {
        forms.insert("jwk".to_owned(), half.jwk.clone().into());
        for (form, text) in [("pem", &half.pem), ("der", &half.der)] {
            if let Some(text) = text {
                forms.insert(form.to_owned(), text.clone().into());
            }
        }
    }
    input.insert("key".to_owned(), Value::Object(forms));
    Ok(())
}

/// In place of the forms of the key one text of its public half (see `public_text`).
pub(super) fn put_key_text(
    input: &mut Map<String, Value>,
    keys: &Keys,
    name: &str,
    form: &str,
) -> Result<(), ForgeError> {
    let octets = public_text(&Key::named(keys, name)?, form)?;
    let (member, text) = match String::from_utf8(octets) {
        Ok(text) if form.starts_with("pem") => ("pem", text),
        Err(error) if form == "der" => ("der", base64url::encode(error.as_bytes())),
        _ => return Err(unknown("the text of a key for a target", form)),
    };
    input.insert("key".to_owned(), json!({ member: text }));
    Ok(())
}

pub(super) fn key_text(
    jwk: &str,
    members: &Map<String, Value>,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<String, ForgeError> {
    let Ok(object) = serde_json::from_str::<Map<String, Value>>(jwk) else {
        return not_applicable("a test key's JWK is an object");
    };
    let mut text = JsonText::of(&object);
    text.extend(members);
    match mutation {
        None => Ok(text.to_text()),
        Some(mutation) => {
            let octets = text.mutated(&mutation.action, entropy)?;
            String::from_utf8(octets)
                .map_err(|_| ForgeError::NotApplicable("a JWK is sent as text".to_owned()))
        }
    }
}

/// The text of a JWK Set after a change of its JSON text or of the member at a pointer.
pub(super) fn set_text(
    set: &str,
    action: &Action,
    entropy: &Entropy,
) -> Result<String, ForgeError> {
    let octets = match action {
        Action::Member(_) | Action::DropMember(_) | Action::Multiply(_) => {
            token::change_json(set, action)?
        }
        action => match serde_json::from_str(set) {
            Ok(members) => JsonText::of(&members).mutated(action, entropy)?,
            Err(_) => return not_applicable("a JWK Set is an object"),
        },
    };
    String::from_utf8(octets)
        .map_err(|_| ForgeError::NotApplicable("a JWK Set is sent as text".to_owned()))
}

pub(super) fn jwks(keys: &Keys, names: &[String], private: bool) -> Result<String, ForgeError> {
    let mut members = Vec::new();
    for name in names {
        let key = Key::named(keys, name)?;
        let half = if private { &key.file.private } else { key.public() };
        members.push(half.jwk.clone());
    }
    Ok(format!("{{\"keys\":[{}]}}", members.join(",")))
}

pub(super) fn allow(more: &Allow, jwe: Option<(&str, &str)>, sig: Option<&str>) -> Value {
    let list = |first: &str, more: &[String]| {
        let mut names = vec![first.to_owned()];
        names.extend(more.iter().filter(|name| *name != first).cloned());
        Value::from(names)
    };
    let mut allow = Map::new();
    if let Some((alg, enc)) = jwe {
        allow.insert("alg".to_owned(), list(alg, &more.alg));
        allow.insert("enc".to_owned(), list(enc, &more.enc));
    }
    if let Some(sig) = sig {
        allow.insert("sig".to_owned(), list(sig, &more.sig));
    }
    Value::Object(allow)
}
