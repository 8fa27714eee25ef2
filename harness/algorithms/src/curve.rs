//! The elliptic curves of RFC 7518 §6.2.1.1 and RFC 8037 §3.

/// A curve that the tables use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every row of the tables matches on it")]
pub enum Curve {
    /// NIST P-256.
    P256,
    /// NIST P-384.
    P384,
    /// NIST P-521.
    P521,
    /// X25519, key agreement only.
    X25519,
    /// Ed25519, signatures only.
    Ed25519,
}

impl Curve {
    /// The value of `crv`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::X25519 => "X25519",
            Self::Ed25519 => "Ed25519",
        }
    }

    /// The curve with this `crv`.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        [Self::P256, Self::P384, Self::P521, Self::X25519, Self::Ed25519]
            .into_iter()
            .find(|curve| curve.name() == name)
    }

    /// Octets of a coordinate, of a private key, and of the agreed secret Z.
    #[must_use]
    pub const fn coordinate_octets(self) -> usize {
        match self {
            Self::P256 | Self::X25519 | Self::Ed25519 => 32,
            Self::P384 => 48,
            Self::P521 => 66,
        }
    }
}
