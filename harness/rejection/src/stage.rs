//! The stages of reading a token, in the order in which they are passed.

use std::fmt;

/// Where something was refused. The order is the order of the checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the adapter protocol fixes the nine stages")]
pub enum Stage {
    /// The octets are no token of the expected form.
    Parse,
    /// The header breaks a rule.
    Header,
    /// The application does not allow it.
    Policy,
    /// The key does not fit.
    Key,
    /// It did not decrypt.
    Decrypt,
    /// What was inside is not what has to be inside.
    Inner,
    /// The signature does not hold.
    Signature,
    /// The claims break a rule or an expectation.
    Claims,
    /// It was seen before.
    Replay,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: &[Self] = &[
        Self::Parse,
        Self::Header,
        Self::Policy,
        Self::Key,
        Self::Decrypt,
        Self::Inner,
        Self::Signature,
        Self::Claims,
        Self::Replay,
    ];

    /// The name in the adapter protocol.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Parse => "parse",
            Self::Header => "header",
            Self::Policy => "policy",
            Self::Key => "key",
            Self::Decrypt => "decrypt",
            Self::Inner => "inner",
            Self::Signature => "signature",
            Self::Claims => "claims",
            Self::Replay => "replay",
        }
    }

    /// The stage with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|stage| stage.name() == name)
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
