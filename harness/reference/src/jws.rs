//! JSON Web Signature (RFC 7515, RFC 7797): sign and verify, in all three serializations.
//!
//! ```
//! use rand_chacha::ChaCha20Rng;
//! use rand_chacha::rand_core::SeedableRng;
//! use reference::{Jwk, Policy, jws};
//!
//! let mut rng = ChaCha20Rng::seed_from_u64(1); // a test; take the system's generator elsewhere
//! let policy = Policy::default();
//! let key = Jwk::symmetric(&[7; 32]);
//! let token = jws::sign(b"text", r#"{"alg":"HS256"}"#, &key, &policy, &mut rng).unwrap();
//! let verified = jws::verify(&token, &key, &policy).unwrap();
//! assert_eq!(verified.payload, b"text");
//! ```

mod parse;
mod primitive;
mod sign;
mod verify;

use std::fmt;

use algorithms::base64url;
use rejection::Rejection;

use crate::Serialization;
use crate::header::{Header, Parts};
use crate::json::{Object, Value};
use crate::jwe::Protected;

pub use sign::{Signer, sign, sign_as};
pub(crate) use verify::alg;
pub use verify::{verify, verify_detached};

/// A JWS whose form is right and whose parts are decoded. Nothing is verified yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jws {
    pub(crate) payload: Payload,
    pub(crate) signatures: Vec<Part>,
    pub(crate) form: Serialization,
}

/// The payload as it stands in the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Payload {
    /// base64url, as received.
    Encoded(String),
    /// Itself, under `b64` false (RFC 7797 §5.2).
    Plain(String),
    /// Nothing; in the compact serialization also an empty payload.
    Absent,
}

/// One signature with its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub protected: Protected,
    pub header: Object,
    pub signature: Vec<u8>,
}

/// What held.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// The payload.
    pub payload: Vec<u8>,
    /// The JOSE header of the signature that held.
    pub header: Header,
    /// The index of that signature.
    pub signature: usize,
}

impl Jws {
    /// What is signed: the encoded protected header as received, `.` and the payload, encoded or,
    /// under `b64` false, itself (RFC 7515 §5.2 step 8, RFC 7797 §3). `payload` is the detached one.
    ///
    /// # Errors
    /// A header that breaks a rule, a missing payload, one too many, or no signature of this index.
    pub fn signing_input(
        &self,
        signature: usize,
        payload: Option<&[u8]>,
    ) -> Result<Vec<u8>, Rejection> {
        let part = self.signatures.get(signature).ok_or(Rejection::Serialization)?;
        let header = part.jose_header()?;
        let octets = self.payload_octets(is_unencoded(&header)?, payload)?;
        Ok(part.signing_input(&header, &octets))
    }

    /// The payload, from the token or beside it.
    pub(crate) fn payload_octets(
        &self,
        is_unencoded: bool,
        detached: Option<&[u8]>,
    ) -> Result<Vec<u8>, Rejection> {
        match (&self.payload, detached) {
            (Payload::Absent, Some(octets)) => Ok(octets.to_vec()),
            (Payload::Absent, None) if self.form == Serialization::Compact => Ok(Vec::new()),
            (Payload::Absent, None) => Err(Rejection::PayloadMissing),
            (_, Some(_)) => Err(Rejection::PayloadPresent),
            (Payload::Encoded(text), None) if !is_unencoded => crate::encoding::decode(text),
            (Payload::Encoded(text) | Payload::Plain(text), None) => Ok(text.clone().into_bytes()),
        }
    }
}

impl Part {
    pub(crate) fn jose_header(&self) -> Result<Header, Rejection> {
        let parts = Parts {
            protected: &self.protected.members,
            protected_text: &self.protected.text,
            unprotected: [&self.header, &Object::default()],
        };
        let header = Header::unite(parts, &["b64"])?;
        // RFC 7797 §3 and §6: integrity protected and listed in `crit`.
        if self.header.has("b64") {
            return Err(Rejection::B64);
        }
        is_unencoded(&header)?;
        Ok(header)
    }

    pub(crate) fn signing_input(&self, header: &Header, payload: &[u8]) -> Vec<u8> {
        let mut input = self.protected.encoded.clone().into_bytes();
        input.push(b'.');
        if is_unencoded(header) == Ok(true) {
            input.extend_from_slice(payload);
        } else {
            input.extend(base64url::encode(payload).into_bytes());
        }
        input
    }
}

/// Whether `b64` is false. RFC 7797 §6: when it occurs, `crit` lists it.
pub(crate) fn is_unencoded(header: &Header) -> Result<bool, Rejection> {
    let listed = || {
        let crit = header.get("crit").and_then(Value::as_array).unwrap_or_default();
        crit.iter().any(|name| name.as_text() == Some("b64"))
    };
    match header.get("b64") {
        None => Ok(false),
        Some(Value::Bool(b64)) if listed() => Ok(!b64),
        Some(_) => Err(Rejection::B64),
    }
}

/// Prints the serialization that was parsed; headers and payload exactly as received.
impl fmt::Display for Jws {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let payload = match &self.payload {
            Payload::Encoded(text) | Payload::Plain(text) => Some(text.as_str()),
            Payload::Absent => None,
        };
        if let (Serialization::Compact, [part]) = (self.form, self.signatures.as_slice()) {
            let signature = base64url::encode(&part.signature);
            let payload = payload.unwrap_or_default();
            return write!(formatter, "{}.{payload}.{signature}", part.protected.encoded);
        }
        let mut token = Object::default();
        if let Some(payload) = payload {
            token.set("payload", Value::String(payload.to_owned()));
        }
        match (self.form, self.signatures.as_slice()) {
            (Serialization::Flattened, [part]) => part.write(&mut token),
            (_, parts) => {
                let list = parts.iter().map(|part| {
                    let mut element = Object::default();
                    part.write(&mut element);
                    Value::Object(element)
                });
                token.set("signatures", Value::Array(list.collect()));
            }
        }
        formatter.write_str(&token.to_text())
    }
}

impl Part {
    fn write(&self, object: &mut Object) {
        if !self.protected.encoded.is_empty() {
            object.set("protected", Value::String(self.protected.encoded.clone()));
        }
        if !self.header.is_empty() {
            object.set("header", Value::Object(self.header.clone()));
        }
        object.set("signature", Value::String(base64url::encode(&self.signature)));
    }
}
