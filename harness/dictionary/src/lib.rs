#![doc = include_str!("../README.md")]

mod groups;
mod names;
mod print;

/// The most octets of a word that libFuzzer takes.
pub const MOST_OCTETS: usize = 64;

/// A file of `fuzz/dict/`.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "rows of a table")]
pub struct Dictionary {
    /// The name of the file, without `.dict`.
    pub name: &'static str,
    /// For which inputs it is.
    pub about: &'static str,
    /// Its words.
    pub groups: fn() -> Vec<Group>,
}

/// Words that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "it only carries data")]
pub struct Group {
    /// What they are, in ASCII: it becomes a comment.
    pub title: &'static str,
    /// The octets of each.
    pub words: Vec<Vec<u8>>,
}

/// Every dictionary, by name.
pub static DICTIONARIES: &[Dictionary] = &[
    Dictionary {
        name: "claims",
        about: "claims, and the form that brings a client assertion",
        groups: groups::claims,
    },
    Dictionary { name: "der", about: "certificates as DER", groups: groups::der },
    Dictionary { name: "jose", about: "tokens, headers and keys", groups: groups::jose },
    Dictionary { name: "pem", about: "keys and certificates as PEM", groups: groups::pem },
    Dictionary {
        name: "protocol",
        about: "lines of the adapter protocol",
        groups: groups::protocol,
    },
];

impl Dictionary {
    /// The text of the file. A word of an earlier group is not repeated.
    #[must_use]
    pub fn text(&self) -> String {
        print::text(self)
    }
}
