//! `cargo xtask fuzz shrink`: a smaller input of the same class.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use super::clock::Stopwatch;
use super::command_line::{Given, Syntax};
use super::engine::{Engine, Flavour};
use super::finding::Class;
use super::{places, triage};
use crate::exit::Failure;
use crate::repository::{Repository, not_started};

mod delta;

/// A finding that was named on the command line.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) engine: Engine,
    pub(super) target: String,
    pub(super) path: PathBuf,
    /// None where it ends well in the target as it is.
    pub(super) class: Option<Class>,
}

/// What `shrink` and `promote` take.
pub(super) const SYNTAX: Syntax = Syntax {
    switches: &["--asan"],
    numbers: &["--seconds"],
    maybe_numbers: &[],
    words: 1,
    has_rest: false,
};

/// Shrinks a finding and puts it in the place of the larger one.
pub(super) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let given = SYNTAX.read(arguments)?;
    let named = Named::read(repository, &given)?;
    let Some(class) = &named.class else {
        return Err(Failure::failed(format!("{} is no finding any more", named.shown())));
    };
    let octets = named.shrunk(class, seconds(&given))?;
    let before = named.content()?.len();
    if octets.len() == before {
        println!("{}: {before} octets, and not smaller", named.shown());
        return Ok(());
    }
    let path = named.path.with_file_name(format!("{}-{}", class.slug(), triage::hash_of(&octets)));
    places::replace(&path, &octets)?;
    if path != named.path {
        fs::remove_file(&named.path).map_err(|error| places::at(&named.path, &error))?;
    }
    println!("{class}: {before} → {} octets", octets.len());
    println!("{}", named.engine.places().relative(&path));
    Ok(())
}

/// How long shrinking may take: `--seconds`, or 30.
pub(super) fn seconds(given: &Given) -> u64 {
    given.number("--seconds").unwrap_or(30)
}

impl Named {
    /// The finding that is the only word: its folder is named as its target.
    pub(super) fn read(repository: &Repository, given: &Given) -> Result<Self, Failure> {
        let path = given.file(0, "the file of a finding")?;
        let folder = path.parent().map(places::name).unwrap_or_default();
        let target = super::checked(repository, &[folder.to_owned()])?.concat();
        if !path.is_file() {
            return Err(Failure::usage(format!("{} is no file", path.display())));
        }
        let flavour = Flavour::with(given.has("--asan"));
        let engine = Engine::build(repository, std::slice::from_ref(&target), flavour)?;
        engine.prepare(&target)?;
        let class = triage::class(&engine, &target, &path)?;
        Ok(Self { engine, target, path, class })
    }

    pub(super) fn content(&self) -> Result<Vec<u8>, Failure> {
        fs::read(&self.path).map_err(|error| places::at(&self.path, &error))
    }

    pub(super) fn shown(&self) -> String {
        self.engine.places().relative(&self.path)
    }

    /// The smallest input of `class` that is found in `seconds`: libFuzzer, which knows the target's mutations,
    /// has half of them; the rest is for leaving out pieces.
    pub(super) fn shrunk(&self, class: &Class, seconds: u64) -> Result<Vec<u8>, Failure> {
        let clock = Stopwatch::start();
        let folder = self.engine.places().scratch("shrink", &self.target);
        places::make_empty(&folder)?;
        let mut octets = self.content()?;
        let minimised = folder.join("minimised");
        self.minimise(&minimised, seconds.div_ceil(2))?;
        if minimised.is_file() && self.has(class, &minimised)? {
            octets = fs::read(&minimised).map_err(|error| places::at(&minimised, &error))?;
        }
        let trial = folder.join("trial");
        delta::shrink(octets, |octets| {
            if clock.seconds() >= seconds as f64 {
                return Ok(None);
            }
            fs::write(&trial, octets).map_err(|error| places::at(&trial, &error))?;
            self.has(class, &trial).map(Some)
        })
    }

    fn has(&self, class: &Class, input: &Path) -> Result<bool, Failure> {
        Ok(triage::class(&self.engine, &self.target, input)?.as_ref() == Some(class))
    }

    /// libFuzzer goes from crash to crash, of whatever class.
    fn minimise(&self, to: &Path, seconds: u64) -> Result<(), Failure> {
        let mut exact = OsString::from("-exact_artifact_path=");
        exact.push(to);
        let mut command = self.engine.command(&self.target);
        command.args(["-minimize_crash=1", &format!("-max_total_time={seconds}")]).arg(exact);
        command.arg(&self.path).stderr(Stdio::null());
        // Its exit code says how the last attempt ended.
        command.status().map(|_| ()).map_err(|error| not_started(&command, &error))
    }
}
