//! The report formats: one row each.

use crate::run::Run;

mod jsonl;
mod junit;
mod text;

/// One way to show a run.
#[derive(Clone, Copy, Debug)]
pub struct Format {
    /// Its name on the command line.
    pub name: &'static str,
    /// One line of help.
    pub about: &'static str,
    /// Renders a run.
    pub render: fn(&Run) -> String,
}

impl Format {
    /// The format with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        FORMATS.iter().find(|row| row.name == name)
    }
}

/// Every format.
pub static FORMATS: &[Format] = &[
    Format { name: "text", about: "a summary for people", render: text::render },
    Format { name: "jsonl", about: "one JSON object a line, complete", render: jsonl::render },
    Format { name: "junit", about: "JUnit XML for CI servers", render: junit::render },
];
