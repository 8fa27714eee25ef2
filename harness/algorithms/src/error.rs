//! How a primitive says no. Neither type tells an attacker which check failed.

use thiserror::Error;

/// An operation failed: a length, a padding, a tag or a representative out of range.
///
/// It carries nothing on purpose, so that no caller can build an oracle from it (RFC 7516 §11.5).
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the cryptographic operation failed")]
pub struct CryptoError;

/// Why key material was not accepted.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyError {
    /// A modulus outside 1024 to 8192 bits, or octets of another length than the curve needs.
    #[error("the key has a size outside the limits")]
    Size,
    /// The components contradict each other or are out of range.
    #[error("the key's components do not belong together")]
    Malformed,
    /// The coordinates are no point of the curve.
    #[error("the point is not on the curve")]
    NotOnCurve,
}
