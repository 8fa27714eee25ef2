//! `nested.open` and `nested.seal`.

use reference::jwt::Expectations;
use reference::nested::{self, Layer, Recipient};
use serde_json::{Map, Value, json};

use crate::adapter::{Adapter, Outcome, Refusal};
use crate::input;

pub(crate) fn open(adapter: &mut Adapter, input: &Map<String, Value>) -> Outcome {
    let token = input::token(input)?;
    let decrypt = input::keys(adapter, input::object(input, "decrypt")?)?;
    let verify = input::keys(adapter, input::object(input, "verify")?)?;
    let recipient =
        Recipient { decrypt: decrypt.keys(), verify: verify.keys(), expect: expectations(input)? };
    let opened = nested::open(&token, &recipient, &input::policy(input), &mut adapter.rng)?;
    Ok(json!({
        "claims": opened.claims.to_text(),
        "outer": opened.outer.to_text(),
        "inner": opened.inner.to_text(),
    }))
}

pub(crate) fn seal(adapter: &mut Adapter, input: &Map<String, Value>) -> Outcome {
    let (sign, encrypt) = (input::object(input, "sign")?, input::object(input, "encrypt")?);
    let (signing, sealing) = (input::key(adapter, sign)?, input::key(adapter, encrypt)?);
    let sign = Layer { keys: signing.as_ref().into(), header: input::text(sign, "header")? };
    let encrypt = Layer { keys: sealing.as_ref().into(), header: input::text(encrypt, "header")? };
    let claims = input::text(input, "claims")?;
    let policy = input::policy(input);
    let token = nested::seal(claims, sign, encrypt, &policy, &mut adapter.rng)?;
    Ok(json!({ "token": token }))
}

fn expectations(input: &Map<String, Value>) -> Result<Expectations, Refusal> {
    let mut expect = Expectations::default();
    if let Some(wanted) = input.get("expect").and_then(Value::as_object) {
        let text = |name: &str| wanted.get(name).and_then(Value::as_str).map(str::to_owned);
        expect.issuer = text("iss");
        expect.audience = text("aud");
        let types = wanted.get("typ").and_then(Value::as_array).into_iter().flatten();
        expect.types = types.filter_map(Value::as_str).map(str::to_owned).collect();
    }
    expect.now = Some(input::now(input)?);
    if let Some(skew) = input.get("skew") {
        let skew = skew.as_u64().and_then(|skew| u32::try_from(skew).ok());
        expect.skew = skew.ok_or_else(|| input::malformed("skew"))?;
    }
    Ok(expect)
}
