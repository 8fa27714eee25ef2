//! Compact JWS with jsonwebtoken (RFC 7515 §7.1): verification and signing.

use std::collections::HashSet;

use ::jsonwebtoken::errors::{Error, ErrorKind};
use ::jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, crypto};
use data_encoding::BASE64URL_NOPAD;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::face::{Refusal, Verified};
use crate::input::{self, Allow, KeyForm, KeySource};

use super::{Jsonwebtoken, keys};

impl Jsonwebtoken {
    /// Verifies a compact JWS.
    ///
    /// # Errors
    /// [`Refusal::Rejected`] with jsonwebtoken's error, or `adapter-jwks`.
    pub fn verify(
        &mut self,
        token: &[u8],
        keys: &KeySource,
        allow: &Allow,
    ) -> Result<Verified, Refusal> {
        let header = ::jsonwebtoken::decode_header(token)?;
        let key = self.keys.decoding(keys, &header)?;
        let validation = validation(&key, allow);
        match ::jsonwebtoken::decode::<IgnoredAny>(token, &key, &validation) {
            Ok(_) => {}
            // The header was parsed already: it is the payload that is no JSON.
            Err(error) if matches!(error.kind(), ErrorKind::Json(_)) => {
                verify_octets(token, &header, &key)?;
            }
            Err(error) => return Err(error.into()),
        }
        let header = serde_json::to_string(&header).map_err(Error::from)?;
        Ok(Verified { octets: payload(token)?, header })
    }

    /// Signs; `header` is the text of the protected header, which names `alg`.
    ///
    /// # Errors
    /// [`Refusal::Rejected`] with jsonwebtoken's error, [`Refusal::Unsupported`] for an algorithm
    /// or a form of key that it lacks.
    pub fn sign(&mut self, payload: &[u8], header: &str, key: &KeyForm) -> Result<String, Refusal> {
        let value: Value = serde_json::from_str(header).map_err(Error::from)?;
        if let Some(alg) = value.get("alg").and_then(Value::as_str)
            && algorithm(alg).is_none()
        {
            return Err(Refusal::unsupported("sig", alg));
        }
        let header: Header = serde_json::from_str(header).map_err(Error::from)?;
        let key = keys::encoding_key(key)?;
        // `RawValue` trims white space: only what it keeps as it is may go through `encode`.
        if let Ok(json) = serde_json::from_slice::<&RawValue>(payload)
            && json.get().as_bytes() == payload
        {
            return Ok(::jsonwebtoken::encode(&header, &json, &key)?);
        }
        let header_text = serde_json::to_vec(&header).map_err(Error::from)?;
        let message = format!("{}.{}", input::base64url(&header_text), input::base64url(payload));
        let signature = crypto::sign(message.as_bytes(), &key, header.alg)?;
        Ok(format!("{message}.{signature}"))
    }
}

fn validation(key: &DecodingKey, allow: &Allow) -> Validation {
    // No constructor leaves the checks of claims out; the algorithm is replaced below.
    let mut validation = Validation::new(Algorithm::HS256);
    let family = key.family();
    let family = family.algorithms();
    validation.algorithms = match &allow.sig {
        Some(names) => {
            let names: Vec<_> = names.iter().filter_map(|name| algorithm(name)).collect();
            let (fitting, others): (Vec<_>, Vec<_>) =
                names.into_iter().partition(|name| family.contains(name));
            if fitting.is_empty() { others } else { fitting }
        }
        None => family.to_vec(),
    };
    validation.required_spec_claims = HashSet::new();
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation.validate_aud = false;
    validation
}

/// The lower function of the library, for a payload that is no JSON. `decode` has by then compared
/// the algorithm with the list.
fn verify_octets(token: &[u8], header: &Header, key: &DecodingKey) -> Result<(), Refusal> {
    let text = std::str::from_utf8(token).map_err(|_| Error::from(ErrorKind::InvalidToken))?;
    let (message, signature) =
        text.rsplit_once('.').ok_or_else(|| Error::from(ErrorKind::InvalidToken))?;
    if crypto::verify(signature, message.as_bytes(), key, header.alg)? {
        return Ok(());
    }
    Err(Error::from(ErrorKind::InvalidSignature).into())
}

/// The second segment; the library decoded it before and found nothing wrong.
fn payload(token: &[u8]) -> Result<Vec<u8>, Refusal> {
    let segment = token.split(|octet| *octet == b'.').nth(1).unwrap_or_default();
    BASE64URL_NOPAD.decode(segment).map_err(|error| {
        Refusal::Request(format!("the library took a payload that is no base64url: {error}"))
    })
}

fn algorithm(name: &str) -> Option<Algorithm> {
    ALGORITHMS.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
}

/// RFC 7518 §3.1 without ES512, and RFC 8037 with Ed25519 alone.
pub(super) const ALGORITHMS: &[(&str, Algorithm)] = &[
    ("HS256", Algorithm::HS256),
    ("HS384", Algorithm::HS384),
    ("HS512", Algorithm::HS512),
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];
