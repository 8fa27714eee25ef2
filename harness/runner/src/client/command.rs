//! One start of a builder's command: in a process group of its own, with a deadline.

use std::collections::VecDeque;
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use crate::child::{describe, excerpt, keep_tail, signal_group};
use crate::clock::Stopwatch;

/// How a command came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// By itself.
    Itself(ExitStatus),
    /// It was killed when its time was over.
    Deadline,
    /// It had done its work and was killed when it did not end.
    Lingering,
    /// It was killed because it sent too much, or because the run was stopped.
    Stopped,
}

/// What is watched while a command runs.
pub(super) struct Watch<'a> {
    pub(super) deadline: Duration,
    /// Whether everything has come that was asked for.
    pub(super) is_done: &'a dyn Fn() -> bool,
    /// Whether more has come than can be borne.
    pub(super) is_too_much: &'a dyn Fn() -> bool,
    pub(super) stop: &'a AtomicBool,
}

/// Runs a command to its end, or to ours. The text is what it said: the end of its standard error,
/// or where there is none that of its standard output.
///
/// # Errors
/// It cannot be started.
pub(super) fn run(
    command: &[String],
    folder: Option<&Path>,
    environment: &[(&str, Option<String>)],
    watch: &Watch<'_>,
) -> Result<(Ended, String), String> {
    let Some((program, arguments)) = command.split_first() else {
        return Err("the command is empty".to_owned());
    };
    let mut started = Command::new(program);
    started
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0);
    for (name, value) in environment {
        match value {
            Some(value) => started.env(name, value),
            None => started.env_remove(name),
        };
    }
    if let Some(folder) = folder {
        started.current_dir(folder);
    }
    let mut child =
        started.spawn().map_err(|error| format!("cannot start `{program}`: {error}"))?;
    let stdout = tail(child.stdout.take());
    let stderr = tail(child.stderr.take());
    let ended = wait(&mut child, watch);
    // What it left running goes with it.
    signal_group(child.id(), Signal::KILL);
    let _ = child.wait();
    let said = [stderr, stdout].into_iter().map(|tail| tail.text()).find(|text| !text.is_empty());
    Ok((ended, excerpt(said.unwrap_or_default().trim_end())))
}

impl Ended {
    /// The exit code of a command that ended by itself.
    pub(super) fn code(&self) -> Option<i32> {
        match self {
            Self::Itself(status) => status.code(),
            _ => None,
        }
    }

    /// In words; `deadline` is the one that it had.
    pub(super) fn to_text(&self, deadline: Duration) -> String {
        match self {
            Self::Itself(status) => describe(status),
            Self::Deadline => {
                format!("the process did not end within {} s", deadline.as_secs_f32())
            }
            Self::Lingering => "the process did not end after its last token request".to_owned(),
            Self::Stopped => "the process was stopped".to_owned(),
        }
    }
}

fn wait(child: &mut Child, watch: &Watch<'_>) -> Ended {
    let clock = Stopwatch::start();
    let mut done_at = None;
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Ended::Itself(status);
        }
        if watch.stop.load(Ordering::Relaxed) || (watch.is_too_much)() {
            return Ended::Stopped;
        }
        let elapsed = clock.elapsed();
        if (watch.is_done)() {
            let since: Duration = elapsed.saturating_sub(*done_at.get_or_insert(elapsed));
            if since >= LINGERING {
                return Ended::Lingering;
            }
        }
        if elapsed >= watch.deadline {
            return if (watch.is_done)() { Ended::Lingering } else { Ended::Deadline };
        }
        thread::sleep(LOOK_AGAIN);
    }
}

/// The last octets of a pipe, read by a thread that ends with it.
struct Tail {
    kept: Arc<Mutex<VecDeque<u8>>>,
    reader: Option<thread::JoinHandle<()>>,
}

fn tail(pipe: Option<impl Read + Send + 'static>) -> Tail {
    let kept = Arc::new(Mutex::new(VecDeque::new()));
    let shared = Arc::clone(&kept);
    let reader = pipe.map(|pipe| thread::spawn(move || keep_tail(pipe, &shared)));
    Tail { kept, reader }
}

impl Tail {
    fn text(self) -> String {
        let clock = Stopwatch::start();
        // A process that left the group may hold the pipe open for ever.
        while self.reader.as_ref().is_some_and(|reader| !reader.is_finished())
            && clock.elapsed() < LAST_OCTETS
        {
            thread::sleep(LOOK_AGAIN);
        }
        let octets: Vec<u8> =
            self.kept.lock().map(|kept| kept.iter().copied().collect()).unwrap_or_default();
        String::from_utf8_lossy(&octets).into_owned()
    }
}

/// How often a running process is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(5);
/// How long a process that has done its work may take to end.
const LINGERING: Duration = Duration::from_secs(5);
/// How long the last octets of a dead process may be on their way.
const LAST_OCTETS: Duration = Duration::from_millis(500);
