//! Lines as libFuzzer 0.4.13 and Rust 1.95 printed them.

use super::*;

#[track_caller]
fn check_progress(line: &str, figures: (u64, u64, u64, u64), is_start: bool) {
    let (executions, coverage, features, corpus) = figures;
    let progress = Progress { executions, coverage, features, corpus, is_start };
    assert_eq!(parse(line), Some(Line::Progress(progress)), "{line}");
}

#[track_caller]
fn check_position(line: &str, path: &str, number: u64) {
    match parse(line) {
        Some(Line::Panicked(position) | Line::Frame(position)) => {
            assert_eq!((position.path.as_str(), position.line), (path, number));
        }
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn progress_is_read() {
    let start = "#203\tINITED cov: 305 ft: 809 corp: 74/10803b exec/s: 0 rss: 30Mb";
    check_progress(start, (203, 305, 809, 74), true);
    let new = "#313\tNEW    cov: 314 ft: 924 corp: 91/16Kb lim: 2728 exec/s: 0 rss: 30Mb L: 274/2728 MS: 1 CMP- DE: \"\\000\"-";
    check_progress(new, (313, 314, 924, 91), false);
    let pulse =
        "#131072\tpulse  cov: 469 ft: 1891 corp: 490/72Kb lim: 2794 exec/s: 65536 rss: 30Mb";
    check_progress(pulse, (131_072, 469, 1891, 490), false);
    let done = "#359891\tDONE   cov: 476 ft: 1983 corp: 533/77Kb lim: 3157 exec/s: 89972 rss: 30Mb";
    check_progress(done, (359_891, 476, 1983, 533), false);
}

#[test]
fn words_of_an_input_are_no_figures() {
    let line = "#7\tNEW    cov: 3 ft: 4 corp: 2/9b lim: 4 exec/s: 0 rss: 30Mb L: 8/9 MS: 1 CMP- DE: \" cov: 999 \"-";
    check_progress(line, (7, 3, 4, 2), false);
}

#[test]
fn an_end_tells_the_exact_number() {
    assert_eq!(parse("stat::number_of_executed_units: 359891"), Some(Line::Executed(359_891)));
    assert_eq!(parse("stat::average_exec_per_sec:     89972"), None);
}

#[test]
fn a_panic_has_its_place() {
    let line = "thread '<unnamed>' (1234) panicked at /r/harness/invariants/src/text.rs:31:9:";
    check_position(line, "/r/harness/invariants/src/text.rs", 31);
    let line = "thread 'main' panicked at library/core/src/str/mod.rs:833:21:";
    check_position(line, "library/core/src/str/mod.rs", 833);
}

#[test]
fn errors_are_told_apart_by_their_words() {
    let lines = [
        ("==4711== ERROR: libFuzzer: deadly signal", "libFuzzer: deadly signal"),
        (
            "==12== ERROR: libFuzzer: timeout after 10 seconds",
            "libFuzzer: timeout after 10 seconds",
        ),
        (
            "==9==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000171 at pc 0x55",
            "AddressSanitizer: heap-buffer-overflow on address 0x602000000171 at pc 0x55",
        ),
    ];
    for (line, error) in lines {
        assert_eq!(parse(line), Some(Line::Error(error.to_owned())));
    }
}

#[test]
fn a_frame_has_its_place() {
    let line = "    #7 0x55d3a8f1c0e4 in reference::jwe::open::h4b1 /r/harness/reference/src/jwe.rs:142:17";
    check_position(line, "/r/harness/reference/src/jwe.rs", 142);
    assert_eq!(parse("    #8 0x7f12 in __libc_start_main (/lib/libc.so.6+0x2724a)"), None);
}

#[test]
fn everything_else_says_nothing() {
    let lines = [
        "",
        "#",
        "#\t",
        "#12",
        "#12\tNEW",
        "#x\tNEW cov: 1 ft: 1",
        "#12\tNEW cov: many",
        "INFO: Seed: 3628188857",
        "INFO: Loaded 1 modules   (38616 inline 8-bit counters): 38616 [0x55899baff0b8, 0x55899bb08790), ",
        "WARNING: Failed to find function \"__sanitizer_acquire_crash_state\".",
        "\"https://example.com/74\" # Uses: 42",
        "a word panicked at /r/x.rs:1:1:",
        "thread 'x' panicked at nowhere",
    ];
    for line in lines {
        assert_eq!(parse(line), None, "{line}");
    }
}
