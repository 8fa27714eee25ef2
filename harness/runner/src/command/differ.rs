//! `touchstone differ`: two targets beside each other on tokens that a mutator makes.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use clap::Args;
use report::printable;
use runner::adapter::Adapter;
use runner::child::Launch;
use runner::differ::{Difference, Differences, Length, differ};
use runner::produce::Opener;
use runner::{RunError, exit};
use serde_json::json;

use super::conformance::words;

#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// A folder of `harness/adapters/`, or a command that speaks the adapter protocol.
    target: String,
    /// The other one.
    #[arg(long)]
    against: String,
    /// Who names the rule of a difference; by default the reference, unless it is one of the two.
    #[arg(long)]
    umpire: Option<String>,
    /// Tokens to show to both.
    #[arg(long, default_value_t = 20_000)]
    tokens: u64,
    /// Seconds after which it ends.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
    /// Of the mutations.
    #[arg(long, default_value_t = 1)]
    seed: u32,
    /// Where the differences go as JSON lines.
    #[arg(long, default_value = "target/touchstone/differences.jsonl")]
    report: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<i32, RunError> {
    let first = target(&arguments.target)?;
    let second = target(&arguments.against)?;
    let is_one = |name: &str| first.name == name || second.name == name;
    let umpire = match arguments.umpire.as_deref() {
        Some(name) => Some(target(name)?),
        None if is_one("reference") => None,
        None => Some(target("reference")?),
    };
    let stop = Arc::new(AtomicBool::new(false));
    let handle = Arc::clone(&stop);
    // A handler that is there already stops the run as well.
    let _ = ctrlc::set_handler(move || handle.store(true, Ordering::Relaxed));
    let length =
        Length { tokens: arguments.tokens, seconds: arguments.seconds, seed: arguments.seed };
    let each = |found: &Difference| say!("{}", printable(&found.class, 200));
    let seen =
        differ([&first, &second], umpire.as_ref(), length, &stop, &each).map_err(|fault| {
            RunError::Usage(format!("a target does not start: {}", printable(&fault.detail, 2000)))
        })?;
    write(&arguments.report, &first, &second, &seen)?;
    super::print(&table(&first, &second, &seen))?;
    super::print(&format!("each with its shortest token: {}\n", arguments.report.display()))?;
    Ok(if seen.accepted == 0 {
        exit::NOTHING
    } else if seen.classes.is_empty() {
        exit::CONFORMS
    } else {
        exit::FINDINGS
    })
}

/// A folder of `harness/adapters/`, installed; else a command.
fn target(text: &str) -> Result<Opener, RunError> {
    let root = super::root()?;
    let deadline = Duration::from_secs(10);
    if root.join("harness/adapters").join(text).is_dir() {
        let adapter = Adapter::named(&root, text)?;
        adapter.install(&|text| say!("{text}"))?;
        let launch = Launch { command: adapter.command(), folder: None, deadline };
        return Ok(Opener { name: text.to_owned(), family: adapter.family().to_owned(), launch });
    }
    let command = words(text)?;
    let name = command.first().cloned().unwrap_or_default();
    let launch = Launch { command, folder: None, deadline };
    Ok(Opener { name: name.clone(), family: name, launch })
}

fn write(
    path: &PathBuf,
    first: &Opener,
    second: &Opener,
    seen: &Differences,
) -> Result<(), RunError> {
    let fail = |source| RunError::File { path: path.clone(), source };
    let line = |found: &Difference| {
        let [one, other, umpire] = &found.answers;
        let answers = json!({ &first.name: one, &second.name: other, "umpire": umpire });
        let Difference { class, count, operation, input, .. } = found;
        let value = json!({
            "class": class, "count": count, "op": operation, "in": input, "answers": answers,
        });
        format!("{value}\n")
    };
    let text: String = seen.classes.values().map(line).collect();
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(fail)?;
    }
    std::fs::write(path, text).map_err(fail)
}

fn table(first: &Opener, second: &Opener, seen: &Differences) -> String {
    let Differences { asked, accepted, left_out, classes, .. } = seen;
    let mut text = format!(
        "{} beside {}: {asked} tokens, {accepted} accepted alike; {left_out} left out for want of \
         abilities\n",
        first.name, second.name
    );
    let mut rows: Vec<&Difference> = classes.values().collect();
    rows.sort_by(|a, b| b.count.cmp(&a.count).then(a.class.cmp(&b.class)));
    for row in rows {
        text.push_str(&format!("{:>7}  {}\n", row.count, printable(&row.class, 200)));
    }
    text.push_str(&format!("{} classes of differences\n", classes.len()));
    text
}
