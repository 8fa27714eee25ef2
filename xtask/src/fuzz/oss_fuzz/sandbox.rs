//! A folder of built targets, run as the machines of a fleet run them: elsewhere than they were built,
//! without the variables of the build and without a network.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::repository::{Repository, not_started, succeeds};

pub(super) struct Sandbox {
    out: PathBuf,
    /// Where seeds are unpacked and crashing inputs are written.
    scratch: PathBuf,
    is_offline: bool,
}

/// How a run ended.
pub(super) struct Ended {
    pub(super) is_success: bool,
    /// Both streams.
    pub(super) output: String,
    /// The input that made it crash.
    pub(super) artifact: Option<Vec<u8>>,
}

impl Sandbox {
    pub(super) fn new(repository: &Repository, out: PathBuf, scratch: PathBuf) -> Self {
        let mut unshare = repository.command("unshare");
        unshare.args(OFFLINE).arg("true");
        Self { out, scratch, is_offline: succeeds(unshare) }
    }

    pub(super) const fn is_offline(&self) -> bool {
        self.is_offline
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.out.join(file)
    }

    /// Runs a target with `flags`, and on the inputs of `corpus`.
    pub(super) fn run(
        &self,
        name: &str,
        flags: &[String],
        corpus: Option<&Path>,
    ) -> Result<Ended, String> {
        let artifacts = self.scratch.join(format!("{name}.artifacts"));
        fresh(&artifacts)?;
        let program = self.path(name);
        let mut command = if self.is_offline {
            let mut command = Command::new("unshare");
            command.args(OFFLINE).arg(program);
            command
        } else {
            Command::new(program)
        };
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .current_dir(&self.out)
            .stdin(Stdio::null())
            .args(flags)
            .arg(format!("-artifact_prefix={}/", artifacts.display()))
            .args(corpus);
        let output = command.output().map_err(|error| not_started(&command, &error).message)?;
        let text = [output.stderr, output.stdout].concat();
        Ok(Ended {
            is_success: output.status.success(),
            output: String::from_utf8_lossy(&text).into_owned(),
            artifact: files(&artifacts).first().and_then(|path| fs::read(path).ok()),
        })
    }

    /// Unpacks `NAME_seed_corpus.zip`; `None` where there is none.
    pub(super) fn unpack(&self, name: &str) -> Result<Option<PathBuf>, String> {
        let archive = self.path(&format!("{name}_seed_corpus.zip"));
        if !archive.is_file() {
            return Ok(None);
        }
        let folder = self.scratch.join(name);
        fresh(&folder)?;
        let mut unzip = Command::new("unzip");
        unzip.arg("-qo").arg(archive).arg("-d").arg(&folder);
        if succeeds(unzip) { Ok(Some(folder)) } else { Err("its seeds do not unpack".to_owned()) }
    }
}

/// All files below `folder`, sorted.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

fn fresh(folder: &Path) -> Result<(), String> {
    let emptied = if folder.exists() { fs::remove_dir_all(folder) } else { Ok(()) };
    let made = emptied.and_then(|()| fs::create_dir_all(folder));
    made.map_err(|error| format!("{}: {error}", folder.display()))
}

/// A network namespace of its own, which has not even a loopback device that is up.
const OFFLINE: [&str; 2] = ["--net", "--map-root-user"];
