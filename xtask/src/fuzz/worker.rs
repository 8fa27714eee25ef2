//! A slice: one process of a target for a while, and what it says on its way.

use std::fs;
use std::io;
use std::process::{Child, ChildStderr, ExitStatus, Stdio};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::clock::Stopwatch;
use super::engine::Engine;
use super::finding::Report;
use super::output::{self, Line, Progress};
use super::triage::{self, Finding};
use crate::exit::Failure;
use crate::repository::not_started;

/// From worker `worker`.
#[derive(Debug)]
pub(super) struct Message {
    pub(super) worker: usize,
    pub(super) event: Event,
}

/// What happens in a slice.
#[derive(Debug)]
pub(super) enum Event {
    Progress(Progress),
    /// The exact number of executions, at the end.
    Executed(u64),
    Ended(Result<End, Failure>),
}

/// How a slice ended.
#[derive(Debug)]
pub(super) struct End {
    /// CPU seconds of the process, where the system tells.
    pub(super) cpu_s: Option<f64>,
    /// Classes that were not there before.
    pub(super) findings: Vec<Finding>,
    /// Whether an input ended it.
    pub(super) is_crash: bool,
    /// Why it ended, where neither time nor an input nor we ended it.
    pub(super) complaint: Option<String>,
}

/// A slice that goes on.
#[derive(Debug)]
pub(super) struct Slice {
    pub(super) target: usize,
    pub(super) clock: Stopwatch,
    pub(super) executions: u64,
    pub(super) new_features: u64,
    /// Whether the process has read its corpus.
    pub(super) has_started: bool,
    /// What the totals have of it already: seconds, CPU seconds, executions.
    pub(super) counted: (f64, f64, u64),
    /// How long it may last.
    seconds: u64,
    process: Arc<Mutex<Process>>,
}

/// Locked to signal it and to wait for it: the number of one that was waited for may be another's.
#[derive(Debug)]
struct Process {
    child: Child,
    has_ended: bool,
}

impl Slice {
    /// Starts a process of `target`, whose index is `index`, for `seconds`; `worker` tells of it.
    pub(super) fn start(
        engine: &Engine,
        (index, target): (usize, &str),
        (seconds, options): (u64, &[std::ffi::OsString]),
        (worker, sender): (usize, Sender<Message>),
    ) -> Result<Self, Failure> {
        // libFuzzer's own limit, which is coarse, is for when we are no longer there.
        let mut command = engine.fuzzing(target, seconds.saturating_add(2));
        command.args(options).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| not_started(&command, &error))?;
        let errors = child.stderr.take();
        let process = Arc::new(Mutex::new(Process { child, has_ended: false }));
        let (engine, target, followed) = (engine.clone(), target.to_owned(), Arc::clone(&process));
        thread::spawn(move || {
            let tell = |event| {
                // Who no longer listens has ended already.
                let _ = sender.send(Message { worker, event });
            };
            let end = follow(errors, &followed, &tell).map_err(|error| {
                Failure::unavailable(format!("{target} cannot be waited for: {error}"))
            });
            tell(Event::Ended(end.and_then(|mut end| {
                end.findings = triage::file(&engine, &target)?;
                Ok(end)
            })));
        });
        let clock = Stopwatch::start();
        let counted = (0.0, 0.0, 0);
        let (executions, new_features, has_started) = (0, 0, false);
        Ok(Self {
            target: index,
            clock,
            executions,
            new_features,
            has_started,
            counted,
            seconds,
            process,
        })
    }

    /// CPU seconds so far; those of the clock where the system tells none.
    pub(super) fn cpu_s(&self) -> f64 {
        let known = alive(&self.process).as_ref().and_then(|process| cpu_s(process.child.id()));
        let last = if self.counted.1 > 0.0 { self.counted.1 } else { self.clock.seconds() };
        known.unwrap_or(last)
    }

    /// Whether its time is over.
    pub(super) fn is_over(&self) -> bool {
        self.clock.seconds() >= self.seconds as f64
    }

    /// Asks the process to end; it prints its figures and does.
    pub(super) fn interrupt(&self) {
        // The lock is held until the signal is sent.
        if let Some(process) = alive(&self.process) {
            signal(&process.child, false);
        }
    }

    /// Ends the process.
    pub(super) fn kill(&self) {
        // The lock is held until the signal is sent.
        if let Some(process) = alive(&self.process) {
            signal(&process.child, true);
        }
    }
}

/// The process, if nobody has waited for it.
fn alive(process: &Mutex<Process>) -> Option<MutexGuard<'_, Process>> {
    let process = process.lock().unwrap_or_else(PoisonError::into_inner);
    (!process.has_ended).then_some(process)
}

/// Reads standard error to its end and waits.
fn follow(
    errors: Option<ChildStderr>,
    process: &Mutex<Process>,
    tell: &impl Fn(Event),
) -> io::Result<End> {
    let mut report = Report::default();
    let mut last = String::new();
    if let Some(errors) = errors {
        triage::lines(errors, |line| {
            report.read(line);
            match output::parse(line) {
                Some(Line::Progress(progress)) => tell(Event::Progress(progress)),
                Some(Line::Executed(number)) => tell(Event::Executed(number)),
                _ if !line.trim().is_empty() => last = line.to_owned(),
                _ => {}
            }
        });
    }
    let (status, cpu_s) = wait(process)?;
    let is_crash = report.class(std::path::Path::new("/")).is_some();
    let is_expected = status.success() || status.code() == Some(INTERRUPTED) || is_crash;
    let words = || last.chars().filter(|letter| !letter.is_control()).take(200).collect::<String>();
    let complaint = (!is_expected).then(|| format!("{status}; its last words: {}", words()));
    Ok(End { cpu_s, findings: Vec::new(), is_crash, complaint })
}

/// Waits without keeping the lock; gives the CPU seconds too, which a process keeps until it is waited for.
fn wait(process: &Mutex<Process>) -> io::Result<(ExitStatus, Option<f64>)> {
    loop {
        let mut process = process.lock().unwrap_or_else(PoisonError::into_inner);
        let cpu_s = cpu_s(process.child.id());
        if let Some(status) = process.child.try_wait()? {
            process.has_ended = true;
            return Ok((status, cpu_s));
        }
        drop(process);
        thread::sleep(Duration::from_millis(5));
    }
}

/// User and system time of a process, where `/proc` tells.
pub(super) fn cpu_s(pid: u32) -> Option<f64> {
    cpu_of(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// From `PID (NAME) STATE …`: fields 14 and 15 are user and system time in hundredths of a second. The name
/// may have anything in it.
fn cpu_of(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(11).map(str::parse::<f64>);
    let (user, system) = (times.next()?.ok()?, times.next()?.ok()?);
    Some((user + system) / 100.0)
}

/// Interrupts or kills a process that was not waited for.
#[cfg(unix)]
pub(super) fn signal(child: &Child, is_final: bool) {
    use rustix::process::{Pid, Signal, kill_process};
    if let Some(pid) = i32::try_from(child.id()).ok().and_then(Pid::from_raw) {
        // It may have ended by itself.
        let _ = kill_process(pid, if is_final { Signal::KILL } else { Signal::INT });
    }
}

/// Elsewhere a process ends by its own clock.
#[cfg(not(unix))]
pub(super) fn signal(_: &Child, _: bool) {}

/// libFuzzer's exit code after SIGINT.
const INTERRUPTED: i32 = 72;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_of_a_process_are_read() {
        let stat = "4242 (a) b) R 1 2 3 4 5 6 7 8 9 10 150 25 0 0 20 0 1 0 55";
        assert_eq!(cpu_of(stat), Some(1.75));
        assert_eq!(cpu_of("4242 (json) Z"), None);
    }
}
