//! A nested JWT from its recipe (RFC 7519 §5.2, §7.1): claims, signed, then encrypted.

use serde_json::{Map, Value, json};
use suite::recipe::{Allow, Jwe, Jws, Nested, Serialization};
use suite::{Action, Keys, Layer, Mutation, Part};

use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable, unknown};
use crate::json_text::JsonText;
use crate::jwe::{self, JweParts};
use crate::jws::{self, JwsParts};
use crate::key::{Key, default_for_signature};

/// The issuer of the default claims.
pub(crate) const ISSUER: &str = "https://issuer.example/";
/// The audience of the default claims.
pub(crate) const AUDIENCE: &str = "https://api.example/";
/// When the default claims were issued: 2023-11-14.
pub(crate) const ISSUED_AT: i64 = 1_700_000_000;
/// When the default claims expire: 2100-01-01, so that targets without a clock knob can read them.
pub(crate) const EXPIRES_AT: i64 = 4_102_444_800;

/// The tokens of a nested JWT.
#[derive(Debug)]
pub(crate) struct NestedParts {
    pub(crate) outer: JweParts,
    pub(crate) inner: JwsParts,
}

/// The default claims with those of the recipe.
pub(crate) fn claims(recipe: &Nested) -> JsonText {
    let mut claims = JsonText::default();
    claims.set_text("iss", ISSUER);
    claims.set_text("sub", "public-test-subject");
    claims.set_text("aud", AUDIENCE);
    claims.set("iat", &ISSUED_AT.into());
    claims.set("exp", &EXPIRES_AT.into());
    claims.set_text("jti", "b7f2c1de-public-test");
    for (name, value) in &recipe.claims {
        if value == "-" {
            claims.remove(name);
        } else {
            claims.set(name, value);
        }
    }
    claims
}

/// Builds both layers.
pub(crate) fn build(
    recipe: &Nested,
    keys: &Keys,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<NestedParts, ForgeError> {
    let inner_mutation = mutation.filter(|mutation| mutation.layer == Layer::Inner);
    let outer_mutation = mutation.filter(|mutation| mutation.layer == Layer::Outer);
    let claims = claims(recipe);
    let payload = match mutation {
        Some(mutation) if mutation.part == Part::Claims => {
            claims.mutated(&mutation.action, entropy)?
        }
        _ => claims.to_text().into_bytes(),
    };
    let inner_recipe = inner_recipe(recipe)?;
    let inner_entropy = entropy.child("inner");
    let mut inner = jws::build(&inner_recipe, keys, &payload, inner_mutation, &inner_entropy)?;
    if let Some(mutation) = inner_mutation
        && mutation.part == Part::Signature
    {
        let modulus = Key::named(keys, &jws::key_name(&inner_recipe)?)?.modulus()?;
        inner.change_signature(&mutation.action, modulus.as_deref(), &inner_entropy, || {
            let sibling = entropy.child("sibling");
            jws::build(&inner_recipe, keys, b"{\"sub\":\"another\"}", None, &sibling)
        })?;
    }
    let mut plaintext = inner.to_token()?.into_bytes();
    if let Some(mutation) = inner_mutation
        && mutation.part == Part::Token
    {
        let text = String::from_utf8_lossy(&plaintext).into_owned();
        plaintext = crate::token::change_text(&text, &mutation.action)?;
    }
    let outer_recipe = outer_recipe(recipe);
    match outer_mutation.map(|mutation| &mutation.action) {
        Some(Action::Inner(kind)) => {
            plaintext = other_inner(kind, &inner, &payload, &outer_recipe, keys, entropy)?;
        }
        Some(Action::Depth(depth)) => {
            for level in 0..*depth {
                let child = entropy.child(&format!("depth-{level}"));
                let token =
                    jwe::build(&outer_recipe, keys, &plaintext, None, &child)?.to_token()?;
                plaintext = token.into_bytes();
            }
        }
        _ => {}
    }
    let outer = jwe::build(&outer_recipe, keys, &plaintext, outer_mutation, entropy)?;
    Ok(NestedParts { outer, inner })
}

/// What stands in place of the inner JWS.
fn other_inner(
    kind: &str,
    inner: &JwsParts,
    claims: &[u8],
    outer: &Jwe,
    keys: &Keys,
    entropy: &Entropy,
) -> Result<Vec<u8>, ForgeError> {
    let token = inner.to_token()?;
    Ok(match kind {
        "claims" => claims.to_vec(),
        "jwe" => {
            let child = entropy.child("inner-jwe");
            jwe::build(outer, keys, claims, None, &child)?.to_token()?.into_bytes()
        }
        "garbage" => entropy.octets("garbage", 64),
        "empty" => Vec::new(),
        "flattened" => inner.to_token_as(Serialization::Flattened)?.into_bytes(),
        "general" => inner.to_token_as(Serialization::General)?.into_bytes(),
        "quoted" => Value::from(token).to_string().into_bytes(),
        "newline" => format!("{token}\n").into_bytes(),
        "detached" => {
            let mut parts: Vec<&str> = token.split('.').collect();
            if let Some(payload) = parts.get_mut(1) {
                *payload = "";
            }
            parts.join(".").into_bytes()
        }
        _ => return not_applicable(format!("unknown inner `{kind}`")),
    })
}

/// The inner JWS as a recipe of its own.
pub(crate) fn inner_recipe(recipe: &Nested) -> Result<Jws, ForgeError> {
    let algorithm = jws::named(&recipe.sig)?;
    let key = match &recipe.sign_key {
        Some(name) => name.clone(),
        None => default_for_signature(&algorithm.family, None, "b"),
    };
    Ok(Jws {
        sig: recipe.sig.clone(),
        key: Some(key),
        bits: None,
        payload: None,
        header: recipe.inner_header.clone(),
        serialization: Serialization::Compact,
        unprotected: Map::new(),
        to_unprotected: Vec::new(),
        more_signers: Vec::new(),
        signature_at: 0,
        detached: false,
        unencoded: false,
        kid: true,
        key_members: Map::new(),
        key_text: None,
        jwks: Vec::new(),
        allow: Allow::default(),
    })
}

/// The outer JWE as a recipe of its own.
pub(crate) fn outer_recipe(recipe: &Nested) -> Jwe {
    let mut header = Map::from_iter([("cty".to_owned(), json!("JWT"))]);
    header.extend(recipe.header.clone());
    Jwe {
        alg: recipe.alg.clone(),
        enc: recipe.enc.clone(),
        key: recipe.key.clone(),
        bits: recipe.bits,
        curve: None,
        ephemeral: None,
        plaintext: None,
        header,
        serialization: Serialization::Compact,
        unprotected: Map::new(),
        recipient_header: Map::new(),
        to_unprotected: Vec::new(),
        to_recipient: Vec::new(),
        aad: None,
        more_recipients: Vec::new(),
        more_algs: Vec::new(),
        recipient_at: 0,
        zip: recipe.zip,
        apu: None,
        apv: None,
        p2c: None,
        p2s_octets: None,
        key_members: Map::new(),
        jwks: Vec::new(),
        allow: Allow::default(),
        limits: Map::new(),
    }
}

/// What the caller expects of the claims.
pub(crate) fn expected(recipe: &Nested) -> Result<Value, ForgeError> {
    match &recipe.expect {
        None => Ok(json!({"iss": ISSUER, "aud": AUDIENCE})),
        Some(members) => {
            match members.keys().find(|name| !["iss", "aud", "typ"].contains(&name.as_str())) {
                None => Ok(Value::Object(members.clone())),
                Some(name) => Err(unknown("the expectation", name)),
            }
        }
    }
}
