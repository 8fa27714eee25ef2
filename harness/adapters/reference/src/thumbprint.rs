//! `jwk.thumbprint` and `certificate.thumbprint`.

use algorithms::Hash;
use protocol::Answer;
use reference::{certificate, thumbprint};
use serde_json::{Map, Value, json};

use crate::adapter::{Adapter, Outcome, Refusal};
use crate::input;

pub(crate) fn of_key(adapter: &mut Adapter, input: &Map<String, Value>) -> Outcome {
    let key = input::key(adapter, input)?;
    let hash = match input.get("hash").and_then(Value::as_str) {
        None | Some("SHA-256") => Hash::Sha256,
        Some("SHA-384") => Hash::Sha384,
        Some("SHA-512") => Hash::Sha512,
        Some(other) => return Err(Refusal::Answered(Answer::unsupported("input", other))),
    };
    Ok(json!({ "thumbprint": thumbprint::of(&key, hash) }))
}

pub(crate) fn of_certificate(input: &Map<String, Value>) -> Outcome {
    let forms = input::object(input, "certificate")?;
    let thumbprint = match forms.get("der") {
        Some(_) => certificate::thumbprint_of_der(&input::octets(forms, "der")?)?,
        None => certificate::thumbprint_of_pem(input::text(forms, "pem")?)?,
    };
    Ok(json!({ "thumbprint": thumbprint }))
}
