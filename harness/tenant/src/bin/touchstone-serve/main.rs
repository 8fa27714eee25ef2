//! `touchstone-serve`: an authorization server for a laptop or a CI job, in place of Auth0.

mod arguments;
mod audit;
mod serve;

use std::process::ExitCode;

use clap::Parser as _;

use crate::arguments::{Arguments, Command};

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let _ = error.print();
            return if error.use_stderr() { ExitCode::from(USAGE) } else { ExitCode::SUCCESS };
        }
    };
    let result = match &arguments.command {
        Some(Command::Audit(wanted)) => audit::print(&wanted.data),
        None => serve::run(&arguments.serve),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", error.message);
            ExitCode::from(error.code)
        }
    }
}

/// Why the program ends without success.
pub(crate) struct Failure {
    code: u8,
    message: String,
}

impl Failure {
    /// What is needed cannot be had.
    pub(crate) fn unavailable(message: impl std::fmt::Display) -> Self {
        Self { code: UNAVAILABLE, message: message.to_string() }
    }

    /// The arguments make no sense.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self { code: USAGE, message: message.into() }
    }
}

/// A port that is taken, a folder that cannot be written, a database that is none.
const UNAVAILABLE: u8 = 2;
/// The command line makes no sense.
const USAGE: u8 = 4;
