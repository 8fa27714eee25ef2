//! `cargo xtask fuzz check-oss-fuzz`: what OSS-Fuzz and ClusterFuzzLite would say of our build, without Docker.
//!
//! `.clusterfuzzlite/build.sh` runs in the environment that their script `compile` makes, with
//! AddressSanitizer. Its output folder is moved, as theirs is, and each target has to hold there what
//! their `bad_build_check` asks, and more: that no seed crashes it, that its dictionary is there, that
//! it needs no library which their runner lacks.

mod build;
mod options;
mod sandbox;
mod target;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::exit::Failure;
use crate::metadata::Binary;
use crate::repository::{Repository, succeeds};
use sandbox::Sandbox;

/// Builds, moves and checks; `--out FOLDER` checks what is built already.
pub(super) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let arguments = Arguments::parse(arguments)?;
    let targets: Vec<_> = super::targets(repository)?.into_iter().filter(is_for_a_fleet).collect();
    let targets = chosen(&targets, &arguments.targets)?;
    tools_are_here(repository, arguments.out.is_none())?;
    let scratch = repository.root().join("target/fuzz/check-oss-fuzz");
    let fail = |error| Failure::unavailable(format!("{}: {error}", scratch.display()));
    if scratch.exists() {
        fs::remove_dir_all(&scratch).map_err(fail)?;
    }
    fs::create_dir_all(&scratch).map_err(fail)?;
    let out = match &arguments.out {
        Some(out) => fs::canonicalize(out)
            .map_err(|error| Failure::usage(format!("--out {}: {error}", out.display())))?,
        None => {
            let built = scratch.join("out");
            build::run(repository, &scratch, &built, &arguments.targets)?;
            let moved = scratch.join("moved");
            fs::rename(&built, &moved).map_err(fail)?;
            moved
        }
    };
    let sandbox = Sandbox::new(repository, out, scratch.join("seeds"));
    if !sandbox.is_offline() {
        println!("the network cannot be taken away here (`unshare`): it stays");
    }
    let bad = check_all(repository, &sandbox, &targets);
    if bad == 0 {
        println!("{} targets: good builds", targets.len());
        return fs::remove_dir_all(&scratch).map_err(fail);
    }
    let count = targets.len();
    let place = sandbox.path("");
    Err(Failure::failed(format!("{bad} of {count} would be bad builds: {}", place.display())))
}

/// Prints one line a target and the same for what is wrong; the number of targets with something wrong.
fn check_all(repository: &Repository, sandbox: &Sandbox, targets: &[String]) -> usize {
    let mut bad = 0;
    for name in targets {
        let inputs = ["seeds", "regressions"].map(|folder| format!("fuzz/{folder}/{name}"));
        let has_inputs = inputs.iter().any(|folder| repository.root().join(folder).is_dir());
        match target::check(sandbox, name, has_inputs) {
            Ok(figures) => println!("{name:<20} {figures}"),
            Err(findings) => {
                bad += 1;
                findings.iter().for_each(|finding| println!("{name:<20} BAD: {finding}"));
            }
        }
    }
    bad
}

/// What needs a feature links what a fleet does not have; `build.sh` leaves it out.
fn is_for_a_fleet(target: &Binary) -> bool {
    target.required_features.is_empty()
}

fn chosen(targets: &[Binary], asked: &[String]) -> Result<Vec<String>, Failure> {
    let names: Vec<_> = targets.iter().map(|target| target.name.clone()).collect();
    if let Some(unknown) = asked.iter().find(|name| !names.contains(name)) {
        let names = names.join(", ");
        return Err(Failure::usage(format!(
            "no target `{unknown}` for a fleet; there are {names}"
        )));
    }
    Ok(if asked.is_empty() { names } else { asked.to_vec() })
}

/// The programs that the build and the checks call.
fn tools_are_here(repository: &Repository, builds: bool) -> Result<(), Failure> {
    let build: &[(&str, &str)] =
        &[("bash", "--version"), ("jq", "--version"), ("zip", "-v"), ("cargo-fuzz", "--version")];
    let check: &[(&str, &str)] = &[("unzip", "-v"), ("objdump", "--version"), ("ldd", "--version")];
    let needed = check.iter().chain(if builds { build } else { &[] });
    let is_missing = |(program, version): &&(&str, &str)| {
        let mut command = repository.command(program);
        command.arg(version);
        !succeeds(command)
    };
    let missing: Vec<_> = needed.filter(is_missing).map(|(program, _)| *program).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::unavailable(format!("not installed: {}", missing.join(", "))))
}

/// The command line after `check-oss-fuzz`.
#[derive(Debug, Default, Eq, PartialEq)]
struct Arguments {
    /// The targets to build and check; all where it is empty.
    targets: Vec<String>,
    /// A folder that is built already.
    out: Option<PathBuf>,
}

impl Arguments {
    fn parse(arguments: &[OsString]) -> Result<Self, Failure> {
        let mut parsed = Self::default();
        let mut rest = arguments.iter();
        while let Some(argument) = rest.next() {
            let mut value = || {
                rest.next().ok_or_else(|| Failure::usage(format!("a value is missing\n{USAGE}")))
            };
            match argument.to_str() {
                Some("--target") => parsed.targets.push(value()?.to_string_lossy().into_owned()),
                Some("--out") => parsed.out = Some(Path::new(value()?).to_path_buf()),
                _ => {
                    let argument = argument.to_string_lossy();
                    return Err(Failure::usage(format!("unexpected `{argument}`\n{USAGE}")));
                }
            }
        }
        Ok(parsed)
    }
}

const USAGE: &str = "usage: cargo xtask fuzz check-oss-fuzz [--target NAME]… [--out FOLDER]";

#[cfg(test)]
mod tests;
