//! `touchstone-serve audit`: the log as JSON lines. JSON escapes what strangers wrote.

use std::io::{self, Write as _};
use std::path::Path;

use tenant::program::Folder;
use tenant::store::{StoreError, audit};

use crate::Failure;

pub(crate) fn print(data: &Path) -> Result<(), Failure> {
    if !data.join("tenant.sqlite").is_file() {
        let message = format!("{}: no tenant here; name its folder with --data", data.display());
        return Err(Failure::unavailable(message));
    }
    let folder = Folder::create(data).map_err(Failure::unavailable)?;
    let store = folder.store().map_err(Failure::unavailable)?;
    let mut out = io::stdout().lock();
    let result = store.with(|connection| {
        audit::read(connection, |entry| {
            let line = serde_json::to_string(&entry).map_err(Stop::failure)?;
            writeln!(out, "{}", escaped(&line)).map_err(Stop::from)
        })
    });
    match result {
        Ok(()) | Err(Stop::NobodyReads) => Ok(()),
        Err(Stop::Failure(failure)) => Err(failure),
    }
}

/// Why printing ends early.
enum Stop {
    /// The pipe is closed, as by `head`.
    NobodyReads,
    Failure(Failure),
}

impl Stop {
    fn failure(error: impl std::fmt::Display) -> Self {
        Self::Failure(Failure::unavailable(error))
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::NobodyReads,
            _ => Self::failure(error),
        }
    }
}

/// JSON leaves what controls a terminal beyond ASCII as it is.
fn escaped(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for unit in line.chars() {
        if matches!(unit, ' '..='~') {
            out.push(unit);
        } else {
            let mut units = [0; 2];
            for unit in unit.encode_utf16(&mut units) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    out
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::failure(error)
    }
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}
