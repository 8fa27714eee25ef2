//! What the suites cover: rules and advisories, each with its cases, and cells of the matrix.

mod advisories;
mod cells;
mod rules;

pub use advisories::{Class, classes};
pub use cells::{Cells, Count, cells};
pub use rules::{Rule, Verdicts, rules};
