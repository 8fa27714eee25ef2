//! `touchstone foreign`: the test vectors of another project, asked of our targets.

mod superset;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Subcommand};
use report::printable;
use runner::adapter::{Adapter, Kind};
use runner::child::{Interview, Launch, Process};
use runner::foreign::{Agreement, Rulings, Vector, ask, load};
use runner::{RunError, exit};

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Wycheproof's vectors of JWE, JWS, JWK and RSA-OAEP.
    Wycheproof(Arguments),
}

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// A checkout, a folder of vectors, or one file of them.
    path: PathBuf,
    /// A folder of `harness/adapters/`; repeatable. The reference by default.
    #[arg(long)]
    target: Vec<String>,
    /// A command that speaks the adapter protocol.
    #[arg(long)]
    command: Option<String>,
    /// Print the vectors on which target and vector agree, too.
    #[arg(long)]
    all: bool,
    /// Show for each named flaw that these vectors find that our suites find it too.
    #[arg(long, conflicts_with_all = ["target", "command", "all"])]
    superset: bool,
    /// The report of `cargo xtask mutants --report FILE`, for `--superset`.
    #[arg(long, requires = "superset", default_value = "target/mutants/report.jsonl")]
    mutants: PathBuf,
    /// The flawed adapter, for `--superset`; by default the one that `cargo xtask mutants` built.
    #[arg(long, requires = "superset")]
    flawed: Option<String>,
}

pub(crate) fn run(command: &Command) -> Result<i32, RunError> {
    let Command::Wycheproof(arguments) = command;
    let root = super::root()?;
    let mut vectors = load(&arguments.path)?;
    let rulings = Rulings::load(&root.join("suites/foreign/wycheproof.toml"))?;
    rulings.apply(&mut vectors)?;
    if arguments.superset {
        return superset::run(arguments, &root, &vectors);
    }
    let mut code = exit::CONFORMS;
    for (name, launch) in targets(arguments)? {
        code = code.max(compare(&name, &launch, &vectors, &rulings, arguments.all)?);
    }
    Ok(code)
}

/// The targets by name, installed.
fn targets(arguments: &Arguments) -> Result<Vec<(String, Launch)>, RunError> {
    let root = super::root()?;
    let mut names = arguments.target.clone();
    if names.is_empty() && arguments.command.is_none() {
        names.push("reference".to_owned());
    }
    let mut found = Vec::new();
    for name in names {
        let adapter = Adapter::named(&root, &name)?;
        if adapter.manifest.kind != Kind::Library {
            return Err(RunError::Usage(format!("{name} does not speak the adapter protocol")));
        }
        adapter.install(&|text| say!("{text}"))?;
        found.push((name, launch(adapter.command())));
    }
    if let Some(text) = &arguments.command {
        found.push(("command".to_owned(), launch(super::conformance::words(text)?)));
    }
    Ok(found)
}

/// Five seconds an answer, as `conformance` has it.
fn launch(command: Vec<String>) -> Launch {
    Launch { command, folder: None, deadline: Duration::from_secs(5) }
}

/// Asks one target everything and prints what came of it.
fn compare(
    name: &str,
    launch: &Launch,
    vectors: &[Vector],
    rulings: &Rulings,
    all: bool,
) -> Result<i32, RunError> {
    let (process, hello) = Process::start(launch)
        .map_err(|fault| RunError::Target { target: name.to_owned(), message: fault.detail })?;
    let mut interview = Interview::new(launch.clone(), Some(process));
    let mut counts = [0_usize; 2];
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for vector in vectors {
        let line = match ask(&mut interview, &hello, vector) {
            Agreement::Agrees => {
                counts[0] += 1;
                if !all {
                    continue;
                }
                "agrees".to_owned()
            }
            Agreement::Disagrees(text) => {
                counts[1] += 1;
                format!("disagrees: {text}")
            }
            Agreement::NotExpressible(why) => {
                *reasons.entry(why).or_default() += 1;
                continue;
            }
        };
        let comment = printable(&vector.comment, 60);
        let sentence = rulings
            .about(vector)
            .map_or_else(String::new, |row| format!("; ruled: {}", row.sentence));
        super::print(&format!(
            "{} {:<4} {comment} ({}{sentence}): {line}\n",
            vector.file, vector.id, vector.says
        ))?;
    }
    interview.close();
    let [agrees, disagrees] = counts;
    let left: usize = reasons.values().sum();
    super::print(&format!(
        "{name}: {agrees} agree, {disagrees} disagree, {left} cannot be asked\n"
    ))?;
    for (why, count) in reasons {
        super::print(&format!("  {count:>5} {}\n", printable(&why, 200)))?;
    }
    Ok(if disagrees == 0 { exit::CONFORMS } else { exit::FINDINGS })
}
