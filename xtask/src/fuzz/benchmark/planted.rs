//! The rows of `xtask/planted.toml`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::super::places;
use crate::exit::Failure;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Planted {
    bug: Vec<Bug>,
}

/// A flaw that a target has to find.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bug {
    /// Its name in `xtask/flaws/`.
    pub(super) flaw: String,
    pub(super) target: String,
    /// A file of `fuzz/seeds/TARGET/`.
    seed: Option<String>,
    /// The input itself.
    text: Option<String>,
}

impl Bug {
    /// The one right input that the search starts from. `root` is that of the repository.
    pub(super) fn input(&self, root: &Path) -> Result<Vec<u8>, Failure> {
        match (&self.text, &self.seed) {
            (Some(text), None) => Ok(text.clone().into_bytes()),
            (None, Some(seed)) => {
                let path = root.join("fuzz/seeds").join(&self.target).join(seed);
                fs::read(&path).map_err(|error| places::at(&path, &error))
            }
            _ => Err(Failure::unavailable(format!(
                "{FILE}: `{}` needs either `seed` or `text`",
                self.flaw
            ))),
        }
    }
}

/// The bugs with these names, or all where there are none.
///
/// # Errors
/// A file that does not parse; a name that there is not.
pub(super) fn load(root: &Path, names: &[String]) -> Result<Vec<Bug>, Failure> {
    let path = root.join(FILE);
    let text = fs::read_to_string(&path).map_err(|error| places::at(&path, &error))?;
    let Planted { mut bug } =
        toml::from_str(&text).map_err(|error| Failure::unavailable(format!("{FILE}: {error}")))?;
    let known: BTreeSet<&str> = bug.iter().map(|bug| bug.flaw.as_str()).collect();
    if let Some(name) = names.iter().find(|name| !known.contains(name.as_str())) {
        let known: Vec<_> = known.into_iter().collect();
        return Err(Failure::usage(format!("no bug `{name}`; there are {}", known.join(", "))));
    }
    bug.retain(|bug| names.is_empty() || names.contains(&bug.flaw));
    Ok(bug)
}

const FILE: &str = "xtask/planted.toml";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository::Repository;

    #[test]
    fn every_planted_bug_is_a_flaw_with_a_target_and_an_input() {
        let repository = Repository::locate().unwrap();
        let root = repository.root();
        let bugs = load(root, &[]).unwrap();
        assert!(bugs.len() >= 20, "{}", bugs.len());
        let flaws: String = places::files(&root.join("xtask/flaws"))
            .unwrap()
            .iter()
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        for bug in &bugs {
            assert!(flaws.contains(&format!("name = \"{}\"\n", bug.flaw)), "{}", bug.flaw);
            let target = root.join("fuzz/fuzz_targets").join(format!("{}.rs", bug.target));
            assert!(target.is_file(), "{}", bug.target);
            assert!(!bug.input(root).unwrap().is_empty(), "{}", bug.flaw);
        }
    }

    #[test]
    fn a_name_that_there_is_not_is_refused() {
        let repository = Repository::locate().unwrap();
        let bugs = load(repository.root(), &["zip-ignored".to_owned()]).unwrap();
        assert_eq!(bugs.iter().map(|bug| bug.flaw.as_str()).collect::<Vec<_>>(), ["zip-ignored"]);
        let failure = load(repository.root(), &["zip-adored".to_owned()]).unwrap_err();
        assert!(failure.message.starts_with("no bug `zip-adored`; there are "));
    }
}
