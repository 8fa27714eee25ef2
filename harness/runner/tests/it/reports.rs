//! The reports: what people and programs read.

use report::format::Format;
use report::{Record, Run, Standing, TargetSummary, Verdict};
use serde_json::json;

fn record(case: &str, verdict: Verdict) -> Record {
    Record {
        target: "sample".to_owned(),
        case: case.to_owned(),
        cell: Some("alg=dir,enc=A256GCM".to_owned()),
        policy: Some("pinned".to_owned()),
        profile: "rfc".to_owned(),
        level: "must".to_owned(),
        verdict,
        severity: "critical".to_owned(),
        impact: "forgery".to_owned(),
        seen_in: vec!["CVE-2018-1000539".to_owned()],
        cites: vec!["rfc7518/5.3#JWA-044".to_owned()],
        answer: json!({"accept": {"header": "<script>\u{1b}[2J", "plaintext": "Zm9v"}}),
        micros: 1234,
        baseline: None,
        note: Some("accepted".to_owned()),
    }
}

fn sample() -> Run {
    let mut known = record("jwe-iv/length", Verdict::Crash);
    known.baseline = Some(Standing::Known);
    let mut failed = record("jwe-tag/gcm-truncated", Verdict::Fail);
    failed.baseline = Some(Standing::New);
    Run {
        header: [("seed".to_owned(), json!(1))].into(),
        targets: vec![TargetSummary {
            name: "sample".to_owned(),
            implementation: json!({"name": "Sample", "version": "1.0"}),
            accepted: 3,
            exit: 1,
            ..TargetSummary::default()
        }],
        records: vec![record("jwe-control/plain", Verdict::Pass), failed, known],
        exit: 1,
    }
}

fn render(format: &str) -> String {
    (Format::named(format).unwrap().render)(&sample())
}

#[test]
fn text_names_the_rule_the_example_and_how_to_reproduce_it() {
    insta::assert_snapshot!(render("text"));
}

#[test]
fn junit_escapes_hostile_text() {
    let xml = render("junit");
    assert!(!xml.contains("<script>"), "{xml}");
    assert!(!xml.contains('\u{1b}'), "{xml}");
    insta::assert_snapshot!(xml);
}

#[test]
fn jsonl_has_a_header_a_line_a_record_and_an_end_with_counts() {
    insta::assert_snapshot!(render("jsonl"));
}

#[test]
fn jsonl_reads_back_as_the_same_run() {
    assert_eq!(Run::read(&render("jsonl")).unwrap(), sample());
}

#[test]
fn a_report_without_its_end_is_invalid() {
    let text = render("jsonl");
    let cut = &text[..text.trim_end().rfind('\n').unwrap()];
    assert_eq!(
        Run::read(cut).unwrap_err().to_string(),
        "the report has no end line: the run that wrote it was stopped"
    );
}
