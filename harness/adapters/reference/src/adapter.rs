//! From an operation's name to its answer; what one process keeps between requests.

use std::collections::HashMap;
use std::rc::Rc;

use protocol::Answer;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use reference::{Jwk, JwkSet, Policy};
use rejection::Rejection;
use serde_json::{Map, Value};

use crate::{assertion, credential, hello, jwe, jws, nested, thumbprint};

/// The adapter: a generator seeded by the system, and the keys imported so far by their text.
pub(crate) struct Adapter {
    pub rng: ChaCha20Rng,
    keys: HashMap<String, Result<Rc<Jwk>, Rejection>>,
    sets: HashMap<String, Result<Rc<JwkSet>, Rejection>>,
}

/// Why there is nothing to accept.
pub(crate) enum Refusal {
    /// The reference refused.
    Rejected(Rejection),
    /// Another answer: unsupported, or a request that is not the protocol.
    Answered(Answer),
}

/// The members of an `accept`, or why there are none.
pub(crate) type Outcome = Result<Value, Refusal>;

impl Adapter {
    pub(crate) fn new() -> Self {
        Self {
            rng: ChaCha20Rng::from_rng(&mut rand::rng()),
            keys: HashMap::new(),
            sets: HashMap::new(),
        }
    }

    /// Answers one request.
    pub(crate) fn answer(&mut self, operation: &str, input: &Map<String, Value>) -> Answer {
        let outcome = match operation {
            "hello" => Ok(hello::declaration()),
            "jwe.decrypt" => jwe::decrypt(self, input),
            "jwe.encrypt" => jwe::encrypt(self, input),
            "jws.verify" => jws::verify(self, input),
            "jws.sign" => jws::sign(self, input),
            "nested.open" => nested::open(self, input),
            "nested.seal" => nested::seal(self, input),
            "jwk.thumbprint" => thumbprint::of_key(self, input),
            "certificate.thumbprint" => thumbprint::of_certificate(input),
            "credential.register" => credential::registered(input),
            "assertion.validate" => assertion::validate(self, input),
            "assertion.build" => assertion::build(self, input),
            other => return Answer::unsupported("op", other),
        };
        match outcome {
            Ok(members) => Answer::accept(members),
            Err(Refusal::Answered(answer)) => answer,
            Err(Refusal::Rejected(rejection)) => rejected(rejection),
        }
    }

    /// The key of a JWK text; RSA import dominates otherwise.
    pub(crate) fn key(&mut self, text: &str) -> Result<Rc<Jwk>, Rejection> {
        cached(&mut self.keys, text, |text| Jwk::parse(text, &Policy::default()))
    }

    /// The set of a JWK Set text.
    pub(crate) fn set(&mut self, text: &str) -> Result<Rc<JwkSet>, Rejection> {
        cached(&mut self.sets, text, |text| JwkSet::parse(text, &Policy::default()))
    }
}

/// The code as `kind`, with its stage.
pub(crate) fn rejected(rejection: Rejection) -> Answer {
    Answer::Reject {
        kind: rejection.code().to_owned(),
        msg: rejection.explanation().to_owned(),
        stage: Some(rejection.stage().name().to_owned()),
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

fn cached<T>(
    cache: &mut HashMap<String, Result<Rc<T>, Rejection>>,
    text: &str,
    parse: impl Fn(&str) -> Result<T, Rejection>,
) -> Result<Rc<T>, Rejection> {
    if let Some(known) = cache.get(text) {
        return known.clone();
    }
    // Texts come from suites, so the cache stays small; a flood of them starts it anew.
    if cache.len() >= 1024 {
        cache.clear();
    }
    let parsed = parse(text).map(Rc::new);
    cache.insert(text.to_owned(), parsed.clone());
    parsed
}

#[cfg(test)]
mod tests;
