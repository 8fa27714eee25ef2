//! One named flaw: a row of `xtask/flaws/*.toml`.

use serde::Deserialize;
use toml::Spanned;

/// A row, and where it stands.
#[derive(Debug)]
pub(super) struct Flaw {
    pub(super) row: Row,
    /// The file's name and the line of the row's name.
    pub(super) place: String,
    /// The line of each edit's `find`, in the order of edits.
    pub(super) lines: Vec<usize>,
}

/// What stands in the row.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    /// Unique, in kebab case: the value of [`VARIABLE`](super::tree::VARIABLE).
    pub(super) name: Spanned<String>,
    /// The flaw of this number in the published catalogue.
    pub(super) number: Option<u16>,
    /// What the flawed implementation does, in one sentence.
    pub(super) title: String,
    /// 1: any suite finds it; 2: a careful one; 3: only a good one.
    pub(super) level: u8,
    /// Globs of the cases that may find it.
    #[serde(default)]
    pub(super) cases: Vec<String>,
    #[serde(default)]
    pub(super) over: Over,
    /// The profiles that it is judged under; [`DEFAULT_PROFILES`] if there are none.
    #[serde(default)]
    profile: Vec<String>,
    /// Why nobody can tell it from the reference. It is not run.
    pub(super) equivalent: Option<String>,
    /// The sentence of a document that says no more than SHOULD: a warning then counts as a kill.
    pub(super) should: Option<String>,
    /// A correct implementation may do so: no finding may come of it.
    #[serde(default)]
    pub(super) trap: bool,
    /// The flaw in whose edits the switch of this one stands.
    pub(super) shares: Option<String>,
    #[serde(default)]
    pub(super) edit: Vec<Edit>,
}

/// A change of one file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Edit {
    /// From the root of the repository.
    pub(super) file: String,
    /// A text that occurs once in the file.
    pub(super) find: Spanned<String>,
    /// What stands there instead; `FLAW("name")` asks for the switch.
    pub(super) replace: String,
}

/// How the flaw is reached.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(rename_all = "snake_case")]
pub(super) enum Over {
    /// Through the adapter of the reference.
    #[default]
    Library,
    /// At the authorization server, over HTTP.
    Server,
}

impl Over {
    /// The folder of `harness/adapters/` whose target is broken.
    pub(super) const fn target(self) -> &'static str {
        match self {
            Self::Library => "reference",
            Self::Server => "tenant",
        }
    }
}

impl Flaw {
    pub(super) fn name(&self) -> &str {
        self.row.name.get_ref()
    }

    /// Whether there is something to find.
    pub(super) fn is_run(&self) -> bool {
        self.row.equivalent.is_none()
    }

    /// The profiles that it is judged under.
    pub(super) fn profiles(&self) -> Vec<&str> {
        if self.row.profile.is_empty() {
            DEFAULT_PROFILES.to_vec()
        } else {
            self.row.profile.iter().map(String::as_str).collect()
        }
    }

    /// The row for `--list`.
    pub(super) fn line(&self) -> String {
        let Row { level, title, trap, .. } = &self.row;
        let note = match (&self.row.equivalent, trap) {
            (Some(_), _) => " (equivalent)",
            (None, true) => " (trap)",
            (None, false) => "",
        };
        format!("{level}  {:<44} {title}{note}", self.name())
    }
}

/// What any implementation of the documents is judged by.
const DEFAULT_PROFILES: [&str; 3] = ["rfc", "bcp", "rfc7523"];
