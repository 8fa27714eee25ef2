//! Profiles: the document a judgement rests on.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::error::{LoadError, Source};
use crate::node::{Fields, Node};

/// One profile: a set of documents that a target is held to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name, which is the file's.
    pub name: String,
    /// One line.
    pub title: String,
    /// The documents.
    pub documents: Vec<String>,
    /// Profiles whose expectations hold as well.
    pub extends: Vec<String>,
}

impl Profile {
    /// Reads every file of `suites/profiles/`.
    ///
    /// # Errors
    /// [`LoadError`] for the first file that is not a profile.
    pub fn load_all(folder: &Path) -> Result<BTreeMap<String, Self>, LoadError> {
        let mut profiles = BTreeMap::new();
        for path in crate::load::files(folder, "toml")? {
            let source = Source::read(&path)?;
            let root = Node::parse(&source)?;
            let mut fields = Fields::of(&root, &source)?;
            let title = fields.need_text("title")?.1;
            let documents = names(fields.take_texts("documents")?);
            let extends = names(fields.take_texts("extends")?);
            fields.finish()?;
            let name = crate::load::stem(&path);
            profiles.insert(name.clone(), Self { name, title, documents, extends });
        }
        Ok(profiles)
    }

    /// The names of this profile and of all that it extends.
    #[must_use]
    pub fn closure(name: &str, profiles: &BTreeMap<String, Self>) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut open = vec![name.to_owned()];
        while let Some(next) = open.pop() {
            if let Some(profile) = profiles.get(&next)
                && found.insert(next)
            {
                open.extend(profile.extends.iter().cloned());
            }
        }
        found
    }
}

fn names(texts: Vec<(&Node, String)>) -> Vec<String> {
    texts.into_iter().map(|(_, text)| text).collect()
}
