//! What an adapter declares about its implementation when it is greeted.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::answer::Malformed;

/// The `accept` of `hello`. Lists hold the names of the registries, as the library spells support.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Hello {
    /// The version of the protocol; 1.
    pub protocol: u64,
    /// Who answers.
    pub implementation: Implementation,
    /// Operations that it can do.
    #[serde(default)]
    pub operations: Vec<String>,
    /// `compact`, `general`, `flattened`.
    #[serde(default)]
    pub serializations: Vec<String>,
    /// Key management algorithms.
    #[serde(default)]
    pub alg: Vec<String>,
    /// Content encryption algorithms.
    #[serde(default)]
    pub enc: Vec<String>,
    /// Signature algorithms.
    #[serde(default)]
    pub sig: Vec<String>,
    /// Forms of a key that it takes: `jwk`, `pem`, `der`.
    #[serde(default)]
    pub keys: Vec<String>,
    /// `text`, and `bytes` if tokens that are not UTF-8 can be sent as `token_b64`.
    #[serde(default)]
    pub inputs: Vec<String>,
    /// `allow`, `now`, `skew`, `limits`.
    #[serde(default)]
    pub knobs: Vec<String>,
}

/// Name and version of the implementation behind an adapter.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
pub struct Implementation {
    /// The name its users know.
    pub name: String,
    /// Its version.
    #[serde(default)]
    pub version: String,
    /// The language it is written in.
    #[serde(default)]
    pub language: String,
    /// The runtime and its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime: Option<String>,
    /// Where its source is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Where its maintainers take reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issues: Option<String>,
}

impl Hello {
    /// Reads the body of an `accept` that answers `hello`.
    ///
    /// # Errors
    /// [`Malformed::Shape`] says which member is missing or of another type, or that the protocol's
    /// version is another.
    pub fn parse(body: Map<String, Value>) -> Result<Self, Malformed> {
        let hello: Self = serde_json::from_value(Value::Object(body))
            .map_err(|error| Malformed::Shape(format!("the answer to hello: {error}")))?;
        if hello.protocol != crate::VERSION {
            return Err(Malformed::Shape(format!(
                "the adapter speaks protocol {}, the harness {}",
                hello.protocol,
                crate::VERSION
            )));
        }
        Ok(hello)
    }
}
