//! The command line of `cargo xtask fuzz`.

use super::*;
use crate::exit::USAGE as USAGE_CODE;

fn parse(line: &str) -> Result<Arguments, Failure> {
    let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
    Arguments::parse(&words)
}

#[track_caller]
fn check_refused(line: &str, part: &str) {
    let failure = parse(line).expect_err(line);
    assert_eq!(failure.code, USAGE_CODE);
    assert!(failure.message.contains(part), "{}", failure.message);
}

#[test]
fn a_run_has_its_target_time_and_rest() {
    let arguments = parse("run compact_jwe --seconds 5 --asan -- -jobs=2 --x").expect("it parses");
    assert_eq!(arguments.action, Action::Run);
    assert_eq!(arguments.target.as_deref(), Some("compact_jwe"));
    assert_eq!((arguments.seconds, arguments.with_asan), (5, true));
    assert_eq!(arguments.rest, ["-jobs=2", "--x"].map(OsString::from));
}

#[test]
fn a_minute_without_a_sanitizer_is_the_default() {
    let arguments = parse("run compact_jwe").expect("it parses");
    assert_eq!((arguments.seconds, arguments.with_asan), (60, false));
    assert!(arguments.rest.is_empty());
}

#[test]
fn nonsense_is_a_usage_error() {
    check_refused("", "usage:");
    check_refused("fly", "usage:");
    check_refused("run a b", "unexpected `b`");
    check_refused("run a --seconds soon", "whole number");
    check_refused("build --fast", "unexpected `--fast`");
}
