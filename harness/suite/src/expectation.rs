//! What a case expects, and how strongly.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::{LoadError, Source};
use crate::kind::Kind;
use crate::node::{self, Fields, Node};

/// How strongly a document asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Anything else is a failure.
    Must,
    /// Anything outside the listed outcomes is a failure.
    AnyOf,
    /// Anything else is a warning.
    Should,
    /// Left open: recorded, never judged.
    May,
}

impl Level {
    /// Its name in suite files and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Must => "must",
            Self::AnyOf => "any_of",
            Self::Should => "should",
            Self::May => "may",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Must, Self::AnyOf, Self::Should, Self::May]
            .into_iter()
            .find(|level| level.name() == name)
    }
}

/// One expectation, under one profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// The profile under which it holds.
    pub profile: String,
    /// How strongly.
    pub level: Level,
    /// Acceptance, with the content of the recipe, is right.
    pub accept: bool,
    /// Rejection is right; the codes are those of a target that speaks our codes.
    pub reject: Option<Vec<String>>,
    /// Members that the returned header has, where the operation returns one.
    pub header: Map<String, Value>,
    /// Texts that stand nowhere in a refusal.
    pub conceals: Vec<String>,
    /// Why the level is what it is.
    pub why: Option<String>,
}

impl Expectation {
    /// Reads one table of `expect` of a case of this kind.
    ///
    /// # Errors
    /// [`LoadError::Content`] for an unknown profile, level or code, or for an expectation that
    /// expects nothing.
    pub fn read(
        node: &Node,
        source: &Source,
        profiles: &BTreeMap<String, crate::Profile>,
        kind: Kind,
    ) -> Result<Self, LoadError> {
        let mut fields = Fields::of(node, source)?;
        let (profile_node, profile) = fields.need_text("profile")?;
        if !profiles.contains_key(&profile) {
            return Err(source.error(&profile_node.span, format!("unknown profile `{profile}`")));
        }
        let (level_node, level) = fields.need_text("level")?;
        let level = Level::named(&level).ok_or_else(|| {
            source.error(&level_node.span, "a level is one of must, any_of, should, may")
        })?;
        let accept = match fields.take("accept").map(|node| (&node.kind, node)) {
            None => false,
            Some((node::Kind::Scalar(Value::Bool(flag)), _)) => *flag,
            Some((_, node)) => return Err(source.error(&node.span, "`accept` is true or absent")),
        };
        let reject = match fields.take("reject") {
            None => None,
            Some(node) => {
                let codes = node::texts(node, source)?;
                for (node, code) in &codes {
                    if code.parse::<rejection::Rejection>().is_err() {
                        return Err(
                            source.error(&node.span, format!("unknown rejection code `{code}`"))
                        );
                    }
                }
                Some(codes.into_iter().map(|(_, code)| code).collect())
            }
        };
        let header = match fields.take("header") {
            None => Map::new(),
            Some(node) => node.read(&BTreeMap::new(), source)?,
        };
        let conceals = fields.take_texts("conceals")?.into_iter().map(|(_, text)| text).collect();
        let why = fields.take_text("why")?;
        fields.finish()?;
        let outcomes = usize::from(accept) + usize::from(reject.is_some());
        match level {
            Level::AnyOf if outcomes < 2 => {
                Err(source.error(&node.span, "any_of lists both `accept` and `reject`"))
            }
            // What a budget judges is the cost: either answer may be right.
            Level::Must | Level::Should if outcomes == 2 && kind.is_budget() => {
                Ok(Self { profile, level, accept, reject, header, conceals, why })
            }
            Level::Must | Level::Should if outcomes != 1 => {
                Err(source.error(&node.span, "expects either `accept` or `reject`"))
            }
            Level::AnyOf | Level::May if why.is_none() => {
                Err(source.error(&node.span, "any_of and may say `why`"))
            }
            _ => Ok(Self { profile, level, accept, reject, header, conceals, why }),
        }
    }
}
