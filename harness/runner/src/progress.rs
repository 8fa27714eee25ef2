//! Progress: one line that changes on a terminal, plain lines elsewhere.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Counts finished requests of one target.
#[derive(Debug)]
pub struct Progress {
    target: String,
    total: usize,
    done: AtomicUsize,
    shown: Mutex<usize>,
    terminal: bool,
}

impl Progress {
    /// For `total` requests.
    #[must_use]
    pub fn new(target: &str, total: usize) -> Self {
        Self {
            target: target.to_owned(),
            total,
            done: AtomicUsize::new(0),
            shown: Mutex::new(0),
            terminal: std::io::stderr().is_terminal(),
        }
    }

    /// One more is finished.
    pub fn tick(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        // A percent on a terminal, a quarter in a log.
        let step = (self.total / if self.terminal { 100 } else { 4 }).max(1);
        if !done.is_multiple_of(step) && done != self.total {
            return;
        }
        let Ok(mut shown) = self.shown.lock() else { return };
        if done <= *shown {
            return;
        }
        *shown = done;
        let mut stderr = std::io::stderr();
        // Nobody to tell: nothing to do about it.
        let _ = if self.terminal {
            let end = if done == self.total { "\n" } else { "" };
            write!(stderr, "\r{}: {done} of {} requests{end}", self.target, self.total)
        } else {
            writeln!(stderr, "{}: {done} of {} requests", self.target, self.total)
        };
        let _ = stderr.flush();
    }
}
