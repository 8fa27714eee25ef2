//! What a fuzzer left behind, in order: each artifact is run again, and the smallest of each class is kept.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

use super::engine::Engine;
use super::finding::{Class, Report};
use super::places;
use crate::exit::Failure;
use crate::repository::not_started;

/// A kept artifact.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) target: String,
    pub(super) class: Class,
    /// `fuzz/artifacts/TARGET/CLASS-SHA8`.
    pub(super) path: PathBuf,
    /// Whether `fuzz/regressions/` has its class.
    pub(super) is_known: bool,
}

/// Files new artifacts of a target; gives those whose class was not there before.
///
/// Two workers may be at the same target: one of them files.
pub(super) fn file(engine: &Engine, target: &str) -> Result<Vec<Finding>, Failure> {
    static FILING: Mutex<()> = Mutex::new(());
    let _filing = FILING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = engine.places().artifacts(target);
    let mut found = Vec::new();
    for raw in places::files(&folder)?.into_iter().filter(|path| is_raw(places::name(path))) {
        let class = class(engine, target, &raw)?.unwrap_or_else(Class::unreproducible);
        let slug = class.slug();
        let before = of_class(&folder, &slug)?;
        let path = folder.join(format!("{slug}-{}", hash(&raw)?));
        keep_the_smallest(&raw, &path, &before)?;
        if before.is_empty() {
            let is_known = !of_class(&engine.places().regressions(target), &slug)?.is_empty();
            found.push(Finding { target: target.to_owned(), class, path, is_known });
        }
    }
    Ok(found)
}

/// The classes that are kept for a target.
pub(super) fn count(folder: &Path) -> Result<u64, Failure> {
    let files = places::files(folder)?;
    let kept = files.iter().filter(|path| !is_raw(places::name(path)));
    Ok(u64::try_from(kept.count()).unwrap_or(u64::MAX))
}

/// Runs an input; its class where it is a finding.
pub(super) fn class(engine: &Engine, target: &str, input: &Path) -> Result<Option<Class>, Failure> {
    let mut command = engine.command(target);
    command.arg(input).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| not_started(&command, &error))?;
    let mut report = Report::default();
    if let Some(errors) = child.stderr.take() {
        lines(errors, |line| report.read(line));
    }
    let status = child.wait().map_err(|error| not_started(&command, &error))?;
    if status.success() {
        return Ok(None);
    }
    let class = report.class(engine.places().root());
    class.map(Some).ok_or_else(|| {
        Failure::unavailable(format!("{target} ends with {status} and says nothing of a finding"))
    })
}

/// The lines of a stream, whatever octets they have; ends where it cannot be read.
pub(super) fn lines(stream: impl std::io::Read, mut take: impl FnMut(&str)) {
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    while stream.read_until(b'\n', &mut line).is_ok_and(|octets| octets > 0) {
        take(String::from_utf8_lossy(&line).trim_end_matches(['\n', '\r']));
        line.clear();
    }
}

/// [`hash_of`] the octets of a file.
pub(super) fn hash(path: &Path) -> Result<String, Failure> {
    fs::read(path).map(|octets| hash_of(&octets)).map_err(|error| places::at(path, &error))
}

/// Eight letters: the first of the SHA-256.
pub(super) fn hash_of(octets: &[u8]) -> String {
    Sha256::digest(octets).iter().take(4).map(|octet| format!("{octet:02x}")).collect()
}

/// The files of a class: its slug, and eight letters behind it.
pub(super) fn of_class(folder: &Path, slug: &str) -> Result<Vec<PathBuf>, Failure> {
    let is_one = |path: &PathBuf| {
        let name = places::name(path);
        name.rsplit_once('-').is_some_and(|(front, hash)| front == slug && hash.len() == 8)
    };
    Ok(places::files(folder)?.into_iter().filter(is_one).collect())
}

/// Moves `raw` to `path` where none of `before` is as small, which then go; otherwise `raw` goes.
fn keep_the_smallest(raw: &Path, path: &Path, before: &[PathBuf]) -> Result<(), Failure> {
    let size = |path: &Path| fs::metadata(path).map_or(u64::MAX, |metadata| metadata.len());
    if before.iter().any(|other| size(other) <= size(raw)) {
        return fs::remove_file(raw).map_err(|error| places::at(raw, &error));
    }
    fs::rename(raw, path).map_err(|error| places::at(path, &error))?;
    for other in before {
        fs::remove_file(other).map_err(|error| places::at(other, &error))?;
    }
    Ok(())
}

/// `crash-`, `timeout-` and the like, and the 40 digits of a SHA-1: as libFuzzer names them.
fn is_raw(name: &str) -> bool {
    name.rsplit_once('-').is_some_and(|(_, hash)| {
        hash.len() == 40 && hash.bytes().all(|octet| octet.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests;
