//! What became of a flaw, and the score of all.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::asking::Shown;
use super::flaw::Flaw;

/// What became of one flaw.
#[derive(Debug)]
pub(super) struct Outcome {
    kind: Kind,
    /// The cases behind it, by id.
    cases: Vec<String>,
    questions: usize,
    /// Why it could not be asked.
    failure: Option<String>,
    took: Duration,
}

/// How a flaw was judged.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    /// A finding that the unflawed build does not show.
    Killed,
    /// Warnings alone, where no document says more than SHOULD.
    KilledByWarning,
    /// Warnings alone.
    Warned,
    /// Nothing.
    Survived,
    /// A trap without a finding: right.
    Tolerated,
    /// A trap with a finding: a correct implementation would be accused.
    Accused,
    /// There was no report.
    NotAsked,
}

impl Outcome {
    /// Judges what a run showed beyond the unflawed build.
    pub(super) fn of(flaw: &Flaw, shown: Result<Shown, String>, took: Duration) -> Self {
        let shown = match shown {
            Ok(shown) => shown,
            Err(text) => {
                let failure = Some(text);
                return Self {
                    kind: Kind::NotAsked,
                    cases: Vec::new(),
                    questions: 0,
                    failure,
                    took,
                };
            }
        };
        let is_killed = shown.findings.iter().any(|finding| finding.is_kill());
        let is_warned = !shown.findings.is_empty();
        let kind = match (flaw.row.trap, is_killed, is_warned) {
            (true, true, _) => Kind::Accused,
            (true, false, _) => Kind::Tolerated,
            (false, true, _) => Kind::Killed,
            (false, false, true) if flaw.row.should.is_some() => Kind::KilledByWarning,
            (false, false, true) => Kind::Warned,
            (false, false, false) => Kind::Survived,
        };
        let behind = shown.findings.iter().filter(|finding| finding.is_kill() == is_killed);
        let cases: BTreeSet<&str> = behind.map(|finding| finding.case.as_str()).collect();
        let cases = cases.into_iter().map(str::to_owned).collect();
        Self { kind, cases, questions: shown.questions, failure: None, took }
    }

    /// One line for people, with the first cases.
    pub(super) fn line(&self, flaw: &Flaw) -> String {
        let seconds = self.took.as_secs_f64();
        let shown = self.cases.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if self.cases.len() > 5 { ", …" } else { "" };
        let what = match (&self.failure, self.cases.len()) {
            (Some(text), _) => text.lines().last().unwrap_or("no report").to_owned(),
            (None, 0) => format!("{} questions", self.questions),
            (None, 1) => format!("by {shown}"),
            (None, count) => format!("by {count} cases: {shown}{more}"),
        };
        let (level, name) = (flaw.row.level, flaw.name());
        format!("{:<10} {level}  {name:<44} {seconds:>5.1} s  {what}", self.kind.name())
    }

    /// One line of the report.
    pub(super) fn to_json(&self, flaw: &Flaw) -> Value {
        json!({
            "flaw": flaw.name(),
            "number": flaw.row.number,
            "title": flaw.row.title,
            "level": flaw.row.level,
            "over": flaw.row.over.target(),
            "outcome": self.kind.name(),
            "cases": self.cases,
            "questions": self.questions,
            "failure": self.failure,
            "millis": u64::try_from(self.took.as_millis()).unwrap_or(u64::MAX),
        })
    }
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Killed => "killed",
            Self::KilledByWarning => "killed~",
            Self::Warned => "warned",
            Self::Survived => "survived",
            Self::Tolerated => "tolerated",
            Self::Accused => "accused",
            Self::NotAsked => "not asked",
        }
    }

    /// Whether the flaw was judged as what it is.
    const fn is_right(self) -> bool {
        match self {
            Self::Killed | Self::KilledByWarning | Self::Tolerated => true,
            Self::Warned | Self::Survived | Self::Accused | Self::NotAsked => false,
        }
    }
}

/// The score of a run.
pub(super) struct Score {
    /// By level, from 1: flaws that were found, and all of them.
    levels: [(usize, usize); 3],
    by_warning: usize,
    equivalent: usize,
    /// Traps that were left alone, and all of them.
    traps: (usize, usize),
    /// What was not judged as it is: name, level, how it was judged.
    wrong: Vec<String>,
}

impl Score {
    /// Counts outcomes; `equivalent` flaws were not run.
    pub(super) fn of(outcomes: &[(&Flaw, Outcome)], equivalent: usize) -> Self {
        let mut score = Self {
            levels: [(0, 0); 3],
            by_warning: 0,
            equivalent,
            traps: (0, 0),
            wrong: Vec::new(),
        };
        for (flaw, outcome) in outcomes {
            let is_right = outcome.kind.is_right();
            let index = usize::from(flaw.row.level).saturating_sub(1);
            let count =
                if flaw.row.trap { Some(&mut score.traps) } else { score.levels.get_mut(index) };
            if let Some((right, all)) = count {
                *right += usize::from(is_right);
                *all += 1;
            }
            score.by_warning += usize::from(outcome.kind == Kind::KilledByWarning);
            if !is_right {
                let (name, kind) = (flaw.name(), outcome.kind.name());
                score.wrong.push(format!("{kind}: {name} ({})", flaw.row.title));
            }
        }
        score
    }

    /// Whether every flaw was judged as what it is.
    pub(super) fn is_perfect(&self) -> bool {
        self.wrong.is_empty()
    }

    /// The score for people, ending in a newline.
    pub(super) fn to_text(&self) -> String {
        let mut text = String::new();
        let sum = self.levels.iter().fold((0, 0), |sum, level| (sum.0 + level.0, sum.1 + level.1));
        for (index, (right, all)) in self.levels.iter().enumerate() {
            text.push_str(&format!("level {}: {right} of {all} killed\n", index + 1));
        }
        let Self { by_warning, equivalent, traps, .. } = self;
        text.push_str(&format!(
            "all: {} of {} killed, {by_warning} of them by a warning; {equivalent} equivalent\n\
             traps: {} of {} left alone\n",
            sum.0, sum.1, traps.0, traps.1
        ));
        self.wrong.iter().for_each(|line| text.push_str(&format!("{line}\n")));
        text
    }
}

#[cfg(test)]
mod tests;
