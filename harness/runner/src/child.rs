//! A target as a child process: asked line by line, with deadlines, in its own process group.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use protocol::answer::Malformed;
use protocol::{Answer, Hello, Operation, Request};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Map, Value};

use crate::clock::Stopwatch;
use crate::contact::{self, Watch};
use crate::outcome::{Event, Fault, FaultKind, Outcome};

/// How a target's process is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// Program and arguments.
    pub command: Vec<String>,
    /// The working directory; `None` is ours.
    pub folder: Option<PathBuf>,
    /// How long an answer may take.
    pub deadline: Duration,
}

/// A running process.
#[derive(Debug)]
pub struct Process {
    child: Child,
    lines: Receiver<Line>,
    writer: Option<SyncSender<Vec<u8>>>,
    stderr: Arc<Mutex<VecDeque<u8>>>,
    next_id: u64,
    deadline: Duration,
}

#[derive(Debug)]
enum Line {
    Text(Vec<u8>),
    TooLong,
    End,
}

impl Process {
    /// Starts a process and greets it.
    ///
    /// # Errors
    /// A [`Fault`] when it does not start, or does not answer `hello` as the protocol says.
    pub fn start(launch: &Launch) -> Result<(Self, Hello), Fault> {
        let mut process = Self::spawn(launch)?;
        let request = Request::hello(env!("CARGO_PKG_VERSION"));
        let answer = process.exchange(&request, HELLO_DEADLINE)?;
        let fault =
            |detail: String| Fault { kind: FaultKind::Protocol, detail, stderr: String::new() };
        match answer {
            Answer::Accept(body) => match Hello::parse(body) {
                Ok(hello) => Ok((process, hello)),
                Err(error) => Err(fault(error.to_string())),
            },
            other => Err(fault(format!("hello was answered {}", other.to_value()))),
        }
    }

    fn spawn(launch: &Launch) -> Result<Self, Fault> {
        let fault =
            |detail: String| Fault { kind: FaultKind::Crash, detail, stderr: String::new() };
        let Some((program, arguments)) = launch.command.split_first() else {
            return Err(fault("the command is empty".to_owned()));
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        if let Some(folder) = &launch.folder {
            command.current_dir(folder);
        }
        let mut child =
            command.spawn().map_err(|error| fault(format!("cannot start `{program}`: {error}")))?;
        let (Some(stdin), Some(stdout), Some(stderr)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(fault("the process has no pipes".to_owned()));
        };
        // Bounded: a process that floods blocks on its own pipe.
        let (line_sender, lines) = mpsc::sync_channel(4);
        thread::spawn(move || read_lines(stdout, &line_sender));
        let (writer, texts) = mpsc::sync_channel::<Vec<u8>>(1);
        thread::spawn(move || {
            let mut stdin = stdin;
            while let Ok(text) = texts.recv() {
                if stdin.write_all(&text).and_then(|()| stdin.flush()).is_err() {
                    return;
                }
            }
        });
        let tail = Arc::new(Mutex::new(VecDeque::new()));
        let shared = Arc::clone(&tail);
        thread::spawn(move || keep_tail(stderr, &shared));
        Ok(Self {
            child,
            lines,
            writer: Some(writer),
            stderr: tail,
            next_id: 1,
            deadline: launch.deadline,
        })
    }

    /// Asks one question.
    ///
    /// # Errors
    /// A [`Fault`]; the process must not be asked again.
    pub fn ask(
        &mut self,
        operation: &Operation,
        input: &Map<String, Value>,
    ) -> Result<(Answer, u64), Fault> {
        let mut input = input.clone();
        let millis = u64::try_from(self.deadline.as_millis()).unwrap_or(u64::MAX);
        input.entry("deadline_ms").or_insert_with(|| millis.into());
        let request = Request { id: self.next_id, op: operation.name.to_owned(), input };
        self.next_id += 1;
        let watch = Stopwatch::start();
        let answer = self.exchange(&request, self.deadline)?;
        let micros = watch.micros();
        match answer.check(operation) {
            Ok(()) => Ok((answer, micros)),
            Err(error) => Err(self.fault(FaultKind::Protocol, error.to_string())),
        }
    }

    /// The process group that it leads.
    #[must_use]
    pub fn group(&self) -> u32 {
        self.child.id()
    }

    /// Whether the process has been asked nothing but `hello`.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.next_id == 1
    }

    fn exchange(&mut self, request: &Request, deadline: Duration) -> Result<Answer, Fault> {
        let watch = Stopwatch::start();
        let mut text = request.to_line().into_bytes();
        text.push(b'\n');
        if let Some(writer) = &self.writer {
            // A closed pipe shows as the end of the output below.
            let _ = writer.try_send(text);
        }
        let line = match self.next_line(deadline, watch) {
            Ok(Line::Text(line)) => line,
            Ok(Line::TooLong) => {
                let text = format!("a line of more than {LONGEST_LINE} octets");
                return Err(self.fault(FaultKind::Protocol, text));
            }
            Ok(Line::End) | Err(RecvTimeoutError::Disconnected) => return Err(self.ended()),
            Err(RecvTimeoutError::Timeout) => {
                let text = format!("no answer within {} ms", deadline.as_millis());
                return Err(self.fault(FaultKind::Hang, text));
            }
        };
        let Ok(line) = String::from_utf8(line) else {
            return Err(self.fault(FaultKind::Protocol, "a line that is not UTF-8".to_owned()));
        };
        match Answer::parse(&line, request.id) {
            Ok(answer) => Ok(answer),
            Err(error @ Malformed::Id { .. }) => {
                Err(self.fault(FaultKind::ForeignId, error.to_string()))
            }
            Err(error) => {
                let start: String = line.chars().take(120).collect();
                Err(self.fault(FaultKind::Protocol, format!("{error}; the line: {start}")))
            }
        }
    }

    /// Waits for a line, or for the end of the process: a child of its may keep the pipe open.
    fn next_line(
        &mut self,
        deadline: Duration,
        watch: Stopwatch,
    ) -> Result<Line, RecvTimeoutError> {
        loop {
            let left = deadline.saturating_sub(watch.elapsed());
            match self.lines.recv_timeout(left.min(LOOK_AGAIN)) {
                Err(RecvTimeoutError::Timeout) if !left.is_zero() => {
                    if matches!(self.child.try_wait(), Ok(Some(_))) {
                        // What it wrote before it ended may still be on its way.
                        return Ok(self.lines.recv_timeout(LOOK_AGAIN).unwrap_or(Line::End));
                    }
                }
                other => return other,
            }
        }
    }

    fn ended(&mut self) -> Fault {
        let watch = Stopwatch::start();
        let status = loop {
            match self.child.try_wait() {
                Ok(Some(status)) => break Some(status),
                Ok(None) if watch.elapsed() < GRACE => thread::sleep(Duration::from_millis(5)),
                _ => break None,
            }
        };
        let detail = status.map_or_else(
            || "the process closed its output and went on".to_owned(),
            |status| describe(&status),
        );
        self.fault(FaultKind::Crash, detail)
    }

    fn fault(&mut self, kind: FaultKind, detail: String) -> Fault {
        self.kill();
        // The pipe's reader may still be at work on the last octets.
        thread::sleep(Duration::from_millis(10));
        let stderr = self
            .stderr
            .lock()
            .map(|tail| tail.iter().copied().collect::<Vec<u8>>())
            .unwrap_or_default();
        let stderr = excerpt(&String::from_utf8_lossy(&stderr));
        Fault { kind, detail, stderr }
    }

    fn signal(&self, signal: Signal) {
        signal_group(self.group(), signal);
    }

    fn kill(&mut self) {
        self.writer = None;
        self.signal(Signal::KILL);
        let _ = self.child.wait();
    }

    /// Closes the input, waits a second, then ends the process group: TERM, a second, KILL.
    pub fn close(mut self) {
        self.writer = None;
        if !self.ended_within(GRACE) {
            self.signal(Signal::TERM);
            self.ended_within(GRACE);
        }
    }

    fn ended_within(&mut self, limit: Duration) -> bool {
        let watch = Stopwatch::start();
        while watch.elapsed() < limit {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return true;
            }
            thread::sleep(Duration::from_millis(2));
        }
        false
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A target that is asked through as many fresh processes as it takes.
#[derive(Debug)]
pub struct Interview {
    launch: Launch,
    process: Option<Process>,
}

impl Interview {
    /// With a process that was started already, or none.
    #[must_use]
    pub fn new(launch: Launch, process: Option<Process>) -> Self {
        Self { launch, process }
    }

    /// Asks one question. A fault is repeated once, alone in a fresh process: the same kind again
    /// stands, anything else is flaky.
    pub fn ask(&mut self, operation: &Operation, input: &Map<String, Value>) -> Outcome {
        let first = match self.try_once(operation, input) {
            Ok((answer, micros)) => return Outcome { event: Event::Answer(answer), micros },
            Err(fault) => fault,
        };
        match self.try_once(operation, input) {
            Ok((answer, micros)) => {
                Outcome { event: Event::Flaky(first, Box::new(answer)), micros }
            }
            Err(second) if second.kind == first.kind => {
                Outcome { event: Event::Fault(second), micros: 0 }
            }
            // A process that does not even start again says nothing about the question.
            Err(_) => Outcome { event: Event::Fault(first), micros: 0 },
        }
    }

    fn try_once(
        &mut self,
        operation: &Operation,
        input: &Map<String, Value>,
    ) -> Result<(Answer, u64), Fault> {
        let mut process = match self.process.take() {
            Some(process) => process,
            None => Process::start(&self.launch)?.0,
        };
        let fresh = process.is_fresh();
        let watch = Watch::of(input);
        if matches!(watch, Watch::Blind) {
            self.process = Some(process);
            let value = format!("{} is taken, so a connection would not be seen", contact::ADDRESS);
            return Ok((Answer::Unsupported { what: "input".to_owned(), value }, 0));
        }
        let outcome = process.ask(operation, input);
        if watch.contacts() > 0 {
            let detail = format!("it connected to {}, which the token names", contact::ADDRESS);
            return Err(Fault { kind: FaultKind::Contact, detail, stderr: String::new() });
        }
        match outcome {
            Ok(answer) => {
                self.process = Some(process);
                Ok(answer)
            }
            // A line that an earlier question left behind is not this question's fault.
            Err(fault) if !fresh && fault.kind == FaultKind::ForeignId => {
                let mut process = Process::start(&self.launch)?.0;
                let answer = process.ask(operation, input)?;
                self.process = Some(process);
                Ok(answer)
            }
            Err(fault) => Err(fault),
        }
    }

    /// Ends the conversation.
    pub fn close(self) {
        if let Some(process) = self.process {
            process.close();
        }
    }
}

/// The first and the last characters: a panic says its reason first, an interpreter last.
pub(crate) fn excerpt(text: &str) -> String {
    let count = text.chars().count();
    if count <= 2 * EXCERPT {
        return text.to_owned();
    }
    let front: String = text.chars().take(EXCERPT).collect();
    let back: String = text.chars().skip(count - EXCERPT).collect();
    format!("{front}\n…\n{back}")
}

pub(crate) fn describe(status: &ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("the process exited with code {code}"),
        (None, Some(signal)) => format!("the process was ended by signal {signal}"),
        (None, None) => "the process ended".to_owned(),
    }
}

/// A process, by the number that the system gave it.
pub(crate) fn pid(number: u32) -> Option<Pid> {
    i32::try_from(number).ok().and_then(Pid::from_raw)
}

/// Signals a process group, named after its leader. It may be gone already.
pub(crate) fn signal_group(group: u32, signal: Signal) {
    if let Some(pid) = pid(group) {
        let _ = kill_process_group(pid, signal);
    }
}

fn read_lines(stdout: impl Read, sender: &SyncSender<Line>) {
    let mut reader = BufReader::new(stdout);
    loop {
        let mut line = Vec::new();
        let limit = u64::try_from(LONGEST_LINE + 1).unwrap_or(u64::MAX);
        let sent = match (&mut reader).take(limit).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => {
                let _ = sender.send(Line::End);
                return;
            }
            Ok(_) if line.last() == Some(&b'\n') => {
                line.pop();
                sender.send(Line::Text(line))
            }
            Ok(count) if count > LONGEST_LINE => {
                let _ = sender.send(Line::TooLong);
                return;
            }
            // The last line lacks its line feed: the process ended inside it.
            Ok(_) => sender.send(Line::End),
        };
        if sent.is_err() {
            return;
        }
    }
}

pub(crate) fn keep_tail(mut stderr: impl Read, tail: &Mutex<VecDeque<u8>>) {
    let mut buffer = [0; 4096];
    while let Ok(count) = stderr.read(&mut buffer) {
        if count == 0 {
            return;
        }
        if let Ok(mut tail) = tail.lock() {
            tail.extend(buffer.iter().take(count));
            let excess = tail.len().saturating_sub(STDERR_KEPT);
            tail.drain(..excess);
        }
    }
}

/// How often a silent process is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(100);
/// How long `hello` may take.
const HELLO_DEADLINE: Duration = Duration::from_secs(10);
/// How long a process may take to end by itself, and again after TERM.
const GRACE: Duration = Duration::from_secs(1);
/// Octets of the longest line that is read: more is a broken adapter.
const LONGEST_LINE: usize = 16 << 20;
/// Characters of standard error that a report shows of its start and of its end.
const EXCERPT: usize = 1000;
/// Octets of standard error that are kept.
const STDERR_KEPT: usize = 64 << 10;
