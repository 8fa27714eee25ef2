//! `touchstone`: the referee of nested JWTs and client assertions.

/// Tells people something on standard error; nobody may be there to read it.
macro_rules! say {
    ($($argument:tt)*) => {{
        use std::io::Write;
        let _ = writeln!(std::io::stderr(), $($argument)*);
    }};
}

mod command;

use std::process::ExitCode;

use clap::Parser;

use crate::command::Cli;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are no mistakes.
            let code = if error.use_stderr() { runner::exit::USAGE } else { 0 };
            // A closed pipe is nothing to report.
            let _ = error.print();
            return exit_code(code);
        }
    };
    match command::run(cli) {
        Ok(code) => exit_code(code),
        Err(error) => {
            say!("error: {}", report::printable(&error.to_string(), 8000));
            exit_code(error.exit())
        }
    }
}

fn exit_code(code: i32) -> ExitCode {
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
