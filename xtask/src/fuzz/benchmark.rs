//! `cargo xtask fuzz benchmark`: how long the targets take to find bugs that were planted.
//!
//! The bugs are named flaws (`xtask/flaws/`), each switched on alone in a build that has all of them; which target
//! has to find it, and the one right input that the search starts from, stand in `xtask/planted.toml`. As in Magma,
//! three things count apart. A bug is *reached* when the flawed place was executed; *triggered* when an input that
//! the fuzzer kept, or the finding, is judged otherwise than without the flaw; *detected* when the invariant does
//! not hold for an input, again and again with the flaw and never without.

mod planted;
mod report;
mod trial;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::thread;

use planted::Bug;
use report::{Row, Trial};
use trial::{Bench, Mode};

use super::command_line::Syntax;
use super::engine::{cargo_fuzz, rustc};
use super::places;
use crate::exit::Failure;
use crate::mutants::flawed_tree;
use crate::repository::{self, Repository};

/// What is asked for.
#[derive(Clone, Copy, Debug)]
struct Plan {
    trials: u64,
    /// CPU-seconds that a trial may take.
    seconds: u64,
    /// The same for raw octets; with none they are left out.
    blind_seconds: u64,
    /// Bugs at a time.
    workers: u64,
}

/// Builds the flawed targets, runs the trials and prints the table.
///
/// # Errors
/// A target that does not build, an input that is not fair, or a bug that no trial detected.
pub(super) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let syntax = Syntax {
        numbers: &["--trials", "--seconds", "--blind", "--workers"],
        words: usize::MAX,
        ..Syntax::default()
    };
    let given = syntax.read(arguments)?;
    let number = |flag, otherwise| given.number(flag).unwrap_or(otherwise);
    let plan = Plan {
        trials: number("--trials", 5).max(1),
        seconds: number("--seconds", 600),
        blind_seconds: number("--blind", 60),
        workers: number("--workers", 1).max(1),
    };
    let bugs = planted::load(repository.root(), &given.targets())?;
    let _lock = places::lock(&repository.root().join(FOLDER))?;
    let bench = build(repository, &bugs)?;
    for bug in &bugs {
        if !bench.is_fair(bug)? {
            return Err(Failure::unavailable(format!("{}: its input shows it already", bug.flaw)));
        }
    }
    println!("{}", report::HEAD);
    let rows = all(&bench, &bugs, plan)?;
    let (text, is_every_one_found) = report::goals(&rows);
    println!("\n{text}\nevery trial: target/fuzz/benchmark.csv and .jsonl");
    if is_every_one_found { Ok(()) } else { Err(Failure::failed("a bug was not detected")) }
}

/// Weaves the flaws into a copy of the repository and builds there what has to find them.
fn build(repository: &Repository, bugs: &[Bug]) -> Result<Bench, Failure> {
    let tree = flawed_tree(repository)?;
    let folder = repository.root().join("target/mutants/fuzz");
    let triple = rustc(repository, "host: ")?;
    let targets: BTreeSet<&str> = bugs.iter().map(|bug| bug.target.as_str()).collect();
    for target in targets {
        let mut build = cargo_fuzz(repository, "build", false)?;
        build.current_dir(tree.root.join("fuzz")).arg(target).arg("--target-dir").arg(&folder);
        build.args(["--target", &triple]);
        repository::run(build)?;
    }
    let report = repository.root().join(FOLDER);
    let work = report.join("trials");
    places::make_empty(&work)?;
    Ok(Bench {
        root: repository.root().to_path_buf(),
        tree: tree.root,
        binaries: folder.join(triple).join("release"),
        work,
        report,
    })
}

/// Where the trials run; the files with the figures stand beside it.
const FOLDER: &str = "target/fuzz/benchmark";

/// The trials of every bug, each row printed when it is known, and given in the order of the bugs. The files have
/// what is known so far, whatever ends the benchmark.
fn all(bench: &Bench, bugs: &[Bug], plan: Plan) -> Result<Vec<Row>, Failure> {
    let queue = Mutex::new(bugs.iter().enumerate());
    let known = Mutex::new(Ok(Vec::new()));
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..plan.workers {
            scope.spawn(|| {
                while let Some((index, bug)) = next() {
                    let row = trials(bench, bug, plan);
                    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
                    let Ok(rows) = &mut *known else { return };
                    if let Err(failure) = row.and_then(|row| add(bench, rows, index, row)) {
                        *known = Err(failure);
                        return;
                    }
                }
            });
        }
    });
    let rows = known.into_inner().unwrap_or_else(PoisonError::into_inner)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

fn add(bench: &Bench, rows: &mut Vec<(usize, Row)>, index: usize, row: Row) -> Result<(), Failure> {
    println!("{}", row.line());
    rows.push((index, row));
    rows.sort_by_key(|(index, _)| *index);
    let rows = || rows.iter().map(|(_, row)| row);
    let csv: String = rows().map(Row::csv).collect();
    let lines: String = rows().flat_map(Row::json).map(|object| format!("{object}\n")).collect();
    let path = |extension: &str| -> PathBuf { bench.report.with_extension(extension) };
    places::replace(&path("csv"), [report::CSV, &csv].concat().as_bytes())?;
    places::replace(&path("jsonl"), lines.as_bytes())
}

fn trials(bench: &Bench, bug: &Bug, plan: Plan) -> Result<Row, Failure> {
    let mut trials = Vec::new();
    for (mode, seconds) in [(Mode::Aware, plan.seconds), (Mode::Blind, plan.blind_seconds)] {
        for seed in (1..=plan.trials).filter(|_| seconds > 0) {
            trials.push(Trial { mode, seed, outcome: bench.trial(bug, mode, seed, seconds)? });
        }
    }
    Ok(Row { bug: bug.clone(), trials })
}
