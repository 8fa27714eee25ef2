//! `touchstone foreign … --superset`: whatever the foreign vectors find, our suites find too.

use std::collections::BTreeSet;
use std::path::Path;

use runner::foreign::{Mutant, Vector, disagreements};
use runner::{RunError, exit};

use super::{Arguments, launch};

/// Asks each flawed build of the reference, and prints a line for each flaw that the vectors find.
pub(super) fn run(arguments: &Arguments, root: &Path, vectors: &[Vector]) -> Result<i32, RunError> {
    let path = root.join(&arguments.mutants);
    if !path.is_file() {
        let text = format!(
            "{} is not there: run `cargo xtask mutants --report {}` first",
            path.display(),
            arguments.mutants.display()
        );
        return Err(RunError::Usage(text));
    }
    let mutants = Mutant::load_all(&path)?;
    let flawed = match &arguments.flawed {
        Some(text) => crate::command::conformance::words(text)?,
        None => vec![root.join(FLAWED).display().to_string()],
    };
    let asked = |flaw: &str| {
        let switch = ["env".to_owned(), format!("{VARIABLE}={flaw}")];
        disagreements(&launch(switch.into_iter().chain(flawed.iter().cloned()).collect()), vectors)
    };
    let known: BTreeSet<(&str, u64)> = asked("")?.into_iter().collect();
    let (mut found, mut missed, mut ours) = (0, 0, 0);
    let is_ours = |mutant: &&Mutant| mutant.over == "reference" && mutant.is_flaw();
    let libraries: Vec<&Mutant> = mutants.iter().filter(is_ours).collect();
    for mutant in &libraries {
        ours += usize::from(mutant.is_found());
        let theirs = asked(&mutant.flaw)?;
        let theirs: Vec<_> = theirs.iter().filter(|vector| !known.contains(vector)).collect();
        let Some((file, id)) = theirs.first() else { continue };
        found += 1;
        missed += usize::from(!mutant.is_found());
        let word = if mutant.is_found() { "both" } else { "FOREIGN ALONE" };
        let first = mutant.cases.first().map_or("", String::as_str);
        crate::command::print(&format!(
            "{word:<13} {:<44} {:>3} vectors ({file} {id}); {}: {} cases ({first})\n",
            mutant.flaw,
            theirs.len(),
            mutant.outcome,
            mutant.cases.len()
        ))?;
    }
    crate::command::print(&format!(
        "{} flaws of libraries: our suites find {ours}, the foreign vectors {found}; \
         {missed} of these our suites miss\n",
        libraries.len()
    ))?;
    Ok(if missed == 0 { exit::CONFORMS } else { exit::FINDINGS })
}

/// The adapter that `cargo xtask mutants` builds, with a switch for each flaw.
const FLAWED: &str = "target/mutants/target/debug/adapter-reference";
/// The variable that names the flaw.
const VARIABLE: &str = "TOUCHSTONE_FLAW";
