//! One vector file, in the format of `vectors/README.md`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use algorithms::base64url;
use libtest_mimic::Failed;
use serde::Deserialize;
use serde_json::{Map, Value};

/// A vector.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vector {
    /// Folder and file name without `.json`.
    pub(crate) id: String,
    /// What it is about.
    pub(crate) kind: String,
    #[serde(rename = "source")]
    _source: Source,
    #[serde(rename = "remark")]
    _remark: Option<String>,
    #[serde(default)]
    inputs: Map<String, Value>,
    #[serde(default)]
    keys: Vec<Value>,
    #[serde(default)]
    stated: Map<String, Value>,
    #[serde(default)]
    derived: Map<String, Value>,
    #[serde(default)]
    generated: Map<String, Value>,
    #[serde(default)]
    outputs: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    #[serde(rename = "document")]
    _document: String,
    #[serde(rename = "section")]
    _section: String,
    #[serde(rename = "subject")]
    _subject: String,
}

impl Vector {
    /// Every vector below `root`, in the order of their ids.
    pub(crate) fn load_all(root: &Path) -> Result<Vec<Self>, Box<dyn Error>> {
        let mut vectors = Vec::new();
        for folder in sorted(root)? {
            let path = root.join(&folder);
            if !path.is_dir() || NO_VECTORS.contains(&folder.as_str()) {
                continue;
            }
            for file in sorted(&path)? {
                let id = format!("{folder}/{}", file.strip_suffix(".json").ok_or(file.clone())?);
                vectors.push(Self::load(&path.join(&file), &id)?);
            }
        }
        Ok(vectors)
    }

    fn load(path: &Path, id: &str) -> Result<Self, Box<dyn Error>> {
        let vector: Self = serde_json::from_str(&fs::read_to_string(path)?)
            .map_err(|error| format!("{}: {error}", path.display()))?;
        if vector.id != id {
            return Err(format!("{}: its id is {}", path.display(), vector.id).into());
        }
        let mut names: Vec<_> = vector.names().collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        if names.len() != count || count == 0 {
            return Err(format!("{id}: no member, or the same one in two places").into());
        }
        Ok(vector)
    }

    /// The names of all members of inputs, intermediate values and outputs.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.sections().into_iter().flat_map(|section| section.keys().map(String::as_str))
    }

    /// The outputs alone.
    pub(crate) fn outputs(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.outputs.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The member, wherever it stands.
    pub(crate) fn find(&self, name: &str) -> Option<&Value> {
        self.sections().into_iter().find_map(|section| section.get(name))
    }

    /// The member, which must be there.
    pub(crate) fn value(&self, name: &str) -> Result<&Value, Failed> {
        self.find(name).ok_or_else(|| format!("the vector has no `{name}`").into())
    }

    /// The member as octets.
    pub(crate) fn octets(&self, name: &str) -> Result<Vec<u8>, Failed> {
        Ok(base64url::decode(self.text(name)?)?)
    }

    /// The member as text.
    pub(crate) fn text(&self, name: &str) -> Result<&str, Failed> {
        self.value(name)?.as_str().ok_or_else(|| format!("`{name}` is no text").into())
    }

    /// The key with this index.
    pub(crate) fn key(&self, index: usize) -> Result<&Value, Failed> {
        self.keys.get(index).ok_or_else(|| format!("the vector has no keys[{index}]").into())
    }

    fn sections(&self) -> [&Map<String, Value>; 5] {
        [&self.inputs, &self.stated, &self.derived, &self.generated, &self.outputs]
    }
}

/// The folder `vectors/`.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors")
}

/// The names in a folder, sorted.
pub(crate) fn sorted(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name().into_string();
        names.push(name.map_err(|name| format!("{}: not UTF-8", name.display()))?);
    }
    names.sort();
    Ok(names)
}

/// Folders that hold something else: our keys, and the exported cases.
const NO_VECTORS: &[&str] = &["certificates", "forged", "keys"];
