//! jsonwebtoken over aws-lc-rs: compact JWS and thumbprints of JWKs.
//!
//! Deliberate about jsonwebtoken:
//! - `jws.verify` is its `decode` with every check of claims off. It hands out parsed claims only,
//!   so the payload that is returned is the token's segment, decoded after `decode` held. A payload
//!   that is no JSON it refuses; the signature is then checked by `crypto::verify` over the signing
//!   input, with the header from `decode_header`.
//! - `allow` becomes `Validation::algorithms`. Names that it does not know cannot be put there. A
//!   list across families refuses every token, by design: where some of it fits the key, those go in.
//!   Without `allow` the list is all algorithms of the key's family.
//! - It imports private keys from PEM alone; a symmetric key is the decoded `k` of the JWK. A public
//!   key in PEM is imported as what it is (RSA, EC or Ed25519), never as a shared secret.
//! - `jws.sign` is `encode`, which wants JSON; other payloads are signed by `crypto::sign`.
//! - A JWK set is asked by `JwkSet::find`; a token without `kid` is a rejection `adapter-jwks`.

mod keys;
mod signature;
#[cfg(test)]
mod tests;

use ::jsonwebtoken::errors::{Error, ErrorKind};
use ::jsonwebtoken::jwk::{Jwk, ThumbprintHash};
use protocol::{Answer, Hello, Implementation};
use serde_json::{Map, Value, json};

use crate::face::{Oracle, Refusal};
use crate::input::{self, Allow, Serialization};

use self::keys::Keys;

/// jsonwebtoken with the keys that it has imported.
#[derive(Debug, Default)]
pub struct Jsonwebtoken {
    keys: Keys,
}

impl Oracle for Jsonwebtoken {
    fn hello(&self) -> Hello {
        Hello {
            protocol: protocol::VERSION,
            implementation: Implementation {
                name: "jsonwebtoken".to_owned(),
                version: VERSION.to_owned(),
                language: "rust".to_owned(),
                runtime: Some("aws-lc-rs".to_owned()),
                source: Some("https://github.com/Keats/jsonwebtoken".to_owned()),
                issues: Some("https://github.com/Keats/jsonwebtoken/issues".to_owned()),
            },
            operations: ["jws.verify", "jws.sign", "jwk.thumbprint"].map(str::to_owned).to_vec(),
            serializations: vec!["compact".to_owned()],
            alg: Vec::new(),
            enc: Vec::new(),
            sig: signature::ALGORITHMS.iter().map(|(name, _)| (*name).to_owned()).collect(),
            keys: FORMS.map(str::to_owned).to_vec(),
            inputs: ["text", "bytes"].map(str::to_owned).to_vec(),
            knobs: vec!["allow".to_owned()],
        }
    }

    fn answer(&mut self, op: &str, input: &Map<String, Value>) -> Answer {
        let outcome = match op {
            "hello" => serde_json::to_value(self.hello())
                .map_err(|error| Refusal::Request(error.to_string())),
            "jws.verify" => self.answer_verify(input),
            "jws.sign" => self.answer_sign(input),
            "jwk.thumbprint" => thumbprint(input),
            _ => Err(Refusal::unsupported("op", op)),
        };
        outcome.map_or_else(Answer::from, Answer::accept)
    }
}

impl Jsonwebtoken {
    fn answer_verify(&mut self, input: &Map<String, Value>) -> Result<Value, Refusal> {
        let token = input::token(input)?;
        if input::is_json(&token) {
            return Err(Refusal::unsupported("serialization", "json"));
        }
        if input.contains_key("payload") {
            return Err(Refusal::unsupported("knob", "payload"));
        }
        let verified = self.verify(&token, &input::source(input, &FORMS)?, &Allow::of(input))?;
        Ok(json!({"payload": input::base64url(&verified.octets), "header": verified.header}))
    }

    fn answer_sign(&mut self, input: &Map<String, Value>) -> Result<Value, Refusal> {
        if input.get("detached") == Some(&Value::Bool(true)) {
            return Err(Refusal::unsupported("knob", "detached"));
        }
        if Serialization::of(input)? != Serialization::Compact {
            return Err(Refusal::unsupported("serialization", "json"));
        }
        let payload = input::octets(input, "payload")?;
        let key = input::key(input, &["pem", "jwk"])?;
        let token = self.sign(&payload, input::text(input, "header")?, &key)?;
        Ok(json!({ "token": token }))
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::InvalidToken => "InvalidToken",
            ErrorKind::InvalidSignature => "InvalidSignature",
            ErrorKind::InvalidEcdsaKey => "InvalidEcdsaKey",
            ErrorKind::InvalidEddsaKey => "InvalidEddsaKey",
            ErrorKind::InvalidRsaKey(_) => "InvalidRsaKey",
            ErrorKind::RsaFailedSigning => "RsaFailedSigning",
            ErrorKind::Signing(_) => "Signing",
            ErrorKind::InvalidAlgorithmName => "InvalidAlgorithmName",
            ErrorKind::UnsupportedAlgorithm => "UnsupportedAlgorithm",
            ErrorKind::InvalidKeyFormat => "InvalidKeyFormat",
            ErrorKind::MissingRequiredClaim(_) => "MissingRequiredClaim",
            ErrorKind::InvalidClaimFormat(_) => "InvalidClaimFormat",
            ErrorKind::ExpiredSignature => "ExpiredSignature",
            ErrorKind::InvalidIssuer => "InvalidIssuer",
            ErrorKind::InvalidAudience => "InvalidAudience",
            ErrorKind::InvalidSubject => "InvalidSubject",
            ErrorKind::ImmatureSignature => "ImmatureSignature",
            ErrorKind::InvalidAlgorithm => "InvalidAlgorithm",
            ErrorKind::MissingAlgorithm => "MissingAlgorithm",
            ErrorKind::Base64(_) => "Base64",
            ErrorKind::Json(_) => "Json",
            ErrorKind::Utf8(_) => "Utf8",
            ErrorKind::Provider(_) => "Provider",
            _ => "ErrorKind",
        };
        Self::rejected(kind, error.to_string())
    }
}

fn thumbprint(input: &Map<String, Value>) -> Result<Value, Refusal> {
    let hash = match input.get("hash").and_then(Value::as_str) {
        None | Some("SHA-256") => ThumbprintHash::SHA256,
        Some("SHA-384") => ThumbprintHash::SHA384,
        Some("SHA-512") => ThumbprintHash::SHA512,
        Some(other) => return Err(Refusal::unsupported("alg", other)),
    };
    let text = input::text(input::object(input, "key")?, "jwk")?;
    let jwk: Jwk = serde_json::from_str(text).map_err(Error::from)?;
    Ok(json!({ "thumbprint": jwk.thumbprint(hash)? }))
}

/// The release that Cargo.lock pins; a test compares.
const VERSION: &str = "11.1.0";

/// Forms of a key in the order of preference.
const FORMS: [&str; 2] = ["jwk", "pem"];
