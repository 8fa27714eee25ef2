//! Assertion builders as targets: a command is told where to get tokens, and what it sent is judged.
//!
//! The harness is the authorization server. A command is started once for each combination of
//! algorithm, key, `kid` and count that the questions ask about; all of them are judged by the
//! requests that came.

mod asking;
mod command;
mod endpoint;
mod questions;
mod tls;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use forge::Want;
use protocol::Answer;
use report::{Baseline, Record, TargetSummary, printable};
use serde_json::{Value, json};
use suite::Suites;

use crate::client::asking::{Asked, ask};
use crate::client::questions::{Group, groups};
use crate::error::RunError;
use crate::judge::{is_accepted, judge};
use crate::outcome::{Event, Outcome};
use crate::plan::Selection;
use crate::progress::Progress;
use crate::records::{Closing, Subject};

pub use questions::describe;

/// An assertion builder and how it is started.
#[derive(Clone, Debug)]
pub struct ClientSpec {
    /// Its name in the report.
    pub name: String,
    /// Program and arguments; `{issuer}`, `{token_endpoint}`, `{client_id}`, `{key_file}`, `{alg}`,
    /// `{kid}` and `{count}` are filled in.
    pub command: Vec<String>,
    /// The working directory; `None` is ours.
    pub folder: Option<PathBuf>,
    /// Whether the token endpoint is reached by TLS, with a certificate of our own making.
    pub https: bool,
    /// How long the command may take to get its tokens.
    pub deadline: Duration,
    /// What is tolerated.
    pub baseline: Baseline,
    /// The profiles it is judged under, with those that they extend.
    pub profiles: BTreeSet<String>,
    /// Whether whole cases are asked.
    pub is_whole: bool,
}

/// Has a builder get tokens, and judges its requests. `journal` gets each record as soon as it is
/// judged; `stop` ends the run early.
///
/// # Errors
/// [`RunError::Load`] for a recipe that cannot be asked, [`RunError::Usage`] where nothing is
/// selected.
pub fn conduct(
    suites: &Suites,
    selection: &Selection,
    target: &ClientSpec,
    stop: &AtomicBool,
    journal: &dyn Fn(&Record),
) -> Result<(TargetSummary, Vec<Record>), RunError> {
    let groups = groups(suites, selection, &target.profiles)?;
    let progress = Progress::new(&target.name, groups.len());
    let mut run = Run { target, journal, records: Vec::new(), accepted: 0, state: State::Unknown };
    let mut faults = 0;
    let mut failure = None;
    for group in &groups {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let asked = if run.is_given_up(faults) {
            Asked::failed(Event::NotAsked)
        } else if group.told.is_untrusted && !matches!(run.state, State::Answered) {
            let value = "a request to a server that it trusts".to_owned();
            let answer = Answer::Unsupported { what: "client".to_owned(), value };
            Asked::failed(Event::Answer(answer))
        } else {
            match ask(suites, group, target, stop) {
                Ok(asked) => asked,
                Err(text) => {
                    failure = Some(text);
                    break;
                }
            }
        };
        faults += usize::from(matches!(asked.event, Some(Event::Fault(_))));
        run.judge(group, &asked);
        progress.tick();
    }
    let closing = Closing {
        name: &target.name,
        implementation: json!({"name": target.name}),
        failure: match run.state {
            State::Silent(text) => Some(text),
            State::Unknown | State::Answered => failure,
        },
        accepted: run.accepted,
        baseline: &target.baseline,
        is_whole: target.is_whole && !stop.load(Ordering::Relaxed),
    };
    Ok(closing.summary(run.records))
}

/// Whether any request came from a target.
enum State {
    Unknown,
    /// None, and what was seen instead the first time.
    Silent(String),
    Answered,
}

struct Run<'a> {
    target: &'a ClientSpec,
    journal: &'a dyn Fn(&Record),
    records: Vec<Record>,
    accepted: usize,
    state: State,
}

impl Run<'_> {
    /// A command from which nothing ever came is not started for every question.
    fn is_given_up(&self, faults: usize) -> bool {
        faults >= MOST_FAULTS && !matches!(self.state, State::Answered)
    }

    fn judge(&mut self, group: &Group, asked: &Asked) {
        match &asked.event {
            None | Some(Event::Flaky(..)) => self.state = State::Answered,
            Some(Event::Fault(fault)) if matches!(self.state, State::Unknown) => {
                let text = format!("{}\n{}", fault.detail, fault.stderr.trim_end());
                self.state = State::Silent(printable(text.trim_end(), 4000));
            }
            Some(_) => {}
        }
        for question in &group.questions {
            let mut built = question.built.clone();
            built.audience.clone_from(&asked.audience);
            built.sent.clone_from(&asked.sent);
            let outcome = asked.outcome();
            let is_transport = built.check.starts_with("transport-");
            let want = Want::Built(Box::new(built));
            self.accepted += usize::from(is_accepted(&want, &outcome));
            let subject = Subject {
                target: &self.target.name,
                case: &question.case,
                instance: question.instance,
                policy: None,
            };
            let answer = answer(&outcome, asked, is_transport);
            let judged = question
                .case
                .expect
                .iter()
                .filter(|expectation| self.target.profiles.contains(&expectation.profile));
            for expectation in judged {
                let judgement = judge(expectation, &want, None, &outcome);
                let record = subject.record(expectation, judgement, answer.clone(), asked.micros);
                (self.journal)(&record);
                self.records.push(record);
            }
        }
    }
}

/// What a record shows: the requests where they are judged, the assertions otherwise.
fn answer(outcome: &Outcome, asked: &Asked, is_transport: bool) -> Value {
    let mut value = outcome.to_value();
    let Some(Value::Object(body)) = value.get_mut("accept") else { return value };
    if is_transport {
        body.remove("assertions");
        let requests: Vec<Value> = asked
            .sent
            .iter()
            .map(|sent| {
                json!({
                    "at": sent.at,
                    "request": format!("{} {}", sent.method, sent.target),
                    "headers": sent.headers,
                    "body": String::from_utf8_lossy(&sent.body),
                })
            })
            .collect();
        body.insert("requests".to_owned(), requests.into());
    }
    if let Some(ended) = &asked.ended {
        body.insert("ended".to_owned(), ended.clone().into());
    }
    value
}

impl Asked {
    /// As the judge sees it: the assertions, or what came instead of them.
    fn outcome(&self) -> Outcome {
        let assertions = || {
            let texts: Vec<String> = self.sent.iter().map(forge::Sent::assertion).collect();
            Answer::Accept([("assertions".to_owned(), texts.into())].into_iter().collect())
        };
        let event = match &self.event {
            None => Event::Answer(assertions()),
            Some(event) => event.clone(),
        };
        Outcome { event, micros: self.micros }
    }
}

/// Faults after which a target that never sent anything is given up.
const MOST_FAULTS: usize = 2;
