//! The commands of `cargo xtask`, one row each.

use std::ffi::OsString;

use crate::exit::Failure;
use crate::repository::Repository;
use crate::{ci, fuzz, mutants, test, tidy, touchstone};

/// One command: its name, what it does in one line, and who does it.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    pub(crate) run: Run,
}

/// Who carries a command out.
pub(crate) enum Run {
    /// A function of xtask; it gets the arguments after the command's name.
    Here(fn(&Repository, &[OsString]) -> Result<(), Failure>),
    /// The binary `touchstone`, built first; it gets all arguments verbatim.
    Touchstone,
}

/// Every command, in the order of the usage text.
pub(crate) const COMMANDS: &[Command] = &[
    touchstone("conformance", "ask targets the suites' questions and judge the answers"),
    touchstone("adapters", "list, check or run the targets of harness/adapters/"),
    touchstone("explain", "what a case, a requirement or a rejection code means"),
    touchstone("repro", "the request of one case, ready to be sent again"),
    touchstone("coverage", "which rules, advisories and cells the suites cover"),
    touchstone("foreign", "ask targets the test vectors of another project"),
    touchstone("diff", "compare two reports"),
    touchstone("referees", "which independent targets agree with each expectation"),
    touchstone("differ", "two targets beside each other on mutated tokens"),
    touchstone("timing", "whether rejections take the same time (experimental)"),
    touchstone("regress", "old releases with published vulnerabilities, and their fixes"),
    touchstone("suites", "list and check the suites"),
    touchstone("keys", "print a public test key"),
    touchstone("assertion", "build a client assertion with an adapter"),
    touchstone("open", "open a nested access token with an adapter"),
    touchstone("vectors", "write the forged cases for use without Rust"),
    here("serve", "an authorization server in place of Auth0 [--help]", touchstone::serve),
    here("test", "every test of the workspace [FILTER and options of `cargo test`]", test::run),
    here("ci", "everything that CI checks, in its order", ci::run),
    here("tidy", "the house rules that a machine can check", tidy::run),
    here("mutants", "the suites against flaws on purpose, one at a time", mutants::run),
    here(
        "fuzz",
        "campaigns with the fuzz targets [list, run, coverage, promote …]",
        fuzz::run_action,
    ),
];

/// The usage text, ending in a newline.
pub(crate) fn usage() -> String {
    let mut text = String::from("usage: cargo xtask COMMAND [ARGUMENT…]\n\n");
    for command in COMMANDS {
        text.push_str(&format!("  {:<12} {}\n", command.name, command.about));
    }
    text.push_str("  help         print this\n");
    text.push_str("\n`cargo xtask conformance --help` and the like tell the arguments.\n");
    text
}

const fn touchstone(name: &'static str, about: &'static str) -> Command {
    Command { name, about, run: Run::Touchstone }
}

const fn here(
    name: &'static str,
    about: &'static str,
    run: fn(&Repository, &[OsString]) -> Result<(), Failure>,
) -> Command {
    Command { name, about, run: Run::Here(run) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        for (index, command) in COMMANDS.iter().enumerate() {
            let again = COMMANDS[index + 1..].iter().any(|other| other.name == command.name);
            assert!(!again, "{} stands twice", command.name);
        }
    }

    #[test]
    fn usage_names_every_command() {
        for command in COMMANDS {
            assert!(usage().contains(&format!("\n  {} ", command.name)), "{}", command.name);
        }
    }
}
