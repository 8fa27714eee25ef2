//! Where a campaign reads and writes. All is named by targets, whose names come from a manifest: nothing that
//! a fuzzer makes up becomes part of a path.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::exit::Failure;
use crate::repository::Repository;

/// The folders of the fuzz workspace.
#[derive(Clone, Debug)]
pub(super) struct Places {
    root: PathBuf,
}

impl Places {
    pub(super) fn of(repository: &Repository) -> Self {
        Self { root: repository.root().to_path_buf() }
    }

    /// The root of the repository.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The folder of the fuzz workspace.
    pub(super) fn fuzz(&self) -> PathBuf {
        self.root.join("fuzz")
    }

    /// What campaigns found to be of use; not committed.
    pub(super) fn corpus(&self, target: &str) -> PathBuf {
        self.fuzz().join("corpus").join(target)
    }

    /// Findings, one a class after triage; not committed.
    pub(super) fn artifacts(&self, target: &str) -> PathBuf {
        self.fuzz().join("artifacts").join(target)
    }

    /// What was written by hand or made from the cases; committed.
    pub(super) fn seeds(&self, target: &str) -> PathBuf {
        self.fuzz().join("seeds").join(target)
    }

    /// What was a finding once; committed.
    pub(super) fn regressions(&self, target: &str) -> PathBuf {
        self.fuzz().join("regressions").join(target)
    }

    /// Statistics, state and pictures.
    pub(super) fn statistics(&self) -> PathBuf {
        self.root.join("target/fuzz/stats")
    }

    /// What becomes of each committed input; committed.
    pub(super) fn verdicts(&self, target: &str) -> PathBuf {
        self.fuzz().join("verdicts").join(format!("{target}.txt"))
    }

    /// For what is made on the way; emptied before it is used.
    pub(super) fn scratch(&self, purpose: &str, target: &str) -> PathBuf {
        self.root.join("target/fuzz").join(purpose).join(target)
    }

    /// The committed inputs of a target, as far as there are any.
    pub(super) fn committed(&self, target: &str) -> Vec<PathBuf> {
        let folders = [self.seeds(target), self.regressions(target)];
        folders.into_iter().filter(|folder| folder.is_dir()).collect()
    }

    /// `path` as a person at the root would write it.
    pub(super) fn relative(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

/// Makes a folder with those above it.
pub(super) fn make(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|error| at(folder, &error))
}

/// The regular files of a folder by name; none where there is no folder.
pub(super) fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| at(folder, &error))? {
        let path = entry.map_err(|error| at(folder, &error))?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The name of a file, empty where it is not Unicode: ours always are.
pub(super) fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

/// Writes a whole file or nothing: what a SIGKILL or a full disk interrupts leaves the old one.
pub(super) fn replace(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".part");
    let beside = PathBuf::from(beside);
    let written = fs::write(&beside, content).and_then(|()| fs::rename(&beside, path));
    written.map_err(|error| at(path, &error))
}

/// Makes an empty folder, whatever was there.
pub(super) fn make_empty(folder: &Path) -> Result<(), Failure> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|error| at(folder, &error))?;
    }
    make(folder)
}

/// Keeps others from the corpus until it is dropped: two campaigns would undo each other's statistics.
pub(super) fn lock(folder: &Path) -> Result<File, Failure> {
    make(folder)?;
    let path = folder.join("lock");
    let file = File::create(&path).map_err(|error| at(&path, &error))?;
    file.try_lock().map_err(|_| Failure::unavailable("another campaign goes on here"))?;
    Ok(file)
}

/// A failure of the file system, with its place.
pub(super) fn at(path: &Path, error: &std::io::Error) -> Failure {
    Failure::unavailable(format!("{}: {error}", path.display()))
}
