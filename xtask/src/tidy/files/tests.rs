//! Each rule against a file that breaks it and one that does not.

use super::*;

/// Checks one file; `expected` is a part of the only finding, or nothing for a clean file.
#[track_caller]
fn check_file(path: &str, text: &str, expected: Option<&str>) {
    let octets = u64::try_from(text.len()).expect("a length fits");
    let file = File { path: path.to_owned(), octets, text: Some(text.to_owned()) };
    let mut findings = Vec::new();
    check(&file, &mut findings);
    match (findings.as_slice(), expected) {
        ([], None) => {}
        ([finding], Some(part)) => {
            assert!(finding.starts_with(path) && finding.contains(part), "{finding}");
        }
        _ => panic!("{path}: {findings:?}, expected {expected:?}"),
    }
}

#[test]
fn a_rust_file_opens_with_its_subject() {
    check_file("harness/forge/src/seal.rs", "//! Sealing.\n", None);
    check_file("harness/forge/src/lib.rs", "#![doc = include_str!(\"../README.md\")]\n", None);
    check_file("harness/forge/src/seal.rs", "use std::fmt;\n", Some("`//!`"));
    check_file("fuzz/fuzz_targets/a.rs", "#![no_main]\n//! Late.\n", Some("`//!`"));
    check_file("xtask/src/a.rs", "", Some("`//!`"));
}

#[test]
fn other_files_open_as_they_like() {
    check_file("harness/adapters/joserfc/adapter.py", "import json\n", None);
    check_file("README.md", "Touchstone\n", None);
}

#[test]
fn modules_are_named_after_their_subject() {
    check_file("harness/forge/src/seal/mod.rs", "//! Sealing.\n", Some("rename"));
}

#[test]
fn a_member_takes_the_workspaces_lints() {
    check_file("harness/forge/Cargo.toml", "[lints]\nworkspace = true\n", None);
    check_file("harness/forge/Cargo.toml", "[package]\n", Some("[lints]"));
    check_file("harness/adapters/picky/Cargo.toml", "[workspace]\n", None);
}

#[test]
fn a_promise_names_its_issue() {
    check_file("suites/a.toml", &format!("# {LATER}(#12): more\n"), None);
    check_file("suites/a.toml", &format!("# {LATER} #12: more\n"), None);
    check_file("suites/a.toml", &format!("# fine\n# {LATER}: more\n"), Some(":2:"));
    check_file("suites/a.toml", &format!("# {BROKEN}(later)\n"), Some("without an issue"));
    check_file("suites/a.toml", &format!("# {LATER}S and MAS{LATER}N are names\n"), None);
    check_file("CONTRIBUTING.md", &format!("A {LATER} carries an issue.\n"), None);
}

#[test]
fn nothing_outside_the_repository_is_named() {
    let [shared, library] = FOREIGN_PATHS else { panic!("two words") };
    check_file("README.md", &format!("see {shared}/DESIGN.md\n"), Some("not part"));
    check_file("README.md", &format!("see /work/{library}/x\n"), Some("not part"));
    check_file("README.md", &format!("`{library}`\n"), Some("not part"));
    check_file("suites/a.toml", &format!("x = self{library}\n"), None);
    check_file("suites/a.toml", &format!("x = f(){library}.name\n"), None);
    check_file("suites/a.toml", &format!("x = 'see{library}_name'\n"), None);
}

#[test]
fn large_files_are_refused_outside_vectors() {
    let large = |path: &str| {
        let file = File { path: path.to_owned(), octets: MAXIMUM_OCTETS + 1, text: None };
        let mut findings = Vec::new();
        check(&file, &mut findings);
        findings
    };
    assert_eq!(large("vectors/forged/jwe-tag.json"), Vec::<String>::new());
    let findings = large("suites/jwe-tag.toml");
    assert!(findings.len() == 1 && findings[0].contains("1048577 octets"), "{findings:?}");
}
