//! Rulings: `suites/referees.toml`, one sentence for each disagreement and each lonely expectation.

use std::collections::BTreeSet;
use std::path::Path;

use serde::Deserialize;
use suite::LoadError;
use suite::error::Source;

use super::{Bench, Point};
use crate::plan::matches;

/// The file.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rulings {
    /// In the order of the file; the first one that applies decides.
    #[serde(default)]
    pub ruling: Vec<Ruling>,
}

/// One ruling: `against` with `sentence`, or `alone`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ruling {
    /// The cases it is about; `*` stands for any text. Several have one cause.
    #[serde(deserialize_with = "one_or_more")]
    pub case: Vec<String>,
    /// The profile it is about; absent: every profile of the case.
    #[serde(default)]
    pub profile: Option<String>,
    /// The targets that differ.
    #[serde(default)]
    pub against: Vec<String>,
    /// The sentence that decides against them.
    #[serde(default)]
    pub sentence: Option<String>,
    /// Why the expectation stands though no independent target can confirm it.
    #[serde(default)]
    pub alone: Option<String>,
}

impl Rulings {
    /// Reads a file. An absent one has no rulings.
    ///
    /// # Errors
    /// [`LoadError`] with line and column, also for a ruling that is neither kind, or both.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        if !path.exists() {
            return Ok(Self::default());
        }
        Self::parse(&Source::read(path)?)
    }

    /// Reads a text.
    ///
    /// # Errors
    /// As [`Rulings::load`].
    pub fn parse(source: &Source) -> Result<Self, LoadError> {
        let rulings: Self = toml::from_str(&source.text).map_err(|error| {
            source.error(&error.span().unwrap_or_default(), error.message().trim())
        })?;
        for (index, ruling) in rulings.ruling.iter().enumerate() {
            let is_against = !ruling.against.is_empty() && ruling.sentence.is_some();
            let is_neither = ruling.against.is_empty() != ruling.sentence.is_none();
            if is_neither || is_against == ruling.alone.is_some() || ruling.case.is_empty() {
                let start = source.text.match_indices("[[ruling]]").nth(index);
                let start = start.map_or(0, |(start, _)| start);
                let text = "a ruling has `against` with `sentence`, or `alone`";
                return Err(source.error(&(start..start), text));
            }
        }
        Ok(rulings)
    }

    /// The ruling that decides against a target.
    #[must_use]
    pub fn against(&self, point: &Point, target: &str) -> Option<&Ruling> {
        self.ruling
            .iter()
            .find(|ruling| ruling.covers(point) && ruling.against.iter().any(|name| name == target))
    }

    /// The ruling by which an expectation stands alone.
    #[must_use]
    pub fn alone(&self, point: &Point) -> Option<&Ruling> {
        self.ruling.iter().find(|ruling| ruling.alone.is_some() && ruling.covers(point))
    }

    /// What decides nothing any more, a line each: a target that was asked and differs nowhere, a
    /// glob without a disagreement, or whose expectations all have a witness. Rulings on cases and
    /// against targets that were not asked are left out.
    #[must_use]
    pub fn stale(&self, bench: &Bench) -> Vec<String> {
        self.ruling.iter().flat_map(|ruling| ruling.stale(bench)).collect()
    }

    /// The globs that match no case of the suites.
    #[must_use]
    pub fn unknown<'a>(&'a self, is_case: &dyn Fn(&str) -> bool) -> Vec<&'a str> {
        let globs = self.ruling.iter().flat_map(|ruling| &ruling.case);
        globs.map(String::as_str).filter(|glob| !is_case(glob)).collect()
    }
}

impl Ruling {
    fn stale(&self, bench: &Bench) -> Vec<String> {
        let heard: Vec<&String> =
            self.against.iter().filter(|name| bench.heard().contains(*name)).collect();
        let mut differing = BTreeSet::new();
        let mut stale = Vec::new();
        for glob in &self.case {
            let (mut is_asked, mut decides) = (false, false);
            for (_, at) in bench
                .points()
                .filter(|(point, _)| self.is_under(point) && matches(glob, &point.case))
            {
                is_asked = true;
                decides |= self.alone.is_some() && at.agreeing == 0;
                for (name, _) in bench.differing(&at) {
                    if self.against.iter().any(|target| target == name) {
                        decides = true;
                        differing.insert(name.to_owned());
                    }
                }
            }
            let can_tell = self.alone.is_some() || !heard.is_empty();
            if is_asked && can_tell && !decides {
                stale.push(format!("{glob}: nothing to decide"));
            }
        }
        let globs = self.case.join(", ");
        for name in heard.into_iter().filter(|name| !differing.contains(*name)) {
            stale.push(format!("{globs}: {name} does not differ"));
        }
        stale
    }

    fn covers(&self, point: &Point) -> bool {
        self.is_under(point) && self.case.iter().any(|glob| matches(glob, &point.case))
    }

    fn is_under(&self, point: &Point) -> bool {
        self.profile.as_ref().is_none_or(|profile| *profile == point.profile)
    }
}

/// A text or a list of texts.
fn one_or_more<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    struct Visitor;
    impl<'de> serde::de::Visitor<'de> for Visitor {
        type Value = Vec<String>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a text or a list of texts")
        }

        fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
            Ok(vec![text.to_owned()])
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(
            self,
            mut list: A,
        ) -> Result<Self::Value, A::Error> {
            let mut texts = Vec::new();
            while let Some(text) = list.next_element()? {
                texts.push(text);
            }
            Ok(texts)
        }
    }
    from.deserialize_any(Visitor)
}
