//! The foreign vectors that we read otherwise, each with the sentence that decides.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::{Vector, Want};
use crate::error::RunError;

/// The rulings of one file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rulings {
    /// The rows.
    #[serde(default)]
    pub ruling: Vec<Ruling>,
}

/// Vectors that are read otherwise for one reason.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    /// The file of vectors.
    pub file: String,
    /// The numbers of the vectors.
    pub tests: BTreeSet<u64>,
    /// What the vectors say of themselves.
    pub says: String,
    /// What is right.
    pub want: Word,
    /// The sentence that decides.
    pub sentence: String,
}

/// What is right, as a ruling says it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Word {
    /// Acceptance.
    Accept,
    /// A rejection.
    Refuse,
    /// Both.
    Either,
}

impl Rulings {
    /// Reads a file of rulings.
    ///
    /// # Errors
    /// [`RunError::File`] or [`RunError::Manifest`].
    pub fn load(path: &Path) -> Result<Self, RunError> {
        let text = fs::read_to_string(path)
            .map_err(|source| RunError::File { path: path.to_owned(), source })?;
        toml::from_str(&text).map_err(|error| RunError::Manifest {
            path: path.to_owned(),
            message: error.to_string(),
        })
    }

    /// The ruling about a vector.
    #[must_use]
    pub fn about(&self, vector: &Vector) -> Option<&Ruling> {
        self.ruling.iter().find(|row| row.file == vector.file && row.tests.contains(&vector.id))
    }

    /// Puts what is right in the place of what the vectors say.
    ///
    /// # Errors
    /// [`RunError::Usage`] for a ruling about a vector that says something else, or that its file does
    /// not have: it would never be missed.
    pub fn apply(&self, vectors: &mut [Vector]) -> Result<(), RunError> {
        for row in &self.ruling {
            if !vectors.iter().any(|vector| vector.file == row.file) {
                continue;
            }
            for id in &row.tests {
                let found =
                    vectors.iter_mut().find(|vector| vector.file == row.file && vector.id == *id);
                let stale = |text: &str| {
                    RunError::Usage(format!("the ruling about {} {id} is stale: {text}", row.file))
                };
                let vector = found.ok_or_else(|| stale("there is no such vector"))?;
                if vector.says != row.says {
                    return Err(stale(&format!("the vector says `{}`", vector.says)));
                }
                if let Ok(question) = &mut vector.question {
                    question.want = match row.want {
                        Word::Accept => Want::Accept(None),
                        Word::Refuse => Want::Refuse,
                        Word::Either => Want::Either,
                    };
                }
            }
        }
        Ok(())
    }
}
