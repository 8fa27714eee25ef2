//! The command line: usage errors, and where they lead.

use std::path::Path;
use std::process::Command;

/// Runs the binary on this repository and returns exit code, standard output and standard error.
fn touchstone(arguments: &[&str]) -> (i32, String, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let output = Command::new(env!("CARGO_BIN_EXE_touchstone"))
        .args(arguments)
        .env("TOUCHSTONE_ROOT", root)
        .output()
        .unwrap();
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}

#[track_caller]
fn refused(arguments: &[&str], said: &str) {
    let (code, _, stderr) = touchstone(arguments);
    assert_eq!(code, 4, "{stderr}");
    assert!(stderr.contains(said), "{stderr}");
}

#[test]
fn wrong_usage_leads_to_4_and_says_what_to_do() {
    refused(&["conformance", "--no-such-flag"], "unexpected argument");
    refused(&["conformance", "--target", "nobody"], "unknown target `nobody`; there are");
    refused(&["conformance", "--profile", "nobody"], "unknown profile `nobody`; there are");
    refused(&["conformance", "--filter", "nothing/*"], "no case matches");
    refused(&["conformance", "--report", "pdf=x"], "formats are text, jsonl, junit");
    refused(&["conformance", "--shard", "3/2"], "wants i/n");
    refused(&["conformance", "--deadline-ms", "0"], "0 is not in 1..");
    refused(&["conformance", "--report", "jsonl=/proc/nope/x"], "/proc/nope");
    refused(&["conformance", "--command", "'unclosed"], "check its quotes");
    refused(&["explain", "nobody/nothing"], "is no case, rejection code or requirement");
    refused(&["repro", "nobody/nothing"], "no case matches");
    refused(&["diff", "/nonexistent", "/nonexistent"], "/nonexistent");
}

#[test]
fn a_case_is_explained_with_its_rule_and_its_control() {
    let (code, stdout, _) = touchstone(&["explain", "jwe-tag/gcm-truncated"]);
    assert_eq!(code, 0);
    assert!(stdout.contains("A GCM tag shorter than 128 bits is refused."), "{stdout}");
    assert!(stdout.contains("RFC 7518 §5.3"), "{stdout}");
    assert!(stdout.contains("Control: jwe-control/plain"), "{stdout}");
    assert!(stdout.contains("CVE-2018-1000539"), "{stdout}");
}

#[test]
fn a_code_and_a_requirement_are_explained() {
    let (code, stdout, _) = touchstone(&["explain", "decrypt/failed"]);
    assert_eq!(code, 0);
    assert!(stdout.contains("expected by jwe-tag/gcm-truncated"), "{stdout}");
    let (code, stdout, _) = touchstone(&["explain", "JWA-044"]);
    assert_eq!(code, 0);
    assert!(stdout.contains("cited by jwe-tag/gcm-truncated"), "{stdout}");
}

#[test]
fn a_question_is_reproduced_segment_by_segment() {
    let cell = "alg=dir,enc=A256GCM,keep=12";
    let (code, stdout, stderr) = touchstone(&["repro", "jwe-tag/gcm-truncated", "--cell", cell]);
    assert_eq!(code, 0, "{stderr}");
    assert!(stdout.contains("changed: Tag Truncate(12)"), "{stdout}");
    assert!(stdout.contains(" ≠ tag: "), "{stdout}");
    assert!(stdout.contains("(12 octets)\n     the control has"), "{stdout}");
    assert!(stdout.contains("\"op\":\"jwe.decrypt\""), "{stdout}");
}

#[test]
fn the_forged_cases_are_the_same_octets_each_time() {
    let export = || {
        let folder = tempfile::tempdir().unwrap();
        let (code, _, stderr) =
            touchstone(&["vectors", "export", &folder.path().display().to_string()]);
        assert_eq!(code, 0, "{stderr}");
        std::fs::read_to_string(folder.path().join("jwe-tag.jsonl")).unwrap()
    };
    let first = export();
    assert!(first.lines().count() >= 96);
    assert!(first.starts_with("{\"case\":\"jwe-tag/"), "{}", &first[..80]);
    assert_eq!(first, export());
}
