//! `touchstone timing`: whether rejections that have to be alike take the same time.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use report::printable;
use runner::adapter::Adapter;
use runner::child::Launch;
use runner::plan::{Plan, Selection};
use runner::timing::{Comparisons, FALSE_POSITIVES, Sampling, Word, measure};
use runner::{RunError, exit};
use suite::Suites;

use super::conformance::words;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// A folder of `harness/adapters/`.
    #[arg(long, required_unless_present = "command", conflicts_with = "command")]
    target: Option<String>,
    /// A command that speaks the adapter protocol.
    #[arg(long)]
    command: Option<String>,
    /// Only the cases whose id matches; repeatable. Those with `same_rejection` are measured.
    #[arg(long, default_value = "jwe-oracle/*")]
    filter: Vec<String>,
    /// One cell, such as `enc=A128CBC-HS256`; by default those that show every value of an axis once.
    #[arg(long)]
    cell: Option<String>,
    /// Rounds of each question; every member is asked once in each.
    #[arg(long, default_value_t = 300, value_parser = clap::value_parser!(u32).range(20..=1_000_000))]
    rounds: u32,
    /// Of the order of questions in a round.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write the comparisons as JSON lines to this file.
    #[arg(long)]
    report: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<i32, RunError> {
    let root = super::root()?;
    let suites = Suites::load(&root)?;
    let selection = Selection {
        filters: arguments.filter.clone(),
        cell: arguments.cell.clone(),
        profiles: vec!["rfc".to_owned()],
        quick: arguments.cell.is_none(),
        ..Selection::default()
    };
    let plan = Plan::make(&suites, &selection)?;
    let (name, command) = match (&arguments.target, &arguments.command) {
        (Some(target), _) => {
            let adapter = Adapter::named(&root, target)?;
            adapter.install(&|text| say!("{text}"))?;
            (target.clone(), adapter.command())
        }
        (None, Some(text)) => ("command".to_owned(), words(text)?),
        (None, None) => return Err(RunError::Usage("name a --target or a --command".to_owned())),
    };
    let launch = Launch { command, folder: None, deadline: Duration::from_secs(30) };
    let sampling = Sampling { rounds: arguments.rounds, seed: arguments.seed };
    let comparisons = measure(&plan, &launch, sampling, &|question| say!("{question}"))
        .map_err(|fault| RunError::Usage(format!("{name}: {}", printable(&fault.detail, 2000))))?;
    if let Some(path) = &arguments.report {
        std::fs::write(path, lines(&comparisons))
            .map_err(|source| RunError::File { path: path.clone(), source })?;
    }
    super::print(&table(&name, arguments.rounds, &comparisons))?;
    Ok(exit::CONFORMS)
}

fn lines(comparisons: &Comparisons) -> String {
    let line = |compared| {
        format!("{}\n", runner::timing::Compared::to_value(compared, comparisons.word(compared)))
    };
    comparisons.all.iter().map(line).collect()
}

fn table(name: &str, rounds: u32, comparisons: &Comparisons) -> String {
    let mut text = format!(
        "{name}: {rounds} rounds; each member beside the first of its case, in nanoseconds of the median\n\
         difference with its 95 % interval; effect: rank-biserial correlation, -1 to 1; p: Wilcoxon\n\
         signed-rank test, adjusted by Holm: in a run where nothing differs, the chance of any\n\
         `differs` is {FALSE_POSITIVES}. `restless`: the first one differs from itself.\n\n"
    );
    let mut last = String::new();
    for compared in comparisons.all.iter().filter(|compared| compared.member > 1) {
        let question = format!("{} [{}]", compared.case, compared.cell);
        if question != last {
            text.push_str(&format!("{question}\n"));
            last = question;
        }
        let (low, high) = compared.interval;
        text.push_str(&format!(
            "    {:<8} member {}  {:>+9.0} ns  {low:>+9.0} … {high:<+9.0}  effect {:>+5.2}  p {:.1e}\n",
            comparisons.word(compared).name(),
            compared.member,
            compared.test.median,
            compared.test.effect,
            compared.adjusted,
        ));
    }
    for line in &comparisons.left_out {
        text.push_str(&format!("left out: {}\n", printable(line, 200)));
    }
    let count = |word| {
        let others = comparisons.all.iter().filter(|compared| compared.member > 1);
        others.filter(|compared| comparisons.word(compared) == word).count()
    };
    let controls: Vec<f64> =
        comparisons.all.iter().filter(|c| c.member == 1).map(|c| c.test.p).collect();
    let loud = controls.iter().filter(|p| **p < FALSE_POSITIVES).count();
    text.push_str(&format!(
        "\n{loud} of {} first members differ from themselves at p < {FALSE_POSITIVES}.",
        controls.len()
    ));
    text.push_str(&format!(
        "\n{} alike, {} differ, {} left open by a restless machine. An experiment: what differs here may be\n\
         used by nobody, and what is alike may differ elsewhere. No verdict follows from it.\n",
        count(Word::Alike),
        count(Word::Differs),
        count(Word::Restless),
    ));
    text
}
