//! Imported keys: what josekit can do with a key or a set of keys, by algorithm.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;

use ::josekit::JoseError;
use ::josekit::jwe::{JweDecrypter, JweEncrypter};
use ::josekit::jwk::{Jwk, JwkSet};
use ::josekit::jws::{JwsSigner, JwsVerifier};

use crate::face::Refusal;
use crate::input::{KeyForm, KeySource};

use super::algorithms;

/// A key in the form in which josekit takes it.
#[derive(Debug)]
pub(super) enum Key {
    Jwk(Jwk),
    Pem(String),
    Der(Vec<u8>),
}

/// Imports a key for one algorithm; `None` where the algorithm has no keys of that form.
pub(super) type Make<T> = fn(&Key) -> Result<Option<Box<T>>, JoseError>;

/// The rings by use and by the text of the key.
#[derive(Debug, Default)]
pub(super) struct Rings {
    decrypters: Cache<dyn JweDecrypter>,
    encrypters: Cache<dyn JweEncrypter>,
    verifiers: Cache<dyn JwsVerifier>,
    signers: Cache<dyn JwsSigner>,
}

impl Rings {
    pub(super) fn decrypters(
        &mut self,
        source: &KeySource,
    ) -> Result<Rc<Ring<dyn JweDecrypter>>, JoseError> {
        self.decrypters.ring(source, || {
            algorithms::KEY_MANAGEMENT.iter().map(|row| (row.name, row.decrypter)).collect()
        })
    }

    pub(super) fn encrypters(
        &mut self,
        source: &KeySource,
    ) -> Result<Rc<Ring<dyn JweEncrypter>>, JoseError> {
        self.encrypters.ring(source, || {
            algorithms::KEY_MANAGEMENT.iter().map(|row| (row.name, row.encrypter)).collect()
        })
    }

    pub(super) fn verifiers(
        &mut self,
        source: &KeySource,
    ) -> Result<Rc<Ring<dyn JwsVerifier>>, JoseError> {
        self.verifiers.ring(source, || {
            algorithms::SIGNATURES.iter().map(|row| (row.name, row.verifier)).collect()
        })
    }

    pub(super) fn signers(
        &mut self,
        source: &KeySource,
    ) -> Result<Rc<Ring<dyn JwsSigner>>, JoseError> {
        self.signers.ring(source, || {
            algorithms::SIGNATURES.iter().map(|row| (row.name, row.signer)).collect()
        })
    }
}

/// What a source of keys can do.
pub(super) struct Ring<T: ?Sized> {
    keys: Vec<Imported<T>>,
    is_set: bool,
}

impl<T: ?Sized> Ring<T> {
    /// [`Ring::select`] for a selector of josekit's, which sees a header and refuses by `None`: an
    /// algorithm that is not in the list is noted in `refused`.
    pub(super) fn select_allowed(
        &self,
        list: Option<&Vec<String>>,
        refused: &RefCell<Option<Refusal>>,
        kid: Option<&str>,
        alg: Option<&str>,
    ) -> Result<Option<&T>, JoseError> {
        let Some(alg) = alg else { return Ok(None) };
        if is_allowed(list, alg) {
            return self.select(kid, alg);
        }
        let msg = format!("`{alg}` is not allowed");
        refused.replace(Some(Refusal::rejected("adapter-allow-list", msg)));
        Ok(None)
    }

    /// The implementation for an algorithm: of the one key, or of the key of the set that the
    /// header's `kid` names. An error is josekit's for importing the key for that algorithm.
    pub(super) fn select(&self, kid: Option<&str>, alg: &str) -> Result<Option<&T>, JoseError> {
        if !self.is_set {
            return self.keys.first().map_or(Ok(None), |key| key.named(alg));
        }
        let Some(kid) = kid else { return Ok(None) };
        let mut keys = self.keys.iter().filter(|key| key.kid.as_deref() == Some(kid));
        Ok(keys.find_map(|key| key.named(alg).ok().flatten()))
    }
}

impl<T: ?Sized> fmt::Debug for Ring<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Ring").field("keys", &self.keys.len()).finish()
    }
}

struct Imported<T: ?Sized> {
    kid: Option<String>,
    key: Key,
    made: Vec<Made<T>>,
}

struct Made<T: ?Sized> {
    alg: &'static str,
    make: Make<T>,
    made: Option<Box<T>>,
}

impl<T: ?Sized> Imported<T> {
    fn new(kid: Option<String>, key: Key, rows: &[(&'static str, Make<T>)]) -> Self {
        let made = rows.iter().map(|(alg, make)| {
            let made = make(&key).ok().flatten();
            Made { alg, make: *make, made }
        });
        let made = made.collect();
        Self { kid, key, made }
    }

    fn named(&self, alg: &str) -> Result<Option<&T>, JoseError> {
        let Some(row) = self.made.iter().find(|row| row.alg == alg) else { return Ok(None) };
        match &row.made {
            Some(made) => Ok(Some(made)),
            // The error of an import cannot be kept: josekit's errors are not `Clone`.
            None => (row.make)(&self.key).map(|_| None),
        }
    }
}

struct Cache<T: ?Sized>(HashMap<KeySource, Rc<Ring<T>>>);

impl<T: ?Sized> Cache<T> {
    fn ring(
        &mut self,
        source: &KeySource,
        rows: impl Fn() -> Vec<(&'static str, Make<T>)>,
    ) -> Result<Rc<Ring<T>>, JoseError> {
        if let Some(ring) = self.0.get(source) {
            return Ok(Rc::clone(ring));
        }
        let rows = rows();
        let (keys, is_set) = match source {
            KeySource::Key(KeyForm::Jwk(text)) => {
                (vec![Imported::new(None, Key::Jwk(Jwk::from_bytes(text)?), &rows)], false)
            }
            KeySource::Key(KeyForm::Pem(text)) => {
                (vec![Imported::new(None, Key::Pem(text.clone()), &rows)], false)
            }
            KeySource::Key(KeyForm::Der(octets)) => {
                (vec![Imported::new(None, Key::Der(octets.clone()), &rows)], false)
            }
            KeySource::Set(text) => {
                let set = JwkSet::from_bytes(text)?;
                let keys = set.keys().into_iter().map(|jwk| {
                    let kid = jwk.key_id().map(str::to_owned);
                    Imported::new(kid, Key::Jwk(jwk.clone()), &rows)
                });
                (keys.collect(), true)
            }
        };
        if self.0.len() >= MOST_SOURCES {
            self.0.clear();
        }
        let ring = Rc::new(Ring { keys, is_set });
        self.0.insert(source.clone(), Rc::clone(&ring));
        Ok(ring)
    }
}

impl<T: ?Sized> Default for Cache<T> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<T: ?Sized> fmt::Debug for Cache<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Cache").field("sources", &self.0.len()).finish()
    }
}

/// Whether a name is in a list; without a list every name is.
pub(super) fn is_allowed(list: Option<&Vec<String>>, name: &str) -> bool {
    list.is_none_or(|names| names.iter().any(|allowed| allowed == name))
}

/// A fuzzer sends new keys without end.
const MOST_SOURCES: usize = 256;
