//! A request: one line from the harness to the adapter.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// One request. `id` is echoed by the answer.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Request {
    /// Chosen by the harness, unique within a process's life.
    pub id: u64,
    /// The name of an operation, or `hello`.
    pub op: String,
    /// The operation's input; unknown members are ignored by adapters.
    #[serde(rename = "in", default)]
    pub input: Map<String, Value>,
}

impl Request {
    /// A request from parts. An `input` that is not an object counts as an empty one.
    #[must_use]
    pub fn new(id: u64, op: &str, input: Value) -> Self {
        let input = match input {
            Value::Object(members) => members,
            _ => Map::new(),
        };
        Self { id, op: op.to_owned(), input }
    }

    /// The first request of every conversation.
    #[must_use]
    pub fn hello(harness_version: &str) -> Self {
        Self::new(
            0,
            "hello",
            serde_json::json!({"protocol": crate::VERSION, "harness": harness_version}),
        )
    }

    /// The line without its line feed, in the order id, op, in.
    #[must_use]
    pub fn to_line(&self) -> String {
        // A map with text keys always serializes.
        serde_json::to_string(self).unwrap_or_default()
    }
}
