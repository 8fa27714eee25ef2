//! josekit over OpenSSL: JWE, JWS and nested JWTs in every serialization it has.
//!
//! Deliberate about josekit:
//! - It has the caller choose the key through a selector that sees the header. Here the selector
//!   offers what the key can do: the decrypter or verifier that josekit itself builds from the key
//!   for the header's `alg`. That is the default when no `allow` is sent.
//! - For `alg` and `sig` it has no allow-list: the selector compares (`adapter-allow-list`). The
//!   list of `enc` becomes a context in which only those are registered, so that josekit refuses.
//! - A key that has a `kid` makes josekit demand the same `kid` of the header, and overwrite it when
//!   it signs. A caller who hands over one key has chosen: the adapter calls `remove_key_id`.
//! - In a JWK set the key is found by the header's `kid` alone, as josekit's own
//!   `decode_with_verifier_in_jwk_set` does; a header without `kid` finds none.
//! - `nested.open` is decryption, then `jwt::decode_with_verifier_selector`, then
//!   `JwtPayloadValidator`, whose clock is the system's where the request has no `now`. It has no
//!   leeway, checks `aud` against one value, and never `typ`: the adapter compares that and says so
//!   (`adapter-expect`).
//! - Detached payloads and limits cannot be expressed.

mod algorithms;
mod encryption;
mod nested;
mod ring;
mod signature;
#[cfg(test)]
mod tests;

use ::josekit::JoseError;
use protocol::{Answer, Hello, Implementation};
use serde_json::{Map, Value, json};

use crate::face::{Oracle, Refusal};
use crate::input::{self, Allow, KeySource, Serialization};

use self::ring::Rings;

/// josekit with the keys that it has imported.
#[derive(Debug, Default)]
pub struct Josekit {
    rings: Rings,
}

impl Oracle for Josekit {
    fn hello(&self) -> Hello {
        Hello {
            protocol: protocol::VERSION,
            implementation: Implementation {
                name: "josekit".to_owned(),
                version: VERSION.to_owned(),
                language: "rust".to_owned(),
                runtime: Some(openssl::version::version().to_owned()),
                source: Some("https://github.com/hidekatsu-izuno/josekit-rs".to_owned()),
                issues: Some("https://github.com/hidekatsu-izuno/josekit-rs/issues".to_owned()),
            },
            operations: OPERATIONS.map(str::to_owned).to_vec(),
            serializations: ["compact", "general", "flattened"].map(str::to_owned).to_vec(),
            alg: algorithms::KEY_MANAGEMENT.iter().map(|row| row.name.to_owned()).collect(),
            enc: algorithms::CONTENT_ENCRYPTION.map(str::to_owned).to_vec(),
            sig: algorithms::SIGNATURES.iter().map(|row| row.name.to_owned()).collect(),
            keys: FORMS.map(str::to_owned).to_vec(),
            inputs: ["text", "bytes"].map(str::to_owned).to_vec(),
            knobs: ["allow", "now"].map(str::to_owned).to_vec(),
        }
    }

    fn answer(&mut self, op: &str, input: &Map<String, Value>) -> Answer {
        let outcome = match op {
            "hello" => serde_json::to_value(self.hello())
                .map_err(|error| Refusal::Request(error.to_string())),
            "jwe.decrypt" => self.answer_decrypt(input),
            "jwe.encrypt" => self.answer_encrypt(input),
            "jws.verify" => self.answer_verify(input),
            "jws.sign" => self.answer_sign(input),
            "nested.open" => self.answer_open(input),
            "nested.seal" => self.answer_seal(input),
            _ => Err(Refusal::unsupported("op", op)),
        };
        outcome.map_or_else(Answer::from, Answer::accept)
    }
}

impl Josekit {
    fn answer_decrypt(&mut self, input: &Map<String, Value>) -> Result<Value, Refusal> {
        let token = input::token(input)?;
        let opened = self.decrypt(&token, &input::source(input, &FORMS)?, &Allow::of(input))?;
        Ok(json!({"plaintext": input::base64url(&opened.octets), "header": opened.header}))
    }

    fn answer_encrypt(&mut self, input: &Map<String, Value>) -> Result<Value, Refusal> {
        let plaintext = input::octets(input, "plaintext")?;
        let key = KeySource::Key(input::key(input, &FORMS)?);
        let header = input::text(input, "header")?;
        let serialization = Serialization::of(input)?;
        let aad = if input.contains_key("aad") { Some(input::octets(input, "aad")?) } else { None };
        let token = match aad {
            None => self.encrypt(&plaintext, header, &key, serialization)?,
            Some(aad) => self.encrypt_with_aad(&plaintext, header, &key, serialization, &aad)?,
        };
        Ok(json!({ "token": token }))
    }

    fn answer_verify(&mut self, input: &Map<String, Value>) -> Result<Value, Refusal> {
        if input.contains_key("payload") {
            return Err(Refusal::unsupported("knob", "payload"));
        }
        let token = input::token(input)?;
        let verified = self.verify(&token, &input::source(input, &FORMS)?, &Allow::of(input))?;
        Ok(json!({"payload": input::base64url(&verified.octets), "header": verified.header}))
    }

    fn answer_sign(&mut self, input: &Map<String, Value>) -> Result<Value, Refusal> {
        if input.get("detached") == Some(&Value::Bool(true)) {
            return Err(Refusal::unsupported("knob", "detached"));
        }
        let payload = input::octets(input, "payload")?;
        let key = KeySource::Key(input::key(input, &FORMS)?);
        let serialization = Serialization::of(input)?;
        let token = self.sign(&payload, input::text(input, "header")?, &key, serialization)?;
        Ok(json!({ "token": token }))
    }
}

impl From<JoseError> for Refusal {
    fn from(error: JoseError) -> Self {
        let kind = match &error {
            JoseError::UnsupportedSignatureAlgorithm(_) => "UnsupportedSignatureAlgorithm",
            JoseError::InvalidJwtFormat(_) => "InvalidJwtFormat",
            JoseError::InvalidJwkFormat(_) => "InvalidJwkFormat",
            JoseError::InvalidJwsFormat(_) => "InvalidJwsFormat",
            JoseError::InvalidJweFormat(_) => "InvalidJweFormat",
            JoseError::InvalidKeyFormat(_) => "InvalidKeyFormat",
            JoseError::InvalidJson(_) => "InvalidJson",
            JoseError::InvalidClaim(_) => "InvalidClaim",
            JoseError::InvalidSignature(_) => "InvalidSignature",
        };
        Self::rejected(kind, error.to_string())
    }
}

/// The release that Cargo.lock pins; a test compares.
const VERSION: &str = "0.10.3";

const OPERATIONS: [&str; 6] =
    ["jwe.decrypt", "jwe.encrypt", "jws.verify", "jws.sign", "nested.open", "nested.seal"];

/// Forms of a key in the order of preference.
const FORMS: [&str; 3] = ["jwk", "pem", "der"];
