//! JSON Web Encryption (RFC 7516): open and seal, in all three serializations.
//!
//! ```
//! use rand_chacha::ChaCha20Rng;
//! use rand_chacha::rand_core::SeedableRng;
//! use reference::{Jwk, Policy, jwe};
//!
//! let mut rng = ChaCha20Rng::seed_from_u64(1); // a test; take the system's generator elsewhere
//! let policy = Policy::default();
//! let key = Jwk::symmetric(&[7; 16]);
//! let header = r#"{"alg":"A128KW","enc":"A128GCM"}"#;
//! let token = jwe::seal(b"text", header, &key, &policy, &mut rng).unwrap();
//! let opened = jwe::open(&token, &key, &policy, &mut rng).unwrap();
//! assert_eq!(opened.plaintext.as_slice(), b"text");
//! assert_eq!(opened.header.to_text(), header);
//! ```

pub mod content;
pub mod intermediate;

mod key_management;
mod open;
mod parameters;
mod parse;
mod plan;
mod print;
mod seal;

use zeroize::Zeroizing;

use crate::header::{Header, Parts};
use crate::json::Object;

pub(crate) use open::keep_farthest;
pub use open::open;
pub(crate) use parse::{filled_object, filled_text};
pub use seal::{Content, DEFAULT_P2C, To, seal, seal_as};

/// A JWE whose form is right and whose parts are decoded. Nothing is decrypted yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jwe {
    pub(crate) protected: Protected,
    pub(crate) shared: Object,
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) aad: Option<String>,
    pub(crate) iv: Vec<u8>,
    pub(crate) ciphertext: Vec<u8>,
    pub(crate) tag: Vec<u8>,
    pub(crate) form: crate::Serialization,
}

/// The protected header: the text as received beside what it says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Protected {
    /// base64url, exactly as received; empty if there is none. The AAD and the signing input.
    pub encoded: String,
    /// The JSON text.
    pub text: String,
    /// The members.
    pub members: Object,
}

/// One recipient's own header and encrypted key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recipient {
    pub header: Object,
    pub encrypted_key: Vec<u8>,
}

/// What came out. The plaintext is cleared when it is dropped; `Debug` shows its length only.
pub struct Opened {
    /// The plaintext, inflated if `zip` said so.
    pub plaintext: Zeroizing<Vec<u8>>,
    /// The JOSE header of the recipient that worked.
    pub header: Header,
    /// The index of that recipient.
    pub recipient: usize,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Opened")
            .field("plaintext_octets", &self.plaintext.len())
            .field("header", &self.header)
            .field("recipient", &self.recipient)
            .finish()
    }
}

impl Jwe {
    /// The additional authenticated data: the encoded protected header as received, and `.` and the
    /// encoded `aad` if there is one (RFC 7516 §5.2 step 15).
    #[must_use]
    pub fn additional_data(&self) -> Vec<u8> {
        match &self.aad {
            None => self.protected.encoded.clone().into_bytes(),
            Some(aad) => format!("{}.{aad}", self.protected.encoded).into_bytes(),
        }
    }

    /// The JOSE header of one recipient.
    pub(crate) fn header_of(&self, recipient: &Recipient) -> Result<Header, rejection::Rejection> {
        let parts = Parts {
            protected: &self.protected.members,
            protected_text: &self.protected.text,
            unprotected: [&self.shared, &recipient.header],
        };
        Header::unite(parts, &[])
    }
}
