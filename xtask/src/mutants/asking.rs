//! Asking the flawed build with the ordinary `touchstone`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

use super::flaw::{Flaw, Over};
use super::outcome::Outcome;
use super::tree::{Tree, VARIABLE};
use super::union;
use crate::exit::Failure;
use crate::repository::{Repository, not_started};
use crate::touchstone;

/// What is needed to ask: the judge of the real tree, and the flawed tree, built.
pub(super) struct Asking {
    judge: PathBuf,
    tree: Tree,
}

/// What the unflawed build shows, by way and profiles: it is held against no flaw.
pub(super) struct Unflawed(BTreeMap<(Over, Vec<String>), BTreeSet<Finding>>);

/// A finding or a warning on one question.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Finding {
    pub(super) case: String,
    /// Cell, policy and profile.
    question: [String; 3],
    pub(super) verdict: String,
}

/// What a run showed.
pub(super) struct Shown {
    /// Judged questions.
    pub(super) questions: usize,
    pub(super) findings: BTreeSet<Finding>,
}

impl Asking {
    /// Builds both.
    ///
    /// # Errors
    /// One of them does not compile: a row's text that is no Rust.
    pub(super) fn prepare(repository: &Repository, tree: Tree) -> Result<Self, Failure> {
        let judge = touchstone::judge(repository)?;
        eprintln!("building the flawed tree …");
        let mut cargo = repository.cargo();
        cargo
            .args(["build", "--locked", "--package", "adapter-reference", "--package", "tenant"])
            .current_dir(&tree.root)
            .env("CARGO_TARGET_DIR", &tree.target);
        let output = cargo.output().map_err(|error| not_started(&cargo, &error))?;
        if output.status.success() {
            return Ok(Self { judge, tree });
        }
        eprint!("{}", String::from_utf8_lossy(&output.stderr));
        Err(Failure::unavailable("the flawed tree was not built: see the row of that text"))
    }

    /// What the unflawed build shows on the questions of all flaws.
    ///
    /// # Errors
    /// It could not be asked.
    pub(super) fn unflawed(&self, flaws: &[&Flaw]) -> Result<Unflawed, Failure> {
        let mut selections: BTreeMap<(Over, Vec<String>), Vec<&[String]>> = BTreeMap::new();
        for flaw in flaws {
            selections.entry(key(flaw)).or_default().push(&flaw.row.cases);
        }
        let mut shown = BTreeMap::new();
        for ((over, profiles), cases) in selections {
            let cases: Vec<&str> = union(cases.into_iter()).into_iter().collect();
            let result = self.ask("unflawed", None, over, &profiles, &cases);
            let result = result.map_err(Failure::unavailable)?;
            shown.insert((over, profiles), result.findings);
        }
        Ok(Unflawed(shown))
    }

    /// What becomes of one flaw.
    #[expect(clippy::disallowed_methods, reason = "the time a flaw takes is for people to read")]
    pub(super) fn outcome(&self, flaw: &Flaw, unflawed: &Unflawed) -> Outcome {
        let start = Instant::now();
        let (over, profiles) = key(flaw);
        let cases: Vec<&str> = flaw.row.cases.iter().map(String::as_str).collect();
        let shown =
            self.ask(flaw.name(), Some(flaw.name()), over, &profiles, &cases).map(|mut shown| {
                if let Some(known) = unflawed.0.get(&(over, profiles)) {
                    shown.findings.retain(|finding| !known.contains(finding));
                }
                shown
            });
        Outcome::of(flaw, shown, start.elapsed())
    }

    /// Asks a selection; `name` is that of the report's file.
    fn ask(
        &self,
        name: &str,
        flaw: Option<&str>,
        over: Over,
        profiles: &[String],
        cases: &[&str],
    ) -> Result<Shown, String> {
        let folder = self.tree.target.join("reports");
        fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let path = folder.join(format!("{name}-{}.jsonl", over.target()));
        let mut command = Command::new(&self.judge);
        command.args(["conformance", "--target", over.target()]);
        command.arg("--report").arg(format!("jsonl={}", path.display()));
        command.args(profiles.iter().flat_map(|profile| ["--profile", profile]));
        command.args(cases.iter().flat_map(|glob| ["--filter", glob]));
        command.env("TOUCHSTONE_ROOT", &self.tree.root).env("CARGO_TARGET_DIR", &self.tree.target);
        command.stdin(Stdio::null()).env_remove(VARIABLE);
        if let Some(flaw) = flaw {
            // One process: the flaws are what runs side by side.
            command.env(VARIABLE, flaw).args(["--jobs", "1"]);
        }
        let _ = fs::remove_file(&path);
        let output = command.output().map_err(|error| not_started(&command, &error).message)?;
        let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        let text = fs::read_to_string(&path).map_err(|_| said.clone())?;
        read(&text).ok_or(said)
    }
}

fn key(flaw: &Flaw) -> (Over, Vec<String>) {
    (flaw.row.over, flaw.profiles().into_iter().map(str::to_owned).collect())
}

/// The records of a JSON lines report; none when nothing was judged.
pub(super) fn read(text: &str) -> Option<Shown> {
    let mut shown = Shown { questions: 0, findings: BTreeSet::new() };
    for line in text.lines() {
        let record: Value = serde_json::from_str(line).ok()?;
        if record.get("type")? != "record" {
            continue;
        }
        shown.questions += 1;
        let member =
            |name: &str| record.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let verdict = member("verdict");
        if KILLS.contains(&verdict.as_str()) || verdict == WARNS {
            let question = ["cell", "policy", "profile"].map(member);
            shown.findings.insert(Finding { case: member("case"), question, verdict });
        }
    }
    (shown.questions > 0).then_some(shown)
}

impl Finding {
    /// Whether a document's MUST is behind it.
    pub(super) fn is_kill(&self) -> bool {
        self.verdict != WARNS
    }
}

/// The verdicts that stand against an implementation. A fault that does not come again (`flaky`) and
/// a broken protocol say nothing of a flaw.
const KILLS: &[&str] = &["fail", "crash", "hang", "over_budget"];
const WARNS: &str = "warn";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_and_warnings_are_read() {
        let line = |case: &str, verdict: &str| {
            format!(r#"{{"type":"record","case":"{case}","profile":"rfc","verdict":"{verdict}"}}"#)
        };
        let text = [
            r#"{"type":"run","seed":1}"#.to_owned(),
            line("a/1", "fail"),
            line("a/2", "pass"),
            line("a/3", "warn"),
            line("a/4", "flaky"),
            line("a/5", "crash"),
            r#"{"type":"end","exit":1}"#.to_owned(),
        ];
        let shown = read(&text.join("\n")).expect("there are records");
        let found: Vec<(&str, bool)> =
            shown.findings.iter().map(|finding| (&*finding.case, finding.is_kill())).collect();
        assert_eq!(shown.questions, 5);
        assert_eq!(found, [("a/1", true), ("a/3", false), ("a/5", true)]);
    }

    #[test]
    fn a_report_without_records_shows_nothing() {
        assert!(read(r#"{"type":"run"}"#).is_none());
    }
}
