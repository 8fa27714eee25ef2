//! `cargo xtask fuzz minimise`: of the corpus what covers all that it covers.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::command_line::Syntax;
use super::engine::{Engine, Flavour};
use super::{places, replay, triage};
use crate::exit::Failure;
use crate::repository::{Repository, not_started};

/// Minimises the corpus of each target; with `--seeds` what the seeds lack becomes one.
pub(super) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let syntax = Syntax { switches: &["--all", "--seeds"], words: usize::MAX, ..Syntax::default() };
    let given = syntax.read(arguments)?;
    let (names, built) = super::chosen(repository, &given)?;
    let engine = Engine::build(repository, &built, Flavour::Plain)?;
    let _lock = places::lock(&engine.places().statistics())?;
    for name in &names {
        engine.prepare(name)?;
        minimise(&engine, name)?;
        if given.has("--seeds") {
            sow(repository, &engine, name)?;
        }
    }
    Ok(())
}

fn minimise(engine: &Engine, target: &str) -> Result<(), Failure> {
    let (corpus, merged) =
        (engine.places().corpus(target), engine.places().scratch("merge", target));
    places::make_empty(&merged)?;
    let mut inputs = vec![corpus.clone()];
    inputs.extend(engine.places().committed(target));
    merge(engine, target, &merged, &inputs)?;
    let before = places::files(&corpus)?;
    let after = places::files(&merged)?;
    if after.is_empty() && !before.is_empty() {
        return Err(Failure::unavailable(format!(
            "{target}: nothing is left, so nothing is removed"
        )));
    }
    let octets = size(&after);
    replace(&corpus, &after)?;
    println!("{target:<22} {} → {} files, {} KiB", before.len(), after.len(), octets / 1024);
    Ok(())
}

/// Makes the corpus consist of `files`. New ones come before old ones go, so that nothing is lost on the way;
/// libFuzzer names files by their content.
fn replace(corpus: &Path, files: &[PathBuf]) -> Result<(), Failure> {
    let names: BTreeSet<_> = files.iter().map(|file| places::name(file).to_owned()).collect();
    for file in files {
        let path = corpus.join(places::name(file));
        fs::rename(file, &path).map_err(|error| places::at(&path, &error))?;
    }
    for file in places::files(corpus)? {
        if !names.contains(places::name(&file)) {
            fs::remove_file(&file).map_err(|error| places::at(&file, &error))?;
        }
    }
    Ok(())
}

/// Makes seeds, with their verdicts, of what the corpus reaches beyond the seeds.
fn sow(repository: &Repository, engine: &Engine, target: &str) -> Result<(), Failure> {
    let (seeds, fresh) = (engine.places().seeds(target), engine.places().scratch("seeds", target));
    places::make(&seeds)?;
    places::make_empty(&fresh)?;
    for seed in engine.places().committed(target).iter().map(|folder| places::files(folder)) {
        for seed in seed? {
            let copy = fresh.join(places::name(&seed));
            fs::copy(&seed, &copy).map_err(|error| places::at(&copy, &error))?;
        }
    }
    let old: BTreeSet<_> = places::files(&fresh)?.into_iter().collect();
    merge(engine, target, &fresh, &[engine.places().corpus(target)])?;
    let mut names = Vec::new();
    for file in places::files(&fresh)?.iter().filter(|file| !old.contains(*file)) {
        let name = format!("corpus-{}", triage::hash(file)?);
        let path = seeds.join(&name);
        fs::copy(file, &path).map_err(|error| places::at(&path, &error))?;
        names.push(format!("seeds/{name}"));
    }
    println!("{target:<22} {} new seeds", names.len());
    if names.is_empty() { Ok(()) } else { replay::add(repository, engine.places(), target, &names) }
}

/// The smallest set of `inputs` that reaches all that they reach beyond `into` is put there.
fn merge(engine: &Engine, target: &str, into: &Path, inputs: &[PathBuf]) -> Result<(), Failure> {
    let mut command = engine.command(target);
    command.args(["-set_cover_merge=1", "-max_len=8192"]).arg(into).args(inputs);
    // It counts its inputs with artifacts too, where one of them is a finding.
    command.arg(format!("-artifact_prefix=artifacts/{target}/")).stderr(Stdio::null());
    let status = command.status().map_err(|error| not_started(&command, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::unavailable(format!("{target}: the merge ends with {status}")))
}

fn size(files: &[PathBuf]) -> u64 {
    files.iter().filter_map(|file| fs::metadata(file).ok()).map(|file| file.len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_corpus_becomes_what_was_merged() {
        let folder = tempfile::tempdir().expect("a folder");
        let (corpus, merged) = (folder.path().join("corpus"), folder.path().join("merged"));
        for (place, names) in [(&corpus, ["a", "b"]), (&merged, ["b", "c"])] {
            fs::create_dir(place).expect("it is made");
            names.iter().for_each(|name| fs::write(place.join(name), name).expect("it is written"));
        }
        replace(&corpus, &places::files(&merged).expect("it is read")).expect("it is replaced");
        let left = places::files(&corpus).expect("it is read");
        assert_eq!(left, [corpus.join("b"), corpus.join("c")]);
    }
}
