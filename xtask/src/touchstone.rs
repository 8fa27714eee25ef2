//! The binaries that xtask hands over to: built when needed, then given the command line.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::exit::Failure;
use crate::openssl::{OpenSsl, VARIABLE};
use crate::repository::{self, Repository, not_started};

/// A binary of the workspace.
#[derive(Clone, Copy)]
pub(crate) struct Binary {
    package: &'static str,
    name: &'static str,
}

/// Becomes `touchstone` with `arguments`; returns only where processes cannot be replaced.
///
/// Replacing the process passes on signals, the terminal and the exit code without a line of code.
pub(crate) fn hand_over(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    become_it(command(repository, arguments)?)
}

/// Becomes `touchstone-serve` with `arguments`, as [`hand_over`] does.
pub(crate) fn serve(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let mut command = started(repository, SERVE)?;
    command.args(arguments).env("TOUCHSTONE_ROOT", repository.root());
    become_it(command)
}

/// Runs `touchstone` with `arguments` as a child.
pub(crate) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    repository::run(command(repository, arguments)?)
}

/// The path of `touchstone`, built.
pub(crate) fn judge(repository: &Repository) -> Result<PathBuf, Failure> {
    build(repository, TOUCHSTONE)
}

#[cfg(unix)]
fn become_it(mut command: Command) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    let error = command.exec();
    Err(not_started(&command, &error))
}

#[cfg(not(unix))]
fn become_it(command: Command) -> Result<(), Failure> {
    repository::run(command)
}

fn command(repository: &Repository, arguments: &[OsString]) -> Result<Command, Failure> {
    let openssl = OpenSsl::of_this_machine();
    let installs = |name: &OsString| name == "conformance" || name == "adapters";
    if arguments.first().is_some_and(installs) {
        openssl.announce();
    }
    let mut command = started(repository, TOUCHSTONE)?;
    command.args(arguments).env("TOUCHSTONE_ROOT", repository.root()).env(VARIABLE, openssl.name());
    Ok(command)
}

/// The binary, built, in the folder of the user: the paths in its arguments are the user's.
fn started(repository: &Repository, binary: Binary) -> Result<Command, Failure> {
    let mut command = repository.command(build(repository, binary)?);
    if let Ok(folder) = std::env::current_dir() {
        command.current_dir(folder);
    }
    Ok(command)
}

/// Builds the binary and returns its path; silent when it takes less than a second.
fn build(repository: &Repository, binary: Binary) -> Result<PathBuf, Failure> {
    let Binary { package, name } = binary;
    let mut cargo = repository.cargo();
    cargo
        .args(["build", "--locked", "--package", package, "--bin", name])
        .arg("--message-format=json-render-diagnostics")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = cargo.spawn().map_err(|error| not_started(&cargo, &error))?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    let result = match receiver.recv_timeout(Duration::from_secs(1)) {
        Err(mpsc::RecvTimeoutError::Timeout) => {
            eprintln!("building {name} …");
            receiver.recv().map_err(|_| mpsc::RecvTimeoutError::Disconnected)
        }
        early => early,
    };
    let Ok(Ok(output)) = result else {
        return Err(Failure::unavailable(format!("cargo's output on building {name} was lost")));
    };
    if !output.status.success() {
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        return Err(Failure::unavailable(format!("{name} was not built")));
    }
    executable(&output, name)
        .ok_or_else(|| Failure::unavailable(format!("cargo built no binary {name}")))
}

/// The path that cargo names in its messages: right under any target directory or profile.
fn executable(output: &Output, name: &str) -> Option<PathBuf> {
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message.pointer("/target/name").is_some_and(|target| target == name))
        .find_map(|message| message.get("executable")?.as_str().map(PathBuf::from))
}

const TOUCHSTONE: Binary = Binary { package: "jose-touchstone", name: "touchstone" };
const SERVE: Binary = Binary { package: "tenant", name: "touchstone-serve" };
