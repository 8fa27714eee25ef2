//! What stops a command: usage, unreadable input, a target that cannot be had.

use std::path::PathBuf;

use suite::LoadError;
use thiserror::Error;

use crate::exit;

/// A failure of ours or of the caller, never of a judged target.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// A suite, requirement, profile or key file.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A baseline.
    #[error(transparent)]
    Baseline(#[from] report::baseline::BaselineError),
    /// A report.
    #[error("{}: {source}", path.display())]
    Report {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: report::run::ReadError,
    },
    /// A manifest.
    #[error("{}: {message}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// The command line.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A target that cannot be installed or started.
    #[error("{target}: {message}")]
    Target {
        /// Its name.
        target: String,
        /// Why, and what to do.
        message: String,
    },
}

impl RunError {
    /// The exit code that it leads to.
    #[must_use]
    pub fn exit(&self) -> i32 {
        match self {
            Self::Target { .. } => exit::TARGET,
            _ => exit::USAGE,
        }
    }
}
