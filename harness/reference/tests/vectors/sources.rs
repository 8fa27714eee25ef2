//! `SOURCES.toml` lists every file of every folder, with its SHA-256.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::Path;

use algorithms::Hash;
use libtest_mimic::Trial;
use serde::Deserialize;

use crate::compare::same;
use crate::vector::sorted;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sources {
    source: Vec<Source>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    folder: String,
    #[serde(rename = "document")]
    _document: String,
    #[serde(rename = "url")]
    _url: Option<String>,
    #[serde(rename = "licence")]
    _licence: String,
    #[serde(rename = "note")]
    _note: Option<String>,
    #[serde(rename = "read_in", default)]
    _read_in: Vec<Repository>,
    sha256: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Repository {
    #[serde(rename = "repository")]
    _repository: String,
    #[serde(rename = "commit")]
    _commit: Option<String>,
    #[serde(rename = "release")]
    _release: Option<String>,
    #[serde(rename = "licence")]
    _licence: String,
}

/// One test a folder, and one that no folder is left out.
pub(crate) fn trials(root: &Path) -> Result<Vec<Trial>, Box<dyn Error>> {
    let text = fs::read_to_string(root.join("SOURCES.toml"))?;
    let sources: Sources =
        toml::from_str(&text).map_err(|error| format!("SOURCES.toml: {error}"))?;
    let mut folders = Vec::new();
    for name in sorted(root)? {
        if root.join(&name).is_dir() && name != EXPORTED {
            folders.push(name);
        }
    }
    let listed: Vec<_> = sources.source.iter().map(|source| source.folder.clone()).collect();
    let mut trials = vec![Trial::test("sources/each-folder-is-listed", move || {
        same("folders", &folders, &listed)
    })];
    for source in sources.source {
        let folder = root.join(&source.folder);
        trials.push(Trial::test(format!("sources/{}", source.folder), move || {
            let mut files = BTreeMap::new();
            for file in sorted(&folder).map_err(|error| error.to_string())? {
                let digest = Hash::Sha256.digest(&fs::read(folder.join(&file))?);
                files.insert(file, data_encoding::HEXLOWER.encode(&digest));
            }
            same("files and their SHA-256", &files, &source.sha256)
        }));
    }
    Ok(trials)
}

/// The folder that is written by exporting the cases, and checked by exporting them again.
const EXPORTED: &str = "forged";
