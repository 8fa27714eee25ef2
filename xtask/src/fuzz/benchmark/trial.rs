//! A trial: one process of one target with one bug, from one input to the end of its CPU-seconds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use super::super::engine::ONE_CHANGE;
use super::super::finding::Report;
use super::super::output::{self, Line};
use super::super::places;
use super::super::{triage, worker};
use super::planted::Bug;
use crate::exit::Failure;
use crate::mutants::FLAW;
use crate::repository::not_started;

/// Who changes the inputs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Mode {
    /// Our mutator, which knows tokens and JSON.
    Aware,
    /// libFuzzer's own mutations of octets, alone.
    Blind,
}

impl Mode {
    /// As it stands in reports.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Aware => "aware",
            Self::Blind => "blind",
        }
    }
}

/// What became of a trial.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outcome {
    /// The flawed place was executed.
    pub(super) is_reached: bool,
    /// An input that was kept is judged otherwise with the flaw than without.
    pub(super) is_triggered: bool,
    /// The class of the finding, which is none without the flaw.
    pub(super) detected: Option<String>,
    /// Up to the finding, or to the end.
    pub(super) executions: u64,
    /// CPU-seconds of the process, its start included.
    pub(super) cpu_s: f64,
}

/// The flawed targets, and where they work.
#[derive(Debug)]
pub(super) struct Bench {
    /// Of the repository.
    pub(super) root: PathBuf,
    /// Of the flawed tree, where the panics are.
    pub(super) tree: PathBuf,
    pub(super) binaries: PathBuf,
    /// A folder a trial.
    pub(super) work: PathBuf,
    /// Where the files with the figures go, but for the extension.
    pub(super) report: PathBuf,
}

impl Bench {
    /// Runs a trial. `seed` is libFuzzer's; `seconds` of CPU time are the most.
    pub(super) fn trial(
        &self,
        bug: &Bug,
        mode: Mode,
        seed: u64,
        seconds: u64,
    ) -> Result<Outcome, Failure> {
        let folder = self.work.join(format!("{}-{}-{seed}", bug.flaw, mode.name()));
        let corpus = folder.join("corpus");
        places::make_empty(&folder)?;
        places::make(&corpus)?;
        let seed_folder = folder.join("seed");
        places::make(&seed_folder)?;
        places::replace(&seed_folder.join("input"), &bug.input(&self.root)?)?;
        let mut command = self.command(bug, &folder);
        command.args(["corpus", "seed"]).arg(format!("-seed={seed}")).env(FLAW, &bug.flaw);
        // libFuzzer's own limit is of the clock; ours is of CPU time.
        command.arg(format!("-max_total_time={}", seconds.saturating_mul(10)));
        match mode {
            Mode::Aware => command.arg(ONE_CHANGE),
            Mode::Blind => command.env("TOUCHSTONE_BLIND", "1"),
        };
        let mut outcome = Outcome::default();
        let mut report = Report::default();
        let reached = format!("reached {}", bug.flaw);
        outcome.cpu_s = follow(&mut command, seconds, |line| {
            report.read(line);
            outcome.is_reached |= line == reached;
            match output::parse(line) {
                Some(Line::Executed(number)) => outcome.executions = number,
                Some(Line::Progress(progress)) => outcome.executions = progress.executions,
                _ => {}
            }
        })?;
        let class = report.class(&self.tree).map(|class| class.to_string());
        let with = self.told(bug, &folder, &bug.flaw)?;
        let without = self.told(bug, &folder, "")?;
        outcome.is_triggered = with != without;
        outcome.detected = class.filter(|_| with.has_failed && !without.has_failed);
        if with.has_failed && without.has_failed {
            eprintln!("{}: it fails without the flaw too: {}", bug.flaw, folder.display());
            return Ok(outcome);
        }
        fs::remove_dir_all(&folder).map_err(|error| places::at(&folder, &error))?;
        Ok(outcome)
    }

    /// Whether the input that the search starts from does not show the bug already.
    pub(super) fn is_fair(&self, bug: &Bug) -> Result<bool, Failure> {
        let folder = self.work.join(format!("{}-fair", bug.flaw));
        places::make_empty(&folder)?;
        let corpus = folder.join("corpus");
        places::make(&corpus)?;
        places::replace(&corpus.join("input"), &bug.input(&self.root)?)?;
        let with = self.told(bug, &folder, &bug.flaw)?;
        let is_fair = !with.has_failed && with == self.told(bug, &folder, "")?;
        fs::remove_dir_all(&folder).map_err(|error| places::at(&folder, &error))?;
        Ok(is_fair)
    }

    /// What becomes of the inputs that were kept and of the finding, with a flaw or without.
    fn told(&self, bug: &Bug, folder: &Path, flaw: &str) -> Result<Told, Failure> {
        let mut inputs = places::files(&folder.join("corpus"))?;
        let is_finding =
            |path: &PathBuf| FINDINGS.iter().any(|kind| places::name(path).starts_with(kind));
        // The last one, since it ends the process.
        inputs.extend(places::files(folder)?.into_iter().filter(is_finding));
        let mut told = Told::default();
        for inputs in inputs.chunks(INPUTS_AT_ONCE) {
            let mut command = self.command(bug, folder);
            command.args(inputs).env(FLAW, flaw).env("TOUCHSTONE_TELL", "1");
            let mut report = Report::default();
            follow(&mut command, SECONDS_TO_TELL, |line| {
                report.read(line);
                if let Some(became) = line.strip_prefix("became ") {
                    told.became.push(became.to_owned());
                }
            })?;
            told.has_failed |= report.class(&self.tree).is_some();
        }
        Ok(told)
    }

    fn command(&self, bug: &Bug, folder: &Path) -> Command {
        let mut command = Command::new(self.binaries.join(&bug.target));
        command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(Stdio::piped()).args(["-max_len=4096", "-print_final_stats=1"]);
        command.arg(format!("-timeout={TIMEOUT_SECONDS}"));
        command
    }
}

/// What a process said of its inputs.
#[derive(Debug, Default, Eq, PartialEq)]
struct Told {
    became: Vec<String>,
    has_failed: bool,
}

/// Reads standard error to its end, and ends the process after so many CPU-seconds; gives what it took.
fn follow(command: &mut Command, seconds: u64, mut take: impl FnMut(&str)) -> Result<f64, Failure> {
    let mut child = command.spawn().map_err(|error| not_started(command, &error))?;
    let (sender, receiver) = mpsc::channel();
    if let Some(errors) = child.stderr.take() {
        // Who no longer listens has failed already.
        thread::spawn(move || triage::lines(errors, |line| drop(sender.send(line.to_owned()))));
    }
    loop {
        match receiver.recv_timeout(Duration::from_millis(50)) {
            Ok(line) => take(&line),
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {}
        }
        if worker::cpu_s(child.id()).is_some_and(|cpu_s| cpu_s >= seconds as f64) {
            worker::signal(&child, false);
        }
    }
    wait(&mut child).map_err(|error| not_started(command, &error))
}

/// Waits for the end; the CPU time of a process is kept until it is waited for.
fn wait(child: &mut Child) -> std::io::Result<f64> {
    let mut last = 0.0;
    loop {
        last = worker::cpu_s(child.id()).unwrap_or(last);
        if child.try_wait()?.is_some() {
            return Ok(last);
        }
        thread::sleep(Duration::from_millis(2));
    }
}

/// How libFuzzer names what it found.
const FINDINGS: &[&str] = &["crash-", "timeout-", "oom-"];

/// Of one input.
const TIMEOUT_SECONDS: u32 = 10;

/// CPU time for telling what becomes of some inputs.
const SECONDS_TO_TELL: u64 = 60;

/// A command line may be long, but not as long as a corpus.
const INPUTS_AT_ONCE: usize = 500;
