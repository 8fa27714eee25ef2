//! Coverage: what is uncovered is told, and the repository's own tables are whole.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use suite::Suites;

const CASES: &str = r#"title = "T"

[[case]]
id = "sample/control"
title = "A control."
why = "It is."
cites = ["X-1"]
impact = "interop"
severity = "low"
seen_in = ["CVE-1"]
recipe = { jwe = { alg = "dir", enc = "A256GCM" } }
expect = [{ profile = "rfc", level = "must", accept = true }]
"#;

const REPORT: &str = r#"{"type":"run","targets":[]}
{"type":"record","target":"t","case":"sample/control","profile":"rfc","level":"must","verdict":"pass","severity":"low","impact":"interop","answer":{},"micros":1}
{"type":"record","target":"t","case":"sample/control","profile":"rfc","level":"must","verdict":"warn","severity":"low","impact":"interop","answer":{},"micros":1}
{"type":"end","targets":[],"exit":0}
"#;

/// A checkout whose suite has one case, which cites `X-1`, and the requirements of `rows`.
fn checkout(rows: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("suites/profiles/rfc.toml", "title = \"R\"\ndocuments = []\n");
    write("suites/sample.toml", CASES);
    write("report.jsonl", REPORT);
    let requirements: Vec<String> = rows
        .iter()
        .map(|(id, more)| {
            format!(
                "[[requirement]]\nid = \"{id}\"\ndocument = \"RFC 1\"\nsection = \"2\"\n\
                 level = \"MUST\"\nrule = \"A rule.\"\nbasis = \"text\"\n{more}\n"
            )
        })
        .collect();
    write("suites/requirements.toml", &requirements.concat());
    let vectors = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors");
    std::os::unix::fs::symlink(vectors, folder.path().join("vectors")).unwrap();
    folder
}

fn coverage(root: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_touchstone"))
        .arg("coverage")
        .args(arguments)
        .env("TOUCHSTONE_ROOT", root)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), text)
}

#[test]
fn rules_are_printed_with_their_cases_and_verdicts() {
    let root = checkout(&[("X-1", "priority = 1"), ("X-2", "untested = \"Nobody sees it.\"")]);
    let report = root.path().join("report.jsonl").display().to_string();
    let (code, text) = coverage(root.path(), &["rules", "--from", &report]);
    assert_eq!(code, 0, "{text}");
    let case = text.lines().find(|line| line.contains("sample/control")).unwrap();
    assert!(case.ends_with("pass 1, warn 1"), "{text}");
    assert!(text.contains("untested: Nobody sees it."), "{text}");
    assert!(text.contains("priority 1: 1 rules, 1 with cases, 0 with a reason, 0 wrong"), "{text}");
    assert!(text.contains("priority 2: 1 rules, 0 with cases, 1 with a reason, 0 wrong"), "{text}");
}

#[test]
fn a_rule_with_neither_case_nor_reason_or_with_both_is_a_finding() {
    let root = checkout(&[("X-1", ""), ("X-2", "priority = 1")]);
    let (code, text) = coverage(root.path(), &["rules", "--mapping"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("WRONG: no case cites it"), "{text}");
    let root = checkout(&[("X-1", "untested = \"Nobody sees it.\"")]);
    let (code, text) = coverage(root.path(), &["rules", "--mapping"]);
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("although cases cite it"), "{text}");
}

#[test]
fn classes_of_vulnerabilities_are_printed_with_their_cases() {
    let root = checkout(&[("X-1", "")]);
    let check = |classes: &str, code: i32, said: &str| {
        fs::write(root.path().join("suites/advisories.toml"), classes).unwrap();
        let (have, text) = coverage(root.path(), &["advisories"]);
        assert_eq!(have, code, "{text}");
        assert!(text.contains(said), "{text}");
    };
    let class = "[[class]]\nid = \"a\"\ntitle = \"A\"\n";
    let known = format!("{class}seen_in = [\"CVE-1\"]\n");
    check(&known, 0, "    CVE-1                  sample/control");
    check(&format!("{known}untestable = \"So.\"\n"), 1, "although there are cases");
    check(&format!("{class}untestable = \"So.\"\n"), 1, "CVE-1 stands at a case and in no class");
    let other = "[[class]]\nid = \"b\"\ntitle = \"B\"\nseen_in = [\"CVE-2\"]\n";
    check(&format!("{known}{other}"), 1, "no case carries one of its identifiers");
    check(&format!("{known}{other}untestable = \"So.\"\n"), 0, "untestable: So.");
}

#[test]
fn every_rule_of_this_repository_has_a_case_or_a_reason() {
    let root: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let suites = Suites::load(&root).unwrap();
    for rule in runner::coverage::rules(&suites, &[]) {
        assert_eq!(rule.complaint(), None, "{}", rule.requirement.id);
    }
}

#[test]
fn every_class_of_this_repository_has_a_case_or_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (code, text) = coverage(&root, &["advisories"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains(" classes, 0 wrong"), "{text}");
}

#[test]
fn every_pair_of_algorithms_is_read_damaged_and_made() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let (code, text) = coverage(&root, &["cells"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("114 of 114 pairs are read, damaged and made; 0 holes"), "{text}");
}
