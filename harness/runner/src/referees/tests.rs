//! Words of made-up targets about one real case.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use report::{Record, Verdict};
use serde_json::Value;
use suite::Suites;
use suite::error::Source;

use super::{Bench, REFERENCE, Rulings, Witness, Word, listing, summary};
use crate::judge::BY_ADAPTER;

const CASE: &str = "jwe-tag/gcm-truncated";

/// The case's expectations, with twins of one family beside the reference.
fn bench() -> Bench {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let suites = Suites::load(&root).unwrap();
    let families = [("left", "twins"), ("right", "twins"), ("server", REFERENCE)];
    let mut witnesses: BTreeMap<String, Witness> = BTreeMap::new();
    for (target, family) in families {
        let profiles = ["rfc".to_owned()].into();
        let witness = Witness { family: Some(family.to_owned()), profiles };
        witnesses.insert(target.to_owned(), witness);
    }
    let unbound = Witness { family: None, profiles: ["bcp".to_owned()].into() };
    witnesses.insert("unbound".to_owned(), unbound);
    Bench::new(&suites, &[CASE.to_owned()], witnesses)
}

/// What a target says about the first cell.
fn record(bench: &Bench, target: &str, verdict: Verdict) -> Record {
    let (point, _) = bench.points().next().unwrap();
    Record {
        target: target.to_owned(),
        case: point.case.clone(),
        cell: point.cell.clone(),
        policy: Some("pinned".to_owned()),
        profile: point.profile.clone(),
        level: "must".to_owned(),
        verdict,
        severity: "critical".to_owned(),
        impact: "forgery".to_owned(),
        seen_in: Vec::new(),
        cites: Vec::new(),
        answer: Value::Null,
        micros: 1,
        baseline: None,
        note: None,
    }
}

fn hear(bench: &mut Bench, said: &[(&str, Verdict)]) {
    for (target, verdict) in said {
        let record = record(bench, target, *verdict);
        assert!(bench.hear(&record));
    }
}

#[track_caller]
fn agreeing(said: &[(&str, Verdict)], want: usize) {
    let mut bench = bench();
    hear(&mut bench, said);
    assert_eq!(bench.points().next().unwrap().1.agreeing, want);
}

fn rulings(text: &str) -> Result<Rulings, String> {
    let source = Source { path: PathBuf::from("referees.toml"), text: text.to_owned() };
    Rulings::parse(&source).map_err(|error| error.to_string())
}

#[test]
fn a_family_is_one_witness_and_the_reference_none() {
    agreeing(&[("reference", Verdict::Pass), ("server", Verdict::Pass)], 0);
    agreeing(&[("left", Verdict::Pass), ("right", Verdict::Pass)], 1);
    agreeing(&[("left", Verdict::Pass), ("other", Verdict::PassLoosely)], 2);
}

#[test]
fn who_differs_once_agrees_nowhere() {
    agreeing(&[("other", Verdict::Pass), ("other", Verdict::Fail)], 0);
    agreeing(&[("left", Verdict::Pass), ("right", Verdict::Crash)], 0);
    agreeing(&[("other", Verdict::Vacuous), ("other", Verdict::Pass)], 1);
}

#[test]
fn under_a_profile_that_binds_it_not_a_target_may_agree_alone() {
    agreeing(&[("unbound", Verdict::Pass)], 1);
    let mut bench = bench();
    hear(&mut bench, &[("unbound", Verdict::Fail)]);
    let (_, standing) = bench.points().next().unwrap();
    assert_eq!(bench.those(&standing, Word::Silent), ["unbound"]);
}

#[test]
fn an_adapter_that_refuses_in_its_librarys_place_is_no_witness() {
    let mut bench = bench();
    let mut record = record(&bench, "other", Verdict::PassLoosely);
    record.note = Some(BY_ADAPTER.to_owned());
    assert!(bench.hear(&record));
    let (_, standing) = bench.points().next().unwrap();
    assert_eq!((standing.agreeing, bench.those(&standing, Word::Silent)), (0, vec!["other"]));
}

#[test]
fn records_of_other_suites_are_not_heard() {
    let mut bench = bench();
    let mut record = record(&bench, "other", Verdict::Pass);
    record.cell = Some("alg=unheard-of".to_owned());
    assert!(!bench.hear(&record));
}

#[test]
fn a_disagreement_wants_the_sentence_that_decides_it() {
    let mut bench = bench();
    hear(
        &mut bench,
        &[("left", Verdict::Fail), ("other", Verdict::Pass), ("third", Verdict::Pass)],
    );
    let alone =
        format!("[[ruling]]\ncase = \"{CASE}\"\nalone = \"The other cells were not asked.\"\n");
    let (text, is_open) = summary(&bench, &rulings(&alone).unwrap());
    assert!(is_open);
    assert!(text.contains(&format!("{CASE} (rfc): left (fail 1)\n    NO RULING")), "{text}");
    let sentence = "RFC 7518 §5.3: the tag is of 128 bits.";
    let both = format!(
        "{alone}[[ruling]]\ncase = [\"jwe-tag/*\"]\nprofile = \"rfc\"\nagainst = [\"left\"]\n\
         sentence = \"{sentence}\"\n"
    );
    let both = rulings(&both).unwrap();
    let (text, is_open) = summary(&bench, &both);
    assert!(!is_open, "{text}");
    assert!(text.contains(&format!("left (fail 1)\n    {sentence}")), "{text}");
    assert!(text.contains("1 have two or more independent families that agree, 0 have one,"));
    assert_eq!(both.stale(&bench), Vec::<String>::new());
    assert!(listing(&bench).contains("agree: other third | against: left:fail | silent: \n"));
}

#[test]
fn rulings_that_decide_nothing_are_stale() {
    let mut bench = bench();
    let all: Vec<_> = bench.points().map(|(point, _)| point.clone()).collect();
    for point in all {
        let mut record = record(&bench, "other", Verdict::Pass);
        (record.cell, record.profile) = (point.cell, point.profile);
        assert!(bench.hear(&record));
    }
    let text = format!(
        "[[ruling]]\ncase = \"{CASE}\"\nagainst = [\"other\", \"unasked\"]\nsentence = \"S.\"\n\
         [[ruling]]\ncase = \"{CASE}\"\nalone = \"A.\"\n\
         [[ruling]]\ncase = \"jwe-iv/*\"\nalone = \"Not among the cases that were asked.\"\n"
    );
    let stale = rulings(&text).unwrap().stale(&bench);
    assert_eq!(
        stale,
        [
            format!("{CASE}: nothing to decide"),
            format!("{CASE}: other does not differ"),
            format!("{CASE}: nothing to decide"),
        ]
    );
}

#[test]
fn a_ruling_is_of_one_kind() {
    for text in [
        "case = \"a\"",
        "case = \"a\"\nagainst = [\"x\"]",
        "case = \"a\"\nsentence = \"S.\"",
        "case = \"a\"\nagainst = [\"x\"]\nsentence = \"S.\"\nalone = \"A.\"",
        "case = []\nalone = \"A.\"",
    ] {
        let text = format!("[[ruling]]\ncase = \"b\"\nalone = \"A.\"\n\n[[ruling]]\n{text}\n");
        let error = rulings(&text).unwrap_err();
        let want = "referees.toml:5:1: a ruling has `against` with `sentence`, or `alone`";
        assert_eq!(error, want);
    }
    let error = rulings("[[ruling]]\ncase = 1\nalone = \"A.\"\n").unwrap_err();
    assert!(error.starts_with("referees.toml:2:8: "), "{error}");
}
