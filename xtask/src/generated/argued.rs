//! Mutants that survive with a reason: `xtask/generated.toml`.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::{Listed, failed};
use crate::exit::Failure;

/// Why mutants that no case kills are no missing cases.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Argued {
    /// The file, from the root.
    pub(crate) file: String,
    /// A part of what cargo-mutants says of them, without the place; empty for the whole file.
    #[serde(default)]
    pub(crate) mutant: String,
    /// The reason.
    pub(crate) why: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    argued: Vec<Argued>,
}

impl Argued {
    /// Reads all of them.
    pub(crate) fn load(path: &Path) -> Result<Vec<Self>, Failure> {
        let text = fs::read_to_string(path).map_err(|error| failed(path, &error))?;
        let file: File = toml::from_str(&text)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        match file.argued.iter().find(|argued| argued.why.trim().is_empty()) {
            Some(argued) => {
                Err(Failure::usage(format!("{}: no `why` of {}", path.display(), argued.file)))
            }
            None => Ok(file.argued),
        }
    }

    /// Whether it is about a mutant.
    pub(crate) fn is_about(&self, mutant: &Listed) -> bool {
        self.file == mutant.file && mutant.name.contains(&self.mutant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_about_a_file_and_a_part_of_the_name() {
        let mutant = Listed {
            id: 1,
            file: "a/b.rs".to_owned(),
            name: "a/b.rs:3:5: replace f -> bool with true".to_owned(),
            genre: String::new(),
            start: (1, 1),
            end: (1, 1),
            replacement: String::new(),
        };
        for (file, text, expected) in [
            ("a/b.rs", "replace f -> bool", true),
            ("a/b.rs", "", true),
            ("a/b.rs", "replace g", false),
            ("a/c.rs", "", false),
        ] {
            let argued =
                Argued { file: file.to_owned(), mutant: text.to_owned(), why: String::new() };
            assert_eq!(argued.is_about(&mutant), expected, "{file} {text}");
        }
    }
}
