//! Whether our suites find every named flaw that the foreign vectors find.

use std::path::Path;

use serde::Deserialize;

use super::{Agreement, Vector, ask};
use crate::child::{Interview, Launch, Process};
use crate::error::RunError;

/// One line of the report of `cargo xtask mutants`.
#[derive(Clone, Debug, Deserialize)]
pub struct Mutant {
    /// The flaw's name.
    pub flaw: String,
    /// The target that is flawed: `reference` or `tenant`.
    pub over: String,
    /// What our suites made of it, such as `killed` or `survived`.
    pub outcome: String,
    /// The cases behind that.
    #[serde(default)]
    pub cases: Vec<String>,
}

impl Mutant {
    /// Reads the report of `cargo xtask mutants --report FILE`.
    ///
    /// # Errors
    /// [`RunError::File`], or [`RunError::Manifest`] for a line that is none.
    pub fn load_all(path: &Path) -> Result<Vec<Self>, RunError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| RunError::File { path: path.to_owned(), source })?;
        text.lines()
            .map(|line| {
                serde_json::from_str(line).map_err(|error| RunError::Manifest {
                    path: path.to_owned(),
                    message: error.to_string(),
                })
            })
            .collect()
    }

    /// Whether it is a flaw at all: what our suites rightly leave alone is a trap for the overeager.
    #[must_use]
    pub fn is_flaw(&self) -> bool {
        self.outcome != "tolerated"
    }

    /// Whether our suites found it: by a finding, or by a warning where no document says more.
    #[must_use]
    pub fn is_found(&self) -> bool {
        self.outcome.starts_with("killed")
    }
}

/// The vectors with which a target disagrees, by file and number.
///
/// # Errors
/// [`RunError::Target`] when it cannot be started.
pub fn disagreements<'a>(
    launch: &Launch,
    vectors: &'a [Vector],
) -> Result<Vec<(&'a str, u64)>, RunError> {
    let (process, hello) = Process::start(launch).map_err(|fault| RunError::Target {
        target: launch.command.join(" "),
        message: fault.detail,
    })?;
    let mut interview = Interview::new(launch.clone(), Some(process));
    let found = vectors
        .iter()
        .filter(|vector| matches!(ask(&mut interview, &hello, vector), Agreement::Disagrees(_)))
        .map(|vector| (vector.file.as_str(), vector.id))
        .collect();
    interview.close();
    Ok(found)
}
