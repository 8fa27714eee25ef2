//! A slice: one process of a target for a while, and what it says on its way.

use std::fs;
use std::io;
use std::process::{Child, Stdio};
use std::sync::mpsc::Sender;
use std::thread;

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
    pid: u32,
}

impl Slice {
    /// Starts a process of `target`, whose index is `index`, for `seconds`; `worker` tells of it.
    pub(super) fn start(
        engine: &Engine,
        (index, target): (usize, &str),
        (seconds, options): (u64, &[std::ffi::OsString]),
        (worker, sender): (usize, Sender<Message>),
    ) -> Result<Self, Failure> {
        let mut command = engine.fuzzing(target, seconds);
        command.args(options).stderr(Stdio::piped());
        let child = command.spawn().map_err(|error| not_started(&command, &error))?;
        let pid = child.id();
        let (engine, target) = (engine.clone(), target.to_owned());
        thread::spawn(move || {
            let tell = |event| {
                // Who no longer listens has ended already.
                let _ = sender.send(Message { worker, event });
            };
            let end = follow(child, &tell).map_err(|error| {
                Failure::unavailable(format!("{target} cannot be waited for: {error}"))
            });
            tell(Event::Ended(end.and_then(|mut end| {
                end.findings = triage::file(&engine, &target)?;
                Ok(end)
            })));
        });
        let clock = Stopwatch::start();
        let counted = (0.0, 0.0, 0);
        let (executions, new_features) = (0, 0);
        Ok(Self {
            target: index,
            clock,
            executions,
            new_features,
            has_started: false,
            counted,
            pid,
        })
    }

    /// CPU seconds so far, or else those of the clock.
    pub(super) fn cpu_s(&self) -> f64 {
        cpu_s(self.pid).unwrap_or_else(|| self.clock.seconds())
    }

    /// Asks the process to end; it prints its figures and does.
    pub(super) fn interrupt(&self) {
        signal(self.pid, false);
    }

    /// Ends the process.
    pub(super) fn kill(&self) {
        signal(self.pid, true);
    }
}

/// Reads standard error to its end and waits.
fn follow(mut child: Child, tell: &impl Fn(Event)) -> io::Result<End> {
    let mut report = Report::default();
    let mut last = String::new();
    if let Some(errors) = child.stderr.take() {
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
    // A process that has ended but was not waited for keeps its times.
    let cpu_s = cpu_s(child.id());
    let status = child.wait()?;
    let is_crash = report.class(std::path::Path::new("/")).is_some();
    let is_expected = status.success() || status.code() == Some(INTERRUPTED) || is_crash;
    let words = || last.chars().filter(|letter| !letter.is_control()).take(200).collect::<String>();
    let complaint = (!is_expected).then(|| format!("{status}; its last words: {}", words()));
    Ok(End { cpu_s, findings: Vec::new(), is_crash, complaint })
}

/// User and system time of a process, where `/proc` tells.
fn cpu_s(pid: u32) -> Option<f64> {
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

#[cfg(unix)]
fn signal(pid: u32, is_final: bool) {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // It may have ended by itself.
        let _ = kill_process(pid, if is_final { Signal::KILL } else { Signal::INT });
    }
}

/// Elsewhere a slice ends by its own clock.
#[cfg(not(unix))]
fn signal(_: u32, _: bool) {}

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
