//! Adapters that answer nothing, garbage or lies: the verdicts are about them, and the run ends.

use std::time::Duration;

use report::{Record, TargetSummary, Verdict};
use runner::exit;

use super::scripted::{asked, plan_of};

const HELLO: &str = r#"{"id":0,"accept":{"protocol":1,"implementation":{"name":"x","version":"1"},"operations":["jwe.decrypt"],"serializations":["compact"],"alg":["dir"],"enc":["A256GCM","A128GCM","A192GCM"],"sig":[],"keys":["jwk"],"inputs":["text"],"knobs":["allow"]}}"#;

/// Runs `jwe-tag/gcm-truncated` against a shell script that answers `hello`, then does `body` for
/// each request, whose number is in `$i`.
fn run(body: &str) -> (TargetSummary, Vec<Record>) {
    script(&format!(
        "read line; echo '{HELLO}'; i=1; while read -r line; do {body}; i=$((i+1)); done"
    ))
}

fn script(text: &str) -> (TargetSummary, Vec<Record>) {
    let plan = plan_of("jwe-tag/gcm-truncated", None);
    asked(&plan, ["sh", "-c", text], Duration::from_millis(300))
}

#[track_caller]
fn check(run: (TargetSummary, Vec<Record>), exit: i32, verdict: Verdict, note: &str) {
    let (summary, records) = run;
    assert_eq!(summary.exit, exit, "{summary:?}");
    let given_up =
        |record: &&Record| record.note.as_ref().is_some_and(|note| note.starts_with("not asked"));
    let asked: Vec<&Record> = records
        .iter()
        .filter(|record| record.verdict != Verdict::Unsupported && !given_up(record))
        .collect();
    assert!(!asked.is_empty(), "nothing was asked");
    for record in asked {
        assert_eq!(record.verdict, verdict, "{record:?}");
        assert!(record.note.clone().unwrap_or_default().contains(note), "{record:?}");
    }
}

#[test]
fn rejecting_everything_proves_nothing() {
    let body = r#"echo "{\"id\":$i,\"reject\":{\"kind\":\"No\",\"msg\":\"\"}}""#;
    check(run(body), exit::NOTHING, Verdict::Vacuous, "control");
}

#[test]
fn accepting_everything_fails() {
    let body = r#"echo "{\"id\":$i,\"accept\":{\"plaintext\":\"\",\"header\":\"{}\"}}""#;
    check(run(body), exit::FINDINGS, Verdict::Fail, "accepted with another plaintext");
}

#[test]
fn an_undocumented_error_for_everything_proves_nothing() {
    let body = r#"echo "{\"id\":$i,\"error\":{\"kind\":\"TypeError\",\"msg\":\"\"}}""#;
    check(run(body), exit::NOTHING, Verdict::Vacuous, "control");
}

#[test]
fn garbage_is_a_fault_and_the_run_ends() {
    check(run("echo garbage"), exit::TARGET, Verdict::Fault, "not one JSON object");
}

#[test]
fn octets_that_are_not_utf8_are_a_fault() {
    check(run(r"printf '\377\n'"), exit::TARGET, Verdict::Fault, "UTF-8");
}

#[test]
fn wrong_ids_are_faults() {
    let body = r#"echo "{\"id\":77,\"reject\":{\"kind\":\"No\",\"msg\":\"\"}}""#;
    check(run(body), exit::TARGET, Verdict::Fault, "the answer's id is 77");
}

#[test]
fn an_accept_without_its_members_is_a_fault() {
    let body = r#"echo "{\"id\":$i,\"accept\":{}}""#;
    check(run(body), exit::TARGET, Verdict::Fault, "`accept.plaintext` is missing");
}

#[test]
fn exiting_is_a_crash() {
    check(run("exit 7"), exit::TARGET, Verdict::Crash, "exited with code 7");
}

#[test]
fn exiting_while_a_child_keeps_the_output_open_is_a_crash() {
    check(run("sleep 3 & exit 7"), exit::TARGET, Verdict::Crash, "exited with code 7");
}

#[test]
fn dying_of_a_signal_is_a_crash() {
    check(run("kill -SEGV $$"), exit::TARGET, Verdict::Crash, "signal 11");
}

#[test]
fn silence_is_a_hang() {
    check(run("sleep 60"), exit::TARGET, Verdict::Hang, "no answer within 300 ms");
}

#[test]
fn a_flood_without_a_line_feed_is_a_fault_or_a_hang() {
    let (summary, records) = run("while :; do printf 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'; done");
    assert_eq!(summary.exit, exit::TARGET);
    assert!(records.iter().any(|r| matches!(r.verdict, Verdict::Hang | Verdict::Fault)));
}

#[test]
fn a_flood_on_standard_error_harms_nobody() {
    let body = r#"head -c 300000 /dev/zero >&2; echo "{\"id\":$i,\"reject\":{\"kind\":\"No\",\"msg\":\"\"}}""#;
    check(run(body), exit::NOTHING, Verdict::Vacuous, "control");
}

#[test]
fn a_second_answer_does_not_spoil_the_next_question() {
    let body = r#"echo "{\"id\":$i,\"reject\":{\"kind\":\"No\",\"msg\":\"\"}}"; echo "{\"id\":$i,\"reject\":{\"kind\":\"No\",\"msg\":\"\"}}""#;
    check(run(body), exit::NOTHING, Verdict::Vacuous, "control");
}

#[test]
fn a_command_that_does_not_exist_cannot_be_started() {
    let (summary, records) = script("exec /nonexistent/adapter");
    assert_eq!(summary.exit, exit::TARGET);
    assert!(summary.failure.unwrap().starts_with("cannot be started: the process exited"));
    assert!(records.is_empty());
}

#[test]
fn another_protocol_version_is_refused() {
    let (summary, _) =
        script(&format!("read line; echo '{}'", HELLO.replace("\"protocol\":1", "\"protocol\":2")));
    assert_eq!(
        summary.failure.as_deref(),
        Some("cannot be started: the adapter speaks protocol 2, the harness 1")
    );
}
