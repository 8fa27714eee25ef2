//! Client assertions as requests of the adapter protocol: `assertion.validate`, `assertion.build`.

use serde_json::{Map, Value, json};
use suite::oauth::{Assertion, Build};
use suite::{Keys, Mutation};

use super::{Made, Want};
use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable, unknown};
use crate::examine::{Check, form};
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
    let built = asked(keys, recipe, &Setting::default())?;
    let key = Key::named(keys, &built.key)?;
    let half = &key.file.private;
    let mut forms = Map::from_iter([("jwk".to_owned(), half.jwk.clone().into())]);
    for (form, text) in [("pem", &half.pem), ("der", &half.der)] {
        forms.extend(text.clone().map(|text| (form.to_owned(), text.into())));
    }
    let audience = built.audience.first().cloned().unwrap_or_default();
    let mut input = Map::from_iter([
        ("client_id".to_owned(), built.client_id.clone().into()),
        ("audience".to_owned(), audience.into()),
        ("key".to_owned(), Value::Object(forms)),
        ("alg".to_owned(), recipe.sig.clone().into()),
        ("now".to_owned(), built.now.into()),
        ("count".to_owned(), recipe.count.into()),
    ]);
    input.extend(built.kid.clone().map(|kid| ("kid".to_owned(), kid.into())));
    let mut abilities = vec![("sig", recipe.sig.clone())];
    if Check::named(&built.check).is_some_and(|check| check.reads_clock) {
        abilities.push(("knobs", "now".to_owned()));
    }
    let want = Want::Built(Box::new(built));
    Ok(Made { operation: "assertion.build", input, want, abilities })
}

/// What a builder is asked for, as a client of the server that `setting` names.
pub(super) fn asked(keys: &Keys, recipe: &Build, setting: &Setting) -> Result<Built, ForgeError> {
    if Check::named(&recipe.check).is_none() {
        return Err(unknown("the check", &recipe.check));
    }
    let family = &jws::named(&recipe.sig)?.family;
    let name = match &recipe.key {
        Some(name) => name.clone(),
        None => default_for_signature(family, None, "a"),
    };
    let key = Key::named(keys, &name)?;
    Ok(Built {
        check: recipe.check.clone(),
        client_id: setting.client_id.clone(),
        audience: vec![setting.audience.clone()],
        alg: recipe.sig.clone(),
        jwk: key.public().jwk.clone(),
        kid: recipe.kid.then(|| key.kid().unwrap_or(&name).to_owned()),
        key: name,
        count: recipe.count as usize,
        now: setting.now,
        sent: Vec::new(),
    })
}

/// What is known of assertions that a target was asked to build.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Built {
    /// What has to hold for them.
    pub check: String,
    /// The client.
    pub client_id: String,
    /// The names of the server, its issuer identifier first.
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
    /// The requests that they came in, in their order; none for a library.
    pub sent: Vec<Sent>,
}

impl Built {
    /// The clock by which an assertion is judged, counted from 0: that of its request.
    pub(crate) fn at(&self, index: usize) -> f64 {
        let seconds = self.sent.get(index).map_or(self.now, |sent| sent.at);
        // Exact for every second of the next 285 million years.
        seconds as f64
    }
}

/// A request that a client sent to its token endpoint.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "only data")]
pub struct Sent {
    /// When it came, in NumericDate seconds.
    pub at: i64,
    /// The method.
    pub method: String,
    /// The request's target: path and query.
    pub target: String,
    /// The header fields in order, with lower-case names.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Sent {
    /// The values of a header field, named in lower case.
    #[must_use]
    pub fn fields(&self, name: &str) -> Vec<&str> {
        self.headers
            .iter()
            .filter(|(have, _)| have == name)
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The assertion that it carries: the first `client_assertion` of its form, or nothing.
    #[must_use]
    pub fn assertion(&self) -> String {
        let form = form::parse(&self.body).unwrap_or_default();
        let found = form.into_iter().find(|(name, _)| name == "client_assertion");
        found.map(|(_, value)| value).unwrap_or_default()
    }
}
