//! `touchstone regress`: published vulnerabilities in old releases, and their fixes.

use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::Args;
use report::{Baseline, printable};
use runner::adapter::Adapter;
use runner::child::Launch;
use runner::conduct::{Conduct, TargetSpec, conduct};
use runner::plan::{Plan, Selection};
use runner::regress::{Pair, Seen, Table, differ};
use runner::{RunError, exit};
use suite::Suites;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Only these: advisories, packages or cases.
    name: Vec<String>,
    /// List the pairs and ask nothing.
    #[arg(long)]
    list: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<i32, RunError> {
    let root = super::root()?;
    let table = Table::load(&root.join("suites/regress.toml"))?;
    if let Some(unknown) =
        arguments.name.iter().find(|name| !table.pair.iter().any(|pair| pair.is_named(name)))
    {
        let text = format!("no pair has the advisory, package or case `{unknown}`; see `--list`");
        return Err(RunError::Usage(text));
    }
    let is_wanted = |pair: &&Pair| {
        arguments.name.is_empty() || arguments.name.iter().any(|name| pair.is_named(name))
    };
    let pairs: Vec<&Pair> = table.pair.iter().filter(is_wanted).collect();
    if arguments.list {
        for pair in &pairs {
            super::print(&format!("{}: {}\n", line(pair), pair.title))?;
        }
        return Ok(exit::CONFORMS);
    }
    let suites = Suites::load(&root)?;
    let (mut as_said, mut otherwise, mut broken, mut skipped) = (0, 0, 0, 0);
    for pair in &pairs {
        let text = match compare(&root, &suites, pair)? {
            Compared::Skipped(why) => {
                skipped += 1;
                format!("skipped   {}: {why}", line(pair))
            }
            Compared::Broken(why) => {
                broken += 1;
                format!("BROKEN    {}: {why}", line(pair))
            }
            Compared::Asked(old, new) => {
                let word = if differ(&old, &new) { "differ" } else { "DO NOT" };
                *if differ(&old, &new) { &mut as_said } else { &mut otherwise } += 1;
                format!("{word:<9} {}: {} → {}", line(pair), old.words(), new.words())
            }
        };
        super::print(&format!("{text}\n"))?;
    }
    super::print(&format!(
        "\n{as_said} of {} pairs differ as their advisory says, {otherwise} do not, {broken} could not be \
         asked, {skipped} skipped for want of a runtime\n",
        pairs.len()
    ))?;
    Ok(match (broken, otherwise) {
        (0, 0) => exit::CONFORMS,
        (0, _) => exit::FINDINGS,
        _ => exit::TARGET,
    })
}

fn line(pair: &Pair) -> String {
    let Pair { advisory, package, vulnerable, fixed, case, .. } = pair;
    let cell = pair.cell.as_ref().map(|cell| format!(" [{cell}]")).unwrap_or_default();
    format!("{advisory:<20} {package} {vulnerable} → {fixed}  {case}{cell}")
}

enum Compared {
    /// A runtime is missing.
    Skipped(String),
    /// One of the two cannot be installed or started.
    Broken(String),
    /// What the old and the new one did.
    Asked(Seen, Seen),
}

fn compare(root: &Path, suites: &Suites, pair: &Pair) -> Result<Compared, RunError> {
    let adapter = Adapter::named(root, &pair.adapter)?;
    if let Some(why) = adapter.lacks() {
        return Ok(Compared::Skipped(why));
    }
    let selection = Selection {
        filters: vec![pair.case.clone()],
        cell: pair.cell.clone(),
        ..Selection::default()
    };
    let plan = Plan::make(suites, &selection)?;
    let [old, new] = pair.releases();
    let old = match ask(&adapter.release(&old)?, &plan) {
        Ok(seen) => seen,
        Err(why) => return Ok(Compared::Broken(why)),
    };
    Ok(match ask(&adapter.release(&new)?, &plan) {
        Ok(seen) => Compared::Asked(old, seen),
        Err(why) => Compared::Broken(why),
    })
}

fn ask(release: &Adapter, plan: &Plan) -> Result<Seen, String> {
    release.install(&|text| say!("{text}")).map_err(|error| printable(&error.to_string(), 2000))?;
    let spec = TargetSpec {
        name: release.manifest.name.clone(),
        launch: Launch {
            command: release.command(),
            folder: None,
            deadline: Duration::from_secs(10),
        },
        baseline: Baseline::default(),
        profiles: plan.profiles.clone(),
        is_whole: true,
        openers: Vec::new(),
        most_openers: 0,
    };
    let how = Conduct { jobs: 1, seed: 1 };
    let (summary, records) = conduct(plan, &spec, &how, &AtomicBool::new(false), &|_| {});
    match summary.failure {
        Some(text) => Err(printable(&text, 2000)),
        None => Ok(Seen::of(&records)),
    }
}
