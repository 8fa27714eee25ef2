//! Every case in every cell is a test, asked of the reference through the adapter protocol.
//!
//! The reference gets no favour: it is started as a child like any target. Here it has to be right
//! at the precision of its codes, and no negative may be vacuous.

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use report::{Baseline, Record, Verdict};
use runner::RunError;
use runner::adapter::Adapter;
use runner::child::Launch;
use runner::conduct::{Conduct, TargetSpec, conduct};
use runner::plan::{Plan, Selection};
use runner::produce::Opener;
use suite::Suites;

fn main() -> Result<ExitCode, RunError> {
    let arguments = Arguments::from_args();
    let trials = trials()?;
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

/// An independent library of the workspace, which opens what the reference makes.
fn opener(root: &Path, name: &str) -> Result<Opener, RunError> {
    let adapter = Adapter::named(root, name)?;
    adapter.install(&|text| eprintln!("{text}"))?;
    let deadline = Duration::from_secs(30);
    let launch = Launch { command: adapter.command(), folder: None, deadline };
    Ok(Opener { name: name.to_owned(), family: adapter.family().to_owned(), launch })
}

fn trials() -> Result<Vec<Trial>, RunError> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().map_err(|source| RunError::File { path: root, source })?;
    let suites = Suites::load(&root)?;
    let adapter = Adapter::named(&root, "reference")?;
    let profiles = adapter.manifest.profiles.clone();
    let plan = Plan::make(&suites, &Selection { profiles, ..Selection::default() })?;
    adapter.install(&|text| eprintln!("{text}"))?;
    let launch =
        Launch { command: adapter.command(), folder: None, deadline: Duration::from_secs(30) };
    let spec = TargetSpec {
        name: "reference".to_owned(),
        launch,
        baseline: Baseline::default(),
        profiles: plan.profiles.clone(),
        is_whole: true,
        openers: vec![opener(&root, "josekit")?, opener(&root, "jsonwebtoken")?],
        most_openers: 2,
    };
    let jobs = std::thread::available_parallelism().map_or(1, usize::from);
    let how = Conduct { jobs, seed: 1 };
    let (summary, records) = conduct(&plan, &spec, &how, &AtomicBool::new(false), &|_| {});
    let failure = summary.failure;
    let mut trials: Vec<Trial> = records
        .into_iter()
        .map(|record| {
            let name = format!("{} {}", record.question(), record.profile);
            let is_skipped = lacks_the_form_of_the_key(&record);
            Trial::test(name, move || judge(&record)).with_ignored_flag(is_skipped)
        })
        .collect();
    trials.push(Trial::test("the reference answers to the end", move || match failure {
        None => Ok(()),
        Some(text) => Err(Failed::from(text)),
    }));
    Ok(trials)
}

/// The reference's keys are JWKs; questions about texts of keys are for others, and counted as ignored.
fn lacks_the_form_of_the_key(record: &Record) -> bool {
    record.verdict == Verdict::Unsupported
        && matches!(record.note.as_deref(), Some("key pem" | "key der"))
}

fn judge(record: &Record) -> Result<(), Failed> {
    match record.verdict {
        Verdict::Pass | Verdict::Choice => Ok(()),
        verdict => Err(Failed::from(format!(
            "{}: {}; the answer: {}; see `cargo xtask repro {}`",
            verdict.name(),
            record.note.as_deref().unwrap_or("no note"),
            record.answer,
            record.case
        ))),
    }
}
