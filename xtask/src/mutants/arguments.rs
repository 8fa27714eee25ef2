//! The command line of `cargo xtask mutants`.

use std::ffi::OsString;
use std::path::PathBuf;
use std::thread;

use super::flaw::Flaw;
use crate::exit::Failure;

/// The command line after `mutants`.
#[derive(Debug)]
pub(super) struct Arguments {
    /// Names or globs; none means all.
    pub(super) names: Vec<String>,
    pub(super) is_list: bool,
    /// Where the outcomes go, one JSON object a line.
    pub(super) report: Option<PathBuf>,
    /// Flaws at a time.
    pub(super) jobs: usize,
}

impl Arguments {
    pub(super) fn parse(arguments: &[OsString]) -> Result<Self, Failure> {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let mut parsed = Self { names: Vec::new(), is_list: false, report: None, jobs: cores };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--list") => parsed.is_list = true,
                Some("--report") => {
                    let path = arguments.next().map(PathBuf::from);
                    parsed.report =
                        Some(path.ok_or_else(|| Failure::usage("`--report` needs a file"))?);
                }
                Some("--jobs") => {
                    let number = arguments.next().and_then(|value| value.to_str()?.parse().ok());
                    parsed.jobs = number
                        .filter(|number| *number > 0)
                        .ok_or_else(|| Failure::usage("`--jobs` needs a number from 1"))?;
                }
                Some("--help" | "-h") => return Err(Failure::usage(USAGE)),
                Some(name) if !name.starts_with('-') => parsed.names.push(name.to_owned()),
                _ => {
                    let argument = argument.to_string_lossy();
                    return Err(Failure::usage(format!("unexpected `{argument}`\n{USAGE}")));
                }
            }
        }
        Ok(parsed)
    }

    /// The flaws that were named, in the order of rows.
    pub(super) fn choose<'a>(&self, all: &'a [Flaw]) -> Result<Vec<&'a Flaw>, Failure> {
        for glob in &self.names {
            if !all.iter().any(|flaw| matches(glob, flaw.name())) {
                let text = format!("no flaw `{glob}`: see `cargo xtask mutants --list`");
                return Err(Failure::usage(text));
            }
        }
        let is_chosen = |flaw: &&Flaw| {
            self.names.is_empty() || self.names.iter().any(|glob| matches(glob, flaw.name()))
        };
        Ok(all.iter().filter(is_chosen).collect())
    }
}

/// Whether a text matches a glob in which `*` stands for any text.
fn matches(glob: &str, text: &str) -> bool {
    let Some((front, rest)) = glob.split_once('*') else { return glob == text };
    let Some(text) = text.strip_prefix(front) else { return false };
    text.char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .any(|at| text.get(at..).is_some_and(|text| matches(rest, text)))
}

const USAGE: &str =
    "usage: cargo xtask mutants [NAME-OR-GLOB…] [--list] [--report FILE] [--jobs N]";

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, Failure> {
        let words: Vec<OsString> = line.split_whitespace().map(OsString::from).collect();
        Arguments::parse(&words)
    }

    #[test]
    fn a_line_is_read() {
        let parsed = parse("gcm-* p2c-zero --jobs 3 --report out.jsonl").expect("it parses");
        assert_eq!((parsed.names.len(), parsed.jobs), (2, 3));
        assert_eq!(parsed.report, Some(PathBuf::from("out.jsonl")));
        assert!(!parsed.is_list);
    }

    #[test]
    fn what_is_unknown_is_refused() {
        for line in ["--fast", "--jobs 0", "--jobs", "--report"] {
            assert_eq!(parse(line).expect_err(line).code, crate::exit::USAGE, "{line}");
        }
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (glob, text, expected) in [
            ("gcm-*", "gcm-tag", true),
            ("*-tag", "gcm-tag", true),
            ("g*-*g", "gcm-tag", true),
            ("gcm-*", "cbc-tag", false),
            ("gcm-tag", "gcm-tag-2", false),
            ("*", "", true),
        ] {
            assert_eq!(matches(glob, text), expected, "{glob} {text}");
        }
    }
}
