//! `touchstone explain`: what a case, a rejection code or a requirement means.

use std::fmt::Write;

use rejection::Rejection;
use suite::{Case, CaseId, Suites};

use crate::error::RunError;

/// The explanation of a case id, a rejection code or a requirement id.
///
/// # Errors
/// [`RunError::Usage`] for a name that is none of these, with those that are near.
pub fn explain(suites: &Suites, name: &str) -> Result<String, RunError> {
    if let Some(case) = suites.cases.get(&CaseId(name.to_owned())) {
        return Ok(explain_case(suites, case));
    }
    if let Ok(code) = name.parse::<Rejection>() {
        return Ok(explain_code(suites, code));
    }
    if let Some(row) = suites.requirements.get(name.rsplit('#').next().unwrap_or(name)) {
        let mut out = format!(
            "{}: {} §{}, {}\n  {}\n",
            row.id, row.document, row.section, row.level, row.rule
        );
        let cases = suites.cases.values().filter(|case| case.cites.contains(&row.id));
        for case in cases {
            let _ = writeln!(out, "  cited by {}", case.id);
        }
        return Ok(out);
    }
    let near: Vec<&str> = suites
        .cases
        .keys()
        .map(|id| id.0.as_str())
        .filter(|id| id.contains(name) || name.contains(id))
        .take(8)
        .collect();
    let hint = if near.is_empty() {
        "`touchstone suites list` lists the cases".to_owned()
    } else {
        format!("near it: {}", near.join(", "))
    };
    Err(RunError::Usage(format!("`{name}` is no case, rejection code or requirement; {hint}")))
}

fn explain_case(suites: &Suites, case: &Case) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} ({})", case.id, case.place.to_text());
    let _ = writeln!(out, "  {}", case.title);
    let _ = writeln!(out, "  Why: {}", case.why);
    for id in &case.cites {
        if let Some(row) = suites.requirements.get(id) {
            let _ = writeln!(
                out,
                "  Rule {}: {} §{}, {}: {}",
                row.id, row.document, row.section, row.level, row.rule
            );
        }
    }
    let _ = writeln!(out, "  Asks {} in {} cells.", case.operation, case.instances.len());
    if let Some(control) = &case.control {
        let _ = writeln!(out, "  Control: {control}, which the target has to accept.");
    }
    let _ = writeln!(out, "  Impact: {}, severity: {}.", case.impact, case.severity);
    if !case.seen_in.is_empty() {
        let _ = writeln!(out, "  Seen in: {}.", case.seen_in.join(", "));
    }
    for expect in &case.expect {
        let mut wants = Vec::new();
        if expect.accept {
            wants.push("accept".to_owned());
        }
        if let Some(codes) = &expect.reject {
            wants.push(format!("reject ({})", codes.join(" or ")));
        }
        let _ = write!(
            out,
            "  Profile {}: {} {}",
            expect.profile,
            expect.level.name(),
            wants.join(" or ")
        );
        let _ = match &expect.why {
            Some(why) => writeln!(out, "; {why}"),
            None => writeln!(out),
        };
    }
    out
}

fn explain_code(suites: &Suites, code: Rejection) -> String {
    let mut out = format!("{code}: {}\n  {}\n", code.explanation(), code.spec());
    let name = code.code().to_owned();
    for case in suites.cases.values() {
        let expected = case
            .expect
            .iter()
            .any(|expect| expect.reject.as_ref().is_some_and(|codes| codes.contains(&name)));
        if expected {
            let _ = writeln!(out, "  expected by {}: {}", case.id, case.title);
        }
    }
    out
}
