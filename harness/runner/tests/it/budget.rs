//! Budgets: what a question costs beside its control.

use forge::Want;
use protocol::Answer;
use report::{Record, TargetSummary, Verdict};
use runner::budget::Measured;
use runner::exit;
use runner::judge::judge_budget;
use runner::meter::Usage;
use runner::outcome::{Event, Fault, FaultKind, Outcome};
use serde_json::{Map, json};
use suite::{Budget, Expectation, Level};

use super::scripted;

fn accept() -> Event {
    Event::Answer(Answer::accept(json!({"plaintext": "Zm9v", "header": "{}"})))
}

fn reject() -> Event {
    Event::Answer(Answer::reject("E", "no"))
}

fn hang() -> Event {
    let fault = Fault { kind: FaultKind::Hang, detail: "late".to_owned(), stderr: String::new() };
    Event::Fault(fault)
}

/// An asking that cost so many milliseconds and MiB beside a control of 20 ms and 40 MiB.
fn measured(event: Event, cpu_ms: u64, mib: u64) -> Measured {
    let is_ended_by_us = matches!(event, Event::Fault(_));
    Measured {
        control: Outcome { event: accept(), micros: 1 },
        outcome: Outcome { event, micros: 1 },
        control_cost: Usage { cpu_ms: 20, peak_kib: 40 << 10 },
        cost: Usage { cpu_ms, peak_kib: mib << 10 },
        is_ended_by_us,
    }
}

#[track_caller]
fn check(
    level: Level,
    accept: bool,
    first: &Measured,
    second: Option<&Measured>,
    verdict: Verdict,
    note: &str,
) {
    let expectation = Expectation {
        profile: "bcp".to_owned(),
        level,
        accept,
        reject: Some(vec!["decrypt/failed".to_owned()]),
        header: Map::new(),
        conceals: Vec::new(),
        why: None,
    };
    let want = Want::Plaintext(b"foo".to_vec());
    let budget = Budget::default();
    let judgement = judge_budget(&expectation, &want, &budget, first, second);
    assert_eq!(judgement.verdict, verdict, "{judgement:?}");
    assert!(judgement.note.clone().unwrap_or_default().contains(note), "{judgement:?}");
}

#[test]
fn time_is_over_when_ratio_and_milliseconds_are() {
    // 50 times 20 ms, and 300 ms more.
    let over = |cpu_ms| measured(reject(), cpu_ms, 40).over(&Budget::default()).is_some();
    assert!(!over(1000));
    assert!(over(1010));
    let small = Budget { cpu_ratio: 2.0, ..Budget::default() };
    let over = |cpu_ms| measured(reject(), cpu_ms, 40).over(&small).is_some();
    assert!(!over(320), "16 times, but not 300 ms more");
    assert!(over(330));
    // Whoever needs two seconds for everything is slow, not attacked.
    let mut slow = measured(reject(), 2900, 40);
    slow.control_cost.cpu_ms = 2000;
    assert_eq!(slow.over(&Budget::default()), None);
}

#[test]
fn a_control_below_a_tick_counts_as_one() {
    let mut quick = measured(reject(), 490, 40);
    quick.control_cost.cpu_ms = 0;
    assert_eq!(quick.over(&Budget::default()), None);
    quick.cost.cpu_ms = 510;
    let note = quick.over(&Budget::default()).unwrap();
    assert!(note.starts_with("510 ms of CPU time, 51 times the control's or more"), "{note}");
}

#[test]
fn memory_is_over_above_the_controls() {
    let over = |mib| measured(reject(), 20, mib).over(&Budget::default());
    assert_eq!(over(296), None);
    let note = over(297).unwrap();
    assert!(note.starts_with("257 MiB of memory more than the control's 40"), "{note}");
}

#[test]
fn the_level_says_what_an_answer_over_budget_is() {
    let over = measured(reject(), 5000, 40);
    let twice = Some(&over);
    check(Level::Must, true, &over, twice, Verdict::OverBudget, "250 times");
    check(Level::Should, true, &over, twice, Verdict::Warn, "over budget: 5000 ms");
    check(Level::May, true, &over, twice, Verdict::Choice, "over budget");
}

#[test]
fn what_had_to_be_ended_is_a_fault_at_every_level() {
    let over = measured(hang(), 5000, 40);
    for level in [Level::Must, Level::Should, Level::May] {
        check(level, true, &over, Some(&over), Verdict::OverBudget, "it had to be ended");
    }
    // Late without computing: it waits for something.
    let idle = measured(hang(), 30, 40);
    check(Level::Should, true, &idle, Some(&idle), Verdict::Hang, "late");
}

#[test]
fn over_budget_once_is_noise_unless_it_had_to_be_ended() {
    let over = measured(reject(), 1200, 40);
    let fine = measured(reject(), 20, 40);
    check(Level::Should, true, &over, Some(&fine), Verdict::Pass, "");
    let ended = measured(hang(), 5000, 40);
    check(Level::Should, true, &ended, Some(&fine), Verdict::Flaky, "once, not again");
    let late = measured(hang(), 30, 40);
    check(Level::Should, true, &late, Some(&fine), Verdict::Flaky, "hang once");
}

#[test]
fn within_the_budget_either_answer_is_right_where_both_are_listed() {
    for event in [accept(), reject()] {
        check(Level::Should, true, &measured(event, 30, 50), None, Verdict::Pass, "");
    }
    check(Level::Must, false, &measured(accept(), 30, 50), None, Verdict::Fail, "accepted");
    check(Level::May, true, &measured(reject(), 30, 50), None, Verdict::Choice, "within budget");
}

#[test]
fn a_control_that_is_refused_leaves_nothing_to_compare_with() {
    let mut over = measured(reject(), 5000, 40);
    over.control.event = reject();
    check(Level::Must, true, &over, Some(&over), Verdict::Vacuous, "control");
}

/// Asks a shell script for a header that is a thousand deep, which may cost 300 ms and 256 MiB.
fn run(body: &str) -> (TargetSummary, Record) {
    let (summary, records) = scripted::run("jwe-budget/deep-header", "alg=dir,depth=1000", body);
    assert_eq!(records.len(), 1, "{records:?}");
    (summary, records.into_iter().next().unwrap())
}

const REFUSES: &str = r#"echo "{\"id\":$i,\"reject\":{\"kind\":\"E\",\"msg\":\"no\"}}""#;

#[test]
fn a_target_that_computes_is_over_budget() {
    let body = format!("n=0; while [ $n -lt 1500000 ]; do n=$((n+1)); done; {REFUSES}");
    let (summary, record) = run(&body);
    assert_eq!(summary.exit, exit::CONFORMS, "a recommendation");
    assert_eq!(record.verdict, Verdict::Warn, "{record:?}");
    let note = record.note.unwrap();
    assert!(note.contains("ms of CPU time"), "{note}");
    let cost = |name: &str| record.answer["cost"][name]["cpu_ms"].as_u64().unwrap();
    assert!(cost("question") > 300 + cost("control"), "{}", record.answer);
}

#[test]
fn a_target_that_eats_memory_is_over_budget() {
    // Without a line feed `tail` keeps everything until the end.
    let body = format!("head -c 400000000 /dev/zero | tail | wc -c >&2; {REFUSES}");
    let (_, record) = run(&body);
    assert_eq!(record.verdict, Verdict::Warn, "{record:?}");
    assert!(record.note.unwrap().contains("MiB of memory more than the control's"));
}

#[test]
fn a_bomb_is_ended_before_it_harms_the_machine() {
    let body = format!("head -c 8000000000 /dev/zero | tail | wc -c >&2; {REFUSES}");
    let (summary, record) = run(&body);
    assert_eq!(record.verdict, Verdict::OverBudget, "{record:?}");
    assert!(record.note.unwrap().contains("it had to be ended"));
    assert_eq!(summary.exit, exit::FINDINGS);
}

#[test]
fn a_target_that_is_slow_by_a_constant_is_not_accused() {
    // The whole interview is slow: each line takes its time, the control's too.
    let body = format!("sleep 0.4; {REFUSES}");
    let (_, record) = run(&body);
    assert_eq!(record.verdict, Verdict::Pass, "{record:?}");
}

#[test]
fn a_target_that_is_fine_passes() {
    let (summary, record) = run(REFUSES);
    assert_eq!(record.verdict, Verdict::Pass, "{record:?}");
    assert_eq!(summary.exit, exit::CONFORMS);
    assert_eq!(record.answer["reject"]["msg"], "no");
}

#[test]
fn a_crash_stays_a_crash() {
    let (_, record) = run("exit 7");
    assert_eq!(record.verdict, Verdict::Crash, "{record:?}");
}
