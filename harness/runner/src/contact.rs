//! Who connects to an address that stands in a token obeyed a text that anybody can write (RFC 8725
//! §3.10).
//!
//! The tokens name [`ADDRESS`], where nobody but us listens. While such a question is open no other
//! one is, so a connection belongs to it.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::sync::{Mutex, MutexGuard, OnceLock};

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
    Open(MutexGuard<'static, TcpListener>),
}

impl Watch {
    /// Begins to watch, where the token's header names the address.
    pub(crate) fn of(input: &Map<String, Value>) -> Self {
        static LISTENER: OnceLock<Option<Mutex<TcpListener>>> = OnceLock::new();
        let token = input.get("token").and_then(Value::as_str).unwrap_or_default();
        if !names_address(token) {
            return Self::Unconcerned;
        }
        match LISTENER.get_or_init(|| listen().map(Mutex::new)).as_ref().map(Mutex::lock) {
            Some(Ok(listener)) => {
                let watch = Self::Open(listener);
                // Whoever comes late has been seen, or not, by the question before.
                watch.contacts();
                watch
            }
            Some(Err(_)) | None => Self::Blind,
        }
    }

    /// How many connections came since the last look. They are closed unanswered.
    pub(crate) fn contacts(&self) -> usize {
        let Self::Open(listener) = self else { return 0 };
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

fn listen() -> Option<TcpListener> {
    let listener = TcpListener::bind(ADDRESS).ok()?;
    listener.set_nonblocking(true).ok()?;
    Some(listener)
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
