//! `cargo xtask`: the one entry point of the repository.
//!
//! It builds what a command needs, hands over to it and passes on its exit code. It depends on no
//! crate of the workspace, so that it works when they do not compile.

mod ci;
mod commands;
mod exit;
mod fuzz;
mod generated;
mod metadata;
mod mutants;
mod openssl;
mod repository;
mod tally;
mod test;
mod tidy;
mod touchstone;

use std::ffi::OsString;
use std::process::ExitCode;

use crate::commands::{COMMANDS, Run};
use crate::exit::Failure;
use crate::fuzz::wrapper;
use crate::repository::Repository;

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if !failure.message.is_empty() {
                eprintln!("error: {}", failure.message);
            }
            ExitCode::from(failure.code)
        }
    }
}

fn dispatch(arguments: &[OsString]) -> Result<(), Failure> {
    if wrapper::is_called(arguments) {
        return wrapper::run(arguments);
    }
    let Some((name, rest)) = arguments.split_first() else {
        return Err(Failure::usage(format!("no command given\n\n{}", commands::usage())));
    };
    let name = name.to_string_lossy();
    if matches!(name.as_ref(), "help" | "--help" | "-h") {
        print!("{}", commands::usage());
        return Ok(());
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        return Err(Failure::usage(format!("no command `{name}`\n\n{}", commands::usage())));
    };
    let repository = Repository::locate()?;
    match command.run {
        Run::Here(run) => run(&repository, rest),
        Run::Touchstone => touchstone::hand_over(&repository, arguments),
    }
}
