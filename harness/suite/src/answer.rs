//! What the answer over HTTP has to look like, whatever it decides.
//!
//! Texts of `headers`, `members` and `lacks` may hold the placeholders of [`crate::oauth`].

mod types;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

pub use types::{TYPES, Type};

/// The shape of an answer. A judged answer that decides as expected but is shaped otherwise is a
/// failure, or a warning under `should`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct AnswerShape {
    /// One of these statuses.
    pub status: Vec<u16>,
    /// `error` is one of these codes.
    pub error: Vec<String>,
    /// The media type, without parameters.
    pub content_type: Option<String>,
    /// `Cache-Control` has `no-store`.
    pub no_store: bool,
    /// Header fields, in lower case, and a text that each has to contain.
    pub headers: BTreeMap<String, String>,
    /// Members of the body, by JSON pointer, and their values.
    pub members: BTreeMap<String, Value>,
    /// JSON pointers that the body has.
    pub has: Vec<String>,
    /// Members of the body, by JSON pointer, and names of [`TYPES`]; with `?` behind the name the
    /// member may be absent.
    pub types: BTreeMap<String, String>,
    /// Lists of the body, by JSON pointer, and what each of them has.
    pub includes: BTreeMap<String, Vec<Value>>,
    /// Lists of the body, by JSON pointer, and what they do not have; an absent list has nothing.
    pub excludes: BTreeMap<String, Vec<Value>>,
    /// Texts that occur nowhere in the body.
    pub lacks: Vec<String>,
    /// What holds for the access token: names of `runner::http::access_token::CHECKS`.
    pub access_token: Vec<String>,
}

impl AnswerShape {
    /// Whether nothing is asked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
