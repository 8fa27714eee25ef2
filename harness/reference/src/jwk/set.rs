//! JWK Sets (RFC 7517 §5) and the choice between one key and a set.

use rejection::Rejection;

use super::Jwk;
use crate::json::Object;
use crate::policy::Policy;

/// A set of keys. What is not understood in it is skipped, as RFC 7517 §5 says.
#[derive(Clone, Debug)]
pub struct JwkSet {
    keys: Vec<Jwk>,
    skipped: usize,
}

/// The keys that a caller offers. `From` is implemented for references to both.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_enums, reason = "one or several")]
pub enum Keys<'a> {
    /// The one key that has to be used, whatever `kid` says.
    One(&'a Jwk),
    /// The keys to choose from.
    Set(&'a JwkSet),
}

impl JwkSet {
    /// Parses the text of a set.
    ///
    /// # Errors
    /// A code of the stage `parse` for what is no JSON object, [`Rejection::KeyMalformed`] without
    /// an array `keys`.
    pub fn parse(text: &str, policy: &Policy) -> Result<Self, Rejection> {
        let set = Object::parse(text.as_bytes(), policy.key_limits())?;
        let elements = set.get("keys").and_then(|keys| keys.as_array());
        let elements = elements.ok_or(Rejection::KeyMalformed)?;
        let keys: Vec<Jwk> = elements
            .iter()
            .filter_map(|element| Jwk::from_object(element.as_object()?.clone()).ok())
            .collect();
        let skipped = elements.len().saturating_sub(keys.len());
        Ok(Self { keys, skipped })
    }

    /// A set of keys at hand.
    #[must_use]
    pub const fn of(keys: Vec<Jwk>) -> Self {
        Self { keys, skipped: 0 }
    }

    /// The keys that were understood.
    #[must_use]
    pub fn keys(&self) -> &[Jwk] {
        &self.keys
    }

    /// How many elements were not understood.
    #[must_use]
    pub const fn skipped(&self) -> usize {
        self.skipped
    }
}

impl<'a> From<&'a Jwk> for Keys<'a> {
    fn from(key: &'a Jwk) -> Self {
        Self::One(key)
    }
}

impl<'a> From<&'a JwkSet> for Keys<'a> {
    fn from(set: &'a JwkSet) -> Self {
        Self::Set(set)
    }
}
