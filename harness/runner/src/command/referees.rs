//! `touchstone referees`: who else agrees with the expectations of level `must`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use runner::adapter::{Adapter, Manifest};
use runner::plan::{self, matches};
use runner::referees::{Bench, Rulings, Witness, listing, summary};
use runner::{RunError, exit};
use suite::Suites;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// A folder of `harness/adapters/` to ask; repeatable. By default all that are embedded or
    /// installed.
    #[arg(long, conflicts_with = "from")]
    target: Vec<String>,
    /// A JSON lines report that stands for a run; repeatable.
    #[arg(long)]
    from: Vec<PathBuf>,
    /// Only the cases whose id matches, such as 'jwe-tag/*'; repeatable.
    #[arg(long)]
    filter: Vec<String>,
    /// Write a line for each expectation to this file.
    #[arg(long)]
    report: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<i32, RunError> {
    let root = super::root()?;
    let suites = Suites::load(&root)?;
    let rulings = Rulings::load(&root.join("suites/referees.toml"))?;
    let is_case = |glob: &str| suites.cases.keys().any(|id| matches(glob, &id.0));
    if let Some(glob) = rulings.unknown(&is_case).first() {
        let text = format!("suites/referees.toml: no case matches `{glob}`");
        return Err(RunError::Usage(text));
    }
    let adapters = Adapter::all(&root)?;
    let reports = if arguments.from.is_empty() {
        fresh(&root, &adapters, &documents(&suites), arguments)?
    } else {
        arguments.from.clone()
    };
    let mut bench = Bench::new(&suites, &arguments.filter, witnesses(&suites, &adapters)?);
    for path in &reports {
        for record in &super::look::read(path)?.records {
            bench.hear(record);
        }
    }
    let (text, is_open) = summary(&bench, &rulings);
    super::print(&text)?;
    // A part of the cases does not show what a ruling is there for.
    let is_whole = arguments.filter.is_empty();
    let stale = if is_whole { rulings.stale(&bench) } else { Vec::new() };
    for line in &stale {
        super::print(&format!("stale ruling: {line}\n"))?;
    }
    if let Some(path) = &arguments.report {
        std::fs::write(path, listing(&bench))
            .map_err(|source| RunError::File { path: path.clone(), source })?;
    }
    Ok(match (is_open, stale.is_empty()) {
        (true, _) => exit::FINDINGS,
        (false, false) => exit::BASELINE,
        (false, true) => exit::CONFORMS,
    })
}

/// What the manifests say of their targets.
fn witnesses(suites: &Suites, adapters: &[Adapter]) -> Result<BTreeMap<String, Witness>, RunError> {
    let mut witnesses = BTreeMap::new();
    for Adapter { manifest, .. } in adapters {
        let profiles = plan::profiles(suites, &manifest.profiles)?;
        let witness = Witness { family: manifest.family.clone(), profiles };
        witnesses.insert(manifest.name.clone(), witness);
    }
    Ok(witnesses)
}

/// Asks the targets, each in a run of its own, and returns their reports.
fn fresh(
    root: &Path,
    adapters: &[Adapter],
    profiles: &[&String],
    arguments: &Arguments,
) -> Result<Vec<PathBuf>, RunError> {
    let named = &arguments.target;
    if let Some(unknown) =
        named.iter().find(|name| adapters.iter().all(|adapter| adapter.manifest.name != **name))
    {
        return Err(RunError::Usage(format!("unknown target `{unknown}`")));
    }
    let folder = root.join("target/touchstone/referees");
    std::fs::create_dir_all(&folder)
        .map_err(|source| RunError::File { path: folder.clone(), source })?;
    let mut reports = Vec::new();
    for adapter in adapters {
        let manifest = &adapter.manifest;
        let is_wanted = if named.is_empty() {
            manifest.embedded || adapter.installation().is_dir()
        } else {
            named.contains(&manifest.name)
        };
        if !is_wanted {
            continue;
        }
        let path = folder.join(format!("{}.jsonl", manifest.name));
        say!("asking {}", manifest.name);
        match conformance(root, manifest, profiles, &arguments.filter, &path)? {
            // It says itself why; a filter may leave nothing to ask.
            Some(exit::USAGE) | None => say!("{} was not asked", manifest.name),
            Some(_) => reports.push(path),
        }
    }
    Ok(reports)
}

/// The profiles under which everybody is heard. What one vendor's pages ask for is a question to the
/// targets alone whose manifest names it.
fn documents(suites: &Suites) -> Vec<&String> {
    suites.profiles.keys().filter(|name| *name != VENDOR).collect()
}

/// The profile of one vendor's pages.
const VENDOR: &str = "auth0";

/// One run of `conformance` over one target; its exit code.
fn conformance(
    root: &Path,
    manifest: &Manifest,
    profiles: &[&String],
    filters: &[String],
    report: &Path,
) -> Result<Option<i32>, RunError> {
    let profiles = profiles.iter().copied().chain(&manifest.profiles);
    let mut arguments = vec!["--target", &manifest.name];
    arguments.extend(profiles.flat_map(|profile| ["--profile", profile]));
    arguments.extend(filters.iter().flat_map(|filter| ["--filter", filter]));
    Ok(super::run_conformance(root, &arguments, report)?.code())
}
