//! `touchstone coverage advisories`.

use runner::coverage::classes;
use runner::{RunError, exit};
use suite::{Advisory, Suites};

pub(super) fn run() -> Result<i32, RunError> {
    let root = crate::command::root()?;
    let suites = Suites::load(&root)?;
    let advisories = Advisory::load_all(&root.join("suites/advisories.toml"))?;
    let (classes, foreign) = classes(&suites, &advisories);
    for class in &classes {
        crate::command::print(&class.to_text())?;
    }
    let wrong = classes.iter().filter(|class| class.complaint().is_some()).count();
    let unseen = classes
        .iter()
        .flat_map(|class| class.cases.values())
        .filter(|cases| cases.is_empty())
        .count();
    for name in &foreign {
        crate::command::print(&format!("WRONG: {name} stands at a case and in no class\n"))?;
    }
    crate::command::print(&format!(
        "\n{} classes, {wrong} wrong; {unseen} identifiers without a case of their own\n",
        classes.len()
    ))?;
    Ok(if wrong == 0 && foreign.is_empty() { exit::CONFORMS } else { exit::FINDINGS })
}
