//! Registering a public key as a request of the adapter protocol: `credential.register`.

use algorithms::base64url;
use serde_json::{Map, Value};
use suite::oauth::Credential;
use suite::{Action, Keys, Mutation, Part};

use super::{Made, Want};
use crate::error::{ForgeError, not_applicable, unknown};
use crate::key::Key;
use crate::public_text::pkcs1_pem;
use crate::setting::Setting;
use crate::token;

pub(super) fn register(
    keys: &Keys,
    recipe: &Credential,
    mutation: Option<&Mutation>,
) -> Result<Made, ForgeError> {
    let now = recipe.now.unwrap_or(Setting::default().now);
    let text = match mutation {
        Some(Mutation { part: Part::Key, action: Action::Other(name), .. }) => {
            pem(keys, &Credential { key: Some(name.clone()), ..recipe.clone() })?
        }
        Some(Mutation { part: Part::Key, .. }) => {
            return not_applicable("the key of a credential is changed by `other`");
        }
        Some(Mutation { part: Part::Pem, action, .. }) => {
            let octets = token::change_text(&pem(keys, recipe)?, action)?;
            String::from_utf8(octets).or_else(|_| not_applicable("a PEM is sent as text"))?
        }
        _ => pem(keys, recipe)?,
    };
    let mut input = Map::from_iter([
        ("use".to_owned(), Value::from(recipe.usage.clone())),
        ("pem".to_owned(), text.into()),
        ("now".to_owned(), now.into()),
    ]);
    for (name, value) in [("alg", &recipe.alg), ("kid", &recipe.kid)] {
        input.extend(value.clone().map(|value| (name.to_owned(), value.into())));
    }
    let mut want = recipe.want.clone();
    if let Some(seconds) = recipe.expires_at {
        let at = now.saturating_add(seconds);
        input.insert("expires_at".to_owned(), at.into());
        want.insert("expires_at".to_owned(), at.into());
    }
    if let Some(flag) = recipe.parse_expiry_from_cert {
        input.insert("parse_expiry_from_cert".to_owned(), flag.into());
    }
    if let Some(count) = recipe.existing {
        input.insert("existing".to_owned(), count.into());
    }
    let want = Want::Registered(want);
    Ok(Made { operation: "credential.register", input, want, abilities: Vec::new() })
}

fn pem(keys: &Keys, recipe: &Credential) -> Result<String, ForgeError> {
    let name = match (&recipe.pem, &recipe.key, &recipe.certificate) {
        (Some(text), None, None) => return Ok(text.clone()),
        (None, Some(name), None) => name,
        (None, None, Some(name)) => {
            let text = keys.certificate(name).ok_or_else(|| unknown("the certificate", name))?;
            return Ok(text.to_owned());
        }
        _ => return not_applicable("a credential has one of `key`, `pem`, `certificate`"),
    };
    let key = Key::named(keys, name)?;
    match recipe.form.as_deref().unwrap_or("spki") {
        "spki" => match &key.public().pem {
            Some(text) => Ok(text.clone()),
            None => not_applicable(format!("the key `{name}` has no PEM")),
        },
        "pkcs1" => pkcs1_pem(&key),
        "private" => match &key.file.private.pem {
            Some(text) => Ok(text.clone()),
            None => not_applicable(format!("the key `{name}` has no PEM")),
        },
        "base64" => match key.public().der.as_deref().and_then(|der| base64url::decode(der).ok()) {
            Some(der) => Ok(data_encoding::BASE64.encode(&der)),
            None => not_applicable(format!("the key `{name}` has no DER")),
        },
        "jwk" => Ok(key.public().jwk.clone()),
        other => Err(unknown("the form of a key", other)),
    }
}
