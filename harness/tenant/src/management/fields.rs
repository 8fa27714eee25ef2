//! The members of a request's body, each taken once; what is left over is refused.

use axum::http::StatusCode;
use rejection::Rejection;
use serde_json::{Map, Value};

use crate::error::ManagementError;

/// An object of a body. Messages name members, never values: a value may be a key.
#[derive(Debug)]
pub(crate) struct Fields {
    members: Map<String, Value>,
    /// Where the object stands in the body, with a full stop at its end unless it is the body.
    path: String,
}

/// A member that may be null.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Nullable<T> {
    /// It is not there.
    Absent,
    /// It is null.
    Null,
    /// It is there.
    Given(T),
}

/// The type of a member that is stored as it came.
#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Text,
    Flag,
    Number,
    Texts,
    Object,
    List,
}

/// The names and types of members that are stored and returned as they came.
pub(super) type Known = &'static [(&'static str, Kind)];

impl Fields {
    /// The body, which has to be an object.
    pub(super) fn body(value: Value) -> Result<Self, ManagementError> {
        let Value::Object(members) = value else {
            return Err(invalid("Expected type object"));
        };
        Ok(Self { members, path: String::new() })
    }

    /// 400 that names a member of this object.
    pub(super) fn wrong(&self, name: &str, reason: &str) -> ManagementError {
        invalid_at(&format!("{}{name}", self.path), reason)
    }

    /// 400 for what the rules of credentials refuse.
    pub(super) fn refused(&self, name: &str, rejection: Rejection) -> ManagementError {
        self.wrong(name, &sentence(rejection)).because(rejection)
    }

    /// The names of all members that were not taken yet.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.members.keys().map(String::as_str)
    }

    pub(super) fn nullable(&mut self, name: &str) -> Nullable<Value> {
        match self.members.remove(name) {
            None => Nullable::Absent,
            Some(Value::Null) => Nullable::Null,
            Some(value) => Nullable::Given(value),
        }
    }

    pub(super) fn nullable_text(
        &mut self,
        name: &str,
    ) -> Result<Nullable<String>, ManagementError> {
        match self.nullable(name) {
            Nullable::Absent => Ok(Nullable::Absent),
            Nullable::Null => Ok(Nullable::Null),
            Nullable::Given(Value::String(text)) => Ok(Nullable::Given(text)),
            Nullable::Given(_) => Err(self.wrong(name, "Expected type string")),
        }
    }

    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, ManagementError> {
        match self.members.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.wrong(name, "Expected type string")),
        }
    }

    pub(super) fn required_text(&mut self, name: &str) -> Result<String, ManagementError> {
        self.text(name)?.ok_or_else(|| self.missing(name))
    }

    pub(super) fn missing(&self, name: &str) -> ManagementError {
        invalid(&format!("Missing required property: {}{name}", self.path))
    }

    pub(super) fn flag(&mut self, name: &str) -> Result<Option<bool>, ManagementError> {
        match self.members.remove(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(flag)),
            Some(_) => Err(self.wrong(name, "Expected type boolean")),
        }
    }

    /// An integer without fraction or exponent.
    pub(super) fn integer(&mut self, name: &str) -> Result<Option<u64>, ManagementError> {
        match self.members.remove(name) {
            None => Ok(None),
            Some(value) => match value.as_u64() {
                Some(integer) => Ok(Some(integer)),
                None => Err(self.wrong(name, "Expected type integer")),
            },
        }
    }

    pub(super) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, ManagementError> {
        let Some(value) = self.members.remove(name) else { return Ok(None) };
        let texts = match value {
            Value::Array(list) => list.into_iter().map(into_text).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        texts.map(Some).ok_or_else(|| self.wrong(name, Kind::Texts.expected()))
    }

    /// An object inside this one.
    pub(super) fn object(&mut self, name: &str) -> Result<Nullable<Self>, ManagementError> {
        match self.nullable(name) {
            Nullable::Absent => Ok(Nullable::Absent),
            Nullable::Null => Ok(Nullable::Null),
            Nullable::Given(value) => self.inner(name, value).map(Nullable::Given),
        }
    }

    /// A list of objects; none where there is no such member.
    pub(super) fn objects(&mut self, name: &str) -> Result<Option<Vec<Self>>, ManagementError> {
        let Some(value) = self.members.remove(name) else { return Ok(None) };
        let Value::Array(list) = value else {
            return Err(self.wrong(name, "Expected type array"));
        };
        list.into_iter()
            .enumerate()
            .map(|(index, value)| self.inner(&format!("{name}.{index}"), value))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    fn inner(&self, name: &str, value: Value) -> Result<Self, ManagementError> {
        let Value::Object(members) = value else {
            return Err(self.wrong(name, "Expected type object"));
        };
        Ok(Self { members, path: format!("{}{name}.", self.path) })
    }

    /// Nothing may be left.
    pub(super) fn finish(self) -> Result<(), ManagementError> {
        self.finish_with(&[]).map(drop)
    }

    /// What is left, which has to be known.
    pub(super) fn finish_with(self, known: Known) -> Result<Map<String, Value>, ManagementError> {
        let kind = |name: &str| known.iter().find(|(own, _)| *own == name).map(|(_, kind)| *kind);
        let unknown: Vec<String> = self
            .members
            .keys()
            .filter(|name| kind(name).is_none())
            .map(|n| shown(n))
            .take(10)
            .collect();
        if !unknown.is_empty() {
            let names = unknown.join(", ");
            let reason = format!("Additional properties not allowed: {names}");
            return Err(match self.path.strip_suffix('.') {
                None => invalid(&reason),
                Some(path) => invalid_at(path, &reason),
            });
        }
        for (name, value) in &self.members {
            let Some(kind) = kind(name) else { continue };
            if !value.is_null() && !kind.fits(value) {
                return Err(self.wrong(name, kind.expected()));
            }
        }
        Ok(self.members)
    }
}

impl Kind {
    fn fits(self, value: &Value) -> bool {
        match self {
            Self::Text => value.is_string(),
            Self::Flag => value.is_boolean(),
            Self::Number => value.is_number(),
            Self::Texts => value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
            Self::Object => value.is_object(),
            Self::List => value.is_array(),
        }
    }

    const fn expected(self) -> &'static str {
        match self {
            Self::Text => "Expected type string",
            Self::Flag => "Expected type boolean",
            Self::Number => "Expected type number",
            Self::Texts => "Expected type array of strings",
            Self::Object => "Expected type object",
            Self::List => "Expected type array",
        }
    }
}

/// 400 `invalid_body` about the body as a whole.
pub(super) fn invalid(reason: &str) -> ManagementError {
    ManagementError::bad_request("invalid_body", format!("Payload validation error: '{reason}'."))
}

/// 400 for a combination that the rules of credentials refuse.
pub(super) fn refused(rejection: Rejection) -> ManagementError {
    invalid(&sentence(rejection)).because(rejection)
}

/// 409 `conflict` for what is there already.
pub(super) fn conflict(reason: impl Into<String>) -> ManagementError {
    ManagementError::new(StatusCode::CONFLICT, "conflict", reason.into())
}

/// The code stands behind the sentence, so that a message can be looked up.
pub(crate) fn sentence(rejection: Rejection) -> String {
    let explanation = rejection.explanation().trim_end_matches('.');
    format!("{explanation} ({rejection})")
}

fn invalid_at(path: &str, reason: &str) -> ManagementError {
    let message = format!("Payload validation error: '{reason}' on property {path}.");
    ManagementError::bad_request("invalid_body", message)
}

fn into_text(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        _ => None,
    }
}

/// A name that we do not know, cut: it may be anything.
fn shown(name: &str) -> String {
    name.chars().take(64).collect()
}
