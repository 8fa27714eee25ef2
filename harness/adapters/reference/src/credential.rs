//! `credential.register`.

use protocol::Answer;
use reference::credential::{Registration, Use, register};
use serde_json::{Map, Value, json};

use crate::adapter::{Outcome, Refusal};
use crate::input;

pub(crate) fn registered(input: &Map<String, Value>) -> Outcome {
    let usage = match input::text(input, "use")? {
        "client" => Use::Client,
        "api" => Use::Api,
        other => return Err(Refusal::Answered(Answer::unsupported("input", other))),
    };
    let existing = input::optional(input, "existing", Value::as_u64)?.unwrap_or(0);
    let parse_expiry = input::optional(input, "parse_expiry_from_cert", Value::as_bool)?;
    let registration = Registration {
        alg: input::optional(input, "alg", Value::as_str)?,
        kid: input::optional(input, "kid", Value::as_str)?,
        expires_at: input::optional(input, "expires_at", Value::as_i64)?,
        parse_expiry_from_cert: parse_expiry.unwrap_or(false),
        existing: usize::try_from(existing).unwrap_or(usize::MAX),
        ..Registration::new(usage, input::text(input, "pem")?, input::time(input, "now")?)
    };
    let credential = register(&registration)?;
    let mut accept = Map::new();
    accept.insert("kid".to_owned(), json!(credential.kid));
    accept.insert("alg".to_owned(), json!(credential.alg));
    if let Some(expires_at) = credential.expires_at {
        accept.insert("expires_at".to_owned(), json!(expires_at));
    }
    if let Some(thumbprint) = credential.thumbprint_sha256 {
        accept.insert("thumbprint_sha256".to_owned(), json!(thumbprint));
    }
    Ok(Value::Object(accept))
}
