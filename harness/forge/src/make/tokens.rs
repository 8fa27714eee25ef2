//! Tokens as requests: `jwe.decrypt`, `jws.verify`, `nested.open`.

use algorithms::{base64url, deflate};
use serde_json::{Map, Value, json};
use suite::mutation::Bomb;
use suite::published::Published;
use suite::recipe::{Allow, Jwe, Jws, Nested, Serialization};
use suite::{Action, Keys, Layer, Mutation, Octets, Part};

use super::input::{allow, jwks, put_key, put_key_text, put_token, whole_token};
use super::{Made, Want};
use crate::entropy::Entropy;
use crate::error::ForgeError;
use crate::key::Key;
use crate::part::Segment;
use crate::{jwe, jws, nested, token};

pub(super) fn jwe(
    keys: &Keys,
    recipe: &Jwe,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Made, ForgeError> {
    let plaintext = entropy.read("plaintext", recipe.plaintext.as_ref().unwrap_or(&PLAINTEXT()));
    let sealed = match mutation.map(|mutation| &mutation.action) {
        Some(Action::Plaintext(other)) => entropy.read("plaintext", other),
        Some(Action::Bomb(bomb)) => bomb_of(*bomb),
        _ => plaintext.clone(),
    };
    let mut parts = jwe::build(recipe, keys, &sealed, mutation, entropy)?;
    let mut key_name = jwe::key_name(recipe)?;
    if let Some(mutation) = mutation
        && is_binary(mutation.part)
    {
        let modulus = Key::named(keys, &key_name)?.modulus()?;
        parts.change(mutation, modulus.as_deref(), entropy, || {
            jwe::build(recipe, keys, b"another plaintext", None, &entropy.child("sibling"))
        })?;
    }
    if let Some(Action::DirectKey(name) | Action::WholeKey(name)) =
        mutation.map(|mutation| &mutation.action)
    {
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

pub(super) fn jws(
    keys: &Keys,
    recipe: &Jws,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Made, ForgeError> {
    let payload = entropy.read("payload", recipe.payload.as_ref().unwrap_or(&PAYLOAD()));
    let mut parts = jws::build(recipe, keys, &payload, mutation, entropy)?;
    let key_name = jws::key_name(recipe)?;
    if let Some(mutation) = mutation
        && mutation.part == Part::Signature
    {
        let modulus = Key::named(keys, &key_name)?.modulus()?;
        parts.change_signature(&mutation.action, modulus.as_deref(), entropy, || {
            jws::build(recipe, keys, b"another payload", None, &entropy.child("sibling"))
        })?;
    }
    if let Some(Action::HugeRsa(huge)) = mutation.map(|mutation| &mutation.action) {
        // Below the modulus, so that nothing but the size speaks against the exponentiation.
        let mut octets = entropy.octets("signature", huge.bits / 8);
        if let Some(first) = octets.first_mut() {
            *first &= 0x7F;
        }
        parts.signature = Segment::new(octets);
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
    if let Some(form) = &recipe.key_text {
        put_key_text(&mut input, keys, &key_name, form)?;
    } else {
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
    }
    input.insert("allow".to_owned(), allow(&recipe.allow, None, Some(&recipe.sig)));
    let abilities = vec![
        ("sig", recipe.sig.clone()),
        ("serializations", recipe.serialization.name().to_owned()),
    ];
    Ok(Made { operation: "jws.verify", input, want: Want::Payload(payload), abilities })
}

pub(super) fn nested(
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
        let modulus = Key::named(keys, &key_name)?.modulus()?;
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

pub(super) fn published(
    recipe: &Published,
    mutation: Option<&Mutation>,
) -> Result<Made, ForgeError> {
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

/// What is compressed last by the JWE itself.
fn bomb_of(bomb: Bomb) -> Vec<u8> {
    (1..bomb.layers).fold(vec![0; bomb.octets], |octets, _| deflate::compress(&octets))
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

/// The payload of recipes that name none, with unused bits too: a JSON object as a library that knows
/// only JWT hands it out again, so that it can be asked everything that is about the JWS.
const PAYLOAD: fn() -> Octets =
    || Octets::Text(r#"{"touchstone":"What it marks is gold, or is no gold"}"#.to_owned());
