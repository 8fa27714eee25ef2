//! `jwe.decrypt` and `jwe.encrypt`.

use algorithms::base64url;
use reference::jwe;
use serde_json::{Map, Value, json};

use crate::adapter::{Adapter, Outcome};
use crate::input;

pub(crate) fn decrypt(adapter: &mut Adapter, input: &Map<String, Value>) -> Outcome {
    let token = input::token(input)?;
    let keys = input::keys(adapter, input)?;
    let policy = input::policy(input);
    let opened = jwe::open(&token, keys.keys(), &policy, &mut adapter.rng)?;
    Ok(json!({
        "plaintext": base64url::encode(&opened.plaintext),
        "header": opened.header.to_text(),
    }))
}

pub(crate) fn encrypt(adapter: &mut Adapter, input: &Map<String, Value>) -> Outcome {
    let form = input::serialization(input)?;
    let plaintext = input::octets(input, "plaintext")?;
    let aad = match input.get("aad") {
        None => None,
        Some(_) => Some(input::octets(input, "aad")?),
    };
    let key = input::key(adapter, input)?;
    let content = jwe::Content {
        plaintext: &plaintext,
        protected: input::text(input, "header")?,
        unprotected: None,
        aad: aad.as_deref(),
    };
    let to = jwe::To { header: None, keys: key.as_ref().into() };
    let policy = input::producer(input, content.protected);
    let token = jwe::seal_as(form, &content, &[to], &policy, &mut adapter.rng)?;
    Ok(json!({ "token": token }))
}
