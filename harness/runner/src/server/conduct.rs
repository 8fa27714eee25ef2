//! The run of the suites against one server: control, question, control.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use forge::Forge;
use report::{Baseline, Record, TargetSummary, Verdict};
use serde_json::{Value, json};
use suite::case::Instance;
use suite::recipe::Way;
use suite::{AnswerShape, Case, Expectation, Level, Recipe, Suites};

use super::ask::{self, Asked};
use super::site::Site;
use super::target::ServerTarget;
use super::{credential, exchange};
use crate::error::RunError;
use crate::exit;
use crate::judge::{Judgement, is_accepted, judge};
use crate::outcome::Event;
use crate::plan::{Selection, instances};
use crate::progress::Progress;
use crate::records::{Closing, Subject};

/// A server and how it is judged.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the arguments of a run")]
pub struct ServerSpec {
    /// How it is reached.
    pub target: ServerTarget,
    /// What is tolerated.
    pub baseline: Baseline,
    /// The profiles it is judged under.
    pub profiles: BTreeSet<String>,
    /// Whether whole cases are asked.
    pub is_whole: bool,
    /// Differs from run to run: what was used once at a server is used up.
    pub seed: String,
}

/// Asks a server every selected question. `journal` gets each record as soon as it is judged; `stop`
/// ends the run early.
///
/// # Errors
/// [`RunError::Load`] for a case that cannot be made, [`RunError::Usage`] for a selection without
/// questions.
pub fn conduct(
    suites: &Suites,
    selection: &Selection,
    spec: &ServerSpec,
    stop: &AtomicBool,
    journal: &dyn Fn(&Record),
) -> Result<(TargetSummary, Vec<Record>), RunError> {
    let forge = Forge::new(&suites.keys);
    let chosen = instances(suites, selection, Way::Http);
    let is_due = |case: &Case| case.expect.iter().any(|it| spec.profiles.contains(&it.profile));
    let chosen: Vec<_> = chosen.into_iter().filter(|(case, _)| is_due(case)).collect();
    if chosen.is_empty() {
        let text = "no case that is asked over HTTP matches filter, profile, cell and shard";
        return Err(RunError::Usage(text.to_owned()));
    }
    let name = spec.target.name.as_str();
    let site = match Site::open(&spec.target, &forge, &suites.keys, spec.seed.clone()) {
        Ok(site) => site,
        Err(text) => {
            let summary = TargetSummary {
                name: name.to_owned(),
                failure: Some(report::printable(&text, 4000)),
                exit: exit::TARGET,
                ..TargetSummary::default()
            };
            return Ok((summary, Vec::new()));
        }
    };
    let total = chosen.iter().map(|(_, instances)| instances.len()).sum();
    let progress = Progress::new(name, total);
    let mut run = Run { site: &site, spec, accepted: 0, records: Vec::new() };
    let asked = chosen.iter().flat_map(|(case, instances)| {
        let case: &Case = case;
        instances.iter().map(move |index| (case, *index))
    });
    let result = run.all(asked, stop, journal, &progress);
    // Whatever came: what was made is deleted.
    let left = site.clean_up();
    if left > 0 {
        let text = "clients or APIs that were made for this stay at the server";
        let _ = writeln!(std::io::stderr(), "{name}: {left} {text}; delete them there");
    }
    let failure = result?;
    let closing = Closing {
        name,
        implementation: json!({"name": name, "issuer": site.issuer}),
        failure,
        accepted: run.accepted,
        baseline: &spec.baseline,
        is_whole: spec.is_whole,
    };
    Ok(closing.summary(run.records))
}

/// A run under way.
struct Run<'a> {
    site: &'a Site<'a>,
    spec: &'a ServerSpec,
    /// Controls and positive cases that were accepted.
    accepted: usize,
    records: Vec<Record>,
}

impl Run<'_> {
    /// Asks everything; why the server was left alone, if it was.
    fn all<'c>(
        &mut self,
        questions: impl Iterator<Item = (&'c Case, usize)>,
        stop: &AtomicBool,
        each: &dyn Fn(&Record),
        progress: &Progress,
    ) -> Result<Option<String>, RunError> {
        for (case, index) in questions {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let before = self.records.len();
            self.site.caller.secrets.next_question();
            self.question(case, index)?;
            self.records.iter().skip(before).for_each(each);
            progress.tick();
            if let Some(text) = self.site.caller.gave_up() {
                return Ok(Some(
                    self.site.caller.secrets.hide_text(&format!("left alone: {text}")),
                ));
            }
        }
        Ok(None)
    }

    fn question(&mut self, case: &Case, index: usize) -> Result<(), RunError> {
        let Some(instance) = case.instances.get(index) else { return Ok(()) };
        let wrong = |text: String| {
            RunError::Load(case.place.error(format!("{} [{}]: {text}", case.id, instance.cell)))
        };
        let is_negative = instance.mutation.is_some();
        let none = AnswerShape::default();
        let before =
            is_negative.then(|| self.ask(instance, false, &none)).transpose().map_err(wrong)?;
        let mut asked = self.ask(instance, is_negative, &case.answer).map_err(wrong)?;
        if let Event::Fault(first) = &asked.outcome.event {
            // A fault is repeated once: the same again stands, otherwise it is flaky.
            let first = first.clone();
            let mut again = self.ask(instance, is_negative, &case.answer).map_err(wrong)?;
            if let Event::Answer(answer) = &again.outcome.event {
                again.outcome.event = Event::Flaky(first, Box::new(answer.clone()));
            }
            asked = again;
        }
        let after =
            is_negative.then(|| self.ask(instance, false, &none)).transpose().map_err(wrong)?;
        // The control that was not accepted, if one of them was not.
        let held = |asked: &Asked| is_accepted(&asked.want, &asked.outcome);
        let control = match (&before, &after) {
            (Some(before), Some(after)) if held(before) => Some(after),
            (before, _) => before.as_ref(),
        };
        let accepted = match control {
            Some(control) => held(control),
            None => held(&asked),
        };
        self.accepted += usize::from(accepted);
        let subject =
            Subject { target: &self.spec.target.name, case, instance: index, policy: None };
        for expectation in &case.expect {
            if !self.spec.profiles.contains(&expectation.profile) {
                continue;
            }
            let outcome = control.map(|control| &control.outcome);
            let judgement = judge(expectation, &asked.want, outcome, &asked.outcome);
            let judgement = shaped(judgement, expectation, asked.misshapen.as_deref());
            let secrets = &self.site.caller.secrets;
            let note = judgement.note.map(|note| secrets.hide_text(&note));
            let judgement = Judgement { note, ..judgement };
            let (answer, micros) = (secrets.hide(answer(&asked)), asked.outcome.micros);
            self.records.push(subject.record(expectation, judgement, answer, micros));
        }
        Ok(())
    }

    fn ask(
        &self,
        instance: &Instance,
        is_mutated: bool,
        shape: &AnswerShape,
    ) -> Result<Asked, String> {
        match &instance.recipe {
            Recipe::Assertion(_) => ask::assertion(self.site, instance, is_mutated, shape),
            Recipe::Exchange(_) => exchange::exchange(self.site, instance, is_mutated, shape),
            Recipe::Credential(_) => {
                let mut instance = instance.clone();
                if !is_mutated {
                    instance.mutation = None;
                }
                // Forged anew: the forge keeps controls, and this is one or none.
                let pair = Forge::new(self.site.keys).pair(&instance);
                let pair = pair.map_err(|error| error.to_string())?;
                Ok(credential::register(self.site, &pair.made))
            }
            other => Err(format!("{} is not asked over HTTP", other.operation())),
        }
    }
}

/// What decides as it should, but does not look as it should.
fn shaped(judgement: Judgement, expectation: &Expectation, misshapen: Option<&str>) -> Judgement {
    let Some(text) = misshapen else { return judgement };
    if !matches!(judgement.verdict, Verdict::Pass | Verdict::PassLoosely) {
        return judgement;
    }
    let verdict = match expectation.level {
        Level::Should => Verdict::Warn,
        Level::May => Verdict::Choice,
        Level::Must | Level::AnyOf => Verdict::Fail,
    };
    Judgement { verdict, note: Some(report::printable(text, 500)) }
}

/// The answer as a record keeps it, with the exchanges that led to it.
fn answer(asked: &Asked) -> Value {
    let mut value = asked.outcome.to_value();
    // One attempt is what it decides; several stay in their order.
    if let Some([result]) =
        value.pointer("/accept/results").and_then(Value::as_array).map(Vec::as_slice)
    {
        value = result.clone();
    }
    if let Value::Object(members) = &mut value
        && !asked.exchanges.is_empty()
    {
        members.insert("exchanges".to_owned(), asked.exchanges.clone().into());
    }
    value
}
