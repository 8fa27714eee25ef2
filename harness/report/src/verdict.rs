//! Verdicts: what an answer means under an expectation.

use serde::{Deserialize, Serialize};

/// The verdict on one question.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
pub enum Verdict {
    /// As expected.
    #[serde(rename = "pass")]
    Pass,
    /// Rejected as expected, but by an undocumented error, at another stage or by the adapter.
    #[serde(rename = "pass~")]
    PassLoosely,
    /// Not what a `should` asks for.
    #[serde(rename = "warn")]
    Warn,
    /// Left open by the documents, and recorded.
    #[serde(rename = "choice")]
    Choice,
    /// Not what a `must` asks for.
    #[serde(rename = "fail")]
    Fail,
    /// Rejected as expected, but so was the control: it proves nothing.
    #[serde(rename = "vacuous")]
    Vacuous,
    /// The target cannot do it and says so.
    #[serde(rename = "unsupported")]
    Unsupported,
    /// The process ended.
    #[serde(rename = "crash")]
    Crash,
    /// The deadline passed.
    #[serde(rename = "hang")]
    Hang,
    /// A budget of time or memory passed.
    #[serde(rename = "over_budget")]
    OverBudget,
    /// A fault that did not come again.
    #[serde(rename = "flaky")]
    Flaky,
    /// The adapter broke the protocol.
    #[serde(rename = "fault")]
    Fault,
}

impl Verdict {
    /// Every verdict, in the order of reports.
    pub const ALL: [Self; 12] = [
        Self::Pass,
        Self::PassLoosely,
        Self::Choice,
        Self::Warn,
        Self::Fail,
        Self::Crash,
        Self::Hang,
        Self::OverBudget,
        Self::Flaky,
        Self::Fault,
        Self::Vacuous,
        Self::Unsupported,
    ];

    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::PassLoosely => "pass~",
            Self::Warn => "warn",
            Self::Choice => "choice",
            Self::Fail => "fail",
            Self::Vacuous => "vacuous",
            Self::Unsupported => "unsupported",
            Self::Crash => "crash",
            Self::Hang => "hang",
            Self::OverBudget => "over_budget",
            Self::Flaky => "flaky",
            Self::Fault => "fault",
        }
    }

    /// The verdict with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|verdict| verdict.name() == name)
    }

    /// Whether it stands against the target unless a baseline explains it.
    #[must_use]
    pub fn is_finding(self) -> bool {
        match self {
            Self::Fail
            | Self::Crash
            | Self::Hang
            | Self::OverBudget
            | Self::Flaky
            | Self::Fault => true,
            Self::Pass
            | Self::PassLoosely
            | Self::Warn
            | Self::Choice
            | Self::Vacuous
            | Self::Unsupported => false,
        }
    }
}
