//! The statistics of a target over time: `target/fuzz/stats/TARGET.csv`, and the picture beside it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use super::places;
use super::plot;
use super::state::Totals;
use crate::exit::Failure;

/// A line of the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Row {
    /// Seconds that workers gave the target, over all campaigns.
    pub(super) elapsed_s: f64,
    pub(super) cpu_s: f64,
    pub(super) executions: u64,
    /// Since the row before, by CPU time.
    pub(super) executions_per_cpu_s: f64,
    pub(super) coverage: u64,
    pub(super) features: u64,
    pub(super) corpus_files: u64,
    /// Classes of findings.
    pub(super) findings: u64,
}

impl Row {
    /// The totals as a row, behind those of the row before.
    pub(super) fn after(before: &Totals, now: &Totals) -> Self {
        let cpu_s = now.cpu_s - before.cpu_s;
        let executions = now.executions.saturating_sub(before.executions) as f64;
        Self {
            elapsed_s: now.elapsed_s,
            cpu_s: now.cpu_s,
            executions: now.executions,
            executions_per_cpu_s: if cpu_s > 0.0 { executions / cpu_s } else { 0.0 },
            coverage: now.coverage,
            features: now.features,
            corpus_files: now.corpus,
            findings: now.findings,
        }
    }

    fn to_line(self) -> String {
        format!(
            "{:.1},{:.2},{},{:.0},{},{},{},{}\n",
            self.elapsed_s,
            self.cpu_s,
            self.executions,
            self.executions_per_cpu_s,
            self.coverage,
            self.features,
            self.corpus_files,
            self.findings
        )
    }

    fn parse(line: &str) -> Option<Self> {
        let mut cells = line.split(',');
        let row = Self {
            elapsed_s: cells.next()?.parse().ok()?,
            cpu_s: cells.next()?.parse().ok()?,
            executions: cells.next()?.parse().ok()?,
            executions_per_cpu_s: cells.next()?.parse().ok()?,
            coverage: cells.next()?.parse().ok()?,
            features: cells.next()?.parse().ok()?,
            corpus_files: cells.next()?.parse().ok()?,
            findings: cells.next()?.parse().ok()?,
        };
        cells.next().is_none().then_some(row)
    }
}

/// Appends a row in one write, so that a SIGKILL leaves whole lines but for the last.
pub(super) fn append(folder: &Path, target: &str, row: Row) -> Result<(), Failure> {
    let path = folder.join(format!("{target}.csv"));
    let text = fs::read(&path).unwrap_or_default();
    let mut addition = match text.last() {
        None => HEAD.to_owned(),
        Some(b'\n') => String::new(),
        Some(_) => "\n".to_owned(),
    };
    addition.push_str(&row.to_line());
    let file = OpenOptions::new().create(true).append(true).open(&path);
    file.and_then(|mut file| file.write_all(addition.as_bytes()))
        .map_err(|error| places::at(&path, &error))
}

/// The rows so far; a line that was cut off is left out.
pub(super) fn rows(folder: &Path, target: &str) -> Vec<Row> {
    let text = fs::read_to_string(folder.join(format!("{target}.csv"))).unwrap_or_default();
    text.lines().filter_map(Row::parse).collect()
}

/// Draws the rows so far.
pub(super) fn draw(folder: &Path, target: &str) -> Result<(), Failure> {
    let picture = plot::picture(target, &rows(folder, target));
    places::replace(&folder.join(format!("{target}.svg")), picture.as_bytes())
}

const HEAD: &str =
    "elapsed_s,cpu_s,executions,executions_per_cpu_s,coverage,features,corpus_files,findings\n";

#[cfg(test)]
mod tests;
