//! Outcomes and scores of small runs.

use super::*;
use crate::mutants::asking::read;
use crate::mutants::rows;

/// A flaw with further members, and its outcome when it shows `verdicts`.
fn outcome(members: &str, verdicts: &[&str]) -> (Flaw, Outcome) {
    let text = format!(
        "[[flaw]]\nname = \"f\"\ntitle = \"F.\"\nlevel = 2\ncases = [\"x/*\"]\n{members}\n"
    );
    let flaw = rows::parse("f.toml", &text).expect("it parses").remove(0);
    let lines = verdicts.iter().enumerate().map(|(index, verdict)| {
        format!("{{\"type\":\"record\",\"case\":\"x/{index}\",\"verdict\":\"{verdict}\"}}")
    });
    let shown = read(&lines.collect::<Vec<_>>().join("\n")).ok_or_else(|| "nothing".to_owned());
    let outcome = Outcome::of(&flaw, shown, Duration::from_millis(1500));
    (flaw, outcome)
}

#[track_caller]
fn check(members: &str, verdicts: &[&str], name: &str, cases: &[&str]) {
    let (_, outcome) = outcome(members, verdicts);
    assert_eq!((outcome.kind.name(), outcome.cases), {
        (name, cases.iter().map(|case| (*case).to_owned()).collect())
    });
}

#[test]
fn a_finding_kills() {
    check("", &["pass", "fail", "warn", "crash"], "killed", &["x/1", "x/3"]);
    check("", &["pass", "over_budget"], "killed", &["x/1"]);
}

#[test]
fn a_warning_kills_only_where_a_document_says_should() {
    check("", &["warn"], "warned", &["x/0"]);
    check("should = \"RFC 1\"", &["warn"], "killed~", &["x/0"]);
}

#[test]
fn nothing_found_survives() {
    check("", &["pass", "vacuous", "flaky"], "survived", &[]);
    check("", &[], "not asked", &[]);
}

#[test]
fn a_trap_is_to_be_left_alone() {
    check("trap = true", &["pass", "warn"], "tolerated", &["x/1"]);
    check("trap = true", &["fail"], "accused", &["x/0"]);
}

#[test]
fn a_line_names_five_cases_and_counts_all() {
    let (flaw, outcome) = outcome("", &["fail"; 7]);
    let expected = "killed     2  f                                              1.5 s  \
                    by 7 cases: x/0, x/1, x/2, x/3, x/4, …";
    assert_eq!(outcome.line(&flaw), expected);
}

#[test]
fn a_score_counts_by_level_and_names_what_is_wrong() {
    let rows = [outcome("", &["fail"]), outcome("", &["pass"]), outcome("trap = true", &["pass"])];
    let outcomes: Vec<(&Flaw, Outcome)> = {
        let mut list = Vec::new();
        for (flaw, outcome) in &rows {
            list.push((flaw, Outcome { cases: Vec::new(), failure: None, ..*outcome }));
        }
        list
    };
    let score = Score::of(&outcomes, 3);
    assert!(!score.is_perfect());
    assert_eq!(
        score.to_text(),
        "level 1: 0 of 0 killed\nlevel 2: 1 of 2 killed\nlevel 3: 0 of 0 killed\n\
         all: 1 of 2 killed, 0 of them by a warning; 3 equivalent\n\
         traps: 1 of 1 left alone\nsurvived: f (F.)\n"
    );
}
