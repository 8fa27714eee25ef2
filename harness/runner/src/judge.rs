//! The judge: pure, and blind to which target it judges.

mod budget;
mod manner;
mod produced;
mod relation;

use std::borrow::Cow;

use forge::examine::Check;
use forge::{Built, Want};
use protocol::Answer;
use protocol::answer::Malformed;
use rejection::Rejection;
use report::{Verdict, printable};
use serde_json::{Map, Value};
use suite::{Expectation, Level};

use crate::outcome::{Event, FaultKind, Outcome};

pub use budget::judge_budget;
pub use relation::{judge_relation, without_echo};

/// A verdict and, where it is not plain, its reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// Why.
    pub note: Option<String>,
}

/// Judges an outcome under an expectation. `control` is the outcome of the untouched request of a
/// negative case, and `None` for a positive one.
#[must_use]
pub fn judge(
    expectation: &Expectation,
    want: &Want,
    control: Option<&Outcome>,
    outcome: &Outcome,
) -> Judgement {
    let answer = match answered(outcome, expectation.level) {
        Ok(answer) => answer,
        Err(judgement) => return judgement,
    };
    if let Answer::Unsupported { what, value } = answer {
        return because(Verdict::Unsupported, &format!("{what} {value}"));
    }
    let accepted = match (want, accepts(answer, want)) {
        // Whoever does not make a thing makes it neither right nor wrong.
        (Want::Produced(produced), Accepted::No) if produced.check != "made" => {
            Accepted::Unproven(format!("nothing was made: {}", answer.to_value()))
        }
        (_, accepted) => accepted,
    };
    if let Accepted::Unproven(text) = &accepted {
        return because(Verdict::Vacuous, text);
    }
    let last = last(answer, want);
    let answer = last.as_ref();
    let control_held = control.is_none_or(|control| match &control.event {
        Event::Answer(answer) => accepts(answer, &beside_want(want)) == Accepted::Right,
        _ => false,
    });
    if let Event::Answer(Answer::Unsupported { what, value }) =
        control.map_or(&Event::NotAsked, |control| &control.event)
        && !matches!(accepted, Accepted::Right | Accepted::Wrong(_))
    {
        return because(Verdict::Unsupported, &format!("the control: {what} {value}"));
    }
    if expectation.level == Level::May {
        return if control_held {
            because(Verdict::Choice, &describe(answer, &accepted))
        } else {
            because(Verdict::Vacuous, &beside(control, want))
        };
    }
    let against = if expectation.level == Level::Should { Verdict::Warn } else { Verdict::Fail };
    match accepted {
        Accepted::Malformed(text) | Accepted::Unproven(text) => because(Verdict::Fault, &text),
        Accepted::Right if expectation.accept => match manner::lacking(answer, &expectation.header)
        {
            Some(name) => because(against, &format!("accepted with another header: `{name}`")),
            None => plain(Verdict::Pass),
        },
        Accepted::Right => because(against, "accepted"),
        Accepted::Wrong(text) => because(against, &text),
        Accepted::No if expectation.reject.is_none() => {
            if control_held {
                because(against, "refused")
            } else {
                because(Verdict::Vacuous, &beside(control, want))
            }
        }
        Accepted::No if !control_held => because(Verdict::Vacuous, &beside(control, want)),
        Accepted::No if manner::tells(answer, &expectation.conceals) => {
            because(against, "the text of the refusal holds what has to stay secret")
        }
        Accepted::No => rejected(expectation.reject.as_deref().unwrap_or_default(), answer),
    }
}

/// The answer, or the verdict on what is none.
fn answered(outcome: &Outcome, level: Level) -> Result<&Answer, Judgement> {
    match &outcome.event {
        Event::Fault(fault) => {
            let verdict = match fault.kind {
                FaultKind::Crash => Verdict::Crash,
                FaultKind::Hang => Verdict::Hang,
                FaultKind::Protocol | FaultKind::ForeignId => Verdict::Fault,
                FaultKind::Contact => match level {
                    Level::Must | Level::AnyOf => Verdict::Fail,
                    Level::Should => Verdict::Warn,
                    Level::May => Verdict::Choice,
                },
            };
            Err(because(verdict, &fault.detail))
        }
        Event::Flaky(fault, _) => {
            let text = format!("{} once, not again in a fresh process", fault.kind.name());
            Err(because(Verdict::Flaky, &text))
        }
        Event::NotAsked => Err(because(Verdict::Fault, "not asked: the target kept faulting")),
        Event::Answer(answer) => Ok(answer),
    }
}

/// Whether an outcome is an acceptance with the right content.
#[must_use]
pub fn is_accepted(want: &Want, outcome: &Outcome) -> bool {
    matches!(&outcome.event, Event::Answer(answer) if accepts(answer, want) == Accepted::Right)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Accepted {
    Right,
    Wrong(String),
    Malformed(String),
    /// The first of several attempts was refused, so the others show nothing.
    Unproven(String),
    No,
}

fn accepts(answer: &Answer, want: &Want) -> Accepted {
    let Answer::Accept(body) = answer else { return Accepted::No };
    let (name, right) = match want {
        Want::Authenticated { client_id, attempts } => {
            return authenticated(body, client_id, *attempts);
        }
        Want::Registered(members) => return registered(body, members),
        Want::Built(built) => return examined(body, built),
        Want::Produced(produced) => return produced::judged(body, produced),
        Want::Plaintext(octets) => ("plaintext", octets_equal(body.get("plaintext"), octets)),
        Want::Payload(octets) => ("payload", octets_equal(body.get("payload"), octets)),
        Want::Thumbprint(text) => {
            ("thumbprint", body.get("thumbprint").and_then(Value::as_str).map(|have| have == text))
        }
        Want::Claims(claims) => {
            let text = body.get("claims").and_then(Value::as_str);
            // What a lenient parser let through need not be JSON.
            ("claims", text.map(|text| same_text(text, claims)))
        }
    };
    match right {
        Some(true) => Accepted::Right,
        Some(false) => Accepted::Wrong(format!("accepted with another {name} than was sealed")),
        None => Accepted::Malformed(format!("`accept.{name}` is not what the protocol says")),
    }
}

/// The answer to the last attempt of a sequence; any other answer stands for itself.
fn last<'a>(answer: &'a Answer, want: &Want) -> Cow<'a, Answer> {
    let Answer::Accept(body) = answer else { return Cow::Borrowed(answer) };
    if !matches!(want, Want::Authenticated { .. }) {
        return Cow::Borrowed(answer);
    }
    let result = body.get("results").and_then(Value::as_array).and_then(|all| all.last());
    match result.map(Answer::of_result) {
        Some(Ok(answer)) => Cow::Owned(answer),
        _ => Cow::Borrowed(answer),
    }
}

/// What a control has to carry: it is one attempt, however many the question makes.
fn beside_want(want: &Want) -> Want {
    match want {
        Want::Authenticated { client_id, .. } => {
            Want::Authenticated { client_id: client_id.clone(), attempts: 1 }
        }
        other => other.clone(),
    }
}

fn authenticated(body: &Map<String, Value>, client_id: &str, attempts: usize) -> Accepted {
    let results: Option<Vec<Result<Answer, Malformed>>> = body
        .get("results")
        .and_then(Value::as_array)
        .map(|results| results.iter().map(Answer::of_result).collect());
    let results = results.unwrap_or_default();
    if results.len() != attempts {
        let text =
            format!("`accept.results` has {} members for {attempts} attempts", results.len());
        return Accepted::Malformed(text);
    }
    // The first of several has to be accepted for the others to show anything.
    let (mut accepted, mut refused) = (0, 0);
    for (index, result) in results.iter().enumerate() {
        match result {
            Err(error) => return Accepted::Malformed(format!("`accept.results`: {error}")),
            Ok(Answer::Accept(body)) => {
                let who = body.get("client_id").and_then(Value::as_str);
                if who != Some(client_id) {
                    let who = who.unwrap_or("nobody");
                    return Accepted::Wrong(format!("accepted as {who} instead of {client_id}"));
                }
                accepted += 1;
            }
            Ok(answer) if index == 0 && attempts > 1 => {
                let answer = answer.to_value();
                let text = format!("the first attempt was to be accepted: {answer}");
                return Accepted::Unproven(text);
            }
            Ok(_) => refused += 1,
        }
    }
    match (accepted, refused) {
        (_, 0) => Accepted::Right,
        // One attempt that was refused, or all but the first.
        (0 | 1, _) => Accepted::No,
        _ => Accepted::Wrong(format!("{accepted} of {attempts} attempts accepted")),
    }
}

fn registered(body: &Map<String, Value>, members: &Map<String, Value>) -> Accepted {
    for (name, want) in members {
        match body.get(name) {
            Some(have) if same_json(have, want) => {}
            have => {
                let have = have.map_or_else(|| "nothing".to_owned(), Value::to_string);
                return Accepted::Wrong(format!("accepted with `{name}` {have} instead of {want}"));
            }
        }
    }
    Accepted::Right
}

fn examined(body: &Map<String, Value>, built: &Built) -> Accepted {
    let texts: Option<Vec<&str>> = body
        .get("assertions")
        .and_then(Value::as_array)
        .and_then(|all| all.iter().map(Value::as_str).collect());
    let Some(texts) = texts else {
        return Accepted::Malformed("`accept.assertions` is no list of texts".to_owned());
    };
    match Check::named(&built.check).map(|check| (check.find)(built, &texts)) {
        Some(Ok(())) => Accepted::Right,
        Some(Err(text)) => Accepted::Wrong(text),
        None => Accepted::Malformed(format!("there is no check `{}`", built.check)),
    }
}

fn octets_equal(member: Option<&Value>, octets: &[u8]) -> Option<bool> {
    let text = member?.as_str()?;
    forge::decode(text).map(|have| have == octets)
}

fn same_text(text: &str, claims: &Value) -> bool {
    serde_json::from_str(text).is_ok_and(|have: Value| same_json(&have, claims))
}

/// JSON values are the same when their numbers are equal, however they are written.
fn same_json(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same_json(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, value)| b.get(name).is_some_and(|b| same_json(value, b)))
        }
        _ => left == right,
    }
}

fn rejected(codes: &[String], answer: &Answer) -> Judgement {
    match answer {
        // An adapter says so in the kind when it refuses in the library's place.
        Answer::Reject { kind, .. } if kind.starts_with("adapter-") => {
            because(Verdict::PassLoosely, BY_ADAPTER)
        }
        Answer::Reject { kind, stage, .. } => {
            if kind.parse::<Rejection>().is_ok() {
                return if codes.is_empty() || codes.contains(kind) {
                    plain(Verdict::Pass)
                } else {
                    let text = format!("refused as {kind}, expected {}", codes.join(" or "));
                    because(Verdict::PassLoosely, &text)
                };
            }
            let stages: Vec<&str> = codes
                .iter()
                .filter_map(|code| code.parse::<Rejection>().ok())
                .map(|code| code.stage().name())
                .collect();
            match stage {
                Some(stage) if !stages.is_empty() && !stages.contains(&stage.as_str()) => {
                    let text = format!("refused at {stage}, expected at {}", stages.join(" or "));
                    because(Verdict::PassLoosely, &text)
                }
                _ => plain(Verdict::Pass),
            }
        }
        Answer::Error { kind, .. } => {
            because(Verdict::PassLoosely, &format!("refused by an undocumented error: {kind}"))
        }
        Answer::Accept(_) | Answer::Unsupported { .. } => plain(Verdict::Pass),
    }
}

/// The fingerprint of a choice: what was done, not how it was said.
fn describe(answer: &Answer, accepted: &Accepted) -> String {
    match (answer, accepted) {
        (_, Accepted::Right) => "accepts".to_owned(),
        (_, Accepted::Wrong(text) | Accepted::Malformed(text) | Accepted::Unproven(text)) => {
            text.clone()
        }
        (Answer::Error { kind, .. }, _) => format!("refuses by an undocumented error: {kind}"),
        _ => "refuses".to_owned(),
    }
}

fn plain(verdict: Verdict) -> Judgement {
    Judgement { verdict, note: None }
}

fn because(verdict: Verdict, text: &str) -> Judgement {
    Judgement { verdict, note: Some(printable(text, LONGEST_NOTE)) }
}

/// Why a control that was not accepted leaves nothing to judge.
fn beside(control: Option<&Outcome>, want: &Want) -> String {
    let seen = match control.map(|control| &control.event) {
        Some(Event::Answer(Answer::Reject { kind, .. })) => format!("refused as {kind}"),
        Some(Event::Answer(Answer::Error { kind, .. })) => format!("an error, {kind}"),
        Some(Event::Answer(answer)) => match accepts(answer, &beside_want(want)) {
            Accepted::Wrong(text) | Accepted::Malformed(text) | Accepted::Unproven(text) => text,
            Accepted::Right | Accepted::No => match last(answer, want).as_ref() {
                Answer::Reject { kind, .. } => format!("refused as {kind}"),
                Answer::Error { kind, .. } => format!("an error, {kind}"),
                _ => "not accepted".to_owned(),
            },
        },
        Some(Event::Fault(fault) | Event::Flaky(fault, _)) => fault.detail.clone(),
        Some(Event::NotAsked) | None => "not asked".to_owned(),
    };
    format!("the control was not accepted either ({seen}), so this proves nothing")
}

/// The note on a rejection that shows nothing about the library.
pub(crate) const BY_ADAPTER: &str = "refused by the adapter, not by the library";

/// Characters of the longest note.
const LONGEST_NOTE: usize = 500;
