//! All the questions: suites, requirements, profiles and keys of one checkout.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::case::{Case, CaseId, Defaults, Draft};
use crate::error::{LoadError, Source};
use crate::keys::Keys;
use crate::node::{Fields, Kind, Node};
use crate::published::Vectors;
use crate::{Profile, Requirement};

/// Everything under `suites/`, and the keys.
#[derive(Clone, Debug)]
pub struct Suites {
    /// The cases by id.
    pub cases: BTreeMap<CaseId, Case>,
    /// The titles of the suites by name.
    pub titles: BTreeMap<String, String>,
    /// The requirements by id.
    pub requirements: BTreeMap<String, Requirement>,
    /// The profiles by name.
    pub profiles: BTreeMap<String, Profile>,
    /// The test keys by name.
    pub keys: Keys,
}

impl Suites {
    /// Reads `suites/` and `vectors/keys/` below `root`.
    ///
    /// # Errors
    /// The first [`LoadError`].
    pub fn load(root: &Path) -> Result<Self, LoadError> {
        Self::load_from(&root.join("suites"), &root.join("vectors/keys"))
    }

    /// Reads the suites of one folder with the keys of another.
    ///
    /// # Errors
    /// The first [`LoadError`].
    pub fn load_from(folder: &Path, keys: &Path) -> Result<Self, LoadError> {
        let requirements = Requirement::load_all(&folder.join("requirements.toml"))?;
        let profiles = Profile::load_all(&folder.join("profiles"))?;
        let vectors = Vectors::load(keys.parent().unwrap_or(keys))?;
        let keys = Keys::load(keys)?;
        let mut titles = BTreeMap::new();
        let mut drafts = BTreeMap::new();
        for path in files(folder, "toml")? {
            if BESIDE.contains(&stem(&path).as_str()) {
                continue;
            }
            let source = Source::read(&path)?;
            let root = Node::parse(&source)?;
            let mut fields = Fields::of(&root, &source)?;
            titles.insert(stem(&path), fields.need_text("title")?.1);
            let defaults = match fields.take("defaults") {
                None => Defaults::default(),
                Some(node) => Defaults::read(node, &source)?,
            };
            let list = fields.need("case")?;
            let Kind::Array(nodes) = &list.kind else {
                return Err(source.error(&list.span, "cases are written `[[case]]`"));
            };
            for node in nodes {
                let draft = Draft::read(node, &source, &defaults, &profiles, &requirements)?;
                if drafts.contains_key(draft.id()) {
                    return Err(draft.duplicate());
                }
                drafts.insert(draft.id().clone(), draft);
            }
            fields.finish()?;
        }
        let cases = drafts
            .iter()
            .map(|(id, draft)| Ok((id.clone(), draft.finish(&drafts, &vectors)?)))
            .collect::<Result<_, LoadError>>()?;
        Ok(Self { cases, titles, requirements, profiles, keys })
    }

    /// How many questions the matrices make, not counting policies.
    #[must_use]
    pub fn instances(&self) -> usize {
        self.cases.values().map(|case| case.instances.len()).sum()
    }
}

/// The files beside the suites that have no cases.
const BESIDE: [&str; 4] = ["advisories", "referees", "regress", "requirements"];

/// The files of a folder with this extension, in the order of their names.
///
/// # Errors
/// [`LoadError::Unreadable`] when the folder cannot be listed.
pub fn files(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, LoadError> {
    let mut found = entries(folder)?;
    found.retain(|path| path.is_file() && path.extension().is_some_and(|have| have == extension));
    Ok(found)
}

/// The folders of a folder, in the order of their names.
///
/// # Errors
/// [`LoadError::Unreadable`] when the folder cannot be listed.
pub(crate) fn folders(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let mut found = entries(folder)?;
    found.retain(|path| path.is_dir());
    Ok(found)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, LoadError> {
    let unreadable = |error: std::io::Error| LoadError::Unreadable {
        path: folder.to_owned(),
        cause: error.to_string(),
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        found.push(entry.map_err(unreadable)?.path());
    }
    found.sort();
    Ok(found)
}

/// The last part of a path.
pub(crate) fn file_name(path: &Path) -> String {
    path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The name of a file without folder and extension.
#[must_use]
pub fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}
