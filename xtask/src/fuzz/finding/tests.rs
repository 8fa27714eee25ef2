//! The class of a finding, from what processes printed.

use super::*;

fn class(lines: &str) -> Option<Class> {
    let mut report = Report::default();
    lines.lines().for_each(|line| report.read(line));
    report.class(Path::new("/r"))
}

#[track_caller]
fn check(lines: &str, text: &str, slug: &str) {
    let class = class(lines).expect("it is a finding");
    assert_eq!((class.to_string().as_str(), class.slug().as_str()), (text, slug));
}

#[test]
fn a_panic_is_its_place() {
    check(
        "INFO: Seed: 1\n\
         thread '<unnamed>' (77) panicked at /r/harness/reference/src/jwe/open.rs:142:17:\n\
         byte index 3 is not a char boundary; it is inside 'ü'\n\
         note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace\n\
         ==77== ERROR: libFuzzer: deadly signal\n\
         SUMMARY: libFuzzer: deadly signal",
        "panic at harness/reference/src/jwe/open.rs:142",
        "panic-reference-jwe-open-142",
    );
}

#[test]
fn the_octets_of_an_input_are_no_part_of_a_class() {
    let with = |text: &str| {
        let line = "thread '<unnamed>' panicked at /r/harness/invariants/src/text.rs:9:5:";
        class(&format!("{line}\n{text}\n==1== ERROR: libFuzzer: deadly signal"))
    };
    assert_eq!(with("left: \"../../etc; rm -rf\""), with("thread '' panicked at /r/b.rs:1:1:"));
}

#[test]
fn a_place_elsewhere_begins_with_its_crate() {
    check(
        "thread 'main' panicked at /home/u/.cargo/registry/src/index-1949cf/openssl-0.10.82/src/cipher_ctx.rs:176:9:\n\
         assertion failed: iv_len <= iv.len()",
        "panic at openssl-0.10.82/src/cipher_ctx.rs:176",
        "panic-openssl-0-10-82-cipher-ctx-176",
    );
    check(
        "thread 'main' panicked at /rustc/59807616e/library/core/src/str/mod.rs:833:21:\nbyte",
        "panic at core/src/str/mod.rs:833",
        "panic-core-str-mod-833",
    );
}

#[test]
fn differences_that_panic_in_one_place_are_told_apart() {
    check(
        "thread '<unnamed>' panicked at /r/harness/invariants/src/peers.rs:96:9:\n\
         a difference that is not explained: josekit accepts parse/tag-length\n\
         ==1== ERROR: libFuzzer: deadly signal",
        "panic at harness/invariants/src/peers.rs:96: josekit accepts parse/tag-length",
        "panic-invariants-peers-96-josekit-accepts-parse-tag-length",
    );
}

#[test]
fn what_is_no_panic_has_its_kind() {
    check("==1== ERROR: libFuzzer: timeout after 10 seconds", "timeout", "timeout");
    check("==1== ERROR: libFuzzer: out-of-memory (used: 2049Mb; limit: 2048Mb)", "oom", "oom");
    check("==1== ERROR: libFuzzer: deadly signal", "signal", "signal");
    check("==1== ERROR: libFuzzer: fuzz target exited", "exit", "exit");
    check("==1== ERROR: libFuzzer: something new", "unknown", "unknown");
}

#[test]
fn a_sanitizers_finding_is_the_first_frame_of_ours() {
    check(
        "==9==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x60 at pc 0x55\n\
         \x20   #0 0x55 in memcpy /build/asan_interceptors.cpp:90:3\n\
         \x20   #1 0x56 in reference::inflate::all /r/harness/reference/src/inflate.rs:44:9\n\
         \x20   #2 0x57 in invariants::check /r/harness/invariants/src/lib.rs:150:9",
        "heap-buffer-overflow at harness/reference/src/inflate.rs:44",
        "heap-buffer-overflow-reference-inflate-44",
    );
}

#[test]
fn a_good_end_has_no_class() {
    assert_eq!(class("Running: fuzz/seeds/json/a\nExecuted fuzz/seeds/json/a in 0 ms"), None);
}

#[test]
fn a_slug_is_a_harmless_file_name_whatever_the_place() {
    let long = "x/".repeat(300);
    let line = format!(
        "thread '<unnamed>' panicked at /r/..//$(id)`; *\u{202e}\"/{long}y.rs:3:1:\nmessage"
    );
    let slug = class(&line).expect("a panic").slug();
    assert!(slug.len() <= MOST_LETTERS && slug.starts_with("panic-id-x-x"), "{slug}");
    let is_harmless =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    assert!(slug.chars().all(is_harmless), "{slug}");
}
