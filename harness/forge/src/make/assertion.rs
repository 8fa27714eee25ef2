//! Client assertions as requests of the adapter protocol: `assertion.validate`, `assertion.build`.

use serde_json::{Map, Value, json};
use suite::oauth::{Assertion, Build};
use suite::{Keys, Mutation};

use super::{Made, Want};
use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable, unknown};
use crate::examine::Check;
use crate::jws;
use crate::key::{Key, default_for_signature};
use crate::presented::present;
use crate::setting::Setting;

pub(super) fn validate(
    keys: &Keys,
    recipe: &Assertion,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Made, ForgeError> {
    let mut setting = Setting::default();
    if let Some(client) = &recipe.client {
        setting.client_id.clone_from(client);
    }
    let presented = present(keys, recipe, mutation, &setting, entropy)?;
    let credentials: Vec<Value> = presented
        .client
        .credentials
        .iter()
        .map(|credential| {
            let mut members = json!({
                "kid": credential.kid, "alg": credential.alg, "jwk": credential.jwk,
            });
            if let (Some(seconds), Value::Object(members)) = (credential.expires_in, &mut members) {
                let at = setting.now.saturating_add(seconds);
                members.insert("expires_at".to_owned(), at.into());
            }
            members
        })
        .collect();
    let attempts: Vec<Value> = presented
        .attempts
        .iter()
        .map(|attempt| {
            json!({"form": attempt.form, "now": setting.now.saturating_add(attempt.after)})
        })
        .collect();
    let mut input = Map::from_iter([
        ("client".to_owned(), json!({"client_id": setting.client_id, "credentials": credentials})),
        ("audience".to_owned(), json!([setting.audience])),
        ("attempts".to_owned(), attempts.into()),
    ]);
    let mut abilities = vec![("sig", recipe.sig.clone())];
    if !recipe.limits.is_empty() {
        input.insert("limits".to_owned(), Value::Object(recipe.limits.clone()));
        abilities.push(("knobs", "limits".to_owned()));
    }
    let want =
        Want::Authenticated { client_id: setting.client_id, attempts: presented.attempts.len() };
    Ok(Made { operation: "assertion.validate", input, want, abilities })
}

pub(super) fn build(
    keys: &Keys,
    recipe: &Build,
    mutation: Option<&Mutation>,
) -> Result<Made, ForgeError> {
    if mutation.is_some() {
        return not_applicable("what the target builds has no mutation");
    }
    if Check::named(&recipe.check).is_none() {
        return Err(unknown("the check", &recipe.check));
    }
    let setting = Setting::default();
    let family = &jws::named(&recipe.sig)?.family;
    let name = match &recipe.key {
        Some(name) => name.clone(),
        None => default_for_signature(family, None, "a"),
    };
    let key = Key::named(keys, &name)?;
    let half = &key.file.private;
    let mut forms = Map::from_iter([("jwk".to_owned(), half.jwk.clone().into())]);
    for (form, text) in [("pem", &half.pem), ("der", &half.der)] {
        forms.extend(text.clone().map(|text| (form.to_owned(), text.into())));
    }
    let kid = recipe.kid.then(|| key.kid().unwrap_or(&name).to_owned());
    let mut input = Map::from_iter([
        ("client_id".to_owned(), setting.client_id.clone().into()),
        ("audience".to_owned(), setting.audience.clone().into()),
        ("key".to_owned(), Value::Object(forms)),
        ("alg".to_owned(), recipe.sig.clone().into()),
        ("now".to_owned(), setting.now.into()),
        ("count".to_owned(), recipe.count.into()),
    ]);
    input.extend(kid.clone().map(|kid| ("kid".to_owned(), kid.into())));
    let want = Want::Built(Box::new(Built {
        check: recipe.check.clone(),
        client_id: setting.client_id,
        audience: vec![setting.audience],
        alg: recipe.sig.clone(),
        key: name,
        jwk: key.public().jwk.clone(),
        kid,
        count: recipe.count as usize,
        now: setting.now,
    }));
    let abilities = vec![("sig", recipe.sig.clone())];
    Ok(Made { operation: "assertion.build", input, want, abilities })
}

/// What is known of assertions that a target was asked to build.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Built {
    /// What has to hold for them.
    pub check: String,
    /// The client.
    pub client_id: String,
    /// The names of the server.
    pub audience: Vec<String>,
    /// The algorithm.
    pub alg: String,
    /// Name of the test key.
    pub key: String,
    /// The public key as JWK text.
    pub jwk: String,
    /// The key's name, where the caller gave one.
    pub kid: Option<String>,
    /// How many there are to be.
    pub count: usize,
    /// The caller's clock, in NumericDate seconds.
    pub now: i64,
}
