//! Who connects to an address that stands in a token obeyed a text that anybody can write (RFC 8725
//! §3.10).
//!
//! The tokens name [`ADDRESS`], where nobody but us listens. While such a question is open no other
//! one is, so a connection belongs to it; another run on the same machine waits for its turn.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::{Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value};

/// The host and port of the URLs that suites put into `jku` and `x5u`. It is fixed, so that tokens
/// are the same octets in every run.
pub const ADDRESS: &str = "127.0.0.1:47115";

/// What is known about connections while a question is open.
pub(crate) enum Watch {
    /// Its token names no address of ours.
    Unconcerned,
    /// The address cannot be listened on, so nothing would be seen.
    Blind,
    /// Connections are counted.
    Open { listener: TcpListener, _turn: MutexGuard<'static, ()> },
}

impl Watch {
    /// Begins to watch, where the token's header names the address.
    pub(crate) fn of(input: &Map<String, Value>) -> Self {
        static TURN: Mutex<()> = Mutex::new(());
        let token = input.get("token").and_then(Value::as_str).unwrap_or_default();
        if !names_address(token) {
            return Self::Unconcerned;
        }
        match TURN.lock().map(|turn| listen().map(|listener| (listener, turn))) {
            Ok(Some((listener, turn))) => Self::Open { listener, _turn: turn },
            Ok(None) | Err(_) => Self::Blind,
        }
    }

    /// How many connections came since the last look. They are closed unanswered.
    pub(crate) fn contacts(&self) -> usize {
        let Self::Open { listener, .. } = self else { return 0 };
        let mut count = 0;
        loop {
            match listener.accept() {
                Ok(_) => count += 1,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return count,
            }
        }
    }
}

/// Listens, as soon as another run does not any more.
fn listen() -> Option<TcpListener> {
    for _ in 0..PATIENCE {
        match TcpListener::bind(ADDRESS) {
            Ok(listener) => return listener.set_nonblocking(true).ok().map(|()| listener),
            Err(error) if error.kind() != ErrorKind::AddrInUse => return None,
            Err(_) => thread::sleep(Duration::from_millis(20)),
        }
    }
    None
}

/// Only short headers are looked at: those of the questions that this is about.
fn names_address(token: &str) -> bool {
    let first = token.split('.').next().unwrap_or_default();
    if first.is_empty() || first.len() > LONGEST_HEADER {
        return false;
    }
    let header = forge::decode(first).unwrap_or_default();
    header.windows(ADDRESS.len()).any(|window| window == ADDRESS.as_bytes())
}

/// Characters of the longest encoded header that is decoded to look for the address.
const LONGEST_HEADER: usize = 4096;

/// How often an address in use is tried again: three seconds, longer than the questions of two or three
/// runs, which take milliseconds.
const PATIENCE: u32 = 150;
