//! Which questions are asked of a builder, put together by what the command is told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use forge::{Built, Forge, Setting};
use suite::case::Instance;
use suite::recipe::Way;
use suite::{Case, Suites};

use crate::error::RunError;
use crate::plan::{Selection, instances};

/// Questions that one start of the command answers.
#[derive(Debug)]
pub(super) struct Group {
    pub(super) told: Told,
    pub(super) questions: Vec<Question>,
}

/// What a command is told. RS256 with a `kid` comes first: RFC 7523 §5 has everybody implement it,
/// and some builders insist on a name for the key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Told {
    is_unusual: bool,
    pub(super) alg: String,
    /// Name of the test key.
    pub(super) key: String,
    pub(super) kid: Option<String>,
    pub(super) count: usize,
    /// Whether the command gets no certificate to trust.
    pub(super) is_untrusted: bool,
}

/// One case in one cell.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) case: Arc<Case>,
    pub(super) instance: usize,
    pub(super) built: Built,
}

impl Told {
    fn of(built: &Built) -> Self {
        Self {
            is_unusual: built.alg != "RS256" || built.kid.is_none(),
            alg: built.alg.clone(),
            key: built.key.clone(),
            kid: built.kid.clone(),
            count: built.count,
            is_untrusted: built.check == "transport-untrusted",
        }
    }
}

fn built(forge: &Forge<'_>, case: &Case, instance: &Instance) -> Result<Built, RunError> {
    forge.built(instance, &Setting::default()).map_err(|error| {
        RunError::from(case.place.error(format!("{} [{}]: {error}", case.id, instance.cell)))
    })
}

/// What a command is told for a question, and what has to hold then: what `repro` prints.
///
/// # Errors
/// [`RunError::Load`] with the place of a recipe that cannot be made.
pub fn describe(suites: &Suites, case: &Case, instance: &Instance) -> Result<String, RunError> {
    let built = built(&Forge::new(&suites.keys), case, instance)?;
    let kid = built.kid.as_deref().unwrap_or("none");
    let cell = &instance.cell;
    Ok(format!(
        "{} [{cell}]\n  {}\n  {}\n\n\
         A client is told to get {} tokens with assertions by {}, the test key {} and the kid {kid}.\n\
         What it sends has to pass `{}`.\n\n\
         It is asked of assertion builders: cargo xtask conformance --filter '{}' --cell '{cell}' \
         --client COMMAND\n(or --target NAME); the report's record holds the requests.\n",
        case.id,
        case.title,
        case.citations.join("\n  "),
        built.count,
        built.alg,
        built.key,
        built.check,
        case.id,
    ))
}

/// The selected questions that have an expectation under the profiles.
///
/// # Errors
/// [`RunError::Load`] with the place of a recipe that cannot be made, and [`RunError::Usage`] where
/// none is selected.
pub(super) fn groups(
    suites: &Suites,
    selection: &Selection,
    profiles: &BTreeSet<String>,
) -> Result<Vec<Group>, RunError> {
    let forge = Forge::new(&suites.keys);
    let mut groups: BTreeMap<Told, Vec<Question>> = BTreeMap::new();
    for (case, chosen) in instances(suites, selection, Way::Client) {
        if !case.expect.iter().any(|expectation| profiles.contains(&expectation.profile)) {
            continue;
        }
        for index in chosen {
            let Some(instance) = case.instances.get(index) else { continue };
            let built = built(&forge, &case, instance)?;
            let told = Told::of(&built);
            if told.is_untrusted {
                // What never reaches a server that it trusts shows nothing by its silence.
                groups.entry(Told { is_untrusted: false, ..told.clone() }).or_default();
            }
            let question = Question { case: Arc::clone(&case), instance: index, built };
            groups.entry(told).or_default().push(question);
        }
    }
    if groups.is_empty() {
        let text = "no case about assertion builders matches filter, profile, cell and shard";
        return Err(RunError::Usage(text.to_owned()));
    }
    Ok(groups.into_iter().map(|(told, questions)| Group { told, questions }).collect())
}
