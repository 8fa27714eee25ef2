//! Published vulnerabilities: the release that had one and the release that fixed it, and the case that
//! tells them apart (`suites/regress.toml`).
//!
//! The old release fails the case and the new one does not: then the case finds the vulnerability, and
//! not something else of the library, its adapter or its age.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use report::{Record, Verdict};
use serde::Deserialize;

use crate::error::RunError;

/// The rows of `suites/regress.toml`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Table {
    /// In the order in which they are asked.
    #[serde(default)]
    pub pair: Vec<Pair>,
}

/// A release with a published vulnerability, and one without.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct Pair {
    /// The identifier, such as `CVE-2026-28802`.
    pub advisory: String,
    /// What it is, in a few words.
    pub title: String,
    /// The name of the package where it is published.
    pub package: String,
    /// The adapter of `harness/adapters/` that speaks for it.
    pub adapter: String,
    /// The release that has it.
    pub vulnerable: String,
    /// The release that has it no more.
    pub fixed: String,
    /// The case.
    pub case: String,
    /// The one cell, where the fixed release fails others for other reasons.
    pub cell: Option<String>,
}

impl Table {
    /// Reads it.
    ///
    /// # Errors
    /// [`RunError::File`] or, with the place in the file, [`RunError::Usage`].
    pub fn load(path: &Path) -> Result<Self, RunError> {
        let text = fs::read_to_string(path)
            .map_err(|source| RunError::File { path: path.to_owned(), source })?;
        toml::from_str(&text)
            .map_err(|error| RunError::Usage(format!("{}: {error}", path.display())))
    }
}

impl Pair {
    /// The folders of `harness/regress/` with the lock files of the old and of the new release.
    #[must_use]
    pub fn releases(&self) -> [String; 2] {
        [&self.vulnerable, &self.fixed].map(|version| format!("{}-{version}", self.package))
    }

    /// Whether a word of the command line names it: its advisory, its package, or its case.
    #[must_use]
    pub fn is_named(&self, name: &str) -> bool {
        [&self.advisory, &self.package, &self.case].iter().any(|have| have.as_str() == name)
    }
}

/// What a release did with the questions of a case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Seen {
    /// Verdicts that are findings or warnings.
    pub failed: BTreeSet<&'static str>,
    /// The questions that they are about.
    pub findings: BTreeSet<String>,
    /// The questions that passed.
    pub passed: BTreeSet<String>,
    /// How many said nothing.
    pub silent: usize,
}

impl Seen {
    /// Of the records of one release.
    #[must_use]
    pub fn of(records: &[Record]) -> Self {
        let mut seen = Self::default();
        for record in records {
            let question = format!("{} {}", record.question(), record.profile);
            match record.verdict {
                // The level of an expectation is the document's business: what is recommended counts here
                // where the fix keeps to it.
                verdict if verdict.is_finding() || verdict == Verdict::Warn => {
                    seen.findings.insert(question);
                    seen.failed.insert(verdict.name());
                }
                Verdict::Pass | Verdict::PassLoosely => {
                    seen.passed.insert(question);
                }
                _ => seen.silent += 1,
            }
        }
        seen
    }

    /// In a few words.
    #[must_use]
    pub fn words(&self) -> String {
        let names: Vec<&str> = self.failed.iter().copied().collect();
        match (self.findings.len(), self.passed.len()) {
            (0, 0) => format!("{} say nothing", self.silent),
            (0, passed) => format!("{passed} pass"),
            (findings, passed) => format!("{findings} {}, {passed} pass", names.join("/")),
        }
    }
}

/// Whether the case tells the releases apart as the advisory says: the new one passes every question that
/// the old one fails, and fails none.
#[must_use]
pub fn differ(old: &Seen, new: &Seen) -> bool {
    !old.findings.is_empty() && new.findings.is_empty() && old.findings.is_subset(&new.passed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(findings: &[&str], passed: &[&str]) -> Seen {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Seen { findings: set(findings), passed: set(passed), ..Seen::default() }
    }

    #[test]
    fn the_old_fails_and_the_new_passes() {
        assert!(differ(&seen(&["a"], &["b"]), &seen(&[], &["a", "b"])));
        for (old, new, why) in [
            (seen(&[], &["a"]), seen(&[], &["a"]), "the old one passes"),
            (seen(&["a"], &["b"]), seen(&["a"], &["b"]), "the new one fails too"),
            (seen(&["a"], &["b"]), seen(&[], &["b"]), "the new one says nothing of what failed"),
            (seen(&[], &["a"]), seen(&["a"], &[]), "the wrong way round"),
        ] {
            assert!(!differ(&old, &new), "{why}");
        }
    }
}
