//! What is wrong with a file of ours, and where.

use std::ops::Range;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// A file under `suites/` or `vectors/keys/` that cannot be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum LoadError {
    /// The file or folder cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's words.
        cause: String,
    },
    /// Its content is not what the format says.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// In characters, counted from 1.
        column: usize,
        /// What is wrong and what to do about it.
        message: String,
    },
}

/// A text file and its path: turns octet offsets into lines and columns.
#[derive(Clone, Debug)]
pub struct Source {
    /// Where the text was read.
    pub path: PathBuf,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// Reads a file.
    ///
    /// # Errors
    /// [`LoadError::Unreadable`] when the file cannot be read or is not UTF-8.
    pub fn read(path: &Path) -> Result<Self, LoadError> {
        let text = std::fs::read_to_string(path).map_err(|error| LoadError::Unreadable {
            path: path.to_owned(),
            cause: error.to_string(),
        })?;
        Ok(Self { path: path.to_owned(), text })
    }

    /// An error at the start of `span`, a range of octets of the text.
    #[must_use]
    pub fn error(&self, span: &Range<usize>, message: impl Into<String>) -> LoadError {
        let (line, column) = self.position(span.start);
        LoadError::Content { path: self.path.clone(), line, column, message: message.into() }
    }

    /// Line and column, both counted from 1, of an octet offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset.min(self.text.len())).unwrap_or(&self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        (line, column)
    }
}
