//! A request from an instance: once as it should be, once with its mutation.

use std::collections::BTreeMap;

use algorithms::base64url;
use serde_json::{Map, Value, json};
use suite::case::{Instance, Policy};
use suite::published::Published;
use suite::recipe::{Allow, Certificate, Jwe, Jws, Nested, Serialization, Thumbprint};
use suite::{Action, Keys, Layer, Mutation, Octets, Part, Recipe};

use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable};
use crate::json_text::JsonText;
use crate::key::Key;
use crate::{jwe, jws, nested, token};

/// A request's input, and what its acceptance must carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The operation.
    pub operation: &'static str,
    /// The `in` of the request.
    pub input: Map<String, Value>,
    /// The content of the valid token.
    pub want: Want,
    /// What the target must be able to do for the question to make sense.
    pub abilities: Vec<(&'static str, String)>,
}

/// What an acceptance must carry.
#[derive(Clone, Debug, PartialEq)]
pub enum Want {
    /// The plaintext of a JWE.
    Plaintext(Vec<u8>),
    /// The payload of a JWS.
    Payload(Vec<u8>),
    /// The claims of a nested JWT, compared as JSON.
    Claims(Value),
    /// A thumbprint.
    Thumbprint(String),
}

/// A question and, if it is a negative one, its control.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The same without the mutation; absent for a positive case.
    pub control: Option<Made>,
    /// The question.
    pub made: Made,
}

impl Pair {
    /// The same pair as a caller asks it under a policy: the default sends no allow-list.
    ///
    /// # Errors
    /// [`ForgeError::Unchanged`] when the allow-list was all that differed.
    pub fn under(&self, policy: Policy) -> Result<Self, ForgeError> {
        let mut pair = self.clone();
        if policy == Policy::Default {
            pair.made.input.remove("allow");
            if let Some(control) = &mut pair.control {
                control.input.remove("allow");
            }
        }
        match &pair.control {
            Some(control) if control.input == pair.made.input => Err(ForgeError::Unchanged),
            _ => Ok(pair),
        }
    }
}

/// The forge: keys, and the controls that were made already, since hundreds of negatives share one.
#[derive(Debug)]
pub struct Forge<'a> {
    keys: &'a Keys,
    controls: BTreeMap<(String, usize), Made>,
}

impl<'a> Forge<'a> {
    /// With these test keys.
    #[must_use]
    pub fn new(keys: &'a Keys) -> Self {
        Self { keys, controls: BTreeMap::new() }
    }

    /// Forges an instance as a caller asks it who pins its algorithms.
    ///
    /// # Errors
    /// [`ForgeError`] when the recipe or the mutation cannot be made, or changes nothing.
    pub fn pair(&mut self, instance: &Instance) -> Result<Pair, ForgeError> {
        let Some(mutation) = &instance.mutation else {
            return Ok(Pair { control: None, made: self.control(instance, 0)? });
        };
        // Some mutations want octets of a certain shape: a digit `-`, a sum below 2^n.
        let mut last = ForgeError::Unchanged;
        for attempt in 0..ATTEMPTS {
            let entropy = Entropy::new(&instance.entropy, attempt);
            match make(self.keys, &instance.recipe, Some(mutation), &entropy) {
                Ok(made) => {
                    let control = self.control(instance, attempt)?;
                    if made.input != control.input {
                        return Ok(Pair { control: Some(control), made });
                    }
                    last = ForgeError::Unchanged;
                }
                Err(error @ ForgeError::Unlucky(_)) => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    fn control(&mut self, instance: &Instance, attempt: usize) -> Result<Made, ForgeError> {
        let name = (instance.entropy.clone(), attempt);
        if let Some(made) = self.controls.get(&name) {
            return Ok(made.clone());
        }
        let entropy = Entropy::new(&instance.entropy, attempt);
        let made = make(self.keys, &instance.recipe, None, &entropy)?;
        self.controls.insert(name, made.clone());
        Ok(made)
    }
}

fn make(
    keys: &Keys,
    recipe: &Recipe,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Made, ForgeError> {
    if let Some(Mutation { part: Part::Build, action: Action::WithKey(name), .. }) = mutation {
        return make(keys, &with_key(recipe, name)?, None, entropy);
    }
    let mut made = match recipe {
        Recipe::Jwe(recipe) => make_jwe(keys, recipe, mutation, entropy)?,
        Recipe::Jws(recipe) => make_jws(keys, recipe, mutation, entropy)?,
        Recipe::Nested(recipe) => make_nested(keys, recipe, mutation, entropy)?,
        Recipe::Published(recipe) => make_published(recipe, mutation)?,
        Recipe::Thumbprint(recipe) => make_thumbprint(keys, recipe, mutation, entropy)?,
        Recipe::Certificate(recipe) => make_certificate(recipe, mutation)?,
    };
    if let Some(Mutation { part: Part::Request, action, .. }) = mutation {
        let Action::Pointer(pointer) = action else {
            return not_applicable("a request is changed by `pointer`");
        };
        let mut input = Value::Object(std::mem::take(&mut made.input));
        token::set_pointer(&mut input, &pointer.at, pointer.value.clone())?;
        if let Value::Object(members) = input {
            made.input = members;
        }
    }
    Ok(made)
}

/// The recipe with another key.
fn with_key(recipe: &Recipe, name: &str) -> Result<Recipe, ForgeError> {
    let mut recipe = recipe.clone();
    match &mut recipe {
        Recipe::Jwe(jwe) => jwe.key = Some(name.to_owned()),
        Recipe::Jws(jws) => jws.key = Some(name.to_owned()),
        Recipe::Nested(nested) => nested.key = Some(name.to_owned()),
        _ => return not_applicable("`with_key` wants a recipe with a key"),
    }
    Ok(recipe)
}

fn make_jwe(
    keys: &Keys,
    recipe: &Jwe,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Made, ForgeError> {
    let plaintext = entropy.read("plaintext", recipe.plaintext.as_ref().unwrap_or(&PLAINTEXT()));
    let sealed = match mutation.map(|mutation| &mutation.action) {
        Some(Action::Plaintext(other)) => entropy.read("plaintext", other),
        _ => plaintext.clone(),
    };
    let mut parts = jwe::build(recipe, keys, &sealed, mutation, entropy)?;
    let mut key_name = jwe::key_name(recipe)?;
    if let Some(mutation) = mutation
        && is_binary(mutation.part)
    {
        let key = Key::named(keys, &key_name)?;
        let modulus = if key.is_rsa() { Some(key.octets("n")?) } else { None };
        parts.change(mutation, modulus.as_deref(), entropy, || {
            jwe::build(recipe, keys, b"another plaintext", None, &entropy.child("sibling"))
        })?;
    }
    if let Some(Action::DirectKey(name)) = mutation.map(|mutation| &mutation.action) {
        key_name.clone_from(name);
    }
    let mut input = Map::new();
    let text = parts.to_token()?;
    let octets = match mutation {
        Some(Mutation { action: Action::Serialize(form), .. }) => {
            parts.to_token_as(serialization(form)?)?.into_bytes()
        }
        other => whole_token(keys, &text, other, entropy)?,
    };
    put_token(&mut input, octets);
    put_key(
        &mut input,
        keys,
        &recipe.jwks,
        &key_name,
        true,
        &recipe.key_members,
        mutation,
        entropy,
    )?;
    input.insert("allow".to_owned(), allow(&recipe.allow, Some((&recipe.alg, &recipe.enc)), None));
    if !recipe.limits.is_empty() {
        input.insert("limits".to_owned(), Value::Object(recipe.limits.clone()));
    }
    let abilities = vec![
        ("alg", recipe.alg.clone()),
        ("enc", recipe.enc.clone()),
        ("serializations", recipe.serialization.name().to_owned()),
    ];
    Ok(Made { operation: "jwe.decrypt", input, want: Want::Plaintext(plaintext), abilities })
}

fn make_jws(
    keys: &Keys,
    recipe: &Jws,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Made, ForgeError> {
    let payload = entropy.read("payload", recipe.payload.as_ref().unwrap_or(&PLAINTEXT()));
    let mut parts = jws::build(recipe, keys, &payload, mutation, entropy)?;
    let key_name = jws::key_name(recipe)?;
    if let Some(mutation) = mutation
        && mutation.part == Part::Signature
    {
        let key = Key::named(keys, &key_name)?;
        let modulus = if key.is_rsa() { Some(key.octets("n")?) } else { None };
        parts.change_signature(&mutation.action, modulus.as_deref(), entropy, || {
            jws::build(recipe, keys, b"another payload", None, &entropy.child("sibling"))
        })?;
    }
    let mut input = Map::new();
    let text = parts.to_token()?;
    let octets = match mutation {
        Some(Mutation { action: Action::Serialize(form), .. }) => {
            parts.to_token_as(serialization(form)?)?.into_bytes()
        }
        other => whole_token(keys, &text, other, entropy)?,
    };
    put_token(&mut input, octets);
    if recipe.detached {
        input.insert("payload".to_owned(), base64url::encode(&parts.payload.octets).into());
    }
    put_key(
        &mut input,
        keys,
        &recipe.jwks,
        &key_name,
        false,
        &recipe.key_members,
        mutation,
        entropy,
    )?;
    input.insert("allow".to_owned(), allow(&recipe.allow, None, Some(&recipe.sig)));
    let abilities = vec![
        ("sig", recipe.sig.clone()),
        ("serializations", recipe.serialization.name().to_owned()),
    ];
    Ok(Made { operation: "jws.verify", input, want: Want::Payload(payload), abilities })
}

fn make_nested(
    keys: &Keys,
    recipe: &Nested,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Made, ForgeError> {
    let mut parts = nested::build(recipe, keys, mutation, entropy)?;
    let outer = nested::outer_recipe(recipe);
    let inner = nested::inner_recipe(recipe)?;
    let key_name = jwe::key_name(&outer)?;
    let outer_mutation = mutation.filter(|mutation| mutation.layer == Layer::Outer);
    if let Some(mutation) = outer_mutation
        && is_binary(mutation.part)
    {
        let modulus = Key::named(keys, &key_name)?.octets("n").ok();
        let text = nested::claims(recipe).to_text();
        parts.outer.change(mutation, modulus.as_deref(), entropy, || {
            jwe::build(&outer, keys, text.as_bytes(), None, &entropy.child("sibling"))
        })?;
    }
    let mut input = Map::new();
    let text = parts.outer.to_token()?;
    let octets = match outer_mutation {
        Some(Mutation { action: Action::BareInner(_), .. }) => parts.inner.to_token()?.into_bytes(),
        Some(Mutation { action: Action::Serialize(form), .. }) => {
            parts.outer.to_token_as(serialization(form)?)?.into_bytes()
        }
        other => whole_token(keys, &text, other, entropy)?,
    };
    put_token(&mut input, octets);
    let mut decrypt = Map::new();
    put_key(&mut decrypt, keys, &[], &key_name, true, &Map::new(), outer_mutation, entropy)?;
    input.insert("decrypt".to_owned(), Value::Object(decrypt));
    let mut names = recipe.more_jwks.clone();
    match mutation {
        Some(Mutation {
            layer: Layer::Inner,
            part: Part::Key,
            action: Action::Other(name),
            ..
        }) => {
            names.push(name.clone());
        }
        _ => names.push(jws::key_name(&inner)?),
    }
    input.insert("verify".to_owned(), json!({"jwks": jwks(keys, &names, false)?}));
    input.insert("expect".to_owned(), nested::expected(recipe)?);
    let mut abilities = vec![
        ("alg", recipe.alg.clone()),
        ("enc", recipe.enc.clone()),
        ("sig", recipe.sig.clone()),
        ("serializations", "compact".to_owned()),
    ];
    if let Some(now) = recipe.now {
        input.insert("now".to_owned(), now.into());
        abilities.push(("knobs", "now".to_owned()));
    }
    if let Some(skew) = recipe.skew {
        input.insert("skew".to_owned(), skew.into());
        abilities.push(("knobs", "skew".to_owned()));
    }
    let both = Some((recipe.alg.as_str(), recipe.enc.as_str()));
    input.insert("allow".to_owned(), allow(&recipe.allow, both, Some(&recipe.sig)));
    let claims = serde_json::from_str(&nested::claims(recipe).to_text()).unwrap_or(Value::Null);
    Ok(Made { operation: "nested.open", input, want: Want::Claims(claims), abilities })
}

fn make_published(recipe: &Published, mutation: Option<&Mutation>) -> Result<Made, ForgeError> {
    let content = &recipe.content;
    let octets = match mutation {
        None => content.token.as_bytes().to_vec(),
        Some(mutation) if mutation.part == Part::Json => {
            token::change_json(&content.token, &mutation.action)?
        }
        Some(mutation) => token::change_text(&content.token, &mutation.action)?,
    };
    let mut input = Map::new();
    put_token(&mut input, octets);
    input.insert("key".to_owned(), json!({"jwk": content.jwk}));
    let jwe = recipe.alg.as_deref().zip(recipe.enc.as_deref());
    let sig = recipe.sig.as_deref();
    input.insert("allow".to_owned(), allow(&Allow::default(), jwe, sig));
    if content.detached {
        let payload = base64url::encode(content.text.as_bytes());
        input.insert("payload".to_owned(), payload.into());
    }
    let serialization = match recipe.output.as_str() {
        "json_general" => Serialization::General,
        "json_flattened" => Serialization::Flattened,
        _ => Serialization::Compact,
    };
    let mut abilities = vec![("serializations", serialization.name().to_owned())];
    for (name, value) in [("alg", &recipe.alg), ("enc", &recipe.enc), ("sig", &recipe.sig)] {
        abilities.extend(value.clone().map(|value| (name, value)));
    }
    let octets = content.text.as_bytes().to_vec();
    let (operation, want) = if sig.is_some() {
        ("jws.verify", Want::Payload(octets))
    } else {
        ("jwe.decrypt", Want::Plaintext(octets))
    };
    Ok(Made { operation, input, want, abilities })
}

fn make_thumbprint(
    keys: &Keys,
    recipe: &Thumbprint,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Made, ForgeError> {
    let text = match (&recipe.jwk, &recipe.key) {
        (Some(text), None) => text.clone(),
        (None, Some(name)) => {
            let key = Key::named(keys, name)?;
            let half = if recipe.private { &key.file.private } else { key.public() };
            key_text(&half.jwk, &recipe.members, mutation, entropy)?
        }
        _ => return not_applicable("a thumbprint recipe has either `key` or `jwk`"),
    };
    let hash = recipe.hash.clone().unwrap_or_else(|| "SHA-256".to_owned());
    let Some(want) = recipe.want.clone() else {
        return not_applicable("a thumbprint recipe says which value someone else computed");
    };
    let input = Map::from_iter([
        ("key".to_owned(), json!({ "jwk": text })),
        ("hash".to_owned(), hash.into()),
    ]);
    let abilities = vec![("keys", "jwk".to_owned())];
    Ok(Made { operation: "jwk.thumbprint", input, want: Want::Thumbprint(want), abilities })
}

fn make_certificate(recipe: &Certificate, mutation: Option<&Mutation>) -> Result<Made, ForgeError> {
    if mutation.is_some_and(|mutation| mutation.part != Part::Request) {
        return not_applicable("a certificate's request is changed by `pointer`");
    }
    let mut certificate = Map::new();
    for (name, text) in [("pem", &recipe.pem), ("der", &recipe.der)] {
        if let Some(text) = text {
            certificate.insert(name.to_owned(), text.clone().into());
        }
    }
    let input = Map::from_iter([("certificate".to_owned(), Value::Object(certificate))]);
    let want = Want::Thumbprint(recipe.want.clone());
    Ok(Made { operation: "certificate.thumbprint", input, want, abilities: Vec::new() })
}

/// The token's octets after a change of the whole of it.
fn whole_token(
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

fn put_token(input: &mut Map<String, Value>, octets: Vec<u8>) {
    match String::from_utf8(octets) {
        Ok(text) => input.insert("token".to_owned(), text.into()),
        Err(error) => {
            input.insert("token_b64".to_owned(), base64url::encode(error.as_bytes()).into())
        }
    };
}

#[expect(clippy::too_many_arguments, reason = "one call site a kind of token; a struct says less")]
fn put_key(
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

fn key_text(
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
fn set_text(set: &str, action: &Action, entropy: &Entropy) -> Result<String, ForgeError> {
    let octets = match action {
        Action::Member(_) | Action::DropMember(_) => token::change_json(set, action)?,
        action => match serde_json::from_str(set) {
            Ok(members) => JsonText::of(&members).mutated(action, entropy)?,
            Err(_) => return not_applicable("a JWK Set is an object"),
        },
    };
    String::from_utf8(octets)
        .map_err(|_| ForgeError::NotApplicable("a JWK Set is sent as text".to_owned()))
}

fn jwks(keys: &Keys, names: &[String], private: bool) -> Result<String, ForgeError> {
    let mut members = Vec::new();
    for name in names {
        let key = Key::named(keys, name)?;
        let half = if private { &key.file.private } else { key.public() };
        members.push(half.jwk.clone());
    }
    Ok(format!("{{\"keys\":[{}]}}", members.join(",")))
}

fn allow(more: &Allow, jwe: Option<(&str, &str)>, sig: Option<&str>) -> Value {
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

fn is_binary(part: Part) -> bool {
    matches!(part, Part::EncryptedKey | Part::Iv | Part::Ciphertext | Part::Tag)
}

fn serialization(name: &str) -> Result<Serialization, ForgeError> {
    match name {
        "compact" => Ok(Serialization::Compact),
        "flattened" => Ok(Serialization::Flattened),
        "general" => Ok(Serialization::General),
        _ => Err(crate::error::unknown("the serialization", name)),
    }
}

/// The plaintext of recipes that name none: 53 octets, so that its base64url has unused bits.
const PLAINTEXT: fn() -> Octets =
    || Octets::Text("What the touchstone marks is gold, or it is not gold.".to_owned());

const ATTEMPTS: usize = 2048;

/// Decodes base64url as adapters write it: strictly, without padding.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    base64url::decode(text).ok()
}
