//! Strict JSON (RFC 8259): duplicate members refused, depth and size bounded, member order kept.
//!
//! Numbers keep their text, so that nothing is rounded before a rule has looked at it. Names and
//! strings are compared after unescaping, code point by code point, without normalization (RFC
//! 7515 §5.3).

mod number;
mod parser;
mod print;

pub use number::Number;

use rejection::Rejection;

/// A JSON value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "JSON has six kinds of value")]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number, as its text.
    Number(Number),
    /// A string, unescaped.
    String(String),
    /// An array.
    Array(Vec<Self>),
    /// An object.
    Object(Object),
}

/// An object: members in the order of the text, each name once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    members: Vec<(String, Value)>,
}

/// How much is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "two numbers")]
pub struct Limits {
    /// Octets of the text.
    pub octets: usize,
    /// Objects and arrays inside each other; the outermost counts. Never more than 256.
    pub depth: usize,
}

/// Why a text is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "callers give each a code of their stage")]
pub enum JsonError {
    /// Not UTF-8, or a byte order mark.
    Utf8,
    /// Not JSON, a lone surrogate in an escape, or something behind the value.
    Malformed,
    /// Two members of one name.
    Duplicate,
    /// Deeper than [`Limits::depth`].
    TooDeep,
    /// Longer than [`Limits::octets`].
    TooLarge,
    /// A value, but no object.
    NotAnObject,
}

impl From<JsonError> for Rejection {
    fn from(error: JsonError) -> Self {
        match error {
            JsonError::Utf8 => Self::Utf8,
            JsonError::Malformed => Self::Json,
            JsonError::Duplicate => Self::DuplicateMember,
            JsonError::TooDeep => Self::TooDeep,
            JsonError::TooLarge => Self::TooLarge,
            JsonError::NotAnObject => Self::NotAnObject,
        }
    }
}

impl Value {
    /// Parses one value and nothing behind it but white space.
    ///
    /// # Errors
    /// [`JsonError`], the first that occurs in the order of the text.
    pub fn parse(octets: &[u8], limits: Limits) -> Result<Self, JsonError> {
        parser::parse(octets, limits)
    }

    /// The string, if it is one.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The object, if it is one.
    #[must_use]
    pub const fn as_object(&self) -> Option<&Object> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The array's elements, if it is one.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Self]> {
        match self {
            Self::Array(elements) => Some(elements),
            _ => None,
        }
    }

    /// JSON without white space.
    #[must_use]
    pub fn to_text(&self) -> String {
        print::value(self)
    }
}

impl Object {
    /// Parses a text that has to be one object.
    ///
    /// # Errors
    /// As for [`Value::parse`], and [`JsonError::NotAnObject`].
    pub fn parse(octets: &[u8], limits: Limits) -> Result<Self, JsonError> {
        match Value::parse(octets, limits)? {
            Value::Object(object) => Ok(object),
            _ => Err(JsonError::NotAnObject),
        }
    }

    /// The value of a member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(own, _)| own == name).map(|(_, value)| value)
    }

    /// The value of a member that is a string.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name).and_then(Value::as_text)
    }

    /// Whether there is a member of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.members.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Whether there is no member.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Sets a member: in its place if the name exists, else behind the others.
    pub fn set(&mut self, name: &str, value: Value) {
        match self.members.iter_mut().find(|(own, _)| own == name) {
            Some((_, old)) => *old = value,
            None => self.members.push((name.to_owned(), value)),
        }
    }

    /// JSON without white space, members in order.
    #[must_use]
    pub fn to_text(&self) -> String {
        print::object(self)
    }
}

#[cfg(test)]
mod tests;
