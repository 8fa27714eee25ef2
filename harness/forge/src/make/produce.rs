//! Tokens that a target makes, as requests: `jwe.encrypt`, `jws.sign`, `nested.seal`.

use algorithms::{ContentEncryption, KeyManagement, base64url};
use serde_json::{Map, Value, json};
use suite::produce::Produce;
use suite::recipe::Serialization;
use suite::{Keys, Mutation};

use super::{Made, Want};
use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable, unknown};
use crate::jws;
use crate::key::{Key, default_for_alg, default_for_signature};
use crate::nested::{AUDIENCE, EXPIRES_AT, ISSUED_AT, ISSUER};
use crate::produced::{self, Lock, Produced};

pub(crate) fn produce(
    keys: &Keys,
    recipe: &Produce,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Made, ForgeError> {
    if mutation.is_some() {
        return not_applicable("what the target makes has no mutation");
    }
    if !produced::is_check(&recipe.check) {
        return Err(unknown("the check", &recipe.check));
    }
    let lock = recipe.alg.as_ref().map(|alg| lock(keys, recipe, alg)).transpose()?;
    let signer = recipe.sig.as_ref().map(|sig| signer(keys, recipe, sig)).transpose()?;
    let is_nested = lock.is_some() && signer.is_some();
    let contents: Vec<Vec<u8>> = (0..recipe.count)
        .map(|index| match &recipe.content {
            _ if is_nested => claims(index),
            Some(octets) => entropy.read("content", octets),
            // An object, so that libraries of JWT alone can be asked.
            None => format!(r#"{{"made":"to be looked at","number":{index}}}"#).into_bytes(),
        })
        .collect();
    let mut input = Map::new();
    let mut abilities = vec![("serializations", recipe.serialization.name().to_owned())];
    if let (Some(lock), Some(key)) = (&lock, recipe_key(keys, recipe)?) {
        abilities.push(("alg", lock.alg.clone()));
        abilities.push(("enc", lock.enc.clone()));
        let header = Value::Object(lock.header.clone()).to_string();
        let forms = forms(key.public());
        if is_nested {
            input.insert("encrypt".to_owned(), json!({"key": forms, "header": header}));
        } else {
            input.insert("header".to_owned(), header.into());
            input.insert("key".to_owned(), forms);
        }
    }
    if let (Some(signer), Some(sig)) = (&signer, &recipe.sig) {
        abilities.push(("sig", sig.clone()));
        let key = Key::named(keys, &signer.key)?;
        let header = Value::Object(signer.header.clone()).to_string();
        let forms = forms(&key.file.private);
        if is_nested {
            input.insert("sign".to_owned(), json!({"key": forms, "header": header}));
        } else {
            input.insert("header".to_owned(), header.into());
            input.insert("key".to_owned(), forms);
        }
    }
    if recipe.serialization != Serialization::Compact {
        input.insert("serialization".to_owned(), recipe.serialization.name().into());
    }
    if recipe.detached {
        input.insert("detached".to_owned(), true.into());
    }
    let aad = recipe.aad.as_ref().map(|octets| entropy.read("aad", octets));
    if let Some(aad) = &aad {
        input.insert("aad".to_owned(), base64url::encode(aad).into());
    }
    let produced = Produced {
        check: recipe.check.clone(),
        serialization: recipe.serialization,
        lock,
        signer,
        contents,
        aad,
        is_detached: recipe.detached,
    };
    let input = produced.input(&input, 0);
    let want = Want::Produced(Box::new(produced));
    Ok(Made { operation: recipe.operation(), input, want, abilities })
}

/// The key that decrypts, by its name in the recipe's defaults.
fn recipe_key<'a>(keys: &'a Keys, recipe: &Produce) -> Result<Option<Key<'a>>, ForgeError> {
    let (Some(alg), Some(enc)) = (&recipe.alg, &recipe.enc) else { return Ok(None) };
    let row = KeyManagement::named(alg).ok_or_else(|| unknown("the alg", alg))?;
    let enc = ContentEncryption::named(enc).ok_or_else(|| unknown("the enc", enc))?;
    let name = default_for_alg(row, enc.cek_octets, recipe.bits, recipe.curve.as_deref())?;
    Key::named(keys, &name).map(Some)
}

fn lock(keys: &Keys, recipe: &Produce, alg: &str) -> Result<Lock, ForgeError> {
    let Some(key) = recipe_key(keys, recipe)? else {
        return not_applicable("a recipe with `alg` has `enc` too");
    };
    let enc = recipe.enc.clone().unwrap_or_default();
    let mut header =
        Map::from_iter([("alg".to_owned(), alg.into()), ("enc".to_owned(), enc.clone().into())]);
    header.extend(recipe.header.clone());
    Ok(Lock { alg: alg.to_owned(), enc, header, jwk: key.file.private.jwk.clone() })
}

fn signer(keys: &Keys, recipe: &Produce, sig: &str) -> Result<produced::Signer, ForgeError> {
    let is_nested = recipe.alg.is_some();
    // The second default key: in a nested JWT the same key never signs and decrypts.
    let which = if is_nested { "b" } else { "a" };
    let name = default_for_signature(&jws::named(sig)?.family, recipe.bits, which);
    let key = Key::named(keys, &name)?;
    let more = if is_nested { &recipe.inner_header } else { &recipe.header };
    let mut header = Map::from_iter([("alg".to_owned(), sig.into())]);
    if let Some(kid) = key.kid().filter(|_| is_nested) {
        // Who opens it has a set of keys.
        header.insert("kid".to_owned(), kid.into());
    }
    header.extend(more.clone());
    let jwk = key.public().jwk.clone();
    Ok(produced::Signer { sig: sig.to_owned(), header, jwk, key: name })
}

fn forms(half: &suite::keys::KeyForms) -> Value {
    let mut forms = Map::from_iter([("jwk".to_owned(), half.jwk.clone().into())]);
    for (form, text) in [("pem", &half.pem), ("der", &half.der)] {
        forms.extend(text.clone().map(|text| (form.to_owned(), text.into())));
    }
    Value::Object(forms)
}

fn claims(index: u32) -> Vec<u8> {
    let claims = json!({
        "iss": ISSUER, "sub": "public-test-subject", "aud": AUDIENCE, "iat": ISSUED_AT,
        "exp": EXPIRES_AT, "jti": format!("b7f2c1de-public-test-{index}"),
    });
    claims.to_string().into_bytes()
}
