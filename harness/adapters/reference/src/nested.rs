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

/// What is of another type is the caller's mistake: an expectation that is dropped accepts too much.
fn expectations(input: &Map<String, Value>) -> Result<Expectations, Refusal> {
    let mut expect = Expectations::default();
    if let Some(wanted) = input::optional(input, "expect", Value::as_object)? {
        let text = |name: &str| input::optional(wanted, name, Value::as_str);
        expect.issuer = text("iss")?.map(str::to_owned);
        expect.audience = text("aud")?.map(str::to_owned);
        expect.types = input::optional(wanted, "typ", types)?.unwrap_or_default();
    }
    expect.now = Some(input::now(input)?);
    let skew = |skew: &Value| skew.as_u64().and_then(|skew| u32::try_from(skew).ok());
    expect.skew = input::optional(input, "skew", skew)?.unwrap_or_default();
    Ok(expect)
}

/// One type at least: nothing is of none.
fn types(list: &Value) -> Option<Vec<String>> {
    let types: Option<Vec<String>> =
        list.as_array()?.iter().map(|typ| typ.as_str().map(str::to_owned)).collect();
    types.filter(|types| !types.is_empty())
}
