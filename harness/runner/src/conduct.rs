//! The run of a plan against one target: controls first, then the rest, in a shuffled order.

use std::collections::{BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock};
use std::thread;

use forge::Want;
use forge::produced::ELSEWHERE;
use protocol::{Answer, Hello};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha20Rng;
use report::{Baseline, Record, TargetSummary, printable};
use serde_json::{Value, json};
use suite::{Budget, Kind};

use crate::budget::{self, Measured};
use crate::child::{Interview, Launch, Process};
use crate::exit;
use crate::judge::{is_accepted, judge, judge_budget, judge_relation, without_echo};
use crate::meter;
use crate::outcome::{Event, FaultKind, Outcome};
use crate::plan::{Plan, Planned, Question};
use crate::produce::{self, Opener, Openers};
use crate::progress::Progress;
use crate::records::{Closing, Subject};

/// How a run is conducted.
#[derive(Clone, Debug)]
pub struct Conduct {
    /// Processes at a time.
    pub jobs: usize,
    /// Seed of the order.
    pub seed: u64,
}

/// A target and how it is reached.
#[derive(Clone, Debug)]
pub struct TargetSpec {
    /// Its name in the report.
    pub name: String,
    /// How its process is started.
    pub launch: Launch,
    /// What is tolerated.
    pub baseline: Baseline,
    /// The profiles it is judged under; those of the plan if empty.
    pub profiles: BTreeSet<String>,
    /// Whether whole cases are asked: an entry cannot be stale when only a part of its cells is.
    pub is_whole: bool,
    /// Other targets, which are asked to open what it makes.
    pub openers: Vec<Opener>,
    /// How many of them are asked about one token.
    pub most_openers: usize,
}

/// Asks a target every question of a plan. `journal` gets each record as soon as it is judged;
/// `stop` ends the run early.
pub fn conduct(
    plan: &Plan,
    target: &TargetSpec,
    how: &Conduct,
    stop: &AtomicBool,
    journal: &(dyn Fn(&Record) + Sync),
) -> (TargetSummary, Vec<Record>) {
    let (process, hello) = match Process::start(&target.launch) {
        Ok(started) => started,
        Err(fault) => {
            let stderr = fault.stderr.trim_end();
            let tail = if stderr.is_empty() { String::new() } else { format!("\n{stderr}") };
            let summary = TargetSummary {
                name: target.name.clone(),
                failure: Some(printable(
                    &format!("cannot be started: {}{tail}", fault.detail),
                    4000,
                )),
                exit: exit::TARGET,
                ..TargetSummary::default()
            };
            return (summary, Vec::new());
        }
    };
    let pending: Vec<Pending> = plan.questions.iter().map(Pending::new).collect();
    let floor = Floor::new(plan, &pending, target, &hello, stop, journal);
    floor.run(how, process);
    floor.measure();
    floor.close()
}

/// A question and how many of its requests have no outcome yet.
struct Pending<'a> {
    question: &'a Question,
    left: AtomicUsize,
}

impl<'a> Pending<'a> {
    fn new(question: &'a Question) -> Self {
        Self { question, left: AtomicUsize::new(question.requests().count()) }
    }
}

/// The shared state of the workers.
struct Floor<'a> {
    plan: &'a Plan,
    target: &'a TargetSpec,
    hello: &'a Hello,
    stop: &'a AtomicBool,
    journal: &'a (dyn Fn(&Record) + Sync),
    outcomes: Vec<OnceLock<Outcome>>,
    /// Questions by their requests.
    questions: Vec<Vec<&'a Pending<'a>>>,
    wanted: Vec<bool>,
    /// Questions about cost, which are asked one by one when all others are done.
    budgets: Vec<&'a Question>,
    records: Mutex<Vec<Record>>,
    failure: Mutex<Option<String>>,
    faults_in_a_row: AtomicUsize,
    hangs: AtomicUsize,
    answered: Mutex<Option<usize>>,
    openers: Openers,
}

impl<'a> Floor<'a> {
    fn new(
        plan: &'a Plan,
        pending: &'a [Pending<'a>],
        target: &'a TargetSpec,
        hello: &'a Hello,
        stop: &'a AtomicBool,
        journal: &'a (dyn Fn(&Record) + Sync),
    ) -> Self {
        let mut questions: Vec<Vec<&Pending>> = plan.requests.iter().map(|_| Vec::new()).collect();
        let mut wanted = vec![false; plan.requests.len()];
        let mut budgets = Vec::new();
        let floor_records = Mutex::new(Vec::new());
        for each in pending {
            let question = each.question;
            if let Some((what, value)) = question.missing(plan, hello) {
                let answer = Answer::Unsupported { what, value };
                let outcome = Outcome { event: Event::Answer(answer), micros: 0 };
                let records = records_of(plan, target, question, None, &Asked::One(&outcome));
                records.iter().for_each(journal);
                if let Ok(mut all) = floor_records.lock() {
                    all.extend(records);
                }
                continue;
            }
            if question.case.kind.is_budget() {
                budgets.push(question);
            }
            for request in question.requests().chain(question.control) {
                if let Some(wanted) = wanted.get_mut(request) {
                    *wanted = true;
                }
            }
            for request in question.requests() {
                if let Some(list) = questions.get_mut(request) {
                    list.push(each);
                }
            }
        }
        Self {
            plan,
            target,
            hello,
            stop,
            journal,
            outcomes: plan.requests.iter().map(|_| OnceLock::new()).collect(),
            questions,
            wanted,
            budgets,
            records: floor_records,
            failure: Mutex::new(None),
            faults_in_a_row: AtomicUsize::new(0),
            hangs: AtomicUsize::new(0),
            answered: Mutex::new(None),
            openers: Openers::new(target.openers.clone(), target.most_openers),
        }
    }

    fn run(&self, how: &Conduct, process: Process) {
        let mut rng = ChaCha20Rng::seed_from_u64(how.seed);
        let total = self.wanted.iter().filter(|wanted| **wanted).count();
        let progress = Progress::new(&self.target.name, total);
        let mut interviews: Vec<Interview> = (1..how.jobs.max(1))
            .map(|_| Interview::new(self.target.launch.clone(), None))
            .collect();
        interviews.push(Interview::new(self.target.launch.clone(), Some(process)));
        for controls in [true, false] {
            let mut order: Vec<usize> = self
                .plan
                .requests
                .iter()
                .zip(&self.wanted)
                .enumerate()
                .filter(|(_, (planned, wanted))| **wanted && planned.is_control == controls)
                .map(|(index, _)| index)
                .collect();
            order.shuffle(&mut rng);
            let queue = Mutex::new(VecDeque::from(order));
            thread::scope(|scope| {
                for interview in &mut interviews {
                    scope.spawn(|| self.work(interview, &queue, &progress));
                }
            });
        }
        thread::scope(|scope| {
            for interview in interviews {
                scope.spawn(|| interview.close());
            }
        });
    }

    fn work(&self, interview: &mut Interview, queue: &Mutex<VecDeque<usize>>, progress: &Progress) {
        while let Some(index) = queue.lock().ok().and_then(|mut queue| queue.pop_front()) {
            let (Some(planned), Some(cell)) =
                (self.plan.requests.get(index), self.outcomes.get(index))
            else {
                return;
            };
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let outcome = if self.has_failed() {
                Outcome { event: Event::NotAsked, micros: 0 }
            } else {
                let outcome = self.ask(interview, index, planned);
                self.watch(interview, index, &outcome);
                outcome
            };
            let outcome = cell.get_or_init(|| outcome);
            self.judge(index, outcome);
            progress.tick();
        }
    }

    /// Asks the questions about cost, each in a process of its own and nothing beside it.
    fn measure(&self) {
        let name = format!("{}, cost", self.target.name);
        let progress = Progress::new(&name, self.budgets.len());
        for question in &self.budgets {
            if self.stop.load(Ordering::Relaxed) {
                return;
            }
            let records = self.cost_of(question).unwrap_or_default();
            self.keep(records);
            progress.tick();
        }
    }

    /// The records of a question about cost; `None` when its control was not asked.
    fn cost_of(&self, question: &Question) -> Option<Vec<Record>> {
        let Kind::Budget(budget) = question.case.kind else { return None };
        let control = self.plan.requests.get(question.control?)?;
        let seen = self.outcome(question.control?)?;
        let planned = self.plan.requests.get(question.request)?;
        let records =
            |asked: &Asked<'_>| records_of(self.plan, self.target, question, Some(seen), asked);
        let unasked = if self.has_failed() {
            Some(Event::NotAsked)
        } else if meter::is_available() {
            None
        } else {
            let value = "measuring without /proc".to_owned();
            Some(Event::Answer(Answer::Unsupported { what: "op".to_owned(), value }))
        };
        if let Some(event) = unasked {
            return Some(records(&Asked::One(&Outcome { event, micros: 0 })));
        }
        let launch = &self.target.launch;
        let measure = || Box::new(budget::measure(launch, control, planned, &budget));
        let first = measure();
        let is_fault = matches!(first.outcome.event, Event::Fault(_));
        let is_twice = is_fault || first.over(&budget).is_some();
        let second = is_twice.then(measure);
        Some(records(&Asked::Measured { budget, first, second }))
    }

    fn ask(&self, interview: &mut Interview, index: usize, planned: &Planned) -> Outcome {
        let Want::Produced(produced) = &planned.want else {
            return interview.ask(planned.operation, &planned.input);
        };
        let mut outcome = produce::make(interview, planned, produced);
        let shown = self.questions.get(index).into_iter().flatten().find(|pending| {
            let want = pending.question.want(planned);
            matches!(want, Want::Produced(made) if made.check == ELSEWHERE)
        });
        if let Some(pending) = shown {
            self.openers.show(&mut outcome, produced, &pending.question.abilities);
        }
        outcome
    }

    fn has_failed(&self) -> bool {
        self.failure.lock().is_ok_and(|failure| failure.is_some())
    }

    /// Notices a target that only faults: a question that it answered before is asked again.
    fn watch(&self, interview: &mut Interview, index: usize, outcome: &Outcome) {
        let fault = match &outcome.event {
            Event::Answer(_) | Event::Flaky(..) => {
                self.faults_in_a_row.store(0, Ordering::Relaxed);
                if let Ok(mut answered) = self.answered.lock() {
                    answered.get_or_insert(index);
                }
                return;
            }
            Event::Fault(fault) => fault,
            Event::NotAsked => return,
        };
        let in_a_row = self.faults_in_a_row.fetch_add(1, Ordering::Relaxed) + 1;
        let hung = fault.kind == FaultKind::Hang;
        let hangs = self.hangs.fetch_add(usize::from(hung), Ordering::Relaxed) + usize::from(hung);
        if hangs >= MOST_HANGS {
            self.fail(&format!(
                "keeps faulting: it hung {hangs} times, the last time on request {index}"
            ));
            return;
        }
        if in_a_row < KEEPS_FAULTING {
            return;
        }
        let known = self.answered.lock().ok().and_then(|answered| *answered);
        let recovered =
            known.and_then(|known| self.plan.requests.get(known)).is_some_and(|again| {
                let outcome = interview.ask(again.operation, &again.input);
                matches!(outcome.event, Event::Answer(_))
            });
        if recovered {
            self.faults_in_a_row.store(0, Ordering::Relaxed);
        } else {
            let (kind, detail) = (fault.kind.name(), &fault.detail);
            self.fail(&format!("keeps faulting: {in_a_row} times in a row, last {kind}: {detail}"));
        }
    }

    fn fail(&self, text: &str) {
        if let Ok(mut failure) = self.failure.lock() {
            failure.get_or_insert(printable(text, 4000));
        }
    }

    fn judge(&self, index: usize, outcome: &Outcome) {
        for pending in self.questions.get(index).into_iter().flatten() {
            // Whoever brings the last outcome judges.
            if pending.left.fetch_sub(1, Ordering::AcqRel) > 1 {
                continue;
            }
            let question = pending.question;
            let control = match question.control {
                None => None,
                Some(at) => match self.outcome(at) {
                    Some(control) => Some(control),
                    // Stopped between the two halves.
                    None => continue,
                },
            };
            let excused = self.excused(question, control, outcome);
            let asked = match &question.relation {
                None => Asked::One(excused.as_ref().unwrap_or(outcome)),
                Some(relation) => Asked::Alike {
                    members: relation.members.iter().filter_map(|at| self.outcome(*at)).collect(),
                    again: self.outcome(relation.again),
                },
            };
            let records = records_of(self.plan, self.target, question, control, &asked);
            self.keep(records);
        }
    }

    /// Notes what was judged, in the journal at once.
    fn keep(&self, records: Vec<Record>) {
        records.iter().for_each(self.journal);
        if let Ok(mut all) = self.records.lock() {
            all.extend(records);
        }
    }

    fn outcome(&self, index: usize) -> Option<&Outcome> {
        self.outcomes.get(index).and_then(OnceLock::get)
    }

    /// A target that has no clock knob judges assertions by its own clock: where it refuses what has
    /// to be accepted at the question's time, the question could not be asked.
    fn excused(
        &self,
        question: &Question,
        control: Option<&Outcome>,
        outcome: &Outcome,
    ) -> Option<Outcome> {
        let planned = self.plan.requests.get(question.request)?;
        let is_timed = planned.operation.name == "assertion.validate";
        if !is_timed || self.hello.knobs.iter().any(|knob| knob == "now") {
            return None;
        }
        let first = control.unwrap_or(outcome);
        let want = &self.plan.requests.get(question.control.unwrap_or(question.request))?.want;
        if is_accepted(want, first) {
            return None;
        }
        let answer = Answer::Unsupported { what: "knob".to_owned(), value: "now".to_owned() };
        Some(Outcome { event: Event::Answer(answer), micros: outcome.micros })
    }

    fn close(self) -> (TargetSummary, Vec<Record>) {
        let records = self.records.into_inner().unwrap_or_default();
        // Controls and positive cases: what a target has to accept for anything to be judged.
        let mut due: Vec<bool> = self.plan.requests.iter().map(|plan| plan.is_control).collect();
        let questions = self.questions.iter().flatten().map(|pending| pending.question);
        for question in questions.filter(|each| each.control.is_none()) {
            if let Some(due) = due.get_mut(question.request) {
                *due = true;
            }
        }
        let accepted = self
            .plan
            .requests
            .iter()
            .zip(&self.outcomes)
            .zip(due)
            .filter(|((planned, cell), due)| {
                *due && cell.get().is_some_and(|outcome| is_accepted(&planned.want, outcome))
            })
            .count();
        let closing = Closing {
            name: &self.target.name,
            implementation: serde_json::to_value(&self.hello.implementation).unwrap_or_default(),
            failure: self.failure.into_inner().unwrap_or_default(),
            accepted,
            baseline: &self.target.baseline,
            is_whole: self.target.is_whole,
        };
        closing.summary(records)
    }
}

/// The outcomes of a question's requests.
enum Asked<'a> {
    One(&'a Outcome),
    /// Of a relation.
    Alike {
        members: Vec<&'a Outcome>,
        again: Option<&'a Outcome>,
    },
    /// Of a question about cost.
    Measured {
        budget: Budget,
        first: Box<Measured>,
        second: Option<Box<Measured>>,
    },
}

impl Asked<'_> {
    fn micros(&self) -> u64 {
        match self {
            Self::One(outcome) => outcome.micros,
            Self::Alike { members, .. } => members.iter().map(|outcome| outcome.micros).sum(),
            Self::Measured { first, second, .. } => second.as_ref().unwrap_or(first).outcome.micros,
        }
    }

    /// As it stands in a record.
    fn to_value(&self) -> Value {
        match self {
            Self::One(outcome) => outcome.to_value(),
            Self::Alike { members, .. } => {
                let all: Vec<Value> = members.iter().map(|outcome| outcome.to_value()).collect();
                json!({ "members": all })
            }
            Self::Measured { first, second, .. } => second.as_ref().unwrap_or(first).to_value(),
        }
    }
}

fn records_of(
    plan: &Plan,
    target: &TargetSpec,
    question: &Question,
    control: Option<&Outcome>,
    asked: &Asked<'_>,
) -> Vec<Record> {
    let Some(planned) = plan.requests.get(question.request) else { return Vec::new() };
    let subject = Subject {
        target: &target.name,
        case: &question.case,
        instance: question.instance,
        policy: Some(question.policy),
    };
    plan.expectations(question)
        .filter(|expect| target.profiles.is_empty() || target.profiles.contains(&expect.profile))
        .map(|expectation| {
            let judgement = match asked {
                Asked::One(outcome) => judge(expectation, question.want(planned), control, outcome),
                Asked::Alike { members, again } => {
                    let quiet = |at: &usize, outcome: &Outcome| {
                        without_echo(
                            outcome,
                            &plan.requests.get(*at).map_or_else(String::new, token),
                        )
                    };
                    let indices = question.relation.iter().flat_map(|relation| &relation.members);
                    let members: Vec<Outcome> =
                        indices.zip(members).map(|(at, outcome)| quiet(at, outcome)).collect();
                    let members: Vec<&Outcome> = members.iter().collect();
                    let again = again.map(|again| quiet(&question.request, again));
                    judge_relation(expectation, &planned.want, control, &members, again.as_ref())
                }
                Asked::Measured { budget, first, second } => {
                    judge_budget(expectation, &planned.want, budget, first, second.as_deref())
                }
            };
            let mut answer = asked.to_value();
            if matches!(planned.want, Want::Produced(_)) {
                produce::shorten(&mut answer);
            }
            subject.record(expectation, judgement, answer, asked.micros())
        })
        .collect()
}

/// The token of a request; none where it is not text.
fn token(planned: &Planned) -> String {
    planned.input.get("token").and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Faults without an answer between them after which a target is tried with an old question.
const KEEPS_FAULTING: usize = 8;
/// Confirmed hangs after which a target is given up: each one takes two deadlines.
const MOST_HANGS: usize = 40;
