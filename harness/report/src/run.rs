//! A run: its header, its records and its end, as they stand in the JSON lines report.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::record::Record;
use crate::verdict::Verdict;

/// Everything that a report is rendered from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// The first line's members: version, seed, profiles, filters.
    pub header: BTreeMap<String, Value>,
    /// The targets.
    pub targets: Vec<TargetSummary>,
    /// The judged questions.
    pub records: Vec<Record>,
    /// The exit code that the run leads to.
    pub exit: i32,
}

/// One target of a run.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct TargetSummary {
    /// Its name.
    pub name: String,
    /// Name, version, language … as it declared.
    #[serde(default)]
    pub implementation: Value,
    /// Why it could not be asked, or not to the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// How many controls and positive cases it accepted with the right content.
    #[serde(default)]
    pub accepted: usize,
    /// Baseline entries that match nothing any more: `case verdict`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stale: Vec<String>,
    /// The exit code that this target alone leads to.
    #[serde(default)]
    pub exit: i32,
}

/// A report that is not a whole one.
#[derive(Debug, Error)]
pub enum ReadError {
    /// A line is not what the format says.
    #[error("line {line}: {message}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// There is no end line: the run was stopped.
    #[error("the report has no end line: the run that wrote it was stopped")]
    NoEnd,
}

impl Run {
    /// The first line.
    #[must_use]
    pub fn first_line(&self) -> String {
        Line::Run { header: &self.header, targets: &self.targets }.to_text()
    }

    /// A record's line.
    #[must_use]
    pub fn record_line(record: &Record) -> String {
        Line::Record(record).to_text()
    }

    /// The last line.
    #[must_use]
    pub fn last_line(&self) -> String {
        Line::End {
            counts: counts(self.records.iter()),
            by_target: self
                .targets
                .iter()
                .map(|target| (target.name.as_str(), counts(self.of(&target.name))))
                .collect(),
            targets: &self.targets,
            exit: self.exit,
        }
        .to_text()
    }

    /// The records of one target.
    pub fn of(&self, target: &str) -> impl Iterator<Item = &Record> {
        self.records.iter().filter(move |record| record.target == target)
    }

    /// Reads a JSON lines report.
    ///
    /// # Errors
    /// [`ReadError`] for a line that is not one, or when the end is missing.
    pub fn read(text: &str) -> Result<Self, ReadError> {
        let mut run = Self::default();
        let mut ended = false;
        for (index, line) in text.lines().enumerate() {
            let fail = |message: String| ReadError::Line { line: index + 1, message };
            let value: Value =
                serde_json::from_str(line).map_err(|error| fail(error.to_string()))?;
            match value.get("type").and_then(Value::as_str) {
                _ if ended => return Err(fail("there is a line behind the end".to_owned())),
                Some("run") if index > 0 => return Err(fail("a second header".to_owned())),
                Some("run") => {
                    let Value::Object(members) = value else { continue };
                    run.header = members
                        .into_iter()
                        .filter(|(name, _)| name != "type" && name != "targets")
                        .collect();
                }
                _ if index == 0 => return Err(fail("the first line is no header".to_owned())),
                Some("record") => run
                    .records
                    .push(serde_json::from_value(value).map_err(|error| fail(error.to_string()))?),
                Some("end") => {
                    let targets = value.get("targets").cloned().unwrap_or_default();
                    run.targets =
                        serde_json::from_value(targets).map_err(|error| fail(error.to_string()))?;
                    let exit = value.get("exit").and_then(Value::as_i64).unwrap_or_default();
                    run.exit = i32::try_from(exit).unwrap_or_default();
                    ended = true;
                }
                other => return Err(fail(format!("unknown type of line {other:?}"))),
            }
        }
        if ended { Ok(run) } else { Err(ReadError::NoEnd) }
    }
}

/// A line of the JSON lines report; `type` comes first.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
    Run {
        #[serde(flatten)]
        header: &'a BTreeMap<String, Value>,
        targets: &'a [TargetSummary],
    },
    Record(&'a Record),
    End {
        counts: BTreeMap<&'a str, usize>,
        by_target: BTreeMap<&'a str, BTreeMap<&'a str, usize>>,
        targets: &'a [TargetSummary],
        exit: i32,
    },
}

impl Line<'_> {
    fn to_text(&self) -> String {
        // Maps with text keys always serialize.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// How many records have each verdict; verdicts that do not occur are left out.
fn counts<'a>(records: impl Iterator<Item = &'a Record>) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    for record in records {
        *counts.entry(record.verdict.name()).or_default() += 1;
    }
    counts
}

/// How many records of a target have each verdict, by profile and level.
#[must_use]
pub fn table(run: &Run, target: &str) -> BTreeMap<(String, String), BTreeMap<Verdict, usize>> {
    let mut table: BTreeMap<_, BTreeMap<Verdict, usize>> = BTreeMap::new();
    for record in run.of(target) {
        let row = table.entry((record.profile.clone(), record.level.clone())).or_default();
        *row.entry(record.verdict).or_default() += 1;
    }
    table
}
