//! The three serializations of JWE and JWS (RFC 7516 §7, RFC 7515 §7).

/// How a token is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the RFCs have three")]
pub enum Serialization {
    /// Parts joined by dots.
    Compact,
    /// A JSON object with one recipient or signature.
    Flattened,
    /// A JSON object with a list of them.
    General,
}

impl Serialization {
    /// The serialization with this name, as the adapter protocol spells it.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "compact" => Some(Self::Compact),
            "flattened" => Some(Self::Flattened),
            "general" => Some(Self::General),
            _ => None,
        }
    }
}
