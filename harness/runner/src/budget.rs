//! What a question costs beside its control: asked alone, in a process of its own, under limits.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, Signal, prlimit};
use serde_json::{Value, json};
use suite::Budget;

use crate::child::{Launch, Process, pid, signal_group};
use crate::meter::{self, TICK_MS, Usage};
use crate::outcome::{Event, FaultKind, Outcome};
use crate::plan::Planned;

/// What one asking of a question showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The outcome of the control, on a line as long as the question's.
    pub control: Outcome,
    /// The outcome of the question.
    pub outcome: Outcome,
    /// What the control cost.
    pub control_cost: Usage,
    /// What the question cost, until its answer or its end.
    pub cost: Usage,
    /// Whether we ended it: at the limit of memory or of CPU time, or because no answer came.
    pub is_ended_by_us: bool,
}

impl Measured {
    /// What is over the budget, as a note; `None` within it.
    #[must_use]
    pub fn over(&self, budget: &Budget) -> Option<String> {
        let (control, cost) = (self.control_cost, self.cost);
        // A control below a tick counts as one: the ratio is never overstated.
        let ratio = approximate(cost.cpu_ms) / approximate(control.cpu_ms.max(TICK_MS));
        let more_ms = cost.cpu_ms.saturating_sub(control.cpu_ms);
        let more_mib = cost.peak_kib.saturating_sub(control.peak_kib) / 1024;
        let mut notes = Vec::new();
        if ratio > budget.cpu_ratio && more_ms > budget.cpu_ms {
            notes.push(format!(
                "{} ms of CPU time, {ratio:.0} times the control's or more; the budget is {} times \
                 and {} ms",
                cost.cpu_ms, budget.cpu_ratio, budget.cpu_ms
            ));
        }
        if more_mib > budget.memory_mib {
            notes.push(format!(
                "{more_mib} MiB of memory more than the control's {}; the budget is {} MiB",
                control.peak_kib / 1024,
                budget.memory_mib
            ));
        }
        (!notes.is_empty()).then(|| notes.join("; "))
    }

    /// As it stands in a record's `answer`: the outcome's members, and the cost.
    #[must_use]
    pub fn to_value(&self) -> Value {
        let mut value = self.outcome.to_value();
        let one = |usage: Usage| json!({"cpu_ms": usage.cpu_ms, "peak_mib": usage.peak_kib / 1024});
        if let Value::Object(members) = &mut value {
            let cost = json!({"question": one(self.cost), "control": one(self.control_cost)});
            members.insert("cost".to_owned(), cost);
        }
        value
    }
}

/// Asks a question in a fresh process, behind its control: the control twice, so that it is measured
/// warm, the second time with a member that nobody knows and that makes its line as long as the
/// question's. What it takes to read a long line is the adapter's cost, not the library's.
#[must_use]
pub fn measure(
    launch: &Launch,
    control: &Planned,
    question: &Planned,
    budget: &Budget,
) -> Measured {
    let mut measured = Measured {
        control: Outcome { event: Event::NotAsked, micros: 0 },
        outcome: Outcome { event: Event::NotAsked, micros: 0 },
        control_cost: Usage::default(),
        cost: Usage::default(),
        is_ended_by_us: false,
    };
    // What counts is CPU time: a machine that is busy otherwise gets an answer later.
    let patient = Launch { deadline: launch.deadline * PATIENCE, ..launch.clone() };
    let mut process = match Process::start(&patient) {
        Ok((process, _)) => process,
        Err(fault) => {
            measured.outcome.event = Event::Fault(fault);
            return measured;
        }
    };
    restrain(process.group());
    let heavy = with_ballast(control, question);
    let cpu_ms = u64::try_from(launch.deadline.as_millis()).unwrap_or(u64::MAX);
    let mut limit = Usage { cpu_ms, peak_kib: ENOUGH_KIB };
    for planned in [control, &heavy] {
        let asked = watched(&mut process, planned, limit);
        measured.control = asked.outcome;
        measured.control_cost = asked.cost;
        if !matches!(measured.control.event, Event::Answer(_)) {
            return measured;
        }
    }
    let more_kib = (HARD * budget.memory_mib * 1024).max(HARD_KIB);
    limit.peak_kib = measured.control_cost.peak_kib + more_kib;
    let asked = watched(&mut process, question, limit);
    measured.outcome = asked.outcome;
    measured.cost = asked.cost;
    let fault = match &measured.outcome.event {
        Event::Fault(fault) => Some(fault.kind),
        _ => None,
    };
    measured.is_ended_by_us = asked.is_over || fault == Some(FaultKind::Hang);
    process.close();
    measured
}

struct Asked {
    outcome: Outcome,
    cost: Usage,
    is_over: bool,
}

/// Asks while a second thread looks at what the group uses and ends it above a limit.
fn watched(process: &mut Process, planned: &Planned, limit: Usage) -> Asked {
    let group = process.group();
    meter::forget_peaks(group);
    let before = meter::read(group).unwrap_or_default();
    let is_done = AtomicBool::new(false);
    let (outcome, (last, is_over)) = thread::scope(|scope| {
        let limit = Usage { cpu_ms: before.cpu_ms + limit.cpu_ms, ..limit };
        let is_done = &is_done;
        let watcher = scope.spawn(move || watch(group, limit, is_done));
        let outcome = match process.ask(planned.operation, &planned.input) {
            Ok((answer, micros)) => Outcome { event: Event::Answer(answer), micros },
            Err(fault) => Outcome { event: Event::Fault(fault), micros: 0 },
        };
        is_done.store(true, Ordering::Release);
        (outcome, watcher.join().unwrap_or_default())
    });
    // A process that ended is read no more; the watcher's last look is what there is.
    let after = meter::read(group).unwrap_or_default();
    let cost = Usage {
        cpu_ms: after.cpu_ms.max(last.cpu_ms).saturating_sub(before.cpu_ms),
        peak_kib: after.peak_kib.max(last.peak_kib),
    };
    Asked { outcome, cost, is_over }
}

fn watch(group: u32, limit: Usage, is_done: &AtomicBool) -> (Usage, bool) {
    let mut last = Usage::default();
    while !is_done.load(Ordering::Acquire) {
        if let Some(usage) = meter::read(group) {
            last.cpu_ms = last.cpu_ms.max(usage.cpu_ms);
            last.peak_kib = last.peak_kib.max(usage.peak_kib);
            if usage.peak_kib > limit.peak_kib || usage.cpu_ms > limit.cpu_ms {
                signal_group(group, Signal::KILL);
                return (last, true);
            }
        }
        thread::sleep(LOOK_EVERY);
    }
    (last, false)
}

/// The last line of defence, should memory grow faster than it is looked at. Address space is not
/// limited: some runtimes reserve far more of it than they ever use.
fn restrain(group: u32) {
    let Some(pid) = pid(group) else { return };
    for (resource, limit) in [(Resource::Data, DATA_OCTETS), (Resource::Cpu, CPU_SECONDS)] {
        let limit = Rlimit { current: Some(limit), maximum: Some(limit) };
        // Where it is refused, the watcher remains.
        let _ = prlimit(Some(pid), resource, limit);
    }
}

/// The control with a member that no adapter knows, as long as what the question has more.
fn with_ballast(control: &Planned, question: &Planned) -> Planned {
    let length = |planned: &Planned| Value::Object(planned.input.clone()).to_string().len();
    let missing = length(question).saturating_sub(length(control));
    let mut heavy = control.clone();
    if missing > 0 {
        heavy.input.insert("ballast".to_owned(), "x".repeat(missing).into());
    }
    heavy
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of a question are far below 2^52")]
fn approximate(count: u64) -> f64 {
    count as f64
}

/// How often a group is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// KiB at which a control is ended.
const ENOUGH_KIB: u64 = 4 << 20;
/// Multiples of the budget's memory at which a question is ended, and the KiB below which it is not.
const HARD: u64 = 4;
const HARD_KIB: u64 = 1 << 20;
/// Multiples of the deadline that pass before an answer is late; the deadline itself is one of CPU time.
const PATIENCE: u32 = 4;
/// Octets of private memory that a process gets.
const DATA_OCTETS: u64 = 6 << 30;
/// Seconds of CPU time that a process gets in its life.
const CPU_SECONDS: u64 = 120;
