//! The class of a finding: what went wrong, and where. Findings of one class are one finding.

use std::fmt;
use std::path::Path;

use super::output::{self, Line, Position};

/// What tells findings apart; made of words of ours alone, never of an input.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Class {
    /// `panic`, `timeout`, `oom`, `signal`, `exit`, or a sanitizer's word.
    kind: String,
    /// `harness/reference/src/jwe.rs:142`, of the panic or of the first frame of ours.
    place: Option<String>,
    /// The class of a difference between two libraries, which all panic in one place.
    difference: Option<String>,
}

impl Class {
    /// What ended well when it was run again.
    pub(super) fn unreproducible() -> Self {
        Self { kind: "unreproducible".to_owned(), place: None, difference: None }
    }

    /// As the name of a file: at most 100 of `a` to `z`, `0` to `9` and `-`.
    pub(super) fn slug(&self) -> String {
        let place = self.place.as_deref().map(|place| {
            let place = place.strip_prefix("harness/").unwrap_or(place);
            place.replace("/src/", "/").replace(".rs:", "-")
        });
        let parts = [Some(self.kind.clone()), place, self.difference.clone()];
        let mut slug = String::new();
        for letter in parts.iter().flatten().flat_map(|part| part.chars().chain(['-'])) {
            let letter = letter.to_ascii_lowercase();
            if letter.is_ascii_alphanumeric() {
                slug.push(letter);
            } else if !slug.is_empty() && !slug.ends_with('-') {
                slug.push('-');
            }
        }
        slug.truncate(MOST_LETTERS);
        slug.trim_end_matches('-').to_owned()
    }
}

impl fmt::Display for Class {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.kind)?;
        if let Some(place) = &self.place {
            write!(formatter, " at {place}")?;
        }
        if let Some(difference) = &self.difference {
            write!(formatter, ": {difference}")?;
        }
        Ok(())
    }
}

/// What the lines of one process say about its end.
#[derive(Debug, Default)]
pub(super) struct Report {
    panicked: Option<Position>,
    /// The first line of the panic's message.
    message: Option<String>,
    error: Option<String>,
    frames: Vec<Position>,
    is_message_next: bool,
}

impl Report {
    /// Takes the next line of standard error.
    pub(super) fn read(&mut self, line: &str) {
        if std::mem::take(&mut self.is_message_next) {
            self.message = Some(line.to_owned());
            return;
        }
        match output::parse(line) {
            Some(Line::Panicked(position)) if self.panicked.is_none() => {
                self.panicked = Some(position);
                self.is_message_next = true;
            }
            Some(Line::Error(error)) if self.error.is_none() => self.error = Some(error),
            Some(Line::Frame(position)) => self.frames.push(position),
            _ => {}
        }
    }

    /// The class, if the lines tell of a finding. `root` is that of the repository.
    pub(super) fn class(&self, root: &Path) -> Option<Class> {
        let own = || self.frames.iter().find(|frame| Path::new(&frame.path).starts_with(root));
        let (kind, position) = match (&self.error, &self.panicked) {
            (Some(error), Some(place)) if is_signal(error) => ("panic".to_owned(), Some(place)),
            (Some(error), _) => (kind(error), own()),
            (None, Some(place)) => ("panic".to_owned(), Some(place)),
            (None, None) => return None,
        };
        let is_panic = kind == "panic";
        let message = self.message.as_deref().filter(|_| is_panic);
        let difference = message.and_then(|text| text.strip_prefix(DIFFERENCE)).map(words);
        Some(Class { kind, place: position.map(|position| place(position, root)), difference })
    }
}

fn is_signal(error: &str) -> bool {
    kind(error) == "signal" || kind(error) == "abrt"
}

/// `libFuzzer: out-of-memory (used: …)` and `AddressSanitizer: heap-buffer-overflow on …` in one word.
fn kind(error: &str) -> String {
    let (tool, what) = error.split_once(": ").unwrap_or(("", error));
    if tool == "libFuzzer" {
        let known = [
            ("deadly signal", "signal"),
            ("timeout", "timeout"),
            ("out-of-memory", "oom"),
            ("fuzz target exited", "exit"),
            ("fuzz target overwrites", "overwrite"),
        ];
        let kind = known.iter().find(|(text, _)| what.starts_with(text));
        return kind.map_or("unknown", |(_, kind)| kind).to_owned();
    }
    let word = what.split_whitespace().next().unwrap_or("sanitizer");
    word.chars()
        .filter(|letter| letter.is_ascii_alphabetic() || *letter == '-')
        .take(40)
        .collect::<String>()
        .to_lowercase()
}

/// Relative to the repository, or from the name of the crate where it is another's.
fn place(position: &Position, root: &Path) -> String {
    let path = Path::new(&position.path);
    let path = path.strip_prefix(root).map_or_else(
        |_| {
            let path = position.path.replace('\\', "/");
            let own = path.split_once("/registry/src/").and_then(|(_, rest)| rest.split_once('/'));
            let std = path.split_once("/library/");
            own.or(std).map_or(path.clone(), |(_, rest)| rest.to_owned())
        },
        |path| path.display().to_string(),
    );
    let path: String = path.chars().filter(|letter| letter.is_ascii_graphic()).collect();
    format!("{path}:{}", position.line)
}

/// The words of a difference without what may belong to an input.
fn words(text: &str) -> String {
    let kept = text.chars().filter(|letter| {
        letter.is_ascii_alphabetic() || matches!(letter, ' ' | '/' | '-' | '_' | '.')
    });
    kept.take(60).collect::<String>().trim().to_owned()
}

/// How a message of `invariants` about a difference between libraries begins.
const DIFFERENCE: &str = "a difference that is not explained: ";

/// A file name may have 255 octets; the hash and `.part` come behind.
const MOST_LETTERS: usize = 100;

#[cfg(test)]
mod tests;
