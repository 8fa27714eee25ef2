//! The members of a request: tokens, keys and allow-lists, not parsed beyond the protocol.

use std::borrow::Cow;

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Map, Value};

use crate::face::Refusal;

/// One form of a key, as text or octets that only the library parses.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyForm {
    /// The text of a JWK.
    Jwk(String),
    /// PKCS #8 or SPKI as PEM.
    Pem(String),
    /// PKCS #8 or SPKI as DER.
    Der(Vec<u8>),
}

/// Where the key of a decryption or verification comes from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeySource {
    /// The caller has chosen the key.
    Key(KeyForm),
    /// The text of a JWK set, in which the token's `kid` chooses.
    Set(String),
}

impl KeySource {
    /// The source that consists of one JWK.
    #[must_use]
    pub fn jwk(text: &str) -> Self {
        Self::Key(KeyForm::Jwk(text.to_owned()))
    }
}

/// The algorithms that the caller pins; `None` asks for the library's defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allow {
    /// Key management algorithms.
    pub alg: Option<Vec<String>>,
    /// Content encryption algorithms.
    pub enc: Option<Vec<String>>,
    /// Signature algorithms.
    pub sig: Option<Vec<String>>,
}

/// A serialization of JWE (RFC 7516 §3) and JWS (RFC 7515 §3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Serialization {
    /// Parts with dots between them.
    #[default]
    Compact,
    /// JSON with one recipient or signature.
    Flattened,
    /// JSON with any number of them.
    General,
}

impl Allow {
    /// The member `allow`, or no restriction.
    pub(crate) fn of(input: &Map<String, Value>) -> Self {
        let list = |name| {
            let names = input.get("allow")?.get(name)?.as_array()?;
            Some(names.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        };
        Self { alg: list("alg"), enc: list("enc"), sig: list("sig") }
    }
}

impl Serialization {
    /// The member `serialization`, compact by default.
    pub(crate) fn of(input: &Map<String, Value>) -> Result<Self, Refusal> {
        match input.get("serialization").and_then(Value::as_str) {
            None | Some("compact") => Ok(Self::Compact),
            Some("flattened") => Ok(Self::Flattened),
            Some("general") => Ok(Self::General),
            Some(other) => Err(Refusal::unsupported("serialization", other)),
        }
    }
}

/// The octets of the token, from `token` or `token_b64`.
pub(crate) fn token(input: &Map<String, Value>) -> Result<Cow<'_, [u8]>, Refusal> {
    if input.contains_key("token_b64") {
        return octets(input, "token_b64").map(Cow::Owned);
    }
    text(input, "token").map(|token| Cow::Borrowed(token.as_bytes()))
}

/// Whether a token is a JSON serialization: its first character that is not white space opens an
/// object.
pub(crate) fn is_json(token: &[u8]) -> bool {
    token.trim_ascii_start().first() == Some(&b'{')
}

/// The member `jwks` or `key`; of a key, the first of `forms` that was sent.
pub(crate) fn source(input: &Map<String, Value>, forms: &[&str]) -> Result<KeySource, Refusal> {
    if let Some(Value::String(set)) = input.get("jwks") {
        return Ok(KeySource::Set(set.clone()));
    }
    key(input, forms).map(KeySource::Key)
}

/// The first of `forms` that the member `key` has.
pub(crate) fn key(input: &Map<String, Value>, forms: &[&str]) -> Result<KeyForm, Refusal> {
    let key = object(input, "key")?;
    let Some(form) = forms.iter().copied().find(|form| key.contains_key(*form)) else {
        let sent: Vec<&str> = key.keys().map(String::as_str).collect();
        return Err(Refusal::unsupported("key", sent.join(", ")));
    };
    Ok(match form {
        "pem" => KeyForm::Pem(text(key, form)?.to_owned()),
        "der" => KeyForm::Der(octets(key, form)?),
        _ => KeyForm::Jwk(text(key, form)?.to_owned()),
    })
}

/// A member that is a string.
pub(crate) fn text<'a>(input: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refusal> {
    match input.get(name) {
        Some(Value::String(text)) => Ok(text),
        _ => Err(Refusal::Request(format!("`{name}` is no string"))),
    }
}

/// A member that is an object.
pub(crate) fn object<'a>(
    input: &'a Map<String, Value>,
    name: &str,
) -> Result<&'a Map<String, Value>, Refusal> {
    match input.get(name) {
        Some(Value::Object(members)) => Ok(members),
        _ => Err(Refusal::Request(format!("`{name}` is no object"))),
    }
}

/// A member that is octets in base64url.
pub(crate) fn octets(input: &Map<String, Value>, name: &str) -> Result<Vec<u8>, Refusal> {
    BASE64URL_NOPAD
        .decode(text(input, name)?.as_bytes())
        .map_err(|error| Refusal::Request(format!("`{name}` is no base64url: {error}")))
}

/// Octets as base64url.
pub(crate) fn base64url(octets: &[u8]) -> String {
    BASE64URL_NOPAD.encode(octets)
}
