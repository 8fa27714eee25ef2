//! What the suites cover: rules and advisories, each with its cases.

mod advisories;
mod rules;

pub use advisories::{Class, classes};
pub use rules::{Rule, Verdicts, rules};
