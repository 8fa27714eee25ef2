//! A request from an instance: once as it should be, once with its mutation.

mod assertion;
mod credential;
mod input;
pub(crate) mod produce;
mod related;
mod thumbprints;
mod tokens;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use algorithms::base64url;
use serde_json::{Map, Value};
use suite::case::{Instance, Policy};
use suite::{Action, Keys, Mutation, Part, Recipe};

use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable};
use crate::presented::{Presented, present};
use crate::produced::Produced;
use crate::setting::Setting;
use crate::token;

pub use assertion::{Built, Sent};
pub use related::Related;

/// A request's input, and what its acceptance must carry.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    /// The operation.
    pub operation: &'static str,
    /// The `in` of the request.
    pub input: Map<String, Value>,
    /// The content of the valid token.
    pub want: Want,
    /// What the target must be able to do for the question to make sense.
    pub abilities: Vec<(&'static str, String)>,
}

/// What an acceptance must carry.
#[derive(Clone, Debug, PartialEq)]
pub enum Want {
    /// The plaintext of a JWE.
    Plaintext(Vec<u8>),
    /// The payload of a JWS.
    Payload(Vec<u8>),
    /// The claims of a nested JWT, compared as JSON.
    Claims(Value),
    /// A thumbprint.
    Thumbprint(String),
    /// The last of so many attempts authenticates this client.
    Authenticated {
        /// The client.
        client_id: String,
        /// How many attempts there are.
        attempts: usize,
    },
    /// Members of a registered credential.
    Registered(Map<String, Value>),
    /// Assertions of which something holds.
    Built(Box<Built>),
    /// Tokens of which something holds.
    Produced(Box<Produced>),
}

/// A question and, if it is a negative one, its control.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The same without the mutation; absent for a positive case.
    pub control: Option<Made>,
    /// The question.
    pub made: Made,
}

impl Pair {
    /// The same pair as a caller asks it under a policy: the default sends no allow-list.
    ///
    /// # Errors
    /// [`ForgeError::Unchanged`] when the allow-list was all that differed.
    pub fn under(&self, policy: Policy) -> Result<Self, ForgeError> {
        let mut pair = self.clone();
        if policy == Policy::Default {
            pair.made.input.remove("allow");
            if let Some(control) = &mut pair.control {
                control.input.remove("allow");
            }
        }
        match &pair.control {
            Some(control) if control.input == pair.made.input => Err(ForgeError::Unchanged),
            _ => Ok(pair),
        }
    }
}

/// The forge: keys, and the controls that were made already, since hundreds of negatives share one.
#[derive(Debug)]
pub struct Forge<'a> {
    keys: &'a Keys,
    controls: Mutex<BTreeMap<(String, usize), Made>>,
}

impl<'a> Forge<'a> {
    /// With these test keys.
    #[must_use]
    pub fn new(keys: &'a Keys) -> Self {
        Self { keys, controls: Mutex::default() }
    }

    /// Forges an instance as a caller asks it who pins its algorithms.
    ///
    /// # Errors
    /// [`ForgeError`] when the recipe or the mutation cannot be made, or changes nothing.
    pub fn pair(&self, instance: &Instance) -> Result<Pair, ForgeError> {
        let Some(mutation) = &instance.mutation else {
            return Ok(Pair { control: None, made: self.control(instance, 0)? });
        };
        // Some mutations want octets of a certain shape: a digit `-`, a sum below 2^n.
        let mut last = ForgeError::Unchanged;
        for attempt in 0..ATTEMPTS {
            let entropy = Entropy::new(&instance.entropy, attempt);
            match make(self.keys, &instance.recipe, Some(mutation), &entropy) {
                Ok(made) => {
                    let control = self.control(instance, attempt)?;
                    if made.input != control.input {
                        return Ok(Pair { control: Some(control), made });
                    }
                    last = ForgeError::Unchanged;
                }
                Err(error @ ForgeError::Unlucky(_)) => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// The test keys.
    pub(crate) fn keys(&self) -> &'a Keys {
        self.keys
    }

    /// What is sent for a question about a client assertion, for a client and at a time of the
    /// caller's choice: with the instance's mutation, or without it.
    ///
    /// # Errors
    /// [`ForgeError`] as for [`Self::pair`], or when the instance is of another kind.
    pub fn presented(
        &self,
        instance: &Instance,
        is_mutated: bool,
        setting: &Setting,
    ) -> Result<Presented, ForgeError> {
        let Recipe::Assertion(recipe) = &instance.recipe else {
            return not_applicable("this is no question about a client assertion");
        };
        let mutation = instance.mutation.as_ref().filter(|_| is_mutated);
        let entropy = Entropy::new(&format!("{} {}", instance.entropy, setting.nonce), 0);
        present(self.keys, recipe, mutation, setting, &entropy)
    }

    /// What a builder is asked for, as a client and of a server of the caller's choice.
    ///
    /// # Errors
    /// [`ForgeError`] when the recipe cannot be made, or the instance is of another kind.
    pub fn built(&self, instance: &Instance, setting: &Setting) -> Result<Built, ForgeError> {
        let Recipe::Build(recipe) = &instance.recipe else {
            return not_applicable("this is no question about an assertion builder");
        };
        assertion::asked(self.keys, recipe, setting)
    }

    fn control(&self, instance: &Instance, attempt: usize) -> Result<Made, ForgeError> {
        let name = (instance.entropy.clone(), attempt);
        let known = || self.controls.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = known().get(&name) {
            return Ok(made.clone());
        }
        let entropy = Entropy::new(&instance.entropy, attempt);
        let made = make(self.keys, &instance.recipe, None, &entropy)?;
        known().insert(name, made.clone());
        Ok(made)
    }
}

fn make(
    keys: &Keys,
    recipe: &Recipe,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Made, ForgeError> {
    if let Some(Mutation { part: Part::Build, action: Action::WithKey(name), .. }) = mutation {
        return make(keys, &with_key(recipe, name)?, None, entropy);
    }
    let mut made = match recipe {
        Recipe::Jwe(recipe) => tokens::jwe(keys, recipe, mutation, entropy)?,
        Recipe::Jws(recipe) => tokens::jws(keys, recipe, mutation, entropy)?,
        Recipe::Nested(recipe) => tokens::nested(keys, recipe, mutation, entropy)?,
        Recipe::Published(recipe) => tokens::published(recipe, mutation)?,
        Recipe::Thumbprint(recipe) => thumbprints::key(keys, recipe, mutation, entropy)?,
        Recipe::Certificate(recipe) => thumbprints::certificate(recipe, mutation)?,
        Recipe::Assertion(recipe) => assertion::validate(keys, recipe, mutation, entropy)?,
        Recipe::Credential(recipe) => credential::register(keys, recipe, mutation)?,
        Recipe::Build(recipe) => assertion::build(keys, recipe, mutation)?,
        Recipe::Produce(recipe) => produce::produce(keys, recipe, mutation, entropy)?,
        Recipe::Exchange(_) => return not_applicable("an exchange is asked over HTTP alone"),
    };
    if let Some(Mutation { part: Part::Request, action, .. }) = mutation {
        let mut input = Value::Object(std::mem::take(&mut made.input));
        token::change_request(&mut input, action)?;
        if let Value::Object(members) = input {
            made.input = members;
        }
    }
    Ok(made)
}

/// The recipe with another key.
fn with_key(recipe: &Recipe, name: &str) -> Result<Recipe, ForgeError> {
    let mut recipe = recipe.clone();
    match &mut recipe {
        Recipe::Jwe(jwe) => jwe.key = Some(name.to_owned()),
        Recipe::Jws(jws) => jws.key = Some(name.to_owned()),
        Recipe::Nested(nested) => nested.key = Some(name.to_owned()),
        _ => return not_applicable("`with_key` wants a recipe with a key"),
    }
    Ok(recipe)
}

const ATTEMPTS: usize = 2048;

/// Decodes base64url as adapters write it: strictly, without padding.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    base64url::decode(text).ok()
}

/// Encodes as base64url without padding.
#[must_use]
pub fn encode(octets: &[u8]) -> String {
    base64url::encode(octets)
}
