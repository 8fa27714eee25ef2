//! An answer: one line from the adapter to the harness, parsed strictly.

use serde_json::{Map, Value, json};
use thiserror::Error;

use crate::operation::Operation;

/// What an adapter reports. A fault (crash, hang, a line that is not the protocol) is not an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It worked; the members depend on the operation.
    Accept(Map<String, Value>),
    /// The library refused with an error that it documents.
    Reject {
        /// Class or code of the error.
        kind: String,
        /// The library's message, verbatim.
        msg: String,
        /// Where in the protocol's order of stages it was refused, if the adapter knows.
        stage: Option<String>,
    },
    /// It cannot be expressed or does not exist; never for "refused".
    Unsupported {
        /// `op`, `alg`, `enc`, `sig`, `serialization`, `key`, `knob` or `input`.
        what: String,
        /// The name that is not supported.
        value: String,
    },
    /// Something that the library does not document came out.
    Error {
        /// Class of the error.
        kind: String,
        /// The message, verbatim.
        msg: String,
    },
}

/// Why a line is not an answer.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum Malformed {
    /// Not one JSON object.
    #[error("not one JSON object: {0}")]
    NotJson(String),
    /// The id is missing or belongs to another request.
    #[error("the answer's id is {got}, the request's is {want}")]
    Id {
        /// The text of the id that came, or `absent`.
        got: String,
        /// The id that was asked.
        want: u64,
    },
    /// None or several of the four members.
    #[error("an answer has exactly one of accept, reject, unsupported, error; this one has {0}")]
    Members(String),
    /// A member is missing or of another type than the protocol says.
    #[error("{0}")]
    Shape(String),
}

impl Answer {
    /// Parses a line that answers request `id`.
    ///
    /// # Errors
    /// [`Malformed`] says what is not the protocol.
    pub fn parse(line: &str, id: u64) -> Result<Self, Malformed> {
        let value: Value =
            serde_json::from_str(line).map_err(|error| Malformed::NotJson(error.to_string()))?;
        let Value::Object(mut members) = value else {
            return Err(Malformed::NotJson("the line is JSON but no object".to_owned()));
        };
        match members.get("id") {
            Some(got) if got.as_u64() == Some(id) => {}
            got => {
                let got = got.map_or_else(|| "absent".to_owned(), Value::to_string);
                return Err(Malformed::Id { got, want: id });
            }
        }
        Self::of_members(&mut members)
    }

    /// Parses one member of `results`: an answer without an `id`.
    ///
    /// # Errors
    /// [`Malformed`] says what is not the protocol.
    pub fn of_result(result: &Value) -> Result<Self, Malformed> {
        match result {
            Value::Object(members) => Self::of_members(&mut members.clone()),
            _ => Err(Malformed::Shape("a result is not an object".to_owned())),
        }
    }

    fn of_members(members: &mut Map<String, Value>) -> Result<Self, Malformed> {
        let present: Vec<&str> =
            MEMBERS.iter().copied().filter(|name| members.contains_key(*name)).collect();
        let [name] = present.as_slice() else {
            let found = if present.is_empty() { "none".to_owned() } else { present.join(", ") };
            return Err(Malformed::Members(found));
        };
        let Some(Value::Object(body)) = members.remove(*name) else {
            return Err(Malformed::Shape(format!("`{name}` is not an object")));
        };
        match *name {
            "accept" => Ok(Self::Accept(body)),
            "reject" => Ok(Self::Reject {
                kind: text(&body, "reject", "kind")?,
                msg: text(&body, "reject", "msg").or_else(|error| absent(&body, "msg", error))?,
                stage: match body.get("stage") {
                    None | Some(Value::Null) => None,
                    Some(_) => Some(text(&body, "reject", "stage")?),
                },
            }),
            "unsupported" => Ok(Self::Unsupported {
                what: text(&body, "unsupported", "what")?,
                value: text(&body, "unsupported", "value")
                    .or_else(|error| absent(&body, "value", error))?,
            }),
            _ => Ok(Self::Error {
                kind: text(&body, "error", "kind")?,
                msg: text(&body, "error", "msg").or_else(|error| absent(&body, "msg", error))?,
            }),
        }
    }

    /// Checks that an `accept` carries what the operation promises.
    ///
    /// # Errors
    /// [`Malformed::Shape`] names the member.
    pub fn check(&self, operation: &Operation) -> Result<(), Malformed> {
        let Self::Accept(body) = self else { return Ok(()) };
        for name in operation.texts {
            text(body, "accept", name)?;
        }
        for name in operation.arrays {
            if !body.get(*name).is_some_and(Value::is_array) {
                return Err(Malformed::Shape(format!("`accept.{name}` is not an array")));
            }
        }
        Ok(())
    }

    /// A text member of an `accept`.
    #[must_use]
    pub fn accept_text(&self, name: &str) -> Option<&str> {
        match self {
            Self::Accept(body) => body.get(name).and_then(Value::as_str),
            _ => None,
        }
    }

    /// A rejection without a stage.
    #[must_use]
    pub fn reject(kind: impl Into<String>, msg: impl Into<String>) -> Self {
        Self::Reject { kind: kind.into(), msg: msg.into(), stage: None }
    }

    /// An `unsupported` answer.
    #[must_use]
    pub fn unsupported(what: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Unsupported { what: what.into(), value: value.into() }
    }

    /// An `error` answer.
    #[must_use]
    pub fn error(kind: impl Into<String>, msg: impl Into<String>) -> Self {
        Self::Error { kind: kind.into(), msg: msg.into() }
    }

    /// An `accept` of the members of a JSON object; anything else counts as an empty object.
    #[must_use]
    pub fn accept(members: Value) -> Self {
        match members {
            Value::Object(members) => Self::Accept(members),
            _ => Self::Accept(Map::new()),
        }
    }

    /// The answer without `id`, as it stands in reports.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match self {
            Self::Accept(body) => json!({ "accept": body }),
            Self::Reject { kind, msg, stage: None } => {
                json!({ "reject": {"kind": kind, "msg": msg} })
            }
            Self::Reject { kind, msg, stage: Some(stage) } => {
                json!({ "reject": {"kind": kind, "msg": msg, "stage": stage} })
            }
            Self::Unsupported { what, value } => {
                json!({ "unsupported": {"value": value, "what": what} })
            }
            Self::Error { kind, msg } => json!({ "error": {"kind": kind, "msg": msg} }),
        }
    }

    /// The line, without its line feed, that answers request `id`; `id` comes first.
    #[must_use]
    pub fn to_line(&self, id: u64) -> String {
        let body = self.to_value().to_string();
        format!("{{\"id\":{id},{}", body.strip_prefix('{').unwrap_or(&body))
    }
}

fn text(body: &Map<String, Value>, member: &str, name: &str) -> Result<String, Malformed> {
    match body.get(name) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(Malformed::Shape(format!("`{member}.{name}` is not a string"))),
        None => Err(Malformed::Shape(format!("`{member}.{name}` is missing"))),
    }
}

/// Messages are for people: an absent one is an empty one.
fn absent(body: &Map<String, Value>, name: &str, error: Malformed) -> Result<String, Malformed> {
    if matches!(body.get(name), None | Some(Value::Null)) { Ok(String::new()) } else { Err(error) }
}

const MEMBERS: [&str; 4] = ["accept", "reject", "unsupported", "error"];

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, want: &str) {
        let got = match Answer::parse(line, 7) {
            Ok(answer) => answer.to_line(7),
            Err(error) => error.to_string(),
        };
        assert_eq!(got, want);
    }

    #[test]
    fn one_of_the_four_members_is_read() {
        check(r#"{"id":7,"accept":{}}"#, r#"{"id":7,"accept":{}}"#);
        check(
            r#"{"id":7,"reject":{"kind":"K","msg":"m","stage":"parse"},"more":1}"#,
            r#"{"id":7,"reject":{"kind":"K","msg":"m","stage":"parse"}}"#,
        );
        check(
            r#"{"id":7,"unsupported":{"what":"op","value":"x"}}"#,
            r#"{"id":7,"unsupported":{"value":"x","what":"op"}}"#,
        );
        check(r#"{"id":7,"error":{"kind":"K"}}"#, r#"{"id":7,"error":{"kind":"K","msg":""}}"#);
    }

    #[test]
    fn what_is_not_the_protocol_is_named() {
        check(r#"{"id":8,"accept":{}}"#, "the answer's id is 8, the request's is 7");
        check(r#"{"accept":{}}"#, "the answer's id is absent, the request's is 7");
        check(
            r#"{"id":7,"accept":{},"reject":{"kind":"K","msg":""}}"#,
            "an answer has exactly one of accept, reject, unsupported, error; \
             this one has accept, reject",
        );
        check(
            r#"{"id":7}"#,
            "an answer has exactly one of accept, reject, unsupported, error; this one has none",
        );
        check(r#"{"id":7,"accept":true}"#, "`accept` is not an object");
        check(r#"{"id":7,"reject":{"msg":"m"}}"#, "`reject.kind` is missing");
        check(r#"{"id":7,"reject":{"kind":1,"msg":"m"}}"#, "`reject.kind` is not a string");
        check("[]", "not one JSON object: the line is JSON but no object");
    }

    #[test]
    fn an_accept_must_carry_what_its_operation_promises() {
        let operation = Operation::named("jwe.decrypt").unwrap();
        let short = Answer::accept(json!({"plaintext": "Zm9v"}));
        assert_eq!(
            short.check(operation),
            Err(Malformed::Shape("`accept.header` is missing".to_owned()))
        );
        let whole = Answer::accept(json!({"plaintext": "Zm9v", "header": "{}"}));
        assert_eq!(whole.check(operation), Ok(()));
    }
}
