//! Vectors that others published, as recipes: the octets pass through untouched.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::{LoadError, Source};

/// A token of `vectors/`, asked as it was printed.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Published {
    /// Folder and file, such as `rfc7516/a.1`.
    pub vector: String,
    /// The member of its `outputs`: `compact`, `json_general` …
    pub output: String,
    /// Which of its keys is used; the first one by default.
    #[serde(default)]
    pub key: usize,
    /// Key management algorithm, for a JWE.
    pub alg: Option<String>,
    /// Content encryption algorithm, for a JWE.
    pub enc: Option<String>,
    /// Signature algorithm, for a JWS.
    pub sig: Option<String>,
    /// What the file says; filled in by the loader.
    #[serde(skip)]
    pub content: Content,
}

/// What is taken from a vector's file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Content {
    /// The token's text.
    pub token: String,
    /// The text of the JWK: the private one for a JWE, the public one for a JWS.
    pub jwk: String,
    /// Plaintext or payload.
    pub text: String,
    /// Whether the payload of a JWS is not in the token.
    pub detached: bool,
}

/// The vectors of all sources by `folder/file`.
#[derive(Clone, Debug, Default)]
pub struct Vectors(BTreeMap<String, Value>);

impl Vectors {
    /// Reads every folder of `vectors/` but those of our own keys and certificates.
    ///
    /// # Errors
    /// [`LoadError`] for the first file that is not JSON.
    pub fn load(folder: &Path) -> Result<Self, LoadError> {
        let mut vectors = BTreeMap::new();
        for source in crate::load::folders(folder)? {
            let name = crate::load::file_name(&source);
            if ["keys", "certificates"].contains(&name.as_str()) {
                continue;
            }
            for path in crate::load::files(&source, "json")? {
                let file = Source::read(&path)?;
                let value = serde_json::from_str(&file.text)
                    .map_err(|error| file.error(&(0..0), error.to_string()))?;
                vectors.insert(format!("{name}/{}", crate::load::stem(&path)), value);
            }
        }
        Ok(Self(vectors))
    }

    /// Fills a recipe in.
    ///
    /// # Errors
    /// A message that names what the vector does not have.
    pub fn fill(&self, recipe: &mut Published) -> Result<(), String> {
        let name = &recipe.vector;
        let vector = self.0.get(name).ok_or_else(|| format!("unknown vector `{name}`"))?;
        let (token, detached) = match vector.pointer(&format!("/outputs/{}", recipe.output)) {
            Some(Value::String(text)) => (text.clone(), text.contains("..")),
            Some(object @ Value::Object(members)) => {
                (object.to_string(), !members.contains_key("payload"))
            }
            _ => return Err(format!("`{name}` has no output `{}`", recipe.output)),
        };
        let Some(Value::Object(key)) = vector.pointer(&format!("/keys/{}", recipe.key)) else {
            return Err(format!("`{name}` has no key {}", recipe.key));
        };
        let input = |member: &str| vector.pointer(&format!("/inputs/{member}"));
        let text = input(if recipe.sig.is_some() { "payload" } else { "plaintext" })
            .and_then(Value::as_str)
            .ok_or_else(|| format!("`{name}` does not state what it carries"))?;
        recipe.content = Content {
            token,
            jwk: jwk(key, recipe.sig.is_some()),
            text: text.to_owned(),
            detached: detached && recipe.sig.is_some(),
        };
        Ok(())
    }
}

/// The text of a vector's key: a password as an `oct` JWK, the public half where that is due.
fn jwk(key: &Map<String, Value>, public: bool) -> String {
    if let Some(Value::String(password)) = key.get("password") {
        return json!({"kty": "oct", "k": base64url(password.as_bytes())}).to_string();
    }
    let symmetric = key.get("kty").and_then(Value::as_str) == Some("oct");
    let mut key = key.clone();
    if public && !symmetric {
        for member in ["d", "p", "q", "dp", "dq", "qi", "oth"] {
            key.remove(member);
        }
    }
    Value::Object(key).to_string()
}

/// Base64url without padding (RFC 4648 §5), for the one place where text becomes a key here.
fn base64url(octets: &[u8]) -> String {
    data_encoding::BASE64URL_NOPAD.encode(octets)
}
