//! `cargo xtask fuzz`: the fuzz targets, built and run by cargo-fuzz.
//!
//! Without a sanitizer they build with any toolchain and run about eight times faster, which is
//! what a campaign wants: the code under test forbids `unsafe`. `--asan` is for the C code beside.

mod dictionary;
mod oss_fuzz;

use std::ffi::OsString;
use std::fs;
use std::process::Command;

use crate::exit::Failure;
use crate::metadata::{Binary, Package};
use crate::repository::{self, Repository, succeeds};

/// The manifest of the fuzz workspace, relative to the root.
pub(crate) const MANIFEST: &str = "fuzz/Cargo.toml";

/// Carries out one of [`USAGE`].
pub(crate) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    match arguments.split_first() {
        Some((action, rest)) if action == "dictionary" => return dictionary::run(repository, rest),
        Some((action, rest)) if action == "check-oss-fuzz" => {
            return oss_fuzz::run(repository, rest);
        }
        _ => {}
    }
    let arguments = Arguments::parse(arguments)?;
    let targets = targets(repository)?;
    if let Some(name) = &arguments.target
        && !targets.iter().any(|target| target.name == *name)
    {
        let names: Vec<_> = targets.iter().map(|target| target.name.as_str()).collect();
        return Err(Failure::usage(format!("no target `{name}`; there are {}", names.join(", "))));
    }
    match arguments.action {
        Action::List => {
            targets.iter().for_each(|target| println!("{:<20} {}", target.name, subject(target)));
            Ok(())
        }
        Action::Build => {
            let mut command = cargo_fuzz(repository, "build", arguments.with_asan)?;
            command.args(&arguments.target);
            repository::run(command)
        }
        Action::Run => campaign(repository, &arguments),
    }
}

/// Lints the targets without building libFuzzer, which would need a C++ compiler.
pub(crate) fn lint(repository: &Repository) -> Result<(), Failure> {
    let mut command = repository.cargo();
    command
        .args(["clippy", "--locked", "--manifest-path", MANIFEST, "--no-default-features"])
        .args(["--target-dir", "target/fuzz", "--", "-D", "warnings"]);
    repository::run(command).map_err(|failure| Failure {
        message: format!(
            "the fuzz workspace does not pass; if its lock file is behind: `cargo update \
             --workspace --manifest-path {MANIFEST}`"
        ),
        ..failure
    })
}

/// Runs one target on its corpus and its seeds.
fn campaign(repository: &Repository, arguments: &Arguments) -> Result<(), Failure> {
    let Some(target) = &arguments.target else {
        return Err(Failure::usage(format!("`fuzz run` needs a target\n{USAGE}")));
    };
    let folder = repository.root().join("fuzz");
    // The first folder is where libFuzzer writes what it finds; the others are only read.
    let corpus = format!("corpus/{target}");
    fs::create_dir_all(folder.join(&corpus))
        .map_err(|error| Failure::unavailable(format!("fuzz/{corpus}: {error}")))?;
    let inputs = [format!("seeds/{target}"), format!("regressions/{target}")];
    let inputs = inputs.iter().filter(|input| folder.join(input).is_dir());
    let mut command = cargo_fuzz(repository, "run", arguments.with_asan)?;
    command.arg(target).arg(&corpus).args(inputs).args(["--", "-max_len=8192", "-timeout=10"]);
    command.arg(format!("-max_total_time={}", arguments.seconds)).args(&arguments.rest);
    repository::run(command)
}

/// `cargo fuzz ACTION`, in the folder of the fuzz workspace.
fn cargo_fuzz(repository: &Repository, action: &str, with_asan: bool) -> Result<Command, Failure> {
    let mut version = repository.cargo();
    version.args(["fuzz", "--version"]);
    if !succeeds(version) {
        return Err(Failure::unavailable(
            "cargo-fuzz is not installed: `cargo install --locked cargo-fuzz`",
        ));
    }
    let mut command = if with_asan { cargo_for_asan(repository) } else { repository.cargo() };
    command.current_dir(repository.root().join("fuzz")).args(["fuzz", action, "--fuzz-dir", "."]);
    if !with_asan {
        command.args(["--sanitizer", "none"]);
    }
    Ok(command)
}

/// AddressSanitizer is a nightly flag: rustup's nightly takes it, or the stable compiler when told
/// to behave as one.
fn cargo_for_asan(repository: &Repository) -> Command {
    let mut rustup = repository.command("rustup");
    rustup.args(["run", "nightly", "rustc", "--version"]);
    if succeeds(rustup) {
        let mut command = repository.command("rustup");
        command.args(["run", "nightly", "cargo"]).env_remove("CARGO").env_remove("RUSTC");
        command
    } else {
        eprintln!("no nightly toolchain: the stable one with RUSTC_BOOTSTRAP=1");
        let mut command = repository.cargo();
        command.env("RUSTC_BOOTSTRAP", "1");
        command
    }
}

fn targets(repository: &Repository) -> Result<Vec<Binary>, Failure> {
    let packages = Package::members(repository, MANIFEST)?;
    Ok(packages.into_iter().flat_map(|package| package.binaries).collect())
}

/// The first line of a target's header.
fn subject(target: &Binary) -> String {
    let text = fs::read_to_string(&target.source).unwrap_or_default();
    text.lines().next().unwrap_or_default().trim_start_matches("//!").trim().to_owned()
}

/// The command line after `fuzz`.
#[derive(Debug, Eq, PartialEq)]
struct Arguments {
    action: Action,
    target: Option<String>,
    /// How long `run` goes on.
    seconds: u64,
    with_asan: bool,
    /// For libFuzzer, as they are.
    rest: Vec<OsString>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Action {
    List,
    Build,
    Run,
}

impl Arguments {
    fn parse(arguments: &[OsString]) -> Result<Self, Failure> {
        let mut arguments = arguments.iter();
        let action = match arguments.next().and_then(|action| action.to_str()) {
            Some("list") => Action::List,
            Some("build") => Action::Build,
            Some("run") => Action::Run,
            _ => return Err(Failure::usage(USAGE)),
        };
        let (mut target, mut seconds, mut with_asan) = (None, 60, false);
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--") => break,
                Some("--asan") => with_asan = true,
                Some("--seconds") => {
                    let number = arguments.next().and_then(|value| value.to_str()?.parse().ok());
                    seconds =
                        number.ok_or_else(|| Failure::usage("`--seconds` needs a whole number"))?;
                }
                Some(name) if !name.starts_with('-') && target.is_none() => {
                    target = Some(name.to_owned());
                }
                _ => {
                    let argument = argument.to_string_lossy();
                    return Err(Failure::usage(format!("unexpected `{argument}`\n{USAGE}")));
                }
            }
        }
        let rest = arguments.cloned().collect();
        Ok(Self { action, target, seconds, with_asan, rest })
    }
}

const USAGE: &str = "usage: cargo xtask fuzz list
       cargo xtask fuzz build [TARGET] [--asan]
       cargo xtask fuzz run TARGET [--seconds N] [--asan] [-- LIBFUZZER-ARGUMENT…]
       cargo xtask fuzz dictionary
       cargo xtask fuzz check-oss-fuzz [--target NAME]… [--out FOLDER]";

#[cfg(test)]
mod tests;
