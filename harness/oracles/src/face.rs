//! What the callers of every oracle see: the trait, and the outcome of the direct calls.

use protocol::{Answer, Hello};
use serde_json::{Map, Value};

/// A JOSE library that answers the adapter protocol.
pub trait Oracle {
    /// What the library declares about itself.
    fn hello(&self) -> Hello;

    /// Answers one request; an operation that the library lacks is answered `unsupported`.
    ///
    /// # Panics
    /// Where the library panics: nothing is caught, because the harness has to see a crash.
    fn answer(&mut self, op: &str, input: &Map<String, Value>) -> Answer;
}

/// What came out of a token: of a JWE after decryption, of a JWS after verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// The plaintext or the payload.
    pub octets: Vec<u8>,
    /// The JOSE header as the library read it, as JSON text.
    pub header: String,
}

/// Why there is no result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The library refused with an error that it documents, or the adapter in its stead.
    Rejected {
        /// The name of the error's variant; begins with `adapter-` where the adapter refused.
        kind: String,
        /// The library's message, verbatim.
        msg: String,
    },
    /// The library cannot express it.
    Unsupported {
        /// One of the protocol's words, such as `alg`.
        what: &'static str,
        /// The name that is not supported.
        value: String,
    },
    /// The request lacks a member or has it in another type; the harness sends no such request.
    Request(String),
}

impl Refusal {
    /// A rejection.
    #[must_use]
    pub fn rejected(kind: impl Into<String>, msg: impl Into<String>) -> Self {
        Self::Rejected { kind: kind.into(), msg: msg.into() }
    }

    /// Something that the library cannot express.
    #[must_use]
    pub fn unsupported(what: &'static str, value: impl Into<String>) -> Self {
        Self::Unsupported { what, value: value.into() }
    }
}

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Rejected { kind, msg } => Self::reject(kind, msg),
            Refusal::Unsupported { what, value } => Self::unsupported(what, value),
            Refusal::Request(msg) => Self::error("adapter-request", msg),
        }
    }
}
