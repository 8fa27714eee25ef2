//! Referees: what independent implementations say about each expectation of level `must`.
//!
//! An expectation that only the reference meets may be a mistake that two crates of one author
//! share. So each one is to be met by implementations of others, or to have a ruling: the sentence
//! that decides against those who differ, or why it stands without anybody else's word.

mod print;
mod ruling;

use std::collections::{BTreeMap, BTreeSet};

use report::{Record, Verdict};
use suite::{Level, Suites};

pub use print::{listing, summary};
pub use ruling::{Ruling, Rulings};

use crate::judge::BY_ADAPTER;
use crate::plan::matches;

/// The family of the reference, whose word alone proves nothing.
pub const REFERENCE: &str = "reference";

/// One expectation of level `must`, of one cell, under one profile.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Point {
    /// The case's id.
    pub case: String,
    /// The profile whose expectation it is.
    pub profile: String,
    /// The cell as reports print it; absent where the case has one alone.
    pub cell: Option<String>,
}

/// What a target says about an expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Word {
    /// It cannot say: it lacks something, its control failed, or its adapter answered for it.
    Silent,
    /// It does what is expected.
    Agrees,
    /// It does something else, and how that was judged.
    Differs(Verdict),
}

/// What all targets say about one expectation: target → word.
pub type Words = BTreeMap<String, Word>;

/// What is known of a target before it is heard.
#[derive(Clone, Debug, Default)]
pub struct Witness {
    /// What it shares an implementation or an author with; absent: nothing.
    pub family: Option<String>,
    /// The profiles that it is judged under. Under others it may agree, but that it differs says
    /// nothing: a library that keeps no `jti` does not contradict those who have to.
    pub profiles: BTreeSet<String>,
}

/// The expectations and what was said about them.
#[derive(Clone, Debug, Default)]
pub struct Bench {
    points: BTreeMap<Point, Words>,
    witnesses: BTreeMap<String, Witness>,
    heard: BTreeSet<String>,
}

/// How an expectation stands without the reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing<'a> {
    /// How many independent families agree.
    pub agreeing: usize,
    words: &'a Words,
}

impl Bench {
    /// The expectations of the cases that match one of `filters`, or of all. A target that is not
    /// among `witnesses` is of no family and judged under every profile.
    #[must_use]
    pub fn new(suites: &Suites, filters: &[String], witnesses: BTreeMap<String, Witness>) -> Self {
        let mut points = BTreeMap::new();
        let wanted = |id: &str| filters.is_empty() || filters.iter().any(|glob| matches(glob, id));
        for case in suites.cases.values().filter(|case| wanted(&case.id.0)) {
            for expect in case.expect.iter().filter(|expect| expect.level == Level::Must) {
                for instance in &case.instances {
                    let cell = Some(instance.cell.to_string()).filter(|cell| !cell.is_empty());
                    let profile = expect.profile.clone();
                    points
                        .insert(Point { case: case.id.0.clone(), profile, cell }, Words::default());
                }
            }
        }
        Self { points, witnesses, heard: BTreeSet::new() }
    }

    /// Takes a record in. Of several policies the gravest word counts. Returns whether it is about
    /// an expectation of the bench.
    pub fn hear(&mut self, record: &Record) -> bool {
        self.heard.insert(record.target.clone());
        let point = Point {
            case: record.case.clone(),
            profile: record.profile.clone(),
            cell: record.cell.clone(),
        };
        let Some(words) = self.points.get_mut(&point) else { return false };
        let is_judged = |witness: &Witness| witness.profiles.contains(&record.profile);
        let said = match word(record) {
            Word::Differs(_) if !self.witnesses.get(&record.target).is_none_or(is_judged) => {
                Word::Silent
            }
            said => said,
        };
        let word = words.entry(record.target.clone()).or_insert(said);
        *word = (*word).max(said);
        true
    }

    /// The targets that said something.
    #[must_use]
    pub fn heard(&self) -> &BTreeSet<String> {
        &self.heard
    }

    /// Every expectation with what was said about it.
    pub fn points(&self) -> impl Iterator<Item = (&Point, Standing<'_>)> {
        self.points.iter().map(|(point, words)| {
            let agreeing = self.families_that(words, |word| word == Word::Agrees).len();
            (point, Standing { agreeing, words })
        })
    }

    /// The family of a target.
    #[must_use]
    pub fn family<'a>(&'a self, target: &'a str) -> &'a str {
        let family = self.witnesses.get(target).and_then(|witness| witness.family.as_deref());
        family.unwrap_or(target)
    }

    /// The independent families with a target of which `is` holds and none that differs.
    fn families_that<'a>(&'a self, words: &'a Words, is: fn(Word) -> bool) -> BTreeSet<&'a str> {
        let of = |is: fn(Word) -> bool| -> BTreeSet<&str> {
            let chosen = words.iter().filter(|(_, word)| is(**word));
            chosen.map(|(target, _)| self.family(target)).collect()
        };
        let against = of(|word| matches!(word, Word::Differs(_)));
        of(is).difference(&against).copied().filter(|family| *family != REFERENCE).collect()
    }

    /// The independent targets that differ, with how each was judged.
    pub fn differing<'a>(
        &'a self,
        standing: &Standing<'a>,
    ) -> impl Iterator<Item = (&'a str, Verdict)> {
        standing.words.iter().filter_map(|(target, word)| match word {
            Word::Differs(verdict) if self.family(target) != REFERENCE => {
                Some((target.as_str(), *verdict))
            }
            _ => None,
        })
    }

    /// The targets that have this word, by name.
    pub fn those<'a>(&'a self, standing: &Standing<'a>, want: Word) -> Vec<&'a str> {
        let chosen = standing.words.iter().filter(|(_, word)| **word == want);
        chosen.map(|(target, _)| target.as_str()).collect()
    }
}

/// What a record says about its expectation.
fn word(record: &Record) -> Word {
    match record.verdict {
        Verdict::Pass => Word::Agrees,
        Verdict::PassLoosely if record.note.as_deref() == Some(BY_ADAPTER) => Word::Silent,
        Verdict::PassLoosely => Word::Agrees,
        verdict if verdict.is_finding() => Word::Differs(verdict),
        _ => Word::Silent,
    }
}

#[cfg(test)]
mod tests;
