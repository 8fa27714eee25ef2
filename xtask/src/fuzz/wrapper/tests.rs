//! Which flags a crate is compiled with.

use super::*;

/// As cargo-fuzz and cargo call for AddressSanitizer.
const GIVEN: &[&str] = &[
    "--crate-name",
    "NAME",
    "src/lib.rs",
    "-C",
    "opt-level=3",
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg",
    "fuzzing",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "-Zsanitizer=address",
    "-Cdebug-assertions",
];

fn words(words: &[&str], name: &str) -> Vec<OsString> {
    words.iter().map(|word| if *word == "NAME" { name.into() } else { word.into() }).collect()
}

#[track_caller]
fn check(name: &str, expected: &[&str]) {
    let given = words(GIVEN, name);
    assert_eq!(suited(&given), words(expected, name).iter().collect::<Vec<_>>(), "{name}");
}

#[test]
fn a_primitive_loses_the_instrumentation_alone() {
    let kept = [
        "--crate-name",
        "NAME",
        "src/lib.rs",
        "-C",
        "opt-level=3",
        "--cfg",
        "fuzzing",
        "-Zsanitizer=address",
        "-Cdebug-assertions",
    ];
    check("rsa", &kept);
    check("crypto_bigint", &kept);
}

#[test]
fn without_a_sanitizer_it_loses_debug_assertions_too() {
    let without: Vec<&str> =
        GIVEN.iter().copied().filter(|word| !word.starts_with("-Zsanitizer")).collect();
    let given = words(&without, "rsa");
    assert!(!suited(&given).iter().any(|word| *word == "-Cdebug-assertions"));
    let given = words(&without, "reference");
    assert!(suited(&given).iter().any(|word| *word == "-Cdebug-assertions"));
}

#[test]
fn what_reads_input_keeps_it() {
    for name in ["reference", "serde_json", "der", "miniz_oxide", "rsa_of_another"] {
        check(name, GIVEN);
    }
}

#[test]
fn questions_about_the_compiler_pass_unchanged() {
    let given = words(&["-vV"], "");
    assert_eq!(suited(&given), [&given[0]]);
}

#[test]
fn only_a_compiler_in_front_makes_a_wrapper() {
    for (arguments, expected) in [
        (&["/toolchain/bin/rustc", "-vV"][..], true),
        (&["rustc", "--crate-name", "rsa"], true),
        (&["fuzz", "run"], false),
        (&["tidy", "rustc"], false),
        (&[], false),
    ] {
        assert_eq!(is_called(&words(arguments, "")), expected, "{arguments:?}");
    }
}

/// Each name is a crate that is built: one that was renamed would be instrumented again, and nobody would notice.
#[test]
fn every_primitive_stands_in_the_lock_file() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/Cargo.lock");
    let lock = std::fs::read_to_string(file).unwrap();
    let names: Vec<String> = lock
        .lines()
        .filter_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"'))
        .map(|name| name.replace('-', "_"))
        .collect();
    for name in PRIMITIVES {
        assert!(names.iter().any(|known| known == name), "{name}");
    }
}
