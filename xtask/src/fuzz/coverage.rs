//! `cargo xtask fuzz coverage`: what the inputs of the targets reach, as rustc's own instrumentation counts it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::command_line::Syntax;
use super::engine::{self, Engine, Flavour};
use super::places;
use crate::exit::Failure;
use crate::repository::{self, Repository, not_started, succeeds};

mod export;

/// Builds the targets for coverage, runs them on corpus and committed inputs, and writes `target/fuzz/coverage/`.
pub(super) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let given = Syntax { words: usize::MAX, ..Syntax::default() }.read(arguments)?;
    let named = super::checked(repository, &given.targets())?;
    let tools = Tools::find(repository)?;
    let engine = Engine::build(repository, &named, Flavour::Coverage)?;
    let targets = if named.is_empty() {
        super::targets(repository)?.into_iter().map(|target| target.name).collect()
    } else {
        named
    };
    let folder = repository.root().join("target/fuzz/coverage");
    places::make_empty(&folder)?;
    let profiles: Vec<_> =
        targets.iter().map(|target| profile(&engine, target, &folder)).collect::<Result<_, _>>()?;
    let profile = folder.join("merged.profdata");
    let mut merge = repository.command(&tools.profdata);
    merge.args(["merge", "--sparse", "-o"]).arg(&profile).args(profiles.iter().flatten());
    repository::run(merge)?;
    let binaries: Vec<_> = targets.iter().map(|target| engine.binary(target)).collect();
    let show = |what: &[&str], sources: &str| {
        let mut command = repository.command(&tools.cov);
        command.args(what).arg("-instr-profile").arg(&profile);
        for (index, binary) in binaries.iter().enumerate() {
            command.args((index > 0).then_some("-object")).arg(binary);
        }
        command.arg(repository.root().join(sources));
        command
    };
    let html = folder.join("html");
    let mut command = show(&["show", "-format=html"], "harness");
    command.arg("-output-dir").arg(&html).stdout(Stdio::null());
    repository::run(command)?;
    let mut command = show(&["export", "-format=text"], REFERENCE);
    let output = command.output().map_err(|error| not_started(&command, &error))?;
    let files = export::files(&output.stdout, repository.root()).ok_or_else(|| {
        Failure::unavailable(format!("llvm-cov prints no coverage of {REFERENCE}"))
    })?;
    print!("{}", export::summary(REFERENCE, &files, repository.root()));
    println!("{}", engine.places().relative(&html.join("index.html")));
    Ok(())
}

/// Runs a target on all its inputs; the profile, if it wrote one.
fn profile(engine: &Engine, target: &str, folder: &Path) -> Result<Option<PathBuf>, Failure> {
    engine.prepare(target)?;
    let path = folder.join(format!("{target}.profraw"));
    let mut command = engine.command(target);
    command.arg("-runs=0").arg(engine.places().corpus(target));
    command.args(engine.places().committed(target)).env("LLVM_PROFILE_FILE", &path);
    command.stderr(Stdio::null());
    let status = command.status().map_err(|error| not_started(&command, &error))?;
    if !status.success() {
        eprintln!("{target}: {status}, so its inputs do not count; an input is a finding");
    }
    Ok(path.is_file().then_some(path))
}

/// The tools of LLVM, of the version that rustc has: others do not read its profiles.
#[derive(Debug)]
struct Tools {
    cov: PathBuf,
    profdata: PathBuf,
}

impl Tools {
    fn find(repository: &Repository) -> Result<Self, Failure> {
        let version = engine::rustc(repository, "LLVM version: ")?;
        let major = version.split('.').next().unwrap_or_default();
        let named = |tool: &str| PathBuf::from(format!("llvm-{tool}-{major}"));
        let folder = |tool: &str| PathBuf::from(format!("/usr/lib/llvm-{major}/bin/llvm-{tool}"));
        let plain = |tool: &str| PathBuf::from(format!("llvm-{tool}"));
        let places: [&dyn Fn(&str) -> PathBuf; 3] = [&folder, &named, &plain];
        let found =
            places.iter().map(|place| Self { cov: place("cov"), profdata: place("profdata") });
        let mut found = found.filter(|tools| {
            is_version(repository.command(&tools.cov), major)
                && succeeds(with_version(repository.command(&tools.profdata)))
        });
        found.next().ok_or_else(|| {
            Failure::unavailable(format!(
                "llvm-cov and llvm-profdata of LLVM {major}, which rustc has, are not installed: \
                 `apt-get install llvm-{major}`, or another package with them in PATH"
            ))
        })
    }
}

fn with_version(mut command: Command) -> Command {
    command.arg("--version");
    command
}

fn is_version(command: Command, major: &str) -> bool {
    let output = with_version(command).output();
    output.is_ok_and(|output| is_of_major(&String::from_utf8_lossy(&output.stdout), major))
}

/// `Debian LLVM version 22.1.8`, in some line.
fn is_of_major(text: &str, major: &str) -> bool {
    let versions = text.lines().filter_map(|line| line.split_once("LLVM version "));
    versions
        .map(|(_, version)| version.trim())
        .any(|version| version.split('.').next() == Some(major))
}

const REFERENCE: &str = "harness/reference/src";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_version_of_rustc_will_do() {
        let text = "Debian LLVM version 22.1.8\n  Optimized build.\n";
        assert!(is_of_major(text, "22"));
        assert!(!is_of_major(text, "2") && !is_of_major(text, "14") && !is_of_major("", "22"));
    }
}
