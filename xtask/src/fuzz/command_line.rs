//! The words behind `cargo xtask fuzz ACTION`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use crate::exit::Failure;

/// What an action takes.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Syntax {
    /// Flags alone.
    pub(super) switches: &'static [&'static str],
    /// Flags with a whole number behind.
    pub(super) numbers: &'static [&'static str],
    /// Flags with or without a whole number behind.
    pub(super) maybe_numbers: &'static [&'static str],
    /// The most words.
    pub(super) words: usize,
    /// Whether `-- …` may follow.
    pub(super) has_rest: bool,
}

/// What was given.
#[derive(Debug, Default)]
pub(super) struct Given {
    words: Vec<OsString>,
    flags: BTreeMap<&'static str, Option<u64>>,
    /// What stands behind `--`.
    pub(super) rest: Vec<OsString>,
}

impl Syntax {
    /// Reads the arguments of `action`.
    ///
    /// # Errors
    /// A word too many, an unknown flag, a number that is none.
    pub(super) fn read(&self, arguments: &[OsString]) -> Result<Given, Failure> {
        let mut given = Given::default();
        let mut arguments = arguments.iter().peekable();
        while let Some(argument) = arguments.next() {
            let text = argument.to_str();
            let known =
                |names: &[&'static str]| names.iter().copied().find(|name| text == Some(name));
            if text == Some("--") && self.has_rest {
                given.rest = arguments.cloned().collect();
                break;
            } else if let Some(name) = known(self.switches) {
                given.flags.insert(name, None);
            } else if let Some(name) = known(self.numbers) {
                let number = arguments.next().and_then(number);
                let number = number
                    .ok_or_else(|| Failure::usage(format!("`{name}` needs a whole number")))?;
                given.flags.insert(name, Some(number));
            } else if let Some(name) = known(self.maybe_numbers) {
                let number = arguments.peek().copied().and_then(number);
                if number.is_some() {
                    arguments.next();
                }
                given.flags.insert(name, number);
            } else if text.is_some_and(|text| text.starts_with('-'))
                || given.words.len() >= self.words
            {
                let argument = argument.to_string_lossy();
                return Err(Failure::usage(format!("unexpected `{argument}`\n{}", super::usage())));
            } else {
                given.words.push(argument.clone());
            }
        }
        Ok(given)
    }
}

impl Given {
    pub(super) fn has(&self, flag: &str) -> bool {
        self.flags.contains_key(flag)
    }

    /// The number behind a flag.
    pub(super) fn number(&self, flag: &str) -> Option<u64> {
        self.flags.get(flag).copied().flatten()
    }

    /// The words as names of targets.
    pub(super) fn targets(&self) -> Vec<String> {
        self.words.iter().map(|word| word.to_string_lossy().into_owned()).collect()
    }

    /// The word at `index` as a file; `what` it is.
    pub(super) fn file(&self, index: usize, what: &str) -> Result<PathBuf, Failure> {
        let word = self.words.get(index);
        let word =
            word.ok_or_else(|| Failure::usage(format!("{what} is missing\n{}", super::usage())))?;
        let path = std::path::absolute(word);
        path.map_err(|error| Failure::usage(format!("{}: {error}", word.to_string_lossy())))
    }
}

fn number(word: &OsString) -> Option<u64> {
    word.to_str()?.parse().ok()
}

#[cfg(test)]
mod tests;
