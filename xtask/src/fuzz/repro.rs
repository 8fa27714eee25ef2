//! `cargo xtask fuzz repro TARGET FILE`: what becomes of one input.

use std::ffi::OsString;

use super::command_line::Syntax;
use super::engine::{Engine, Flavour};
use super::triage;
use crate::exit::Failure;
use crate::repository::{self, Repository};

/// Runs the input with the output of the target, and names its class.
///
/// # Errors
/// The input is a finding still.
pub(super) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let syntax = Syntax { switches: &["--asan"], words: 2, ..Syntax::default() };
    let given = syntax.read(arguments)?;
    let file = given.file(1, "a file")?;
    let names: Vec<_> = given.targets().into_iter().take(1).collect();
    let names = super::checked(repository, &names)?;
    let Some(target) = names.first() else { return Err(Failure::usage(super::usage())) };
    if !file.is_file() {
        return Err(Failure::usage(format!("{} is no file", file.display())));
    }
    let engine = Engine::build(repository, &names, Flavour::with(given.has("--asan")))?;
    engine.prepare(target)?;
    let mut command = engine.command(target);
    command.arg(&file);
    // Its code says what the class says too.
    let _ = repository::run(command);
    match triage::class(&engine, target, &file)? {
        Some(class) => Err(Failure::failed(format!("{target}: {class}"))),
        None => {
            println!("{target}: no finding");
            Ok(())
        }
    }
}
