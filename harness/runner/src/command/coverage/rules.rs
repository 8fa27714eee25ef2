//! `touchstone coverage rules`.

use std::path::{Path, PathBuf};

use clap::Args;
use report::{Record, Run};
use runner::coverage::{Rule, rules};
use runner::{RunError, exit};
use suite::Suites;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// Verdicts from this JSON lines report instead of a fresh run; repeatable.
    #[arg(long)]
    from: Vec<PathBuf>,
    /// Only whether each rule has a case or a reason: nothing is asked.
    #[arg(long, conflicts_with = "from")]
    mapping: bool,
}

pub(super) fn run(arguments: &Arguments) -> Result<i32, RunError> {
    let root = crate::command::root()?;
    let suites = Suites::load(&root)?;
    let records = if arguments.mapping {
        Vec::new()
    } else if arguments.from.is_empty() {
        ask(&root)?
    } else {
        let runs = arguments.from.iter().map(|path| crate::command::look::read(path));
        runs.collect::<Result<Vec<Run>, _>>()?.into_iter().flat_map(|run| run.records).collect()
    };
    let rules = rules(&suites, &records);
    for rule in &rules {
        crate::command::print(&rule.to_text())?;
    }
    crate::command::print(&summary(&rules, &records))?;
    let is_wrong = rules.iter().any(|rule| rule.complaint().is_some());
    Ok(if is_wrong { exit::FINDINGS } else { exit::CONFORMS })
}

/// Has the reference and the authorization server that keeps its rules answer everything.
fn ask(root: &Path) -> Result<Vec<Record>, RunError> {
    let path = root.join("target/touchstone/coverage.jsonl");
    let arguments = ["--target", "reference", "--target", "tenant"];
    let status = crate::command::run_conformance(root, &arguments, &path)?;
    if !matches!(status.code(), Some(exit::CONFORMS | exit::FINDINGS | exit::BASELINE)) {
        let message = format!("the run did not come to its end: {status}");
        return Err(RunError::Target { target: "reference".to_owned(), message });
    }
    Ok(crate::command::look::read(&path)?.records)
}

fn summary(rules: &[Rule<'_>], records: &[Record]) -> String {
    let count =
        |wanted: &dyn Fn(&Rule<'_>) -> bool| rules.iter().filter(|rule| wanted(rule)).count();
    let mut out = String::from("\n");
    for priority in 1..=3 {
        let is_one = |rule: &Rule<'_>| rule.requirement.priority == priority;
        out.push_str(&format!(
            "priority {priority}: {} rules, {} with cases, {} with a reason, {} wrong\n",
            count(&is_one),
            count(&|rule| is_one(rule) && !rule.cases.is_empty()),
            count(&|rule| is_one(rule) && rule.requirement.untested.is_some()),
            count(&|rule| is_one(rule) && rule.complaint().is_some()),
        ));
    }
    let unread = count(&|rule| rule.requirement.basis == "memory");
    out.push_str(&format!("{unread} rules are not compared with their document\n"));
    if !records.is_empty() {
        let silent: Vec<&str> = rules
            .iter()
            .filter(|rule| !rule.cases.is_empty() && !rule.is_judged())
            .map(|rule| rule.requirement.id.as_str())
            .collect();
        out.push_str(&format!(
            "{} rules have cases of which these targets answered none: {}\n",
            silent.len(),
            silent.join(", ")
        ));
    }
    out
}
