//! The judge of budgets: what an answer cost, and then what it says.

use forge::Want;
use report::Verdict;
use suite::{Budget, Expectation, Level};

use super::{Judgement, answered, because, beside, is_accepted, judge, plain};
use crate::budget::Measured;
use crate::outcome::Event;

/// Judges one asking of a question, and a second one in another process where the first was over the
/// budget or a fault. Over the budget by itself is judged by the level. What had to be ended, at the
/// limit of memory or of CPU time, is a fault like a crash or a hang, whatever the level.
#[must_use]
pub fn judge_budget(
    expectation: &Expectation,
    want: &Want,
    budget: &Budget,
    first: &Measured,
    second: Option<&Measured>,
) -> Judgement {
    let last = second.unwrap_or(first);
    if matches!(first.control.event, Event::NotAsked) {
        return match answered(&first.outcome, expectation.level) {
            Ok(_) => because(Verdict::Fault, "not asked"),
            Err(judgement) => judgement,
        };
    }
    if !is_accepted(want, &first.control) || !is_accepted(want, &last.control) {
        return because(Verdict::Vacuous, &beside(Some(&first.control), want));
    }
    match (first.over(budget), second.map(|second| second.over(budget))) {
        (Some(_), None | Some(Some(_))) => {
            let note = last.over(budget).unwrap_or_default();
            over(expectation, last, &note)
        }
        (Some(note), Some(None)) if first.is_ended_by_us => {
            because(Verdict::Flaky, &format!("once, not again: {note}; it had to be ended"))
        }
        // Near the bound a measure falls on either side: nobody is accused of that.
        (Some(_), Some(None)) | (None, _) => within(expectation, want, first, second),
    }
}

fn over(expectation: &Expectation, measured: &Measured, note: &str) -> Judgement {
    if measured.is_ended_by_us {
        return because(Verdict::OverBudget, &format!("{note}; it had to be ended"));
    }
    match expectation.level {
        Level::Must | Level::AnyOf => because(Verdict::OverBudget, note),
        Level::Should => because(Verdict::Warn, &format!("over budget: {note}")),
        Level::May => because(Verdict::Choice, "over budget"),
    }
}

/// The cost is fine; a fault stands if it came twice, and the answer is judged where it is not free.
fn within(
    expectation: &Expectation,
    want: &Want,
    first: &Measured,
    second: Option<&Measured>,
) -> Judgement {
    if let Some(second) = second {
        let kinds = [first, second].map(|measured| match &measured.outcome.event {
            Event::Fault(fault) => Some(fault.kind),
            _ => None,
        });
        let [once, again] = kinds;
        if once != again
            && let Some(kind) = once.or(again)
        {
            let text = format!("{} once, not again in a fresh process", kind.name());
            return because(Verdict::Flaky, &text);
        }
    }
    let last = second.unwrap_or(first);
    if let Err(judgement) = answered(&last.outcome, expectation.level) {
        return judgement;
    }
    let is_free = expectation.accept && expectation.reject.is_some();
    match expectation.level {
        Level::May => because(Verdict::Choice, "within budget"),
        _ if is_free => plain(Verdict::Pass),
        _ => judge(expectation, want, Some(&last.control), &last.outcome),
    }
}
