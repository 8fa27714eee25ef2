//! The command line.

mod adapters;
mod conformance;
mod coverage;
mod differ;
mod foreign;
mod look;
mod referees;
mod regress;
mod seeds;
mod timing;
mod tools;
mod variants;

use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};

use clap::{Parser, Subcommand};
use runner::RunError;

/// The referee of nested JWTs and client assertions.
#[derive(Debug, Parser)]
#[command(name = "touchstone", version, bin_name = "cargo xtask")]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Point the suites at everything embedded, or at the targets that are named.
    Conformance(conformance::Arguments),
    /// List, check, install or drive the adapters of this repository.
    Adapters {
        #[command(subcommand)]
        command: adapters::Command,
    },
    /// Say what a case, a rejection code or a requirement means.
    Explain {
        /// Such as `jwe-tag/gcm-truncated`, `decrypt/failed` or `JWA-044`.
        id: String,
    },
    /// Print one question in full: token, keys, the adapter's line, what was changed.
    Repro(look::Repro),
    /// For every expectation of level `must`: which independent targets agree.
    Referees(referees::Arguments),
    /// Show that published vulnerabilities are found in the old release and not in the fixed one.
    Regress(regress::Arguments),
    /// Show two targets the same tokens, mutated at random, and list where they differ.
    Differ(differ::Arguments),
    /// Measure whether rejections that have to be alike take the same time (experimental).
    Timing(timing::Arguments),
    /// What the suites cover: rules and advisories.
    Coverage {
        #[command(subcommand)]
        command: coverage::Command,
    },
    /// Ask targets the test vectors of another project.
    Foreign {
        #[command(subcommand)]
        command: foreign::Command,
    },
    /// Compare two JSON lines reports.
    Diff {
        /// The earlier report.
        before: PathBuf,
        /// The later report.
        after: PathBuf,
    },
    /// Write the forged cases for use without Rust.
    Vectors {
        #[command(subcommand)]
        command: look::Vectors,
    },
    /// Print a public test key, for trying a server by hand.
    Keys(tools::KeyArguments),
    /// Build a client assertion with an adapter, for trying a server by hand.
    Assertion(tools::AssertionArguments),
    /// Open a nested access token with an adapter.
    Open(tools::OpenArguments),
    /// Ask variants of one target, each until its first finding.
    Variants(variants::Arguments),
    /// Check the suites, or list their cases.
    Suites {
        #[command(subcommand)]
        command: Option<look::Suites>,
    },
}

pub(crate) fn run(cli: Cli) -> Result<i32, RunError> {
    match cli.command {
        Command::Conformance(arguments) => conformance::run(&arguments),
        Command::Adapters { command } => adapters::run(command),
        Command::Explain { id } => look::explain(&id),
        Command::Repro(arguments) => look::repro(&arguments),
        Command::Regress(arguments) => regress::run(&arguments),
        Command::Differ(arguments) => differ::run(&arguments),
        Command::Timing(arguments) => timing::run(&arguments),
        Command::Referees(arguments) => referees::run(&arguments),
        Command::Coverage { command } => coverage::run(&command),
        Command::Foreign { command } => foreign::run(&command),
        Command::Diff { before, after } => look::diff(&before, &after),
        Command::Vectors { command: look::Vectors::Export { folder } } => look::export(&folder),
        Command::Vectors { command: look::Vectors::Seeds { folder } } => seeds::run(&folder),
        Command::Keys(arguments) => tools::key(&arguments),
        Command::Assertion(arguments) => tools::assertion(&arguments),
        Command::Open(arguments) => tools::open(&arguments),
        Command::Variants(arguments) => variants::run(&arguments),
        Command::Suites { command } => look::suites(command.as_ref()),
    }
}

/// The repository's root: `TOUCHSTONE_ROOT`, or the nearest folder above that has the suites.
fn root() -> Result<PathBuf, RunError> {
    if let Some(root) = std::env::var_os("TOUCHSTONE_ROOT").filter(|root| !root.is_empty()) {
        let root = PathBuf::from(root);
        // Installations run in folders of their own.
        return root.canonicalize().map_err(|source| RunError::File { path: root, source });
    }
    let here = std::env::current_dir()
        .map_err(|source| RunError::File { path: PathBuf::from("."), source })?;
    here.ancestors()
        .find(|folder| folder.join("suites/requirements.toml").is_file())
        .map(PathBuf::from)
        .ok_or_else(|| {
            RunError::Usage(
                "no folder above has suites/requirements.toml; set TOUCHSTONE_ROOT".to_owned(),
            )
        })
}

/// Runs `conformance` in a process of its own, which writes its JSON lines to `report` and its
/// progress to our standard error. A report that stood there before is gone.
///
/// # Errors
/// [`RunError::File`] when it cannot be started, or the old report cannot be removed.
fn run_conformance(root: &Path, arguments: &[&str], report: &Path) -> Result<ExitStatus, RunError> {
    match std::fs::remove_file(report) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            return Err(RunError::File { path: report.to_owned(), source });
        }
        _ => {}
    }
    let program = std::env::current_exe()
        .map_err(|source| RunError::File { path: PathBuf::from("touchstone"), source })?;
    std::process::Command::new(&program)
        .arg("conformance")
        .args(arguments)
        .arg("--report")
        .arg(format!("jsonl={}", report.display()))
        .env("TOUCHSTONE_ROOT", root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(|source| RunError::File { path: program, source })
}

/// Prints to standard output. A reader that went away has seen enough.
///
/// # Errors
/// [`RunError::File`] when it cannot be written for another reason.
fn print(text: &str) -> Result<(), RunError> {
    use std::io::{ErrorKind, Write};
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(source) if source.kind() != ErrorKind::BrokenPipe => {
            Err(RunError::File { path: PathBuf::from("standard output"), source })
        }
        _ => Ok(()),
    }
}
