//! `touchstone coverage`: what the suites cover, and what they do not.

mod advisories;
mod cells;
mod rules;

use clap::Subcommand;
use runner::RunError;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Each rule of the documents with its cases and what the reference got for them.
    Rules(rules::Arguments),
    /// Each class of published vulnerabilities with its cases.
    Advisories,
    /// Each pair of algorithms, key and serialization with how many questions read, damage and make it.
    Cells,
}

pub(crate) fn run(command: &Command) -> Result<i32, RunError> {
    match command {
        Command::Rules(arguments) => rules::run(arguments),
        Command::Advisories => advisories::run(),
        Command::Cells => cells::run(),
    }
}
