//! `touchstone coverage cells`.

use runner::coverage::cells;
use runner::plan::{Plan, Selection};
use runner::{RunError, exit};
use suite::Suites;

pub(super) fn run() -> Result<i32, RunError> {
    let suites = Suites::load(&crate::command::root()?)?;
    let profiles = suites.profiles.keys().cloned().collect();
    let plan = Plan::make(&suites, &Selection { profiles, ..Selection::default() })?;
    let cells = cells(&plan);
    crate::command::print(&cells.to_text())?;
    Ok(if cells.holes().is_empty() { exit::CONFORMS } else { exit::FINDINGS })
}
