//! Tokens that a target makes: asked for one by one, and shown to other targets.

use std::sync::Mutex;

use forge::produced::Produced;
use protocol::{Answer, Hello, Operation};
use serde_json::{Map, Value, json};

use crate::child::{Interview, Launch, Process};
use crate::outcome::{Event, Outcome};
use crate::plan::Planned;

/// Another target, asked to open what the judged one made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "only data")]
pub struct Opener {
    /// Its name in reports.
    pub name: String,
    /// What it shares an implementation or an author with: no witness for a target of the same.
    pub family: String,
    /// How its process is started.
    pub launch: Launch,
}

/// Asks for every token of a request. The tokens stand in one acceptance; whatever else comes stands
/// for all of them.
pub(crate) fn make(interview: &mut Interview, planned: &Planned, produced: &Produced) -> Outcome {
    let (mut tokens, mut micros) = (Vec::new(), 0);
    for index in 0..produced.contents.len() {
        let outcome = interview.ask(planned.operation, &produced.input(&planned.input, index));
        micros += outcome.micros;
        match &outcome.event {
            Event::Answer(Answer::Accept(body)) => {
                tokens.push(body.get("token").cloned().unwrap_or_default());
            }
            _ => return outcome,
        }
    }
    let body = Map::from_iter([("tokens".to_owned(), Value::Array(tokens))]);
    Outcome { event: Event::Answer(Answer::Accept(body)), micros }
}

/// The other targets, started when the first token is shown to them.
#[derive(Debug)]
pub(crate) struct Openers {
    launches: Vec<Opener>,
    /// How many are shown a token.
    most: usize,
    started: Mutex<Option<Vec<Started>>>,
}

#[derive(Debug)]
struct Started {
    name: String,
    hello: Hello,
    interview: Interview,
}

impl Openers {
    pub(crate) fn new(launches: Vec<Opener>, most: usize) -> Self {
        Self { launches, most, started: Mutex::new(None) }
    }

    /// Shows the first tokens of an acceptance to those that declare the abilities, and writes what they
    /// said beside the tokens as `elsewhere`.
    pub(crate) fn show(
        &self,
        outcome: &mut Outcome,
        produced: &Produced,
        abilities: &[(&'static str, String)],
    ) {
        let Event::Answer(Answer::Accept(body)) = &mut outcome.event else { return };
        let Ok(mut started) = self.started.lock() else { return };
        let started =
            started.get_or_insert_with(|| self.launches.iter().filter_map(start).collect());
        let tokens = body.get("tokens").and_then(Value::as_array).cloned().unwrap_or_default();
        let mut said = Vec::new();
        let (name, _) = produced.opening("");
        let able = started.iter_mut().filter(|opener| can(&opener.hello, name, abilities));
        for opener in able.take(self.most) {
            for (index, token) in tokens.iter().take(SHOWN).enumerate() {
                let (name, input) = produced.opening(token.as_str().unwrap_or_default());
                let Some(operation) = Operation::named(name) else { continue };
                let answer = opener.interview.ask(operation, &input).to_value();
                said.push(json!({"target": opener.name, "token": index, "answer": answer}));
            }
        }
        body.insert("elsewhere".to_owned(), said.into());
    }
}

fn start(opener: &Opener) -> Option<Started> {
    // One that does not start has nothing to say, and is no fault of the judged target.
    let (process, hello) = Process::start(&opener.launch).ok()?;
    let interview = Interview::new(opener.launch.clone(), Some(process));
    Some(Started { name: opener.name.clone(), hello, interview })
}

pub(crate) fn can(hello: &Hello, operation: &str, abilities: &[(&'static str, String)]) -> bool {
    let has = |list: &[String], value: &str| list.iter().any(|have| have == value);
    has(&hello.operations, operation)
        && has(&hello.keys, "jwk")
        && abilities.iter().all(|(what, value)| match *what {
            "alg" => has(&hello.alg, value),
            "enc" => has(&hello.enc, value),
            "sig" => has(&hello.sig, value),
            "serializations" => has(&hello.serializations, value),
            _ => true,
        })
}

/// A record's answer with the first tokens alone: the others were looked at, and differ in nothing
/// that a reader wants to see.
pub(crate) fn shorten(answer: &mut Value) {
    let Some(Value::Array(tokens)) = answer.pointer_mut("/accept/tokens") else { return };
    let all = tokens.len();
    if all > SHOWN {
        tokens.truncate(SHOWN);
        tokens.push(format!("… {all} tokens").into());
    }
}

/// Tokens that other targets are shown, and that a record shows.
const SHOWN: usize = 2;
