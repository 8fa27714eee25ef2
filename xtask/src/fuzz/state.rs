//! What is known of each target across campaigns: `target/fuzz/stats/state.json`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::output::Progress;
use super::places;
use crate::exit::Failure;

/// The totals of every target that was ever fuzzed here.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct State {
    pub(super) targets: BTreeMap<String, Totals>,
}

/// The totals of one target, over all campaigns.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Totals {
    /// Seconds that workers gave it: two workers count twice.
    pub(super) elapsed_s: f64,
    /// CPU seconds of its processes.
    pub(super) cpu_s: f64,
    pub(super) executions: u64,
    /// Edges reached, by the last process that said so.
    pub(super) coverage: u64,
    pub(super) features: u64,
    /// Inputs in the corpus that bring something.
    pub(super) corpus: u64,
    /// `elapsed_s` at the last new feature.
    pub(super) last_feature_s: f64,
    /// Classes of findings.
    pub(super) findings: u64,
}

impl Totals {
    /// Takes what a process says at `elapsed_s`; the number of features that no process had before.
    ///
    /// The first line of a process tells what the corpus is worth in the binary as it is, which may be less than
    /// what another binary said: where `is_first`, that is what counts on.
    pub(super) fn take(&mut self, progress: &Progress, elapsed_s: f64, is_first: bool) -> u64 {
        self.corpus = progress.corpus;
        if is_first {
            if progress.features > self.features {
                self.last_feature_s = elapsed_s;
            }
            (self.features, self.coverage) = (progress.features, progress.coverage);
            return 0;
        }
        self.coverage = self.coverage.max(progress.coverage);
        let new = progress.features.saturating_sub(self.features);
        if new > 0 {
            self.features = progress.features;
            self.last_feature_s = elapsed_s;
        }
        new
    }

    /// Whether nothing new came for `least` seconds and for a quarter of the time so far.
    pub(super) fn is_at_plateau(&self, least: f64) -> bool {
        self.elapsed_s - self.last_feature_s >= least.max(self.elapsed_s / 4.0)
    }
}

impl State {
    /// What the last campaign left; nothing where there was none.
    pub(super) fn load(folder: &Path) -> Result<Self, Failure> {
        let path = path(folder);
        if !path.exists() {
            return Ok(Self::default());
        }
        let text = fs::read_to_string(&path).map_err(|error| places::at(&path, &error))?;
        serde_json::from_str(&text).map_err(|error| {
            Failure::unavailable(format!("{}: {error}; remove it to count anew", path.display()))
        })
    }

    /// Writes the whole file or nothing.
    pub(super) fn save(&self, folder: &Path) -> Result<(), Failure> {
        let path = path(folder);
        let text = serde_json::to_string_pretty(self)
            .map_err(|error| Failure::unavailable(format!("{}: {error}", path.display())))?;
        places::replace(&path, format!("{text}\n").as_bytes())
    }
}

fn path(folder: &Path) -> PathBuf {
    folder.join("state.json")
}

#[cfg(test)]
mod tests;
