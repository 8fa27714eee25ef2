//! What the referees said, for people: a summary by case, and a listing by expectation.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use report::Verdict;

use super::{Bench, Rulings, Word};

/// The summary, and whether an expectation lacks a ruling.
#[must_use]
pub fn summary(bench: &Bench, rulings: &Rulings) -> (String, bool) {
    let mut counts = [0_usize; 3];
    let mut alone: BTreeMap<Place<'_>, usize> = BTreeMap::new();
    let mut against: BTreeMap<Place<'_>, BTreeMap<&str, (usize, Verdict)>> = BTreeMap::new();
    for (point, standing) in bench.points() {
        if let Some(count) = counts.get_mut(standing.agreeing.min(2)) {
            *count += 1;
        }
        if standing.agreeing == 0 {
            let why = rulings.alone(point).and_then(|ruling| ruling.alone.as_deref());
            *alone.entry(Place::new(&point.case, &point.profile, why)).or_default() += 1;
        }
        for (target, verdict) in bench.differing(&standing) {
            let ruling = rulings.against(point, target);
            let sentence = ruling.and_then(|ruling| ruling.sentence.as_deref());
            let place = Place::new(&point.case, &point.profile, sentence);
            against.entry(place).or_default().entry(target).or_insert((0, verdict)).0 += 1;
        }
    }
    let mut text = head(bench, counts);
    let lonely = alone.iter().map(|(place, cells)| (place, format!("{cells} cells")));
    list(&mut text, "On the reference's word alone", lonely);
    let opposed = against.iter().map(|(place, targets)| (place, named(targets)));
    list(&mut text, "Others differ", opposed);
    let open = alone.keys().chain(against.keys()).filter(|place| place.ruling.is_none()).count();
    let _ = writeln!(text, "\n{open} without a ruling");
    (text, open > 0)
}

/// Every expectation: how many independent families agree, and which targets say what.
#[must_use]
pub fn listing(bench: &Bench) -> String {
    let mut text = String::new();
    for (point, standing) in bench.points() {
        let cell = point.cell.as_deref().map(|cell| format!(" [{cell}]")).unwrap_or_default();
        let agree = bench.those(&standing, Word::Agrees).join(" ");
        let silent = bench.those(&standing, Word::Silent).join(" ");
        let against: Vec<String> = bench
            .differing(&standing)
            .map(|(target, verdict)| format!("{target}:{}", verdict.name()))
            .collect();
        let _ = writeln!(
            text,
            "{} {} {}{cell} | agree: {agree} | against: {} | silent: {silent}",
            standing.agreeing,
            point.profile,
            point.case,
            against.join(" "),
        );
    }
    text
}

/// A case under a profile, and what was ruled.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place<'a> {
    case: &'a str,
    profile: &'a str,
    ruling: Option<&'a str>,
}

impl<'a> Place<'a> {
    fn new(case: &'a str, profile: &'a str, ruling: Option<&'a str>) -> Self {
        Self { case, profile, ruling }
    }
}

fn head(bench: &Bench, [none, one, more]: [usize; 3]) -> String {
    let heard = bench.heard().iter().map(String::as_str);
    let families: BTreeSet<&str> = heard.map(|target| bench.family(target)).collect();
    format!(
        "{} expectations of level must; {} targets of {} families\n\
         {more} have two or more independent families that agree, {one} have one, {none} have none\n",
        none + one + more,
        bench.heard().len(),
        families.len(),
    )
}

fn named(targets: &BTreeMap<&str, (usize, Verdict)>) -> String {
    let each = targets
        .iter()
        .map(|(name, (cells, verdict))| format!("{name} ({} {cells})", verdict.name()));
    each.collect::<Vec<_>>().join(", ")
}

fn list<'a>(text: &mut String, title: &str, rows: impl Iterator<Item = (&'a Place<'a>, String)>) {
    let _ = writeln!(text, "\n{title}");
    for (Place { case, profile, ruling }, what) in rows {
        let _ = writeln!(text, "  {case} ({profile}): {what}");
        let _ = writeln!(text, "    {}", ruling.unwrap_or("NO RULING"));
    }
}
