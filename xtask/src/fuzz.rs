//! `cargo xtask fuzz`: the fuzz targets, built by cargo-fuzz and fuzzed in campaigns of our own.
//!
//! Without a sanitizer they build with any toolchain and run about eight times faster, which is
//! what a campaign wants: the code under test forbids `unsafe`. `--asan` is for the C code beside.

mod benchmark;
mod campaign;
mod clock;
mod command_line;
mod corpus;
mod coverage;
mod dictionary;
mod engine;
mod finding;
mod oss_fuzz;
mod output;
mod places;
mod plot;
mod promote;
mod replay;
mod repro;
mod schedule;
mod screen;
mod shrink;
mod speed;
mod state;
mod statistics;
mod token;
mod triage;
mod worker;
pub(crate) mod wrapper;

use std::ffi::OsString;
use std::fs;
use std::iter;

use command_line::{Given, Syntax};
use engine::{Engine, Flavour};

use crate::exit::Failure;
use crate::metadata::{Binary, Package};
use crate::repository::{self, Repository};
use crate::touchstone;

/// The manifest of the fuzz workspace, relative to the root.
pub(crate) const MANIFEST: &str = "fuzz/Cargo.toml";

/// A word behind `cargo xtask fuzz`.
struct Action {
    name: &'static str,
    /// What may follow.
    arguments: &'static str,
    about: &'static str,
    run: fn(&Repository, &[OsString]) -> Result<(), Failure>,
}

/// Every action, in the order of the usage text.
const ACTIONS: &[Action] = &[
    Action { name: "list", arguments: "", about: "the targets and what each says", run: list },
    Action {
        name: "build",
        arguments: "[TARGET…] [--asan]",
        about: "build the targets",
        run: build,
    },
    Action {
        name: "run",
        arguments: "TARGET…|--all [--seconds N] [--plateau [N]] [--workers N] [--asan] [-- ARGUMENT…]",
        about: "a campaign; arguments behind `--` go to libFuzzer",
        run,
    },
    Action {
        name: "repro",
        arguments: "TARGET FILE [--asan]",
        about: "run one input and name its class",
        run: repro::run,
    },
    Action {
        name: "shrink",
        arguments: "FINDING [--seconds N] [--asan]",
        about: "make the file of a finding smaller, within its class",
        run: shrink::run,
    },
    Action {
        name: "promote",
        arguments: "FINDING [--seconds N] [--asan]",
        about: "shrink a finding and make a regression of it, with its verdict and the draft of a case",
        run: promote::run,
    },
    Action {
        name: "minimise",
        arguments: "TARGET…|--all [--seeds]",
        about: "keep of the corpus what covers it; what the seeds lack becomes a seed with `--seeds`",
        run: corpus::run,
    },
    Action {
        name: "coverage",
        arguments: "[TARGET…]",
        about: "the regions that corpus and committed inputs reach, as HTML, and those of the reference by name",
        run: coverage::run,
    },
    Action {
        name: "--differ",
        arguments: "TARGET --against TARGET [--tokens N] [--seconds N] [--seed N]",
        about: "two adapters beside each other on mutated tokens; no engine is needed",
        run: differ,
    },
    Action {
        name: "benchmark",
        arguments: "[BUG…] [--trials N] [--seconds N] [--blind N] [--workers N]",
        about: "the CPU-seconds and executions until planted bugs are found, beside raw octets with `--blind` CPU-seconds",
        run: benchmark::run,
    },
    Action {
        name: "speed",
        arguments: "[--rounds N] [--seconds N]",
        about: "executions a CPU-second beside an empty target and beside the bare primitives",
        run: speed::run,
    },
    Action {
        name: "dictionary",
        arguments: "",
        about: "write fuzz/dict/ from the tables",
        run: dictionary::run,
    },
    Action {
        name: "check-oss-fuzz",
        arguments: "[--target NAME]… [--out FOLDER]",
        about: "what OSS-Fuzz would say of our build",
        run: oss_fuzz::run,
    },
];

/// Carries out one of [`ACTIONS`].
pub(crate) fn run_action(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let (name, rest) = arguments.split_first().ok_or_else(|| Failure::usage(usage()))?;
    let action = ACTIONS.iter().find(|action| name == action.name);
    let action = action.ok_or_else(|| Failure::usage(usage()))?;
    (action.run)(repository, rest)
}

fn differ(repository: &Repository, rest: &[OsString]) -> Result<(), Failure> {
    let words = iter::once(OsString::from("differ")).chain(rest.iter().cloned());
    touchstone::hand_over(repository, &words.collect::<Vec<_>>())
}

/// The usage text.
fn usage() -> String {
    let mut text = String::from("usage: cargo xtask fuzz ACTION\n");
    for Action { name, arguments, about, .. } in ACTIONS {
        text.push_str(&format!("\n  {name} {arguments}\n      {about}"));
    }
    text
}

/// Lints the targets without building libFuzzer, which would need a C++ compiler.
pub(crate) fn lint(repository: &Repository) -> Result<(), Failure> {
    let mut command = repository.cargo();
    command
        .args([
            "clippy",
            "--locked",
            "--workspace",
            "--manifest-path",
            MANIFEST,
            "--no-default-features",
        ])
        .args(["--target-dir", "target/fuzz", "--", "-D", "warnings"]);
    repository::run(command).map_err(|failure| Failure {
        message: format!(
            "the fuzz workspace does not pass; if its lock file is behind: `cargo update \
             --workspace --manifest-path {MANIFEST}`"
        ),
        ..failure
    })
}

fn list(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    Syntax::default().read(arguments)?;
    for target in targets(repository)? {
        println!("{:<20} {}", target.name, subject(&target));
    }
    Ok(())
}

fn build(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let syntax = Syntax { switches: &["--asan"], words: usize::MAX, ..Syntax::default() };
    let given = syntax.read(arguments)?;
    let names = checked(repository, &given.targets())?;
    Engine::build(repository, &names, Flavour::with(given.has("--asan"))).map(|_| ())
}

fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let syntax = Syntax {
        switches: &["--asan", "--all"],
        numbers: &["--seconds", "--workers"],
        maybe_numbers: &["--plateau"],
        words: usize::MAX,
        has_rest: true,
    };
    let given = syntax.read(arguments)?;
    let (names, built) = chosen(repository, &given)?;
    let engine = Engine::build(repository, &built, Flavour::with(given.has("--asan")))?;
    let plateau = given.has("--plateau").then(|| given.number("--plateau").unwrap_or(600));
    let minute = plateau.is_none().then_some(60);
    let plan = campaign::Plan {
        targets: names,
        seconds: given.number("--seconds").or(minute),
        plateau,
        workers: given
            .number("--workers")
            .and_then(|number| usize::try_from(number).ok())
            .unwrap_or(1)
            .max(1),
        options: given.rest,
    };
    campaign::run(engine, plan)
}

fn targets(repository: &Repository) -> Result<Vec<Binary>, Failure> {
    let packages = Package::members(repository, MANIFEST)?;
    let targets = packages.into_iter().filter(|package| package.name == "fuzz");
    Ok(targets.flat_map(|package| package.binaries).collect())
}

/// The targets that are named, or all with `--all`; and what is to be built for them, where nothing means all.
fn chosen(repository: &Repository, given: &Given) -> Result<(Vec<String>, Vec<String>), Failure> {
    let names = checked(repository, &given.targets())?;
    if names.is_empty() != given.has("--all") {
        return Err(Failure::usage(format!("targets are missing, or `--all`\n{}", usage())));
    }
    if names.is_empty() {
        let all = targets(repository)?.into_iter().map(|target| target.name);
        return Ok((all.collect(), Vec::new()));
    }
    Ok((names.clone(), names))
}

/// The names, without repetitions, if each is a target's.
fn checked(repository: &Repository, names: &[String]) -> Result<Vec<String>, Failure> {
    let targets = targets(repository)?;
    let mut checked: Vec<String> = Vec::new();
    for name in names {
        if !targets.iter().any(|target| target.name == *name) {
            let all: Vec<_> = targets.iter().map(|target| target.name.as_str()).collect();
            return Err(Failure::usage(format!(
                "no target `{name}`; there are {}",
                all.join(", ")
            )));
        }
        if !checked.contains(name) {
            checked.push(name.clone());
        }
    }
    Ok(checked)
}

/// The first line of a target's header.
fn subject(target: &Binary) -> String {
    let text = fs::read_to_string(&target.source).unwrap_or_default();
    text.lines().next().unwrap_or_default().trim_start_matches("//!").trim().to_owned()
}
