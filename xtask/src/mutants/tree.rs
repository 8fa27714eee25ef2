//! The flawed tree: a copy of the workspace in `target/mutants/` with the edits of all flaws.
//!
//! A file is rewritten only where it changed, so that building again takes as long as the change.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::edit;
use super::flaw::{Flaw, Over};
use crate::exit::Failure;
use crate::repository::Repository;
use crate::tidy::walk;

/// The environment variable with the name of the flaw that is switched on.
pub(crate) const VARIABLE: &str = "TOUCHSTONE_FLAW";

/// Where the copy stands.
pub(crate) struct Tree {
    pub(crate) root: PathBuf,
    /// Where cargo builds it.
    pub(crate) target: PathBuf,
}

/// Writes the tree.
///
/// # Errors
/// An edit that does not apply, or a file that cannot be read or written.
pub(super) fn write(repository: &Repository, flaws: &[Flaw]) -> Result<Tree, Failure> {
    let source = repository.root();
    let folder = source.join("target/mutants");
    let tree = Tree { root: folder.join("flawed"), target: folder.join("target") };
    let mut wanted = originals(source)?;
    let read =
        |path: &str| wanted.get(path).and_then(|octets| String::from_utf8(octets.clone()).ok());
    let mut edited = edit::apply(flaws, &read).map_err(Failure::unavailable)?;
    add_switch(&mut edited, &read).map_err(Failure::unavailable)?;
    wanted.extend(edited.into_iter().map(|(path, text)| (path, text.into_bytes())));
    for over in [Over::Library, Over::Server] {
        let path = format!("harness/adapters/{}/adapter.toml", over.target());
        if let Some(octets) = wanted.get_mut(&path) {
            *octets = without_installation(octets)
                .ok_or_else(|| Failure::unavailable(format!("{path} is no manifest")))?;
        }
    }
    mirror(&tree.root, &wanted).map_err(|(path, error)| unusable(&path, &error))?;
    Ok(tree)
}

/// The files that building and asking need, by path.
fn originals(source: &Path) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let files = walk::files(source).map_err(|error| unusable(source, &error))?;
    let is_needed = |path: &str| NEEDED.iter().any(|start| path.starts_with(start));
    let mut originals = BTreeMap::new();
    for file in files.into_iter().filter(|file| is_needed(&file.path)) {
        let path = source.join(&file.path);
        let octets = fs::read(&path).map_err(|error| unusable(&path, &error))?;
        originals.insert(file.path, octets);
    }
    Ok(originals)
}

/// Adds the module `flaw` to every crate of an edited file.
fn add_switch(
    edited: &mut BTreeMap<String, String>,
    read: &dyn Fn(&str) -> Option<String>,
) -> Result<(), String> {
    let paths: Vec<String> = edited.keys().cloned().collect();
    let mut roots = BTreeSet::new();
    for path in paths {
        let root = crate_root(&path, read).ok_or_else(|| format!("{path} is in no crate"))?;
        roots.insert(root);
    }
    for root in roots {
        let Some((folder, _)) = root.rsplit_once('/') else { continue };
        edited.insert(format!("{folder}/flaw.rs"), MODULE.to_owned());
        let text = edited.remove(&root).or_else(|| read(&root)).unwrap_or_default();
        edited.insert(root, format!("{text}\nmod flaw;\n"));
    }
    Ok(())
}

/// The root of the crate that a source file belongs to: `lib.rs` or `main.rs` beside or above it.
fn crate_root(path: &str, read: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let mut folder = path;
    while let Some((above, _)) = folder.rsplit_once('/') {
        folder = above;
        let roots = ["lib.rs", "main.rs"].map(|name| format!("{folder}/{name}"));
        if let Some(root) = roots.into_iter().find(|root| read(root).is_some()) {
            return Some(root);
        }
    }
    None
}

/// A manifest that starts what is built already.
fn without_installation(manifest: &[u8]) -> Option<Vec<u8>> {
    let mut table: toml::Table = str::from_utf8(manifest).ok()?.parse().ok()?;
    table.remove("needs");
    table.remove("install");
    Some(table.to_string().into_bytes())
}

/// Makes `root` hold the wanted files and no others.
fn mirror(
    root: &Path,
    wanted: &BTreeMap<String, Vec<u8>>,
) -> Result<(), (PathBuf, std::io::Error)> {
    let fail = |path: &Path| {
        let path = path.to_owned();
        move |error| (path, error)
    };
    fs::create_dir_all(root).map_err(fail(root))?;
    for file in walk::files(root).map_err(fail(root))? {
        if !wanted.contains_key(&file.path) {
            let path = root.join(&file.path);
            fs::remove_file(&path).map_err(fail(&path))?;
        }
    }
    for (path, octets) in wanted {
        let path = root.join(path);
        if fs::read(&path).is_ok_and(|old| old == *octets) {
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(fail(folder))?;
        }
        fs::write(&path, octets).map_err(fail(&path))?;
    }
    Ok(())
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::unavailable(format!("{}: {error}", path.display()))
}

const NEEDED: &[&str] =
    &["Cargo.toml", "Cargo.lock", "fuzz/", "harness/", "suites/", "vectors/", "xtask/"];

const MODULE: &str = "//! Which flaw is switched on; written by `cargo xtask mutants`.

pub(crate) fn is(name: &str) -> bool {
    static NAME: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    static REACHED: std::sync::Once = std::sync::Once::new();
    let is = NAME.get_or_init(|| std::env::var(\"TOUCHSTONE_FLAW\").ok()).as_deref() == Some(name);
    if is {
        REACHED.call_once(|| eprintln!(\"reached {name}\"));
    }
    is
}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_switch_is_added_to_the_crate_of_an_edited_file() {
        let originals = BTreeMap::from([
            ("c/src/lib.rs", "mod a;\n"),
            ("c/src/a/b.rs", "b"),
            ("c/src/bin/p/main.rs", "fn main() {}\n"),
        ]);
        let read = |path: &str| originals.get(path).map(|text| (*text).to_owned());
        let edited = ["c/src/a/b.rs", "c/src/bin/p/main.rs"];
        let mut edited = edited.map(|path| (path.to_owned(), "edited".to_owned())).into();
        add_switch(&mut edited, &read).expect("both are in a crate");
        assert_eq!(edited["c/src/lib.rs"], "mod a;\n\nmod flaw;\n");
        assert_eq!(edited["c/src/bin/p/main.rs"], "edited\nmod flaw;\n");
        assert!(edited.contains_key("c/src/flaw.rs") && edited.contains_key("c/src/bin/p/flaw.rs"));
        assert!(MODULE.contains(VARIABLE));
    }

    #[test]
    fn a_manifest_loses_its_installation() {
        let manifest = b"name = \"x\"\nrun = [\"y\"]\n[[needs]]\na = 1\n[[install]]\nb = 2\n";
        let text = without_installation(manifest).expect("it is a manifest");
        assert_eq!(String::from_utf8(text).expect("UTF-8"), "name = \"x\"\nrun = [\"y\"]\n");
    }

    #[test]
    fn a_mirror_holds_what_is_wanted_and_rewrites_no_more() {
        let root = std::env::temp_dir().join(format!("touchstone-mirror-{}", std::process::id()));
        let wanted = |text: &str| {
            BTreeMap::from([("a".to_owned(), b"same".to_vec()), (text.to_owned(), vec![1])])
        };
        mirror(&root, &wanted("x/b")).expect("it is written");
        let written = || fs::metadata(root.join("a")).and_then(|file| file.modified()).ok();
        let before = written();
        mirror(&root, &wanted("x/c")).expect("it is written again");
        assert_eq!(written(), before);
        assert!(root.join("x/c").is_file() && !root.join("x/b").exists());
        fs::remove_dir_all(&root).expect("it can be removed");
    }
}
