//! `conformance --grid`: every target makes, every other opens.

use std::path::{Path, PathBuf};
use std::time::Duration;

use report::format::Format;
use runner::adapter::{Adapter, Kind};
use runner::child::Launch;
use runner::grid::{Grid, grid};
use runner::plan::Plan;
use runner::produce::Opener;
use runner::{RunError, exit};

use super::{Arguments, write};

/// Asks the libraries that are named, or all that are embedded or installed.
pub(super) fn run(
    arguments: &Arguments,
    root: &Path,
    plan: &Plan,
    outputs: &[(&Format, PathBuf)],
) -> Result<i32, RunError> {
    let targets = targets(arguments, root)?;
    if targets.len() < 2 {
        let text = "--grid needs two libraries or more: name them with --target".to_owned();
        return Err(RunError::Usage(text));
    }
    let grid = grid(plan, &targets, &|sealer| say!("{sealer} makes, {} open", targets.len() - 1));
    for (format, path) in outputs {
        match format.name {
            "jsonl" => write(path, &lines(&grid))?,
            "text" => write(path, &grid.to_text())?,
            other => return Err(RunError::Usage(format!("--grid has no report as {other}"))),
        }
    }
    crate::command::print(&grid.to_text())?;
    Ok(if grid.absent.is_empty() { exit::CONFORMS } else { exit::TARGET })
}

fn lines(grid: &Grid) -> String {
    grid.meetings.iter().map(|meeting| format!("{}\n", meeting.to_value())).collect()
}

fn targets(arguments: &Arguments, root: &Path) -> Result<Vec<Opener>, RunError> {
    let deadline = Duration::from_millis(arguments.deadline_ms);
    let mut adapters = Vec::new();
    if arguments.target.is_empty() {
        let is_here = |adapter: &Adapter| adapter.manifest.embedded || adapter.is_installed();
        adapters.extend(Adapter::all(root)?.into_iter().filter(is_here));
    } else {
        for name in &arguments.target {
            adapters.push(Adapter::named(root, name)?);
        }
    }
    adapters.retain(|adapter| adapter.manifest.kind == Kind::Library);
    let mut targets = Vec::new();
    for adapter in adapters {
        adapter.install(&|text| say!("{text}"))?;
        targets.push(Opener {
            family: adapter.family().to_owned(),
            launch: Launch { command: adapter.command(), folder: None, deadline },
            name: adapter.manifest.name,
        });
    }
    Ok(targets)
}
