//! `cargo xtask mutants --generated`: cargo-mutants' mutants of a crate, with the suites as the test.
//!
//! cargo-mutants only says what the mutants are. All that can be are built into one binary
//! ([`schemata`]) and chosen by `TOUCHSTONE_MUTANT`; the rest is built one at a time. `touchstone
//! variants` asks each the suites' questions until the first finding: first the quick selection, then,
//! for those that survived it, all.

mod argued;
mod build;
mod schemata;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::exit::Failure;
use crate::generated::argued::Argued;
use crate::generated::build::Workshop;
use crate::repository::{self, Repository};
use crate::touchstone;

/// A mutant as cargo-mutants lists it, with its number in the list.
#[derive(Clone, Debug)]
pub(crate) struct Listed {
    pub(crate) id: usize,
    /// From the root, with `/`.
    pub(crate) file: String,
    pub(crate) name: String,
    pub(crate) genre: String,
    pub(crate) start: (usize, usize),
    pub(crate) end: (usize, usize),
    pub(crate) replacement: String,
}

pub(crate) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let arguments = Arguments::parse(arguments)?;
    let folder = repository.root().join("target/mutants/generated");
    fs::create_dir_all(&folder).map_err(|error| failed(&folder, &error))?;
    let mutants = list(repository, &arguments.package)?;
    let mutants: Vec<Listed> =
        mutants.into_iter().filter(|mutant| mutant.file.contains(&arguments.file)).collect();
    println!("{}: {} mutants by cargo-mutants {VERSION}", arguments.package, mutants.len());
    let journal = folder.join(format!("{}.jsonl", arguments.package));
    if !arguments.resume && !arguments.is_summary {
        File::create(&journal).map_err(|error| failed(&journal, &error))?;
    }
    let mut known = read(&journal)?;
    let argued = Argued::load(&repository.root().join(ARGUED))?;
    if arguments.is_summary {
        return summarize(&mutants, &known, &argued);
    }
    let workshop = Workshop::open(repository, &folder, &mutants)?;
    let touchstone = touchstone::judge(repository)?;
    let left = |known: &BTreeMap<String, Value>, woven: &BTreeSet<usize>| -> Vec<usize> {
        let is_due = |mutant: &&Listed| woven.contains(&mutant.id) && !is_settled(known, mutant);
        mutants.iter().filter(is_due).map(|mutant| mutant.id).collect()
    };
    let is_quick = arguments.quick;
    let asking = Asking { repository, touchstone, folder: &folder, journal: &journal, is_quick };
    let woven = workshop.weave()?;
    println!("{} of them in one build, {} one at a time", woven.len(), mutants.len() - woven.len());
    let reached = asking.reached(&workshop.binary())?;
    for mutant in mutants.iter().filter(|mutant| woven.contains(&mutant.id)) {
        if !reached.contains(&mutant.id) {
            asking.note(mutant, &json!({"outcome": "unreached"}))?;
        }
    }
    let due = left(&known, &woven);
    let due: Vec<usize> = due.into_iter().filter(|id| reached.contains(id)).collect();
    println!("{} are reached by the suites, {} of them to be asked", reached.len(), due.len());
    asking.ask_twice(&workshop.binary(), &due, &mutants)?;
    known = read(&journal)?;
    let singles = mutants.iter().filter(|mutant| !woven.contains(&mutant.id));
    for mutant in singles.filter(|mutant| !is_settled(&known, mutant)) {
        match workshop.single(mutant)? {
            None => asking.note(mutant, &json!({"outcome": "unviable"}))?,
            Some(binary) => asking.ask_twice(&binary, &[mutant.id], &mutants)?,
        }
    }
    summarize(&mutants, &read(&journal)?, &argued)
}

struct Arguments {
    package: String,
    file: String,
    resume: bool,
    quick: bool,
    is_summary: bool,
}

impl Arguments {
    fn parse(arguments: &[OsString]) -> Result<Self, Failure> {
        let mut parsed = Self {
            package: "reference".to_owned(),
            file: String::new(),
            resume: false,
            quick: false,
            is_summary: false,
        };
        let mut words = arguments.iter().map(|word| word.to_string_lossy().into_owned());
        while let Some(word) = words.next() {
            let mut value =
                || words.next().ok_or_else(|| Failure::usage(format!("{word} wants a value")));
            match word.as_str() {
                "--generated" => {}
                "--package" => parsed.package = value()?,
                "--file" => parsed.file = value()?,
                "--resume" => parsed.resume = true,
                "--quick" => parsed.quick = true,
                "--summary" => parsed.is_summary = true,
                _ => return Err(Failure::usage(format!("no argument `{word}`; {USAGE}"))),
            }
        }
        if !["reference", "algorithms"].contains(&parsed.package.as_str()) {
            return Err(Failure::usage(format!("--package {}; {USAGE}", parsed.package)));
        }
        Ok(parsed)
    }
}

/// What cargo-mutants lists for a package. It is installed into `target/tools` where it is missing.
fn list(repository: &Repository, package: &str) -> Result<Vec<Listed>, Failure> {
    let tools = repository.root().join("target/tools");
    let program = tools.join("bin/cargo-mutants");
    if !program.is_file() {
        println!("cargo install cargo-mutants@{VERSION} into {}", tools.display());
        let mut install = repository.cargo();
        install.args(["install", "--locked", "--quiet", "--root"]).arg(&tools);
        install.arg(format!("cargo-mutants@{VERSION}"));
        repository::run(install)?;
    }
    let mut command = repository.command(&program);
    command.args(["mutants", "--list", "--json", "--package", package]);
    let output = command.output().map_err(|error| failed(&program, &error))?;
    let rows: Vec<Value> = serde_json::from_slice(&output.stdout).map_err(|error| {
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Failure::failed(format!("cargo-mutants gave no list: {error}\n{stderr}"))
    })?;
    let rows = rows.iter().enumerate().map(|(index, row)| listed(index + 1, row));
    rows.collect::<Option<_>>()
        .ok_or_else(|| Failure::failed("cargo-mutants' list has another form"))
}

fn listed(id: usize, row: &Value) -> Option<Listed> {
    let text = |name: &str| Some(row.get(name)?.as_str()?.to_owned());
    let place = |name: &str| {
        let place = row.get("span")?.get(name)?;
        let number = |name: &str| usize::try_from(place.get(name)?.as_u64()?).ok();
        Some((number("line")?, number("column")?))
    };
    Some(Listed {
        id,
        file: text("file")?,
        name: text("name")?,
        genre: text("genre")?,
        start: place("start")?,
        end: place("end")?,
        replacement: text("replacement")?,
    })
}

/// How mutants are asked, and where it is noted.
struct Asking<'a> {
    repository: &'a Repository,
    touchstone: PathBuf,
    folder: &'a std::path::Path,
    journal: &'a std::path::Path,
    /// Whether the quick selection is all that is asked.
    is_quick: bool,
}

impl Asking<'_> {
    /// Asks mutants of one binary the quick selection, and those that survived it everything.
    fn ask_twice(
        &self,
        binary: &std::path::Path,
        ids: &[usize],
        mutants: &[Listed],
    ) -> Result<(), Failure> {
        let survived = self.ask(binary, ids, mutants, true)?;
        if !self.is_quick {
            self.ask(binary, &survived, mutants, false)?;
        }
        Ok(())
    }

    /// The mutants of a binary whose places the suites reach while none of them is active: of all others
    /// nothing can be seen. It has to conform, or no mutant can be told from it.
    fn reached(&self, binary: &std::path::Path) -> Result<BTreeSet<usize>, Failure> {
        let path = self.folder.join("reached.txt");
        File::create(&path).map_err(|error| failed(&path, &error))?;
        let mut command = self.variants(binary, &[0])?;
        command.env("TOUCHSTONE_REACHED", &path).stderr(Stdio::null());
        let output = command.output().map_err(|error| failed(&self.touchstone, &error))?;
        let answer: Value = serde_json::from_slice(&output.stdout)
            .map_err(|error| Failure::failed(format!("touchstone variants: {error}")))?;
        if answer.get("exit").and_then(Value::as_i64) != Some(0)
            || answer.get("case").is_some_and(Value::is_string)
        {
            return Err(Failure::failed(format!("without a mutant it does not conform: {answer}")));
        }
        let text = fs::read_to_string(&path).map_err(|error| failed(&path, &error))?;
        Ok(text.lines().filter_map(|line| line.parse().ok()).collect())
    }

    /// `touchstone variants` over mutants of a binary.
    fn variants(&self, binary: &std::path::Path, ids: &[usize]) -> Result<Command, Failure> {
        let list = self.folder.join("list.txt");
        let lines: String = ids.iter().map(|id| format!("{id}\n")).collect();
        fs::write(&list, lines).map_err(|error| failed(&list, &error))?;
        let mut command: Command = self.repository.command(&self.touchstone);
        command.args(["variants", "--variable", "TOUCHSTONE_MUTANT", "--deadline-ms", "10000"]);
        command.args(["--profile", "rfc", "--profile", "bcp", "--profile", "oidc"]);
        command.args(["--profile", "auth0", "--profile", "rfc7523", "--jobs", "2"]);
        command.arg("--command").arg(binary).arg("--list").arg(&list);
        Ok(command)
    }

    /// Notes what killed mutants; gives those that survived. Survivors of the quick selection are
    /// noted only where nothing comes after it.
    fn ask(
        &self,
        binary: &std::path::Path,
        ids: &[usize],
        mutants: &[Listed],
        is_quick: bool,
    ) -> Result<Vec<usize>, Failure> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut command = self.variants(binary, ids)?;
        if is_quick {
            command.arg("--quick");
        }
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| failed(&self.touchstone, &error))?;
        let mut survived = Vec::new();
        let stdout = child.stdout.take().map(BufReader::new);
        for line in stdout.into_iter().flat_map(BufRead::lines) {
            let line = line.map_err(|error| failed(&self.touchstone, &error))?;
            let answer: Value = serde_json::from_str(&line)
                .map_err(|error| Failure::failed(format!("touchstone variants: {error}")))?;
            let id = answer.get("variant").and_then(Value::as_str).and_then(|id| id.parse().ok());
            let mutant = mutants.iter().find(|mutant| Some(mutant.id) == id);
            let Some(mutant) = mutant else { continue };
            // 2: it keeps faulting; 5: it accepts nothing.
            let is_killed = matches!(answer.get("exit").and_then(Value::as_i64), Some(2 | 5))
                || answer.get("case").is_some_and(Value::is_string);
            if is_killed || !is_quick || self.is_quick {
                let outcome = if is_killed { "killed" } else { "survived" };
                self.note(mutant, &json!({"outcome": outcome, "by": answer}))?;
            }
            if !is_killed {
                survived.push(mutant.id);
            }
        }
        Failure::of(child.wait().map_err(|error| failed(&self.touchstone, &error))?)?;
        Ok(survived)
    }

    fn note(&self, mutant: &Listed, outcome: &Value) -> Result<(), Failure> {
        let mut row = outcome.clone();
        if let Some(row) = row.as_object_mut() {
            row.insert("mutant".to_owned(), mutant.name.clone().into());
        }
        let mut file = File::options()
            .append(true)
            .create(true)
            .open(self.journal)
            .map_err(|error| failed(self.journal, &error))?;
        writeln!(file, "{row}").map_err(|error| failed(self.journal, &error))
    }
}

/// What is known already, by the mutant's name; a last line that was cut off is passed over.
fn read(journal: &std::path::Path) -> Result<BTreeMap<String, Value>, Failure> {
    let text = match fs::read_to_string(journal) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(failed(journal, &error)),
    };
    let rows = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    Ok(rows.filter_map(|row| Some((row.get("mutant")?.as_str()?.to_owned(), row))).collect())
}

/// Whether a mutant need not be asked again. One that survived may meet cases that were not there.
fn is_settled(known: &BTreeMap<String, Value>, mutant: &Listed) -> bool {
    let outcome = known.get(&mutant.name).and_then(|row| row.get("outcome")?.as_str());
    outcome.is_some_and(|outcome| !["survived", "unreached"].contains(&outcome))
}

fn summarize(
    mutants: &[Listed],
    known: &BTreeMap<String, Value>,
    argued: &[Argued],
) -> Result<(), Failure> {
    let outcome = |mutant: &Listed| {
        let row = known.get(&mutant.name)?;
        row.get("outcome").and_then(Value::as_str)
    };
    let with = |name: &str| -> Vec<&Listed> {
        mutants.iter().filter(|mutant| outcome(mutant) == Some(name)).collect()
    };
    let is_argued = |mutant: &&Listed| argued.iter().any(|reason| reason.is_about(mutant));
    let left = [with("survived"), with("unreached")].concat();
    let (excused, survivors): (Vec<&Listed>, Vec<&Listed>) =
        left.iter().partition(|m| is_argued(m));
    for mutant in &survivors {
        println!("{}: {}", outcome(mutant).unwrap_or_default(), mutant.name);
    }
    let stale = argued.iter().filter(|reason| !left.iter().any(|mutant| reason.is_about(mutant)));
    for reason in stale {
        println!("no mutant survives that is argued as {} {:?}", reason.file, reason.mutant);
    }
    let killed = with("killed").len();
    let viable = killed + survivors.len();
    let percent = 100.0 * killed as f64 / viable.max(1) as f64;
    println!(
        "{killed} of {viable} mutants killed ({percent:.1} %); besides {} argued in {ARGUED}, {} unviable, \
         {} not asked",
        excused.len(),
        with("unviable").len(),
        mutants.iter().filter(|mutant| outcome(mutant).is_none()).count()
    );
    if survivors.is_empty() {
        Ok(())
    } else {
        Err(Failure::failed(format!("{} survived", survivors.len())))
    }
}

pub(crate) fn failed(path: &std::path::Path, error: &std::io::Error) -> Failure {
    Failure::failed(format!("{}: {error}", path.display()))
}

/// Where survivors are argued.
const ARGUED: &str = "xtask/generated.toml";

const VERSION: &str = "27.1.0";

const USAGE: &str = "usage: cargo xtask mutants --generated [--package reference|algorithms] \
                     [--file PART-OF-ITS-PATH] [--quick] [--resume] \
                     [--summary]";
