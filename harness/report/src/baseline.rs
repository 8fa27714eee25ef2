//! Baselines: what is tolerated today, each with its reason.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::record::Record;
use crate::verdict::Verdict;

/// What a baseline says about a record.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// An entry explains it.
    Known,
    /// No entry explains it.
    New,
    /// An entry explains it, and its date has passed.
    Expired,
}

/// The entries of one file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// One a case and verdict.
    #[serde(default)]
    pub entry: Vec<Entry>,
}

/// One tolerated deviation.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// The case's id.
    pub case: String,
    /// Today's verdict.
    pub verdict: String,
    /// The cells that it covers, each `axis=value,axis=value` or a part of it between commas;
    /// absent: every cell of the case that has this verdict.
    #[serde(default)]
    pub cells: Vec<String>,
    /// What is known about it.
    pub why: String,
    /// The version of the target it was seen in.
    pub version: String,
    /// Where it is followed: an advisory, an issue, a heading of suites/FINDINGS.md.
    pub link: String,
    /// The day, `YYYY-MM-DD`, from which it is no longer tolerated.
    #[serde(default)]
    pub expires: Option<String>,
}

/// A baseline file that cannot be used.
#[derive(Debug, Error)]
pub enum BaselineError {
    /// It cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It is not a baseline.
    #[error("{}:{line}:{column}: {message}", path.display())]
    Content {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What is wrong.
        message: String,
    },
}

impl Baseline {
    /// Reads a file.
    ///
    /// # Errors
    /// [`BaselineError`] with line and column.
    pub fn load(path: &Path) -> Result<Self, BaselineError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| BaselineError::Unreadable { path: path.to_owned(), source })?;
        let source = suite::error::Source { path: path.to_owned(), text };
        let content = |offset: usize, message: String| {
            let (line, column) = source.position(offset);
            BaselineError::Content { path: path.to_owned(), line, column, message }
        };
        let baseline: Self = toml::from_str(&source.text).map_err(|error| {
            content(error.span().unwrap_or_default().start, error.message().trim().to_owned())
        })?;
        for entry in &baseline.entry {
            if !Verdict::named(&entry.verdict).is_some_and(Verdict::is_finding) {
                let at = source.text.find(&format!("\"{}\"", entry.verdict)).unwrap_or_default();
                let message = format!("`{}` is no verdict that needs an entry", entry.verdict);
                return Err(content(at, message));
            }
            if let Some(day) = entry.expires.as_deref().filter(|day| !is_day(day)) {
                let at = source.text.find(&format!("\"{day}\"")).unwrap_or_default();
                return Err(content(at, format!("`{day}` is no day: write YYYY-MM-DD")));
            }
        }
        Ok(baseline)
    }

    /// Marks each finding as known, expired or new, and returns the entries that matched nothing
    /// although their case was asked. `today` is `YYYY-MM-DD`.
    pub fn compare(&self, records: &mut [Record], version: &str, today: &str) -> Vec<Entry> {
        let mut used = vec![false; self.entry.len()];
        for record in records.iter_mut().filter(|record| record.verdict.is_finding()) {
            record.baseline = Some(Standing::New);
            for (entry, used) in self.entry.iter().zip(&mut used) {
                if entry.covers(record, version) {
                    *used = true;
                    let expired = entry.expires.as_deref().is_some_and(|day| day <= today);
                    record.baseline =
                        Some(if expired { Standing::Expired } else { Standing::Known });
                    break;
                }
            }
        }
        let asked = |entry: &Entry| {
            records
                .iter()
                .any(|record| record.case == entry.case && record.verdict != Verdict::Unsupported)
        };
        self.entry
            .iter()
            .zip(used)
            .filter(|(entry, used)| !used && asked(entry))
            .map(|(entry, _)| entry.clone())
            .collect()
    }
}

/// Whether a text is a day as `YYYY-MM-DD`, so that texts compare as days do.
fn is_day(text: &str) -> bool {
    text.len() == 10
        && text.char_indices().all(|(index, digit)| match index {
            4 | 7 => digit == '-',
            _ => digit.is_ascii_digit(),
        })
}

impl Entry {
    fn covers(&self, record: &Record, version: &str) -> bool {
        let cell = record.cell.as_deref().unwrap_or_default();
        let parts: Vec<&str> = cell.split(',').collect();
        self.case == record.case
            && self.verdict == record.verdict.name()
            && self.version == version
            && (self.cells.is_empty()
                || self.cells.iter().any(|want| want.split(',').all(|part| parts.contains(&part))))
    }
}
