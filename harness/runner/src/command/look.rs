//! The commands that look and do not ask: explain, repro, diff, suites.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};
use report::{Record, Run, Verdict, printable};
use runner::RunError;
use runner::adapter::{Adapter, Kind};
use runner::child::{Interview, Launch};
use runner::plan::{Plan, Selection, instances};
use runner::{exit, repro as texts};
use suite::recipe::Way;

#[derive(Args, Debug)]
pub(crate) struct Repro {
    /// A case id.
    id: String,
    /// One cell, as reports print it; the first one by default.
    #[arg(long)]
    cell: Option<String>,
    /// `pinned` or `default`; the case's first by default.
    #[arg(long)]
    policy: Option<String>,
    /// Ask this target too and print its answers.
    #[arg(long)]
    target: Option<String>,
    /// Ask this adapter too and print its answers.
    #[arg(long, conflicts_with = "target")]
    command: Option<String>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Suites {
    /// Read and forge everything: refuses a mistake with line and column.
    Check,
    /// List the cases.
    List,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Vectors {
    /// Write every question as a line of JSON, a file a suite; the same suites give the same octets.
    Export {
        /// The folder; created if need be.
        folder: PathBuf,
    },
    /// Write inputs for the fuzz targets, a folder a target, below a folder such as `fuzz/seeds`.
    Seeds {
        /// The folder; created if need be.
        folder: PathBuf,
    },
}

pub(crate) fn explain(id: &str) -> Result<i32, RunError> {
    let suites = suite::Suites::load(&super::root()?)?;
    super::print(&runner::explain::explain(&suites, id)?)?;
    Ok(exit::CONFORMS)
}

pub(crate) fn repro(arguments: &Repro) -> Result<i32, RunError> {
    let root = super::root()?;
    let suites = suite::Suites::load(&root)?;
    let profiles = suites.profiles.keys().cloned().collect();
    let selection = Selection {
        filters: vec![arguments.id.clone()],
        cell: arguments.cell.clone(),
        profiles,
        ..Selection::default()
    };
    let over_http = instances(&suites, &selection, Way::Http);
    if let Some((case, chosen)) = over_http.first()
        && !case.ways.contains(&Way::Library)
    {
        let instance = chosen.first().and_then(|index| case.instances.get(*index));
        let Some(instance) = instance else { return Ok(exit::CONFORMS) };
        let text = runner::server::describe(&suites, case, instance).map_err(RunError::Usage)?;
        super::print(&text)?;
        return Ok(exit::CONFORMS);
    }
    let over_client = instances(&suites, &selection, Way::Client);
    if let Some((case, chosen)) = over_client.first()
        && !case.ways.contains(&Way::Library)
    {
        let instance = chosen.first().and_then(|index| case.instances.get(*index));
        let Some(instance) = instance else { return Ok(exit::CONFORMS) };
        super::print(&runner::client::describe(&suites, case, instance)?)?;
        return Ok(exit::CONFORMS);
    }
    let plan = Plan::make(&suites, &selection)?;
    let wanted =
        |policy: suite::Policy| arguments.policy.as_ref().is_none_or(|name| name == policy.name());
    let Some(question) = plan.questions.iter().find(|question| wanted(question.policy)) else {
        return Err(RunError::Usage("the case is not asked under this policy".to_owned()));
    };
    super::print(&texts::repro(&plan, question))?;
    let command = match (&arguments.target, &arguments.command) {
        (Some(name), _) => {
            let adapter = Adapter::named(&root, name)?;
            if adapter.manifest.kind != Kind::Library {
                let text =
                    format!("{name} does not speak the adapter protocol: ask it by conformance");
                return Err(RunError::Usage(text));
            }
            adapter.install(&|text| say!("{text}"))?;
            adapter.command()
        }
        (None, Some(text)) => super::conformance::words(text)?,
        (None, None) => return Ok(exit::CONFORMS),
    };
    let launch = Launch { command, folder: None, deadline: Duration::from_secs(5) };
    let mut interview = Interview::new(launch, None);
    let control = question.control.into_iter().map(|index| ("control", index));
    for (name, index) in control.chain(question.members().map(|index| ("question", index))) {
        if let Some(planned) = plan.requests.get(index) {
            let outcome = interview.ask(planned.operation, &planned.input);
            super::print(&format!(
                "\nthe answer to the {name}: {}\n",
                printable(&outcome.to_value().to_string(), 20_000)
            ))?;
        }
    }
    interview.close();
    Ok(exit::CONFORMS)
}

pub(crate) fn diff(before: &Path, after: &Path) -> Result<i32, RunError> {
    let (before, after) = (read(before)?, read(after)?);
    let old = by_question(&before);
    let new = by_question(&after);
    let mut worse = 0;
    let line = |word: &str, question: &str, text: &str| {
        super::print(&format!("{word:<13} {question}: {text}\n"))
    };
    // What is not judged any more is neither better nor worse, but it is gone.
    let is_judged = |verdict: Verdict| !matches!(verdict, Verdict::Unsupported | Verdict::Vacuous);
    for (question, record) in &new {
        let is = record.verdict;
        match old.get(question).map(|record| record.verdict) {
            None if is.is_finding() => {
                worse += 1;
                line("new", question, is.name())?;
            }
            None => {}
            Some(was) if was == is => {}
            Some(was) => {
                let word = match (was.is_finding(), is.is_finding()) {
                    _ if is_judged(was) && !is_judged(is) => "newly_skipped",
                    (false, true) => {
                        worse += 1;
                        "regressed"
                    }
                    (true, false) => "fixed",
                    _ => "changed",
                };
                line(word, question, &format!("{} → {}", was.name(), is.name()))?;
            }
        }
    }
    for (question, record) in &old {
        if !new.contains_key(question) {
            line("newly_skipped", question, &format!("was {}", record.verdict.name()))?;
        }
    }
    for target in after.targets.iter().filter(|target| target.failure.is_some()) {
        worse += 1;
        line("new", &target.name, "it could not be asked to the end")?;
    }
    Ok(if worse == 0 { exit::CONFORMS } else { exit::FINDINGS })
}

pub(crate) fn suites(command: Option<&Suites>) -> Result<i32, RunError> {
    let suites = suite::Suites::load(&super::root()?)?;
    match command {
        Some(Suites::List) => {
            for (id, case) in &suites.cases {
                let count = case.instances.len();
                super::print(&format!("{:<44} {count:>5}  {}\n", id.0, case.title))?;
            }
        }
        Some(Suites::Check) | None => {
            let profiles = suites.profiles.keys().cloned().collect();
            let plan = Plan::make(&suites, &Selection { profiles, ..Selection::default() })?;
            let over_http = runner::server::rehearse(&suites)?;
            let mut by_suite: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
            for (id, case) in &suites.cases {
                let name = id.0.split('/').next().unwrap_or_default();
                let row = by_suite.entry(name).or_default();
                row.0 += 1;
                row.1 += case.instances.len();
            }
            for (name, (cases, cells)) in by_suite {
                let title = suites.titles.get(name).map(String::as_str).unwrap_or_default();
                super::print(&format!("{name:<20} {cases:>4} cases {cells:>6} cells  {title}\n"))?;
            }
            super::print(&format!(
                "{} cases, {} cells, {} questions with policies, {} requests, {over_http} over HTTP\n",
                suites.cases.len(),
                suites.instances(),
                plan.questions.len(),
                plan.requests.len()
            ))?;
        }
    }
    Ok(exit::CONFORMS)
}

pub(crate) fn export(folder: &Path) -> Result<i32, RunError> {
    let suites = suite::Suites::load(&super::root()?)?;
    let profiles = suites.profiles.keys().cloned().collect();
    let plan = Plan::make(&suites, &Selection { profiles, ..Selection::default() })?;
    let mut files: BTreeMap<&str, String> = BTreeMap::new();
    for question in &plan.questions {
        let name = question.case.id.0.split('/').next().unwrap_or_default();
        let text = files.entry(name).or_default();
        text.push_str(&runner::repro::exported(&plan, question).to_string());
        text.push('\n');
    }
    let fail = |path: &Path, source| RunError::File { path: path.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(|source| fail(folder, source))?;
    for (name, text) in &files {
        let path = folder.join(format!("{name}.jsonl"));
        std::fs::write(&path, text).map_err(|source| fail(&path, source))?;
    }
    say!("{} questions in {} files", plan.questions.len(), files.len());
    Ok(exit::CONFORMS)
}

/// Reads a JSON lines report.
pub(super) fn read(path: &Path) -> Result<Run, RunError> {
    let text = std::fs::read_to_string(path)
        .map_err(|source| RunError::File { path: path.to_owned(), source })?;
    Run::read(&text).map_err(|source| RunError::Report { path: path.to_owned(), source })
}

fn by_question(run: &Run) -> BTreeMap<String, &Record> {
    run.records
        .iter()
        .map(|record| {
            (format!("{} {} {}", record.target, record.question(), record.profile), record)
        })
        .collect()
}
