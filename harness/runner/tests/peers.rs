//! The adapters in Python and Node, installed from their lock files, and the adapter of the README.
//!
//! Where a runtime is missing the tests that need it are reported as ignored, with what to install.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};
use report::{Baseline, Record, TargetSummary, Verdict};
use runner::RunError;
use runner::adapter::Adapter;
use runner::child::Launch;
use runner::conduct::{Conduct, TargetSpec, conduct};
use runner::plan::{Plan, Selection};
use suite::Suites;

/// What a library is known to do, and the suites have to find by themselves: case, verdict.
const KNOWN: &[(&str, &str, Verdict)] = &[
    ("panva-jose", "jwe-base64url/white-space", Verdict::Fail),
    ("jwcrypto", "jwe-iv/gcm-length", Verdict::Fail),
    ("joserfc", "jwe-base64url/white-space", Verdict::PassLoosely),
];

fn main() -> Result<ExitCode, RunError> {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let root = root.canonicalize().map_err(|source| RunError::File { path: root, source })?;
    let suites = Suites::load(&root)?;
    let selection = Selection {
        filters: ["jwe-control/plain", "jwe-tag/*", "jwe-iv/*", "jwe-base64url/white-space"]
            .map(str::to_owned)
            .to_vec(),
        ..Selection::default()
    };
    let plan = Arc::new(Plan::make(&suites, &selection)?);
    let mut trials = Vec::new();
    let mut installed = BTreeMap::new();
    for adapter in Adapter::all(&root)? {
        if adapter.manifest.embedded {
            continue;
        }
        let missing = adapter.install(&|text| eprintln!("{text}")).err();
        match missing {
            // Only a missing runtime is an excuse.
            Some(error) if !error.to_string().contains("is missing:") => return Err(error),
            Some(ref error) => eprintln!("ignored: {error}"),
            None => {}
        }
        let name = adapter.manifest.name.clone();
        if missing.is_none() {
            installed.insert(name.clone(), adapter.installation());
        }
        let command = adapter.command();
        let plan = Arc::clone(&plan);
        let target = name.clone();
        trials.push(
            Trial::test(format!("{name} is judged"), move || check(&plan, &target, command))
                .with_ignored_flag(missing.is_some()),
        );
    }
    let python: Option<PathBuf> =
        installed.get("jwcrypto").map(|folder: &PathBuf| folder.join("venv/bin/python"));
    let readme = root.join("README.md");
    let skipped = python.is_none();
    trials.push(
        Trial::test("the adapter of the README works as printed", move || {
            readme_adapter(&plan, &readme, python.as_deref().unwrap_or(Path::new("python3")))
        })
        .with_ignored_flag(skipped),
    );
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}

fn ask(plan: &Plan, name: &str, command: Vec<String>) -> (TargetSummary, Vec<Record>) {
    let launch = Launch { command, folder: None, deadline: Duration::from_secs(20) };
    let spec = TargetSpec {
        name: name.to_owned(),
        launch,
        baseline: Baseline::default(),
        profiles: BTreeSet::new(),
        is_whole: true,
    };
    conduct(plan, &spec, &Conduct { jobs: 1, seed: 1 }, &AtomicBool::new(false), &|_| {})
}

fn check(plan: &Plan, name: &str, command: Vec<String>) -> Result<(), Failed> {
    let (summary, records) = ask(plan, name, command);
    if let Some(failure) = summary.failure {
        return Err(Failed::from(failure));
    }
    if summary.accepted < 50 {
        return Err(Failed::from(format!("only {} controls were accepted", summary.accepted)));
    }
    for (_, case, verdict) in KNOWN.iter().filter(|(target, ..)| *target == name) {
        if !records.iter().any(|record| record.case == *case && record.verdict == *verdict) {
            return Err(Failed::from(format!("{case} never came out as {}", verdict.name())));
        }
    }
    Ok(())
}

fn readme_adapter(plan: &Plan, readme: &Path, python: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(readme)?;
    let code = text
        .split_once("```python\n")
        .and_then(|(_, rest)| rest.split_once("```"))
        .map(|(code, _)| code)
        .ok_or("the README has no Python block")?;
    let lines = code.lines().count();
    if lines > 45 {
        return Err(Failed::from(format!("the adapter has grown to {lines} lines")));
    }
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("adapter.py");
    std::fs::write(&path, code)?;
    let command = vec![python.display().to_string(), path.display().to_string()];
    let (summary, records) = ask(plan, "readme", command);
    if let Some(failure) = summary.failure {
        return Err(Failed::from(failure));
    }
    let refused = |record: &&Record| {
        record.case == "jwe-control/plain"
            && !matches!(record.verdict, Verdict::Pass | Verdict::Unsupported)
    };
    match records.iter().find(refused) {
        None if summary.accepted > 0 => Ok(()),
        None => Err(Failed::from("nothing was accepted")),
        Some(record) => Err(Failed::from(format!("{record:?}"))),
    }
}
