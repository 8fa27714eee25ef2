//! Rule → cases → verdicts.

use std::collections::BTreeMap;
use std::fmt::Write;

use report::{Record, Verdict};
use suite::{Requirement, Suites};

/// The verdicts that one case got, counted over cells, policies and profiles.
pub type Verdicts = BTreeMap<Verdict, usize>;

/// One rule and the cases that cite it.
#[derive(Debug)]
pub struct Rule<'a> {
    /// The rule.
    pub requirement: &'a Requirement,
    /// The cases, with the verdicts that the records hold.
    pub cases: BTreeMap<&'a str, Verdicts>,
}

/// Every rule of the suites in the order of their ids, with its cases.
#[must_use]
pub fn rules<'a>(suites: &'a Suites, records: &[Record]) -> Vec<Rule<'a>> {
    let mut verdicts: BTreeMap<&str, Verdicts> = BTreeMap::new();
    for record in records {
        let counts = verdicts.entry(record.case.as_str()).or_default();
        *counts.entry(record.verdict).or_default() += 1;
    }
    let mut by_rule: BTreeMap<&str, BTreeMap<&str, Verdicts>> = BTreeMap::new();
    for (id, case) in &suites.cases {
        for rule in &case.cites {
            let counts = verdicts.get(id.0.as_str()).cloned().unwrap_or_default();
            by_rule.entry(rule).or_default().insert(&id.0, counts);
        }
    }
    suites
        .requirements
        .values()
        .map(|requirement| Rule {
            requirement,
            cases: by_rule.remove(requirement.id.as_str()).unwrap_or_default(),
        })
        .collect()
}

impl Rule<'_> {
    /// What is wrong with the row: no case and no reason, or a reason in spite of cases.
    #[must_use]
    pub fn complaint(&self) -> Option<&'static str> {
        match (self.cases.is_empty(), &self.requirement.untested) {
            (true, None) => Some("no case cites it and `untested` does not say why"),
            (false, Some(_)) => Some("`untested` gives a reason although cases cite it"),
            _ => None,
        }
    }

    /// Whether an answer was judged under it: something else than vacuous or unsupported.
    #[must_use]
    pub fn is_judged(&self) -> bool {
        let says_nothing = |verdict| matches!(verdict, Verdict::Vacuous | Verdict::Unsupported);
        self.cases.values().flat_map(BTreeMap::keys).any(|verdict| !says_nothing(*verdict))
    }

    /// The rule with its cases, a line each.
    #[must_use]
    pub fn to_text(&self) -> String {
        let row = self.requirement;
        let mut out = format!(
            "{:<13} p{} {:<10} {:<7} {} §{}\n",
            row.id, row.priority, row.level, row.basis, row.document, row.section
        );
        for (case, verdicts) in &self.cases {
            // Writing to a String does not fail.
            let _ = writeln!(out, "    {case:<46} {}", counted(verdicts));
        }
        if let Some(reason) = &row.untested {
            let _ = writeln!(out, "    untested: {reason}");
        }
        if let Some(complaint) = self.complaint() {
            let _ = writeln!(out, "    WRONG: {complaint}");
        }
        out
    }
}

/// Counts in words, such as `pass 12, choice 3`; empty without a run.
fn counted(verdicts: &Verdicts) -> String {
    let words: Vec<String> =
        verdicts.iter().map(|(verdict, count)| format!("{} {count}", verdict.name())).collect();
    words.join(", ")
}
