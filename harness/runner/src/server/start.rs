//! Servers that we start ourselves: the folders of `harness/adapters/` with `kind = "server"`.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use report::printable;
use rustix::process::Signal;

use super::target::ServerTarget;
use crate::child::{keep_tail, signal_group};

/// A server that runs until this is dropped.
pub struct Started {
    /// What it says of itself.
    pub target: ServerTarget,
    child: Child,
    stdin: Option<ChildStdin>,
}

/// Starts a server and waits for its ready line.
///
/// # Errors
/// Why it is not ready, with the end of what it wrote to standard error.
pub fn start(command: &[String]) -> Result<Started, String> {
    let Some((program, arguments)) = command.split_first() else {
        return Err("an empty command".to_owned());
    };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(|error| format!("`{program}`: {error}"))?;
    let stdin = child.stdin.take();
    let tail = Arc::new(Mutex::new(VecDeque::new()));
    if let Some(stderr) = child.stderr.take() {
        let tail = Arc::clone(&tail);
        thread::spawn(move || keep_tail(stderr, &tail));
    }
    let (sender, receiver) = sync_channel(1);
    if let Some(stdout) = child.stdout.take() {
        thread::spawn(move || {
            let mut reader = BufReader::new(stdout);
            let mut line = String::new();
            // A ready line is short; what follows it is not for us, but has to be read.
            let read = reader.by_ref().take(LONGEST_LINE).read_line(&mut line);
            let _ = sender.send(read.map(|_| line));
            let _ = std::io::copy(&mut reader, &mut std::io::sink());
        });
    }
    // Dropped on every way out of here, and the process with it.
    let mut started = Started { target: ServerTarget::default(), child, stdin };
    let problem = match receiver.recv_timeout(PATIENCE) {
        Ok(Ok(line)) if line.trim().is_empty() => "it ended before it was ready".to_owned(),
        Ok(Ok(line)) => match ServerTarget::ready(&line) {
            Ok(target) => {
                started.target = target;
                return Ok(started);
            }
            Err(text) => text,
        },
        Ok(Err(error)) => format!("its output cannot be read: {error}"),
        Err(RecvTimeoutError::Timeout) => {
            format!("it was not ready within {} s", PATIENCE.as_secs())
        }
        Err(RecvTimeoutError::Disconnected) => "it closed its output".to_owned(),
    };
    let said: Vec<u8> = tail.lock().map(|tail| tail.iter().copied().collect()).unwrap_or_default();
    let said = printable(&String::from_utf8_lossy(&said), 2000);
    Err(format!("{problem}\n{said}").trim_end().to_owned())
}

impl Drop for Started {
    fn drop(&mut self) {
        // Servers end when their input does; what does not is killed with all it started.
        drop(self.stdin.take());
        for _ in 0..GRACE_STEPS {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            thread::sleep(GRACE);
        }
        signal_group(self.child.id(), Signal::KILL);
        let _ = self.child.wait();
    }
}

const PATIENCE: Duration = Duration::from_secs(60);
const LONGEST_LINE: u64 = 1 << 16;
const GRACE: Duration = Duration::from_millis(50);
const GRACE_STEPS: usize = 40;
