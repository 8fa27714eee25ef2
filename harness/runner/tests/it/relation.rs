//! Relations: differently damaged tokens have to be refused alike.

use forge::Want;
use protocol::Answer;
use report::{Record, TargetSummary, Verdict};
use runner::exit;
use runner::judge::{judge_relation, without_echo};
use runner::outcome::{Event, Fault, FaultKind, Outcome};
use serde_json::json;
use suite::{Expectation, Level};

use super::scripted;

fn outcome(event: Event) -> Outcome {
    Outcome { event, micros: 1 }
}

fn accept() -> Outcome {
    outcome(Event::Answer(Answer::accept(json!({"plaintext": "Zm9v", "header": "{}"}))))
}

fn reject(kind: &str, msg: &str) -> Outcome {
    outcome(Event::Answer(Answer::reject(kind, msg)))
}

fn error(kind: &str) -> Outcome {
    outcome(Event::Answer(Answer::error(kind, "")))
}

fn staged(stage: &str) -> Outcome {
    let stage = Some(stage.to_owned());
    outcome(Event::Answer(Answer::Reject { kind: "E".to_owned(), msg: String::new(), stage }))
}

fn fault(kind: FaultKind) -> Outcome {
    outcome(Event::Fault(Fault { kind, detail: "seen".to_owned(), stderr: String::new() }))
}

/// Judges the members beside an accepted control; the first one answers the same again.
#[track_caller]
fn check(level: Level, members: &[Outcome], verdict: Verdict, note: &str) {
    check_beside(level, &accept(), members, members.first().unwrap(), verdict, note);
}

#[track_caller]
fn check_beside(
    level: Level,
    control: &Outcome,
    members: &[Outcome],
    again: &Outcome,
    verdict: Verdict,
    note: &str,
) {
    let expectation = Expectation {
        profile: "rfc".to_owned(),
        level,
        accept: false,
        reject: Some(vec!["decrypt/failed".to_owned()]),
        header: serde_json::Map::new(),
        conceals: Vec::new(),
        why: None,
    };
    let want = Want::Plaintext(b"foo".to_vec());
    let members: Vec<&Outcome> = members.iter().collect();
    let judgement = judge_relation(&expectation, &want, Some(control), &members, Some(again));
    assert_eq!(judgement.verdict, verdict, "{judgement:?}");
    assert!(judgement.note.clone().unwrap_or_default().contains(note), "{judgement:?}");
}

#[test]
fn the_same_refusal_of_all_passes() {
    let same = [reject("E", "no"), reject("E", "no"), reject("E", "no")];
    check(Level::Must, &same, Verdict::Pass, "");
    check(Level::Should, &same, Verdict::Pass, "");
    check(Level::May, &same, Verdict::Choice, "refuses all alike");
    let undocumented = [error("TypeError"), error("TypeError")];
    check(Level::Must, &undocumented, Verdict::PassLoosely, "undocumented error");
    let elsewhere = [reject("parse/json", ""), reject("parse/json", "")];
    check(Level::Must, &elsewhere, Verdict::PassLoosely, "expected decrypt/failed");
}

#[test]
fn each_member_of_a_refusal_tells_two_apart() {
    let plain = || reject("E", "no");
    for (other, note) in [
        (reject("F", "no"), "members 1 and 3 differ: kinds \"E\" and \"F\""),
        (reject("E", "no: 17 octets"), "messages \"no\" and \"no: 17 octets\""),
        (error("E"), "reject \"E\" and error \"E\""),
    ] {
        let members = [plain(), plain(), other];
        check(Level::Must, &members, Verdict::Fail, note);
        check(Level::Should, &members, Verdict::Warn, note);
        check(Level::May, &members, Verdict::Choice, note);
    }
    let stages = [staged("decrypt"), staged("parse")];
    check(Level::Must, &stages, Verdict::Fail, "stages \"decrypt\" and \"parse\"");
}

#[test]
fn a_message_that_differs_from_itself_accuses_nobody() {
    let members = [reject("E", "at 0x7f01"), reject("E", "at 0x7f02")];
    let again = reject("E", "at 0x7f03");
    check_beside(Level::Must, &accept(), &members, &again, Verdict::Pass, "one asking to the next");
    let members = [reject("E", "at 0x7f01"), reject("F", "at 0x7f02")];
    check_beside(Level::Must, &accept(), &members, &again, Verdict::Fail, "kinds");
}

#[test]
fn an_acceptance_stands_without_its_control() {
    let members = [reject("E", ""), accept()];
    check(Level::Must, &members, Verdict::Fail, "member 2: accepted");
    let refused = reject("E", "");
    check_beside(Level::Must, &refused, &members, &refused, Verdict::Fail, "member 2: accepted");
}

#[test]
fn what_proves_nothing_is_no_pass() {
    let members = [reject("E", ""), reject("E", "")];
    let refused = reject("E", "");
    check_beside(Level::Must, &refused, &members, &refused, Verdict::Vacuous, "control");
    let adapter = [reject("adapter-length", ""), reject("adapter-length", "")];
    check(Level::Must, &adapter, Verdict::Vacuous, "by the adapter");
    let one = [reject("E", ""), reject("adapter-length", "")];
    check(Level::Must, &one, Verdict::Vacuous, "by the adapter");
    let unsupported = outcome(Event::Answer(Answer::unsupported("alg", "RSA1_5")));
    check(Level::Must, &[reject("E", ""), unsupported], Verdict::Unsupported, "RSA1_5");
}

#[test]
fn a_fault_of_one_member_stands() {
    check(Level::Must, &[reject("E", ""), fault(FaultKind::Crash)], Verdict::Crash, "seen");
    check(Level::May, &[fault(FaultKind::Hang), reject("E", "")], Verdict::Hang, "seen");
}

#[test]
fn what_a_message_repeats_of_its_token_is_no_difference() {
    let token = |tag: &str| format!("eyJhbGciOiJkaXIifQ..aXZpdml2aXY.Y2lwaGVy.{tag}");
    let member = |tag: &str| {
        let refused = reject("Integrity", &format!("tag check failed: {tag}"));
        without_echo(&refused, &token(tag))
    };
    let members = [member("pp9_gtk31orDRDM97n0MuA"), member("Jp9_gtk31orDRDM97n0MuA")];
    check(Level::Must, &members, Verdict::Pass, "");
    // What is not of the token stays: an oracle may print what it decrypted.
    let shown = without_echo(&reject("Integrity", "bad padding of 0b0b0b0b"), &token("dGFn"));
    assert_eq!(shown, reject("Integrity", "bad padding of 0b0b0b0b"));
    let json = r#"{"ciphertext":"Y2lwaGVy","tag":"dGFndGFndGFn"}"#;
    assert_eq!(
        without_echo(&error("E"), json),
        error("E"),
        "an error without a message is left as it is"
    );
    let refused = reject("E", "dGFndGFndGFn is wrong");
    assert_eq!(without_echo(&refused, json), reject("E", "… is wrong"));
}

/// Asks a shell script the case `jwe-oracle/gcm` with `dir` and A256GCM.
fn run(body: &str) -> (TargetSummary, Vec<Record>) {
    scripted::run("jwe-oracle/gcm", "alg=dir,enc=A256GCM", body)
}

#[test]
fn a_target_with_one_refusal_passes() {
    let body = r#"echo "{\"id\":$i,\"reject\":{\"kind\":\"E\",\"msg\":\"no\"}}""#;
    let (summary, records) = run(body);
    assert_eq!(summary.exit, exit::CONFORMS, "{records:?}");
    assert_eq!(records.len(), 1, "one record a question");
    assert_eq!(records[0].verdict, Verdict::Pass, "{records:?}");
    assert_eq!(records[0].answer["members"].as_array().unwrap().len(), 5);
    assert_eq!(records[0].answer["members"][4]["reject"]["msg"], "no");
}

#[test]
fn a_target_whose_message_depends_on_the_token_is_warned_of() {
    let body = r#"sum=$(printf '%s' "${line#*\"token\"}" | cksum | cut -d' ' -f1); echo "{\"id\":$i,\"reject\":{\"kind\":\"E\",\"msg\":\"block $sum\"}}""#;
    let (_, records) = run(body);
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].verdict, Verdict::Warn, "{records:?}");
    let note = records[0].note.as_ref().unwrap();
    assert!(note.contains("members 1 and 2 differ: messages \"block "), "{note}");
}

#[test]
fn a_target_whose_messages_never_repeat_is_not_accused() {
    let body = r#"echo "{\"id\":$i,\"reject\":{\"kind\":\"E\",\"msg\":\"at $$.$i\"}}""#;
    let (_, records) = run(body);
    assert_eq!(records[0].verdict, Verdict::Pass, "{records:?}");
    assert!(records[0].note.as_ref().unwrap().contains("only the kinds were compared"));
}
