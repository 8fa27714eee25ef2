//! The judge: every level against every kind of outcome.

use forge::Want;
use protocol::Answer;
use report::Verdict;
use runner::judge::judge;
use runner::outcome::{Event, Fault, FaultKind, Outcome};
use serde_json::json;
use suite::{Expectation, Level};

fn outcome(event: Event) -> Outcome {
    Outcome { event, micros: 1 }
}

fn accept(plaintext: &str) -> Outcome {
    outcome(Event::Answer(Answer::accept(json!({"plaintext": plaintext, "header": "{}"}))))
}

fn reject(kind: &str) -> Outcome {
    outcome(Event::Answer(Answer::reject(kind, "")))
}

fn error() -> Outcome {
    outcome(Event::Answer(Answer::error("TypeError", "")))
}

fn unsupported() -> Outcome {
    outcome(Event::Answer(Answer::unsupported("alg", "dir")))
}

fn fault(kind: FaultKind) -> Outcome {
    outcome(Event::Fault(Fault { kind, detail: "seen".to_owned(), stderr: String::new() }))
}

fn expects(level: Level, accept: bool, reject: Option<&[&str]>) -> Expectation {
    Expectation {
        profile: "rfc".to_owned(),
        level,
        accept,
        reject: reject.map(|codes| codes.iter().map(|code| (*code).to_owned()).collect()),
        header: serde_json::Map::new(),
        conceals: Vec::new(),
        why: None,
    }
}

/// Judges an outcome for the plaintext `foo`; the control is accepted.
#[track_caller]
fn check(expectation: &Expectation, outcome: &Outcome, verdict: Verdict) {
    check_beside(expectation, Some(&accept("Zm9v")), outcome, verdict);
}

#[track_caller]
fn check_beside(
    expectation: &Expectation,
    control: Option<&Outcome>,
    outcome: &Outcome,
    verdict: Verdict,
) {
    let want = Want::Plaintext(b"foo".to_vec());
    let judgement = judge(expectation, &want, control, outcome);
    assert_eq!(judgement.verdict, verdict, "{judgement:?}");
}

#[test]
fn a_rejection_that_is_due_passes_and_an_acceptance_fails() {
    let must = expects(Level::Must, false, Some(&["decrypt/failed"]));
    check(&must, &reject("InvalidTag"), Verdict::Pass);
    check(&must, &reject("decrypt/failed"), Verdict::Pass);
    check(&must, &reject("parse/json"), Verdict::PassLoosely);
    check(&must, &reject("adapter-allow-list"), Verdict::PassLoosely);
    check(&must, &error(), Verdict::PassLoosely);
    check(&must, &accept("Zm9v"), Verdict::Fail);
    check(&must, &accept("YmFy"), Verdict::Fail);
    check(&must, &accept("not base64url!"), Verdict::Fault);
    check(&must, &unsupported(), Verdict::Unsupported);
}

#[test]
fn a_stage_that_is_another_is_told_apart() {
    let must = expects(Level::Must, false, Some(&["decrypt/failed"]));
    let at = |stage: &str| {
        let stage = Some(stage.to_owned());
        outcome(Event::Answer(Answer::Reject { kind: "E".to_owned(), msg: String::new(), stage }))
    };
    check(&must, &at("decrypt"), Verdict::Pass);
    check(&must, &at("parse"), Verdict::PassLoosely);
}

#[test]
fn a_rejection_beside_a_control_that_was_not_accepted_proves_nothing() {
    let must = expects(Level::Must, false, Some(&["decrypt/failed"]));
    for control in [reject("E"), error(), accept("YmFy"), fault(FaultKind::Crash)] {
        check_beside(&must, Some(&control), &reject("E"), Verdict::Vacuous);
        check_beside(&must, Some(&control), &accept("Zm9v"), Verdict::Fail);
    }
    check_beside(&must, Some(&unsupported()), &reject("E"), Verdict::Unsupported);
    check_beside(&must, Some(&unsupported()), &accept("Zm9v"), Verdict::Fail);
}

#[test]
fn an_acceptance_that_is_due_carries_the_right_content() {
    let must = expects(Level::Must, true, None);
    check_beside(&must, None, &accept("Zm9v"), Verdict::Pass);
    check_beside(&must, None, &accept("YmFy"), Verdict::Fail);
    check_beside(&must, None, &reject("E"), Verdict::Fail);
    check_beside(&must, None, &error(), Verdict::Fail);
    check(&must, &reject("E"), Verdict::Fail);
    check_beside(&must, Some(&reject("E")), &reject("E"), Verdict::Vacuous);
}

#[test]
fn should_warns_any_of_takes_both_and_may_records() {
    let should = expects(Level::Should, false, Some(&["decrypt/failed"]));
    check(&should, &accept("Zm9v"), Verdict::Warn);
    check(&should, &reject("E"), Verdict::Pass);
    let any_of = expects(Level::AnyOf, true, Some(&["decrypt/failed"]));
    check(&any_of, &accept("Zm9v"), Verdict::Pass);
    check(&any_of, &reject("E"), Verdict::Pass);
    check(&any_of, &accept("YmFy"), Verdict::Fail);
    let may = expects(Level::May, false, None);
    check(&may, &accept("Zm9v"), Verdict::Choice);
    check(&may, &accept("YmFy"), Verdict::Choice);
    check(&may, &reject("E"), Verdict::Choice);
    check_beside(&may, Some(&reject("E")), &reject("E"), Verdict::Vacuous);
}

#[test]
fn faults_are_verdicts_whatever_was_expected() {
    for level in [Level::Must, Level::Should, Level::May] {
        let expectation = expects(level, false, Some(&["decrypt/failed"]));
        check(&expectation, &fault(FaultKind::Crash), Verdict::Crash);
        check(&expectation, &fault(FaultKind::Hang), Verdict::Hang);
        check(&expectation, &fault(FaultKind::Protocol), Verdict::Fault);
    }
}

#[test]
fn claims_that_are_no_json_are_an_acceptance() {
    let must = expects(Level::Must, false, Some(&["claims/exp-type"]));
    let want = Want::Claims(json!({"exp": 1}));
    let answer = |claims: &str| outcome(Event::Answer(Answer::accept(json!({"claims": claims}))));
    let control = answer("{\"exp\":1.0}");
    let judgement = judge(&must, &want, Some(&control), &answer("{\"exp\":NaN}"));
    assert_eq!(judgement.verdict, Verdict::Fail, "{judgement:?}");
}

#[test]
fn a_header_of_another_signature_is_not_the_one_that_is_due() {
    let mut must = expects(Level::Must, true, None);
    must.header.insert("kid".to_owned(), "a".into());
    let with = |header: &str| {
        let body = json!({ "plaintext": "Zm9v", "header": header });
        outcome(Event::Answer(Answer::Accept(body.as_object().unwrap().clone())))
    };
    check_beside(&must, None, &with(r#"{"alg":"dir","kid":"a"}"#), Verdict::Pass);
    check_beside(&must, None, &with(r#"{"alg":"dir","kid":"b"}"#), Verdict::Fail);
    check_beside(&must, None, &with("{}"), Verdict::Fail);
}

#[test]
fn a_refusal_that_says_the_secret_is_none() {
    let mut should = expects(Level::Should, false, Some(&["key/malformed"]));
    should.conceals.push("c2VjcmV0".to_owned());
    let saying = |msg: &str| {
        let (kind, msg) = ("E".to_owned(), msg.to_owned());
        outcome(Event::Answer(Answer::Reject { kind, msg, stage: None }))
    };
    check(&should, &saying("no key"), Verdict::Pass);
    check(&should, &saying("no key: {k: c2VjcmV0}"), Verdict::Warn);
}

#[test]
fn a_connection_counts_as_the_level_says() {
    let contact = fault(FaultKind::Contact);
    check(&expects(Level::Must, false, Some(&[])), &contact, Verdict::Fail);
    check(&expects(Level::AnyOf, true, Some(&[])), &contact, Verdict::Fail);
    check(&expects(Level::Should, true, None), &contact, Verdict::Warn);
    check(&expects(Level::May, true, None), &contact, Verdict::Choice);
}
