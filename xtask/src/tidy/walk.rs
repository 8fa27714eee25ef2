//! The files of the tree that are ours: without what builds, tools and campaigns leave behind.

use std::io;
use std::path::Path;

/// A file as the rules see it.
pub(crate) struct File {
    /// Relative to the root of the repository, with `/`.
    pub(crate) path: String,
    /// Size in octets.
    pub(crate) octets: u64,
    /// The content, unless it is not UTF-8 or larger than any file may be.
    pub(crate) text: Option<String>,
}

/// All files under `root`, sorted by path.
///
/// # Errors
/// A folder or a file cannot be read.
pub(crate) fn files(root: &Path) -> io::Result<Vec<File>> {
    let mut files = Vec::new();
    descend(root, "", &mut files)?;
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

fn descend(folder: &Path, path: &str, files: &mut Vec<File>) -> io::Result<()> {
    for entry in folder.read_dir()? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if path.is_empty() { name.clone() } else { format!("{path}/{name}") };
        let kind = entry.file_type()?;
        if kind.is_dir() && !SKIPPED.contains(&name.as_str()) && !SKIPPED.contains(&path.as_str()) {
            descend(&entry.path(), &path, files)?;
        } else if kind.is_file() {
            let octets = entry.metadata()?.len();
            let is_small = octets <= super::files::MAXIMUM_OCTETS;
            let content = if is_small { std::fs::read(entry.path())? } else { Vec::new() };
            let text = if is_small { String::from_utf8(content).ok() } else { None };
            files.push(File { path, octets, text });
        }
    }
    Ok(())
}

/// Folders by name or by path from the root; `.gitignore` has them too.
const SKIPPED: &[&str] =
    &[".git", ".venv", "__pycache__", "fuzz/artifacts", "fuzz/corpus", "node_modules", "target"];
