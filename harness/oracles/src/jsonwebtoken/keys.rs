//! Keys as jsonwebtoken imports them.

use std::collections::HashMap;
use std::rc::Rc;

use ::jsonwebtoken::errors::Error;
use ::jsonwebtoken::jwk::{AlgorithmParameters, Jwk, JwkSet};
use ::jsonwebtoken::{DecodingKey, EncodingKey, Header};

use crate::face::Refusal;
use crate::input::{KeyForm, KeySource};

/// The imported keys by their text.
#[derive(Debug, Default)]
pub(super) struct Keys {
    decoding: HashMap<KeyForm, Rc<DecodingKey>>,
    sets: HashMap<String, Rc<JwkSet>>,
}

impl Keys {
    /// The key that verifies a token with this header.
    pub(super) fn decoding(
        &mut self,
        source: &KeySource,
        header: &Header,
    ) -> Result<Rc<DecodingKey>, Refusal> {
        match source {
            KeySource::Key(form) => {
                if let Some(key) = self.decoding.get(form) {
                    return Ok(Rc::clone(key));
                }
                let key = Rc::new(decoding_key(form)?);
                if self.decoding.len() >= MOST_KEYS {
                    self.decoding.clear();
                }
                self.decoding.insert(form.clone(), Rc::clone(&key));
                Ok(key)
            }
            KeySource::Set(text) => {
                let set = self.set(text)?;
                let jwk = header.kid.as_deref().and_then(|kid| set.find(kid)).ok_or_else(|| {
                    Refusal::rejected("adapter-jwks", "no key of the set has the token's `kid`")
                })?;
                Ok(Rc::new(DecodingKey::from_jwk(jwk)?))
            }
        }
    }

    fn set(&mut self, text: &str) -> Result<Rc<JwkSet>, Refusal> {
        if let Some(set) = self.sets.get(text) {
            return Ok(Rc::clone(set));
        }
        let set: Rc<JwkSet> = Rc::new(serde_json::from_str(text).map_err(Error::from)?);
        if self.sets.len() >= MOST_KEYS {
            self.sets.clear();
        }
        self.sets.insert(text.to_owned(), Rc::clone(&set));
        Ok(set)
    }
}

fn decoding_key(form: &KeyForm) -> Result<DecodingKey, Refusal> {
    match form {
        KeyForm::Jwk(text) => {
            let jwk: Jwk = serde_json::from_str(text).map_err(Error::from)?;
            Ok(DecodingKey::from_jwk(&jwk)?)
        }
        // Each import refuses what is not its kind of key.
        KeyForm::Pem(text) => Ok(DecodingKey::from_rsa_pem(text.as_bytes())
            .or_else(|_| DecodingKey::from_ec_pem(text.as_bytes()))
            .or_else(|_| DecodingKey::from_ed_pem(text.as_bytes()))?),
        KeyForm::Der(_) => Err(Refusal::unsupported("key", "der")),
    }
}

/// The key that signs.
pub(super) fn encoding_key(form: &KeyForm) -> Result<EncodingKey, Refusal> {
    match form {
        KeyForm::Pem(text) => Ok(EncodingKey::from_rsa_pem(text.as_bytes())
            .or_else(|_| EncodingKey::from_ec_pem(text.as_bytes()))
            .or_else(|_| EncodingKey::from_ed_pem(text.as_bytes()))?),
        KeyForm::Jwk(text) => {
            let jwk: Jwk = serde_json::from_str(text).map_err(Error::from)?;
            if !matches!(jwk.algorithm, AlgorithmParameters::OctetKey(_)) {
                return Err(Refusal::unsupported("key", "jwk"));
            }
            // The way from `k` to octets is the library's own.
            let key = DecodingKey::from_jwk(&jwk)?;
            Ok(EncodingKey::from_secret(key.try_get_as_bytes()?))
        }
        KeyForm::Der(_) => Err(Refusal::unsupported("key", "der")),
    }
}

/// A fuzzer sends new keys without end.
const MOST_KEYS: usize = 256;
