//! The judge of relations: whether differently damaged tokens are refused in one and the same way.

use forge::Want;
use protocol::Answer;
use report::Verdict;
use suite::{Expectation, Level};

use super::{Accepted, Judgement, accepts, answered, because, beside, is_accepted, rejected};
use crate::outcome::{Event, Outcome};

/// Judges the outcomes of the members of a relation. `control` is the outcome of the untouched request,
/// `again` that of the first member asked a second time: what differs there differs for no reason of
/// the token.
#[must_use]
pub fn judge_relation(
    expectation: &Expectation,
    want: &Want,
    control: Option<&Outcome>,
    members: &[&Outcome],
    again: Option<&Outcome>,
) -> Judgement {
    let mut answers = Vec::new();
    for outcome in members {
        match answered(outcome, expectation.level) {
            Ok(answer) => answers.push(answer),
            Err(judgement) => return judgement,
        }
    }
    let against = match expectation.level {
        Level::Must | Level::AnyOf => Verdict::Fail,
        Level::Should => Verdict::Warn,
        Level::May => Verdict::Choice,
    };
    for (answer, number) in answers.iter().zip(1..) {
        match accepts(answer, want) {
            Accepted::No => {}
            Accepted::Malformed(text) => return because(Verdict::Fault, &text),
            Accepted::Right => return because(against, &format!("member {number}: accepted")),
            Accepted::Wrong(text) | Accepted::Unproven(text) => {
                return because(against, &format!("member {number}: {text}"));
            }
        }
    }
    for answer in answers.iter().copied().chain(control.and_then(answer_of)) {
        if let Answer::Unsupported { what, value } = answer {
            return because(Verdict::Unsupported, &format!("{what} {value}"));
        }
    }
    if !control.is_some_and(|control| is_accepted(want, control)) {
        return because(Verdict::Vacuous, &beside(control, want));
    }
    if answers.iter().any(|answer| is_by_the_adapter(answer)) {
        let text = "refused by the adapter, not by the library, so this proves nothing";
        return because(Verdict::Vacuous, text);
    }
    let Some((first, others)) = answers.split_first() else {
        return because(Verdict::Vacuous, "the relation has no members");
    };
    // A message that differs from itself, such as one with an address, is no answer to the token.
    let is_steady = again.and_then(answer_of).is_some_and(|again| again == *first);
    for (other, number) in others.iter().zip(2..) {
        if let Some(text) = difference(first, other, is_steady) {
            return because(against, &format!("members 1 and {number} differ: {text}"));
        }
    }
    if expectation.level == Level::May {
        return because(Verdict::Choice, "refuses all alike");
    }
    let mut judgement = rejected(expectation.reject.as_deref().unwrap_or_default(), first);
    if !is_steady && judgement.note.is_none() {
        judgement = because(
            judgement.verdict,
            "the message differs from one asking to the next, so only the kinds were compared",
        );
    }
    judgement
}

/// An outcome without what its message repeats of the request's `token`: a message that quotes what it
/// was sent tells nobody anything. Segments of fewer than eight characters stay.
#[must_use]
pub fn without_echo(outcome: &Outcome, token: &str) -> Outcome {
    let mut outcome = outcome.clone();
    if let Event::Answer(Answer::Reject { msg, .. } | Answer::Error { msg, .. }) =
        &mut outcome.event
    {
        for segment in token.split(['.', '"']).filter(|segment| segment.len() >= SHORTEST_ECHO) {
            *msg = msg.replace(segment, "…");
        }
    }
    outcome
}

fn answer_of(outcome: &Outcome) -> Option<&Answer> {
    match &outcome.event {
        Event::Answer(answer) => Some(answer),
        _ => None,
    }
}

fn is_by_the_adapter(answer: &Answer) -> bool {
    matches!(answer, Answer::Reject { kind, .. } if kind.starts_with("adapter-"))
}

/// What tells two refusals apart; messages only where they are a function of the token.
fn difference(first: &Answer, other: &Answer, with_messages: bool) -> Option<String> {
    let (a, b) = (Refusal::of(first)?, Refusal::of(other)?);
    let quoted = |text: Option<&str>| text.map_or("none".to_owned(), |text| format!("{text:?}"));
    if a.member != b.member {
        Some(format!("{} {:?} and {} {:?}", a.member, a.kind, b.member, b.kind))
    } else if a.kind != b.kind {
        Some(format!("kinds {:?} and {:?}", a.kind, b.kind))
    } else if with_messages && a.msg != b.msg {
        Some(format!("messages {:?} and {:?}", start(a.msg), start(b.msg)))
    } else if a.stage != b.stage {
        Some(format!("stages {} and {}", quoted(a.stage), quoted(b.stage)))
    } else {
        None
    }
}

/// The members of an answer that a caller of the library sees.
struct Refusal<'a> {
    member: &'static str,
    kind: &'a str,
    msg: &'a str,
    stage: Option<&'a str>,
}

impl<'a> Refusal<'a> {
    fn of(answer: &'a Answer) -> Option<Self> {
        match answer {
            Answer::Reject { kind, msg, stage } => {
                Some(Self { member: "reject", kind, msg, stage: stage.as_deref() })
            }
            Answer::Error { kind, msg } => Some(Self { member: "error", kind, msg, stage: None }),
            Answer::Accept(_) | Answer::Unsupported { .. } => None,
        }
    }
}

fn start(text: &str) -> String {
    text.chars().take(LONGEST_MESSAGE).collect()
}

/// Characters of a message that a note shows.
const LONGEST_MESSAGE: usize = 120;
/// Characters of the shortest segment that is looked for in a message.
const SHORTEST_ECHO: usize = 8;
