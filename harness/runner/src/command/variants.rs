//! `touchstone variants`: one target in many variants, each asked until its first finding.
//!
//! The suites are forged once, so that a variant costs a process and the questions up to the one that
//! tells it from the target. What a variant is, is the target's business: it reads it from an
//! environment variable.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use report::{Baseline, Record, Verdict};
use runner::child::Launch;
use runner::conduct::{Conduct, TargetSpec, conduct};
use runner::plan::{Plan, Selection};
use runner::{RunError, exit};
use rustix::process::{Resource, Rlimit, setrlimit};
use serde_json::json;
use suite::Suites;

use super::conformance::words;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// A command that speaks the adapter protocol.
    #[arg(long)]
    command: String,
    /// The environment variable that says which variant it is.
    #[arg(long)]
    variable: String,
    /// A file with the values of the variable, one a line.
    #[arg(long)]
    list: PathBuf,
    /// The profile to judge under; repeatable.
    #[arg(long)]
    profile: Vec<String>,
    /// Only the cases whose id matches, such as 'jwe-tag/*'; repeatable.
    #[arg(long)]
    filter: Vec<String>,
    /// Of each case only the cells that show every value of its axes once.
    #[arg(long)]
    quick: bool,
    /// How long one answer may take, in milliseconds.
    #[arg(long, default_value_t = 5000, value_parser = clap::value_parser!(u64).range(1..))]
    deadline_ms: u64,
    /// Processes at a time.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    jobs: u16,
}

/// Prints a JSON object a variant as soon as it is judged: `variant`, `exit`, and where there was a
/// finding or a warning `case`, `verdict` and `note`.
pub(crate) fn run(arguments: &Arguments) -> Result<i32, RunError> {
    let fail = |source| RunError::File { path: arguments.list.clone(), source };
    let list = fs::read_to_string(&arguments.list).map_err(fail)?;
    let suites = Suites::load(&super::root()?)?;
    let selection = Selection {
        filters: arguments.filter.clone(),
        profiles: arguments.profile.clone(),
        quick: arguments.quick,
        ..Selection::default()
    };
    let plan = Plan::make(&suites, &selection)?;
    let limit = Rlimit { current: Some(MOST_DATA), maximum: Some(MOST_DATA) };
    // A variant may ask for memory without end; children inherit the limit.
    setrlimit(Resource::Data, limit).map_err(|error| RunError::File {
        path: PathBuf::from("RLIMIT_DATA"),
        source: error.into(),
    })?;
    for variant in list.lines().filter(|line| !line.is_empty()) {
        super::print(&format!("{}\n", one(arguments, &plan, variant)?))?;
    }
    Ok(exit::CONFORMS)
}

fn one(arguments: &Arguments, plan: &Plan, variant: &str) -> Result<serde_json::Value, RunError> {
    let mut command = vec!["env".to_owned(), format!("{}={variant}", arguments.variable)];
    command.extend(words(&arguments.command)?);
    let target = TargetSpec {
        name: variant.to_owned(),
        launch: Launch {
            command,
            folder: None,
            deadline: Duration::from_millis(arguments.deadline_ms),
        },
        baseline: Baseline::default(),
        profiles: plan.profiles.clone(),
        is_whole: false,
        openers: Vec::new(),
        most_openers: 0,
    };
    let how = Conduct { jobs: usize::from(arguments.jobs), seed: 1 };
    let stop = AtomicBool::new(false);
    let first: Mutex<Option<Record>> = Mutex::new(None);
    let (summary, _) = conduct(plan, &target, &how, &stop, &|record| {
        if tells(record.verdict)
            && let Ok(mut first) = first.lock()
        {
            first.get_or_insert_with(|| record.clone());
            stop.store(true, Ordering::Relaxed);
        }
    });
    let first = first.into_inner().unwrap_or_default();
    Ok(json!({
        "variant": variant,
        "exit": summary.exit,
        "failure": summary.failure,
        "case": first.as_ref().map(|record| &record.case),
        "cell": first.as_ref().and_then(|record| record.cell.as_ref()),
        "verdict": first.as_ref().map(|record| record.verdict.name()),
        "note": first.as_ref().and_then(|record| record.note.as_ref()),
    }))
}

/// Whether a verdict tells a variant from the target. A warning does, though it is no finding; what did not
/// come again in a fresh process says more of a busy machine.
fn tells(verdict: Verdict) -> bool {
    verdict == Verdict::Warn || (verdict.is_finding() && verdict != Verdict::Flaky)
}

/// Octets of data that a variant may ask for.
const MOST_DATA: u64 = 3 << 30;
