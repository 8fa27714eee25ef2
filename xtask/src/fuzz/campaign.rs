//! `cargo xtask fuzz run`: targets share workers until a time is over or nothing new comes.
//!
//! A campaign is made of slices: a process of libFuzzer for some seconds on the target's corpus, which it reads
//! and adds to. Whatever ends a campaign, SIGKILL as well, the next one goes on from the corpus and from
//! `state.json`, which is written every second. The processes of a campaign that is killed end when they next
//! print something, or with their slice.

use std::ffi::OsString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use super::clock::Stopwatch;
use super::engine::Engine;
use super::places;
use super::schedule::Schedule;
use super::screen::{self, Screen};
use super::state::{State, Totals};
use super::triage::{self, Finding};
use super::worker::{End, Event, Message, Slice};
use crate::exit::Failure;

mod record;
mod summary;

/// What a campaign is asked for.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) targets: Vec<String>,
    /// By the clock, for all targets together.
    pub(super) seconds: Option<u64>,
    /// A target ends after so many seconds without a new feature, or a quarter of its time if that is more.
    pub(super) plateau: Option<u64>,
    pub(super) workers: usize,
    /// For libFuzzer, as they are.
    pub(super) options: Vec<OsString>,
}

/// Runs a campaign to its end.
///
/// # Errors
/// New findings, a target that does not start, a place that cannot be written.
pub(super) fn run(engine: Engine, plan: Plan) -> Result<(), Failure> {
    let _lock = places::lock(&engine.places().statistics())?;
    places::make(&engine.statistics())?;
    let is_stopped = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&is_stopped);
    ctrlc::set_handler(move || asked.store(true, Ordering::Relaxed))
        .map_err(|error| Failure::unavailable(format!("Ctrl-C cannot be caught: {error}")))?;
    let mut campaign = Campaign::new(engine, plan)?;
    let outcome = campaign.go(&is_stopped);
    campaign.end();
    // A full disk is told once.
    let saved = campaign.save(true);
    summary::print(&campaign);
    outcome.and(saved)?;
    match campaign.findings.iter().filter(|finding| !finding.is_known).count() {
        0 if campaign.complaints.is_empty() => Ok(()),
        0 => Err(Failure::failed("not every target could be fuzzed")),
        1 => Err(Failure::failed("a new finding")),
        more => Err(Failure::failed(format!("{more} new findings"))),
    }
}

#[derive(Debug)]
struct Campaign {
    engine: Engine,
    plan: Plan,
    clock: Stopwatch,
    state: State,
    schedule: Schedule,
    /// By target.
    progress: Vec<Course>,
    /// By worker.
    slices: Vec<Option<Slice>>,
    sender: Sender<Message>,
    receiver: Receiver<Message>,
    screen: Screen,
    findings: Vec<Finding>,
    complaints: Vec<String>,
}

/// The course of a target in this campaign.
#[derive(Debug, Default)]
struct Course {
    /// As they were when the campaign began.
    before: Totals,
    /// As they were in the last row of the statistics.
    written: Totals,
    has_features: bool,
    /// Slices in a row that an input ended before the corpus was read.
    false_starts: u32,
}

impl Campaign {
    fn new(engine: Engine, plan: Plan) -> Result<Self, Failure> {
        let mut state = State::load(&engine.statistics())?;
        let mut progress = Vec::new();
        let mut findings = Vec::new();
        for target in &plan.targets {
            engine.prepare(target)?;
            // What a campaign that was killed left.
            findings.extend(triage::file(&engine, target)?);
            let totals = state.targets.entry(target.clone()).or_default();
            totals.findings = triage::count(&engine.places().artifacts(target))?;
            let (before, written) = (totals.clone(), totals.clone());
            progress.push(Course { before, written, ..Course::default() });
        }
        let (sender, receiver) = mpsc::channel();
        Ok(Self {
            clock: Stopwatch::start(),
            schedule: Schedule::new(plan.targets.len()),
            slices: (0..plan.workers).map(|_| None).collect(),
            screen: Screen::new(),
            complaints: Vec::new(),
            engine,
            plan,
            state,
            progress,
            sender,
            receiver,
            findings,
        })
    }

    /// Slices until the end.
    fn go(&mut self, is_stopped: &AtomicBool) -> Result<(), Failure> {
        for finding in self.findings.clone() {
            self.screen.say(&summary::finding(&self.engine, &finding));
        }
        let mut last_tick = Stopwatch::start();
        loop {
            let is_over = self.plan.seconds.is_some_and(|most| self.clock.seconds() >= most as f64);
            if is_over || is_stopped.load(Ordering::Relaxed) {
                return Ok(());
            }
            self.fill()?;
            if self.slices.iter().all(Option::is_none) {
                return Ok(());
            }
            self.listen(TICK)?;
            for slice in self.slices.iter().flatten() {
                if slice.is_over() || self.is_at_plateau(slice.target) {
                    slice.interrupt();
                }
            }
            if last_tick.elapsed() >= Duration::from_secs(1) {
                last_tick = Stopwatch::start();
                self.save(false)?;
                self.draw();
            }
        }
    }

    /// Gives every idle worker a slice, as long as there are targets.
    fn fill(&mut self) -> Result<(), Failure> {
        let seconds = slice_seconds(self.schedule.open(), &self.plan);
        for worker in 0..self.slices.len() {
            if self.slices.get(worker).is_some_and(Option::is_some) {
                continue;
            }
            let Some(target) = self.schedule.next() else { break };
            let Some(name) = self.plan.targets.get(target) else { break };
            let slice = Slice::start(
                &self.engine,
                (target, name),
                (seconds, &self.plan.options),
                (worker, self.sender.clone()),
            )?;
            if let Some(place) = self.slices.get_mut(worker) {
                *place = Some(slice);
            }
        }
        Ok(())
    }

    /// Takes what workers tell, for at most `time`.
    fn listen(&mut self, time: Duration) -> Result<(), Failure> {
        match self.receiver.recv_timeout(time) {
            Ok(message) => self.take(message),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => Ok(()),
        }
    }

    fn take(&mut self, message: Message) -> Result<(), Failure> {
        let Some(place) = self.slices.get_mut(message.worker) else { return Ok(()) };
        match message.event {
            Event::Ended(end) => {
                let slice = place.take();
                slice.map_or(Ok(()), |slice| self.ended(slice, end?))
            }
            Event::Executed(number) => {
                place.iter_mut().for_each(|slice| slice.executions = number);
                Ok(())
            }
            Event::Progress(progress) => {
                let Some(slice) = place else { return Ok(()) };
                slice.executions = slice.executions.max(progress.executions);
                slice.has_started |= progress.is_start;
                let name = self.plan.targets.get(slice.target);
                let totals = name.and_then(|name| self.state.targets.get_mut(name));
                if let (Some(totals), Some(course)) = (totals, self.progress.get_mut(slice.target))
                {
                    let now = totals.elapsed_s + slice.clock.seconds() - slice.counted.0;
                    let is_first = !std::mem::replace(&mut course.has_features, true);
                    slice.new_features += totals.take(&progress, now, is_first);
                }
                Ok(())
            }
        }
    }

    /// The figures of a slice that has ended, and what became of its target.
    fn ended(&mut self, mut slice: Slice, end: End) -> Result<(), Failure> {
        let cpu_s = end.cpu_s.unwrap_or_else(|| slice.cpu_s());
        self.count(&mut slice, cpu_s);
        self.schedule.ended(slice.target, cpu_s, slice.new_features);
        let Some(name) = self.plan.targets.get(slice.target).cloned() else { return Ok(()) };
        let artifacts = self.engine.places().artifacts(&name);
        if let Some(totals) = self.state.targets.get_mut(&name) {
            totals.findings = triage::count(&artifacts)?;
        }
        for finding in end.findings {
            self.screen.say(&summary::finding(&self.engine, &finding));
            self.findings.push(finding);
        }
        self.judge(&slice, &name, end.is_crash, end.complaint);
        if !self.screen.is_terminal() {
            let line = self.row(slice.target).map(|row| screen::line(&row));
            line.iter().for_each(|line| self.screen.say(line));
        }
        Ok(())
    }

    /// Whether a target goes on.
    fn judge(&mut self, slice: &Slice, name: &str, is_crash: bool, complaint: Option<String>) {
        if self.is_at_plateau(slice.target) {
            self.schedule.retire(slice.target);
        }
        let mut complaint = complaint;
        if let Some(course) = self.progress.get_mut(slice.target) {
            let is_false_start = is_crash && !slice.has_started;
            course.false_starts = if is_false_start { course.false_starts + 1 } else { 0 };
            if course.false_starts >= MOST_FALSE_STARTS {
                complaint = Some(format!("an input of its corpus or of fuzz/seeds/{name} ends it"));
            }
        }
        if let Some(complaint) = complaint {
            self.schedule.retire(slice.target);
            let text = format!("{name} cannot be fuzzed: {complaint}");
            self.screen.say(&text);
            self.complaints.push(text);
        }
    }

    /// Whether nothing new has come for long; what an earlier campaign left gets the least time again.
    fn is_at_plateau(&self, target: usize) -> bool {
        let Some(least) = self.plan.plateau.map(|least| least as f64) else { return false };
        let totals = self.plan.targets.get(target).and_then(|name| self.state.targets.get(name));
        let (Some(totals), Some(course)) = (totals, self.progress.get(target)) else {
            return false;
        };
        totals.elapsed_s - course.before.elapsed_s >= least && totals.is_at_plateau(least)
    }

    /// Ends what goes on, and waits for it: first with a request, then without.
    fn end(&mut self) {
        self.slices.iter().flatten().for_each(Slice::interrupt);
        let clock = Stopwatch::start();
        while self.slices.iter().any(Option::is_some) {
            if let Err(failure) = self.listen(TICK) {
                self.complaints.push(failure.message);
            }
            if clock.seconds() > PATIENCE_SECONDS {
                self.slices.iter().flatten().for_each(Slice::kill);
            }
        }
    }
}

/// How long a slice lasts: so that every target gets a few, and that reading the corpus does not matter.
fn slice_seconds(targets: usize, plan: &Plan) -> u64 {
    let targets = u64::try_from(targets).unwrap_or(u64::MAX).max(1);
    let workers = u64::try_from(plan.workers).unwrap_or(u64::MAX);
    if targets <= workers {
        return 300;
    }
    let fair = plan.seconds.map_or(30, |seconds| seconds.saturating_mul(workers) / targets / 3);
    fair.clamp(2, 30)
}

const TICK: Duration = Duration::from_millis(200);

/// After which a committed input is to blame.
const MOST_FALSE_STARTS: u32 = 3;

/// The longest input, and running it again.
const PATIENCE_SECONDS: f64 = 25.0;

#[cfg(test)]
mod tests;
