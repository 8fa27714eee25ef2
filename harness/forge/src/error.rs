//! Why a recipe cannot be forged: always a mistake in a suite file.

use thiserror::Error;

/// A recipe or mutation that does not work.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum ForgeError {
    /// A name that is in no table.
    #[error("{what} `{name}` is not known")]
    Unknown {
        /// The kind of name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// A test key is of the wrong type or lacks a member.
    #[error("the key `{name}` {problem}")]
    Key {
        /// Its name.
        name: String,
        /// What is wrong.
        problem: String,
    },
    /// A mutation that makes no sense for this part or recipe.
    #[error("{0}")]
    NotApplicable(String),
    /// A mutation that these octets do not allow; other entropy may.
    #[error("{0}, and other entropy did not help")]
    Unlucky(String),
    /// The mutated request equals the control's.
    #[error("the mutation changes nothing")]
    Unchanged,
    /// A primitive refused its input.
    #[error("the primitive {0} refused its input")]
    Primitive(&'static str),
}

/// The error for a mutation that has no meaning where it stands.
pub(crate) fn not_applicable<T>(text: impl Into<String>) -> Result<T, ForgeError> {
    Err(ForgeError::NotApplicable(text.into()))
}

/// The error for an unknown name.
pub(crate) fn unknown(what: &'static str, name: &str) -> ForgeError {
    ForgeError::Unknown { what, name: name.to_owned() }
}
