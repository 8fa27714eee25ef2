//! A record: one judged question, one line of the JSON lines report.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::baseline::Standing;
use crate::verdict::Verdict;

/// One judged question. Members that are absent on the wire are `None` or empty here.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Record {
    /// The target's name.
    pub target: String,
    /// The case's id.
    pub case: String,
    /// The cell of the case's matrix, `axis=value,axis=value`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<String>,
    /// `pinned` or `default`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The profile whose expectation was judged.
    pub profile: String,
    /// `must`, `any_of`, `should` or `may`.
    pub level: String,
    /// The verdict.
    pub verdict: Verdict,
    /// critical, high, medium, low or info.
    pub severity: String,
    /// What a wrong answer means.
    pub impact: String,
    /// Published vulnerabilities of this class.
    #[serde(default)]
    pub seen_in: Vec<String>,
    /// The requirements, as `document/section#id`.
    #[serde(default)]
    pub cites: Vec<String>,
    /// The answer without its id, or `{"fault": {...}}`.
    pub answer: Value,
    /// How long the answer took, in microseconds.
    pub micros: u64,
    /// What a baseline says about it, where one applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Standing>,
    /// Why the verdict is what it is, where that is not plain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Record {
    /// Case, cell and policy in one line.
    #[must_use]
    pub fn question(&self) -> String {
        let mut text = self.case.clone();
        if let Some(cell) = &self.cell {
            text.push_str(&format!(" [{cell}]"));
        }
        if let Some(policy) = &self.policy {
            text.push_str(&format!(" {policy}"));
        }
        text
    }

    /// Whether it stands against the target: a finding that no baseline knows.
    #[must_use]
    pub fn counts_against(&self) -> bool {
        self.verdict.is_finding()
            && !matches!(self.baseline, Some(Standing::Known) | Some(Standing::Expired))
    }

    /// Whether a baseline explains it with an entry whose date has passed.
    #[must_use]
    pub fn is_expired(&self) -> bool {
        self.baseline == Some(Standing::Expired)
    }
}
