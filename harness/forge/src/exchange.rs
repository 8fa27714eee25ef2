//! Exchanges over HTTP: the steps of a question, and the values that they are filled with.

use serde_json::Value;
use suite::case::Instance;
use suite::oauth::{Assertion, Exchange};
use suite::{Keys, Mutation, Part, Recipe};

use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable, unknown};
use crate::key::Key;
use crate::make::Forge;
use crate::presented::{ClientSpec, Presented, credential, present};
use crate::public_text::pkcs1_pem;
use crate::setting::{Filler, Setting};
use crate::token;

impl Forge<'_> {
    /// The steps of an exchange, with the instance's mutation or without it.
    ///
    /// # Errors
    /// [`ForgeError`] when the instance is of another kind, when its mutation is no change of the
    /// request by a JSON pointer, or when it changes nothing.
    pub fn exchange(&self, instance: &Instance, is_mutated: bool) -> Result<Exchange, ForgeError> {
        let Recipe::Exchange(recipe) = &instance.recipe else {
            return not_applicable("this is no exchange");
        };
        let Some(mutation) = instance.mutation.as_ref().filter(|_| is_mutated) else {
            return Ok(recipe.clone());
        };
        let wrong = |error: serde_json::Error| ForgeError::NotApplicable(error.to_string());
        let mut value = serde_json::to_value(recipe).map_err(wrong)?;
        match mutation {
            Mutation { part: Part::Request, action, .. } => {
                token::change_request(&mut value, action)?;
            }
            _ => return not_applicable("of an exchange the `request` is changed"),
        }
        let changed: Exchange = serde_json::from_value(value).map_err(wrong)?;
        if changed == *recipe { Err(ForgeError::Unchanged) } else { Ok(changed) }
    }

    /// An assertion as a step of an exchange presents it.
    ///
    /// # Errors
    /// [`ForgeError`] for a recipe that cannot be made.
    pub fn assertion(
        &self,
        recipe: &Assertion,
        setting: &Setting,
    ) -> Result<Presented, ForgeError> {
        let entropy = Entropy::new(&format!("assertion {}", setting.nonce), 0);
        present(self.keys(), recipe, None, setting, &entropy)
    }

    /// A client with these test keys as credentials of one algorithm.
    ///
    /// # Errors
    /// [`ForgeError::Unknown`] for a key that is not there.
    pub fn client(&self, names: &[String], alg: &str) -> Result<ClientSpec, ForgeError> {
        let credentials = names
            .iter()
            .map(|name| credential(self.keys(), name, alg, None))
            .collect::<Result<_, _>>()?;
        Ok(ClientSpec { credentials })
    }

    /// A JSON value with the placeholders of its texts filled in. `lookup` is asked first; test keys
    /// and the setting follow.
    ///
    /// # Errors
    /// [`ForgeError::Unknown`] for a placeholder that nobody knows.
    pub fn filled(
        &self,
        value: &Value,
        setting: &Setting,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Value, ForgeError> {
        Ok(match value {
            Value::String(text) if text == "@{null}" => Value::Null,
            Value::String(text) => match text.strip_prefix("@{number:") {
                Some(rest) if rest.ends_with('}') => {
                    let text = self.filled_text(&format!("@{{{rest}"), setting, lookup)?;
                    serde_json::from_str(&text).map_err(|_| unknown("the number", &text))?
                }
                _ => self.filled_text(text, setting, lookup)?.into(),
            },
            Value::Array(items) => items
                .iter()
                .map(|item| self.filled(item, setting, lookup))
                .collect::<Result<Vec<_>, _>>()?
                .into(),
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, value)| {
                        let name = self.filled_text(name, setting, lookup)?;
                        Ok((name, self.filled(value, setting, lookup)?))
                    })
                    .collect::<Result<_, ForgeError>>()?,
            ),
            other => other.clone(),
        })
    }

    /// A text with its placeholders filled in, as [`Self::filled`].
    ///
    /// # Errors
    /// As for [`Self::filled`].
    pub fn filled_text(
        &self,
        text: &str,
        setting: &Setting,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<String, ForgeError> {
        let entropy = Entropy::new(&setting.nonce, 0);
        let jti = crate::presented::uuid(&entropy);
        let filler = Filler { setting, entropy: &entropy, jti: &jti, kids: &setting.kids };
        let mut filled = String::new();
        let mut rest = text;
        while let Some((front, behind)) = rest.split_once("@{") {
            let Some((name, after)) = behind.split_once('}') else { break };
            filled.push_str(front);
            let value = match lookup(name) {
                Some(value) => value,
                None => match published(self.keys(), name)? {
                    Some(value) => value,
                    None => filler.text(&format!("@{{{name}}}"))?,
                },
            };
            filled.push_str(&value);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// A form of a test key or a certificate.
fn published(keys: &Keys, name: &str) -> Result<Option<String>, ForgeError> {
    let Some((form, name)) = name.split_once(':') else { return Ok(None) };
    if form == "certificate" {
        let text = keys.certificate(name).ok_or_else(|| unknown("the certificate", name))?;
        return Ok(Some(text.to_owned()));
    }
    if !["pem", "private", "jwk", "pkcs1"].contains(&form) {
        return Ok(None);
    }
    let key = Key::named(keys, name)?;
    let text = match form {
        "pem" => key.public().pem.clone(),
        "private" => key.file.private.pem.clone(),
        "jwk" => Some(key.public().jwk.clone()),
        _ => Some(pkcs1_pem(&key)?),
    };
    text.map(Some).ok_or_else(|| unknown("a PEM of the key", name))
}
