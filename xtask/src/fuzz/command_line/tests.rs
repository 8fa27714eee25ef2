//! The command line of `cargo xtask fuzz`.

use super::*;
use crate::exit::USAGE;

const SYNTAX: Syntax = Syntax {
    switches: &["--asan"],
    numbers: &["--seconds"],
    maybe_numbers: &["--plateau"],
    words: 2,
    has_rest: true,
};

fn read(line: &str) -> Result<Given, Failure> {
    let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
    SYNTAX.read(&words)
}

#[track_caller]
fn check_refused(line: &str, part: &str) {
    let failure = read(line).expect_err(line);
    assert_eq!(failure.code, USAGE);
    assert!(failure.message.contains(part), "{}", failure.message);
}

#[test]
fn words_flags_numbers_and_the_rest_are_read() {
    let given = read("json --seconds 5 claims --asan -- -jobs=2 --x").expect("it parses");
    assert_eq!(given.targets(), ["json", "claims"]);
    assert_eq!((given.number("--seconds"), given.has("--asan")), (Some(5), true));
    assert!(!given.has("--plateau"));
    assert_eq!(given.rest, ["-jobs=2", "--x"].map(OsString::from));
}

#[test]
fn a_plateau_may_have_its_number() {
    let given = read("--plateau 30 json").expect("it parses");
    assert_eq!((given.number("--plateau"), given.targets()), (Some(30), vec!["json".to_owned()]));
    let given = read("--plateau json").expect("it parses");
    assert!(given.has("--plateau") && given.number("--plateau").is_none());
    assert_eq!(given.targets(), ["json"]);
}

#[test]
fn nonsense_is_a_usage_error() {
    check_refused("a b c", "unexpected `c`");
    check_refused("a --seconds soon", "whole number");
    check_refused("a --seconds", "whole number");
    check_refused("a --seconds -1", "whole number");
    check_refused("--fast", "unexpected `--fast`");
}

#[test]
fn a_missing_file_is_a_usage_error() {
    let failure = read("json").expect("it parses").file(1, "a file").expect_err("one word");
    assert!(failure.message.starts_with("a file is missing\nusage: cargo xtask fuzz ACTION"));
}
