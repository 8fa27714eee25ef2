//! A summary for people: counts by profile and level, then each finding once a case.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde_json::Value;

use crate::baseline::Standing;
use crate::printable::printable;
use crate::record::Record;
use crate::run::{Run, TargetSummary, table};
use crate::verdict::Verdict;

pub(super) fn render(run: &Run) -> String {
    let mut out = String::new();
    for target in &run.targets {
        one_target(&mut out, run, target);
    }
    out
}

fn one_target(out: &mut String, run: &Run, target: &TargetSummary) {
    let word = |name: &str| {
        target.implementation.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let title = printable(&format!("{} {}", word("name"), word("version")), 100).replace('\n', " ");
    let _ = writeln!(out, "== {} ({})", target.name, title.trim());
    for ((profile, level), row) in table(run, &target.name) {
        let counts: Vec<String> = Verdict::ALL
            .iter()
            .filter_map(|verdict| row.get(verdict).map(|n| format!("{n} {}", verdict.name())))
            .collect();
        let _ = writeln!(out, "   {profile:<5} {level:<7} {}", counts.join(", "));
    }
    let against: Vec<&Record> =
        run.of(&target.name).filter(|r| r.counts_against() || r.is_expired()).collect();
    let known = run.of(&target.name).filter(|r| r.baseline == Some(Standing::Known)).count();
    if known > 0 {
        let _ = writeln!(out, "   {known} findings are known: the baseline says why");
    }
    for entry in &target.stale {
        let _ = writeln!(out, "   STALE baseline entry: {entry}; it matches nothing any more");
    }
    if let Some(failure) = &target.failure {
        let _ = writeln!(out, "   {}", printable(failure, 4000));
    }
    let mut by_case: BTreeMap<(&str, Verdict), Vec<&Record>> = BTreeMap::new();
    for record in against {
        by_case.entry((&record.case, record.verdict)).or_default().push(record);
    }
    for ((case, verdict), records) in by_case {
        findings(out, case, verdict, &records);
    }
    let _ = writeln!(out, "   {}", exit_text(target.exit));
    out.push('\n');
}

fn findings(out: &mut String, case: &str, verdict: Verdict, records: &[&Record]) {
    let Some(first) = records.first() else { return };
    let expired =
        if first.baseline == Some(Standing::Expired) { " (baseline expired)" } else { "" };
    let _ = writeln!(
        out,
        "   {} {case}: {} of severity {}, {} question{}{expired}",
        verdict.name().to_uppercase(),
        first.impact,
        first.severity,
        records.len(),
        if records.len() == 1 { "" } else { "s" },
    );
    if let Some(note) = &first.note {
        let _ = writeln!(out, "      {}", printable(note, 400));
    }
    let _ = writeln!(out, "      rule: {}", first.cites.join(", "));
    if !first.seen_in.is_empty() {
        let _ = writeln!(out, "      resembles: {}", first.seen_in.join(", "));
    }
    let _ = writeln!(out, "      for example {}", first.question());
    let _ = writeln!(out, "      answer: {}", printable(&first.answer.to_string(), 300));
    let cell = first.cell.as_deref().map(|cell| format!(" --cell '{cell}'")).unwrap_or_default();
    let policy =
        first.policy.as_deref().map(|name| format!(" --policy {name}")).unwrap_or_default();
    let _ = writeln!(out, "      reproduce: cargo xtask repro {case}{cell}{policy}");
}

fn exit_text(exit: i32) -> &'static str {
    match exit {
        0 => "conforms, or every finding is in the baseline",
        1 => "does not conform",
        2 => "could not be asked to the end",
        3 => "its baseline is stale or expired",
        5 => "nothing meaningful ran: no control was accepted",
        _ => "not judged",
    }
}
