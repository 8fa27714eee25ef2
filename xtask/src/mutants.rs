//! `cargo xtask mutants`: the suites against an implementation that is broken on purpose, one named
//! flaw at a time.
//!
//! The flaws are rows of `xtask/flaws/*.toml`. They are applied to a copy of the tree in `target/`, so
//! that the ordinary reference has no switch to be broken by.

mod arguments;
mod asking;
mod edit;
mod flaw;
mod outcome;
mod rows;
mod tree;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use crate::exit::Failure;
use crate::generated;
use crate::repository::Repository;

use arguments::Arguments;
use asking::{Asking, Unflawed};
use flaw::Flaw;
use outcome::{Outcome, Score};
use tree::Tree;

/// Builds the flawed tree, asks each flaw that was named and prints what killed it.
pub(crate) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    if arguments.iter().any(|word| word == "--generated") {
        return generated::run(repository, arguments);
    }
    let arguments = Arguments::parse(arguments)?;
    let all = rows::load(&repository.root().join("xtask/flaws"))?;
    let flaws = arguments.choose(&all)?;
    if arguments.is_list {
        flaws.iter().for_each(|flaw| println!("{}", flaw.line()));
        println!("{} flaws", flaws.len());
        return Ok(());
    }
    let tree = tree::write(repository, &all)?;
    let asking = Asking::prepare(repository, tree)?;
    let runs: Vec<&Flaw> = flaws.iter().copied().filter(|flaw| flaw.is_run()).collect();
    println!("{} flaws; first the unflawed build on their questions", runs.len());
    let unflawed = asking.unflawed(&runs)?;
    let outcomes = ask_all(&asking, &unflawed, &runs, arguments.jobs);
    if let Some(path) = &arguments.report {
        report(path, &outcomes)?;
    }
    let score = Score::of(&outcomes, flaws.len() - runs.len());
    print!("\n{}", score.to_text());
    if score.is_perfect() { Ok(()) } else { Err(Failure::failed("a flaw was not judged as it is")) }
}

/// The environment variable with the name of the flaw that is switched on.
pub(crate) const FLAW: &str = tree::VARIABLE;

/// Writes the tree with every named flaw behind its switch.
///
/// # Errors
/// A row that is wrong, an edit that does not apply, a file that cannot be written.
pub(crate) fn flawed_tree(repository: &Repository) -> Result<Tree, Failure> {
    let all = rows::load(&repository.root().join("xtask/flaws"))?;
    tree::write(repository, &all)
}

/// Asks the flaws, `jobs` at a time, printing each as it is known; gives them in the order of rows.
fn ask_all<'a>(
    asking: &Asking,
    unflawed: &Unflawed,
    flaws: &[&'a Flaw],
    jobs: usize,
) -> Vec<(&'a Flaw, Outcome)> {
    let queue = Mutex::new(flaws.iter().copied().enumerate());
    let known = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..jobs {
            scope.spawn(|| {
                while let Some((index, flaw)) = queue.lock().ok().and_then(|mut rows| rows.next()) {
                    let outcome = asking.outcome(flaw, unflawed);
                    println!("{}", outcome.line(flaw));
                    if let Ok(mut known) = known.lock() {
                        known.push((index, flaw, outcome));
                    }
                }
            });
        }
    });
    let mut known = known.into_inner().unwrap_or_default();
    known.sort_by_key(|(index, ..)| *index);
    known.into_iter().map(|(_, flaw, outcome)| (flaw, outcome)).collect()
}

fn report(path: &Path, outcomes: &[(&Flaw, Outcome)]) -> Result<(), Failure> {
    let lines: Vec<String> =
        outcomes.iter().map(|(flaw, outcome)| format!("{}\n", outcome.to_json(flaw))).collect();
    fs::write(path, lines.concat())
        .map_err(|error| Failure::unavailable(format!("{}: {error}", path.display())))
}

/// The globs of all flaws, each once, for one run of the unflawed build.
fn union<'a>(lists: impl Iterator<Item = &'a [String]>) -> BTreeSet<&'a str> {
    lists.flatten().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn every_edit_applies_to_the_tree() {
        let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
        let flaws = rows::load(&root.join("xtask/flaws")).unwrap_or_else(|failure| {
            panic!("{}", failure.message);
        });
        let edited = edit::apply(&flaws, &|path| fs::read_to_string(root.join(path)).ok());
        let edited = edited.unwrap_or_else(|text| panic!("{text}"));
        assert!(edited.values().all(|text| text.contains("crate::flaw::is(")));
    }

    #[test]
    fn a_union_has_each_glob_once() {
        let lists = [vec!["a/*".to_owned(), "b/*".to_owned()], vec!["a/*".to_owned()]];
        let union = union(lists.iter().map(Vec::as_slice));
        assert_eq!(union.into_iter().collect::<Vec<_>>(), ["a/*", "b/*"]);
    }
}
