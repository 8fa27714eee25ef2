//! Class of published vulnerabilities → cases.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use suite::{Advisory, Suites};

/// One class, and for each of its identifiers the cases that carry it.
#[derive(Debug)]
pub struct Class<'a> {
    /// The class.
    pub advisory: &'a Advisory,
    /// Identifier → cases; an identifier that no case carries has an empty list.
    pub cases: BTreeMap<&'a str, Vec<&'a str>>,
}

/// Every class with its cases, and the identifiers of cases that belong to no class.
#[must_use]
pub fn classes<'a>(
    suites: &'a Suites,
    advisories: &'a [Advisory],
) -> (Vec<Class<'a>>, BTreeSet<&'a str>) {
    let mut by_id: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, case) in &suites.cases {
        for name in &case.seen_in {
            by_id.entry(name).or_default().push(&id.0);
        }
    }
    let classes: Vec<Class<'a>> = advisories
        .iter()
        .map(|advisory| {
            let cases = advisory
                .seen_in
                .iter()
                .map(|name| (name.as_str(), by_id.get(name.as_str()).cloned().unwrap_or_default()))
                .collect();
            Class { advisory, cases }
        })
        .collect();
    let listed: BTreeSet<&str> =
        classes.iter().flat_map(|class| class.cases.keys().copied()).collect();
    let foreign = by_id.keys().copied().filter(|name| !listed.contains(name)).collect();
    (classes, foreign)
}

impl Class<'_> {
    /// What is wrong with the class: no case and no reason, or a reason in spite of cases.
    #[must_use]
    pub fn complaint(&self) -> Option<&'static str> {
        let has_case = self.cases.values().any(|cases| !cases.is_empty());
        match (has_case, &self.advisory.untestable) {
            (false, None) => Some("no case carries one of its identifiers"),
            (true, Some(_)) => Some("`untestable` gives a reason although there are cases"),
            _ => None,
        }
    }

    /// The class with its identifiers and their cases.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = format!("{}: {}\n", self.advisory.id, self.advisory.title);
        for (name, cases) in &self.cases {
            let cases = if cases.is_empty() { "no case".to_owned() } else { cases.join(", ") };
            // Writing to a String does not fail.
            let _ = writeln!(out, "    {name:<22} {cases}");
        }
        if let Some(reason) = &self.advisory.untestable {
            let _ = writeln!(out, "    untestable: {reason}");
        }
        if let Some(complaint) = self.complaint() {
            let _ = writeln!(out, "    WRONG: {complaint}");
        }
        out
    }
}
