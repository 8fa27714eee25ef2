//! `jws.verify` and `jws.sign`.

use algorithms::base64url;
use reference::jws;
use serde_json::{Map, Value, json};

use crate::adapter::{Adapter, Outcome};
use crate::input;

pub(crate) fn verify(adapter: &mut Adapter, input: &Map<String, Value>) -> Outcome {
    let token = input::token(input)?;
    let keys = input::keys(adapter, input)?;
    let policy = input::policy(input);
    let verified = match input.get("payload") {
        None => jws::verify(&token, keys.keys(), &policy)?,
        Some(_) => {
            let payload = input::octets(input, "payload")?;
            jws::verify_detached(&token, &payload, keys.keys(), &policy)?
        }
    };
    Ok(json!({
        "payload": base64url::encode(&verified.payload),
        "header": verified.header.to_text(),
    }))
}

pub(crate) fn sign(adapter: &mut Adapter, input: &Map<String, Value>) -> Outcome {
    let form = input::serialization(input)?;
    let payload = input::octets(input, "payload")?;
    let key = input::key(adapter, input)?;
    let signer = jws::Signer {
        protected: input::text(input, "header")?,
        header: None,
        keys: key.as_ref().into(),
    };
    let policy = input::policy(input);
    let signed = jws::sign_as(form, &payload, &[signer], &policy, &mut adapter.rng)?;
    let is_detached = input.get("detached").and_then(Value::as_bool) == Some(true);
    let token = if is_detached { signed.to_detached() } else { signed.into_attached()? };
    Ok(json!({ "token": token }))
}
