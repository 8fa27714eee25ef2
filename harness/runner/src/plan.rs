//! The plan: the questions of a run, forged once for all targets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use forge::produced::ELSEWHERE;
use forge::{Forge, ForgeError, Made, Pair, Related, Want};
use protocol::{Hello, Operation};
use serde_json::{Map, Value};
use suite::case::Instance;
use suite::recipe::Way;
use suite::{Case, Expectation, Policy, Profile, Suites};

use crate::error::RunError;
use crate::in_order::in_order;

/// Which questions are asked.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Globs over case ids, `*` for anything; none selects all.
    pub filters: Vec<String>,
    /// One cell, as text; `None` selects all.
    pub cell: Option<String>,
    /// Profiles; none selects [`DEFAULT_PROFILES`].
    pub profiles: Vec<String>,
    /// `(i, n)`: the i-th of n parts, counted from 1.
    pub shard: Option<(usize, usize)>,
    /// Of each case only as many cells as it takes for every value of every axis to occur, and of slow
    /// cases none.
    pub quick: bool,
}

/// Everything that can be asked, and how it is judged.
#[derive(Debug)]
pub struct Plan {
    /// The profiles whose expectations are judged.
    pub profiles: BTreeSet<String>,
    /// Each request once, however many questions need it.
    pub requests: Vec<Planned>,
    /// The questions.
    pub questions: Vec<Question>,
}

/// One request.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The operation.
    pub operation: &'static Operation,
    /// The `in` of the request.
    pub input: Map<String, Value>,
    /// The content of the valid token.
    pub want: Want,
    /// Whether other questions rest on it.
    pub is_control: bool,
}

/// One case in one cell under one policy.
#[derive(Debug)]
pub struct Question {
    /// The case.
    pub case: Arc<Case>,
    /// Which of its instances.
    pub instance: usize,
    /// The policy.
    pub policy: Policy,
    /// Index of the request.
    pub request: usize,
    /// Index of the control's request.
    pub control: Option<usize>,
    /// The requests of a relation.
    pub relation: Option<Relation>,
    /// What an acceptance must carry, where that is another thing than for the request at large.
    pub want: Option<Want>,
    /// What a target must declare for it.
    pub(crate) abilities: Vec<(&'static str, String)>,
}

/// The requests that have to be refused alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relation {
    /// Their indices, in the order of the case.
    pub members: Vec<usize>,
    /// The first of them once more: a message that differs from itself tells nothing.
    pub again: usize,
}

impl Plan {
    /// Forges every selected question.
    ///
    /// # Errors
    /// [`RunError::Load`] with the place of a recipe or mutation that cannot be made, and
    /// [`RunError::Usage`] for an unknown profile or a selection without questions.
    pub fn make(suites: &Suites, selection: &Selection) -> Result<Self, RunError> {
        let mut plan = Self {
            profiles: profiles(suites, &selection.profiles)?,
            requests: Vec::new(),
            questions: Vec::new(),
        };
        let mut known = BTreeMap::new();
        let forge = Forge::new(&suites.keys);
        let chosen = instances(suites, selection, Way::Library);
        let mut places = Vec::new();
        for (case, all) in &chosen {
            places.extend(all.iter().map(|instance| Place { case, instance: *instance }));
        }
        in_order(
            &places,
            |at| at.forged(&forge),
            |at, asked| {
                for (policy, asked) in asked? {
                    match asked {
                        Asked::Pair(pair) => plan.ask(*at, policy, pair, &mut known)?,
                        Asked::Related(related) => plan.relate(*at, policy, related, &mut known)?,
                    }
                }
                Ok::<_, RunError>(())
            },
        )?;
        if plan.questions.is_empty() {
            return Err(RunError::Usage("no case matches the filter, cell and shard".to_owned()));
        }
        Ok(plan)
    }

    /// A plan without questions, for runs that ask no library.
    #[must_use]
    pub fn empty(profiles: BTreeSet<String>) -> Self {
        Self { profiles, requests: Vec::new(), questions: Vec::new() }
    }

    fn ask(
        &mut self,
        at: Place<'_>,
        policy: Policy,
        pair: Pair,
        known: &mut BTreeMap<String, usize>,
    ) -> Result<(), RunError> {
        let control = pair.control.map(|made| self.request(made, Role::Control, known));
        let control = control.transpose()?;
        let abilities = pair.made.abilities.clone();
        let role = if at.case.kind.is_budget() { Role::Alone } else { Role::Question };
        let want = matches!(pair.made.want, Want::Produced(_)).then(|| pair.made.want.clone());
        let request = self.request(pair.made, role, known)?;
        self.questions.push(Question {
            case: Arc::clone(at.case),
            instance: at.instance,
            policy,
            request,
            control,
            relation: None,
            want,
            abilities,
        });
        Ok(())
    }

    fn relate(
        &mut self,
        at: Place<'_>,
        policy: Policy,
        related: Related,
        known: &mut BTreeMap<String, usize>,
    ) -> Result<(), RunError> {
        let abilities = related.control.abilities.clone();
        let control = self.request(related.control, Role::Control, known)?;
        let first = related.members.first().cloned();
        let members = related
            .members
            .into_iter()
            .map(|made| self.request(made, Role::Question, known))
            .collect::<Result<Vec<_>, _>>()?;
        let (Some(first), Some(request)) = (first, members.first().copied()) else {
            return Ok(());
        };
        let again = self.request(first, Role::Again, known)?;
        self.questions.push(Question {
            case: Arc::clone(at.case),
            instance: at.instance,
            policy,
            request,
            control: Some(control),
            relation: Some(Relation { members, again }),
            want: None,
            abilities,
        });
        Ok(())
    }

    fn request(
        &mut self,
        made: Made,
        role: Role,
        known: &mut BTreeMap<String, usize>,
    ) -> Result<usize, RunError> {
        let operation = Operation::named(made.operation)
            .ok_or_else(|| RunError::Usage(format!("unknown operation {}", made.operation)))?;
        // What is expected belongs to a request: the same one may be examined in several ways.
        let key = (role != Role::Alone).then(|| {
            let input = Value::Object(made.input.clone());
            match &made.want {
                Want::Produced(produced) => {
                    format!("{} {input} {}", made.operation, produced.contents.len())
                }
                Want::Built(built) => format!("{} {input} {}", made.operation, built.check),
                _ if role == Role::Again => format!("{} {input} again", made.operation),
                _ => format!("{} {input}", made.operation),
            }
        });
        let index = key.as_ref().and_then(|key| known.get(key).copied()).unwrap_or_else(|| {
            self.requests.push(Planned {
                operation,
                input: made.input,
                want: made.want,
                is_control: false,
            });
            self.requests.len() - 1
        });
        known.extend(key.map(|key| (key, index)));
        if let Some(planned) = self.requests.get_mut(index) {
            planned.is_control |= role == Role::Control;
        }
        Ok(index)
    }

    /// Whether other targets are asked about what the judged one makes.
    #[must_use]
    pub fn shows_tokens(&self) -> bool {
        let wants = self.questions.iter().filter_map(|question| question.want.as_ref());
        wants
            .into_iter()
            .any(|want| matches!(want, Want::Produced(made) if made.check == ELSEWHERE))
    }

    /// The expectations of a question under the selected profiles.
    pub fn expectations<'a>(
        &'a self,
        question: &'a Question,
    ) -> impl Iterator<Item = &'a Expectation> {
        question.case.expect.iter().filter(|expect| self.profiles.contains(&expect.profile))
    }
}

/// Which instance of which case.
#[derive(Clone, Copy, Debug)]
struct Place<'a> {
    case: &'a Arc<Case>,
    instance: usize,
}

/// What a question is made of.
enum Asked {
    Pair(Pair),
    Related(Related),
}

impl Place<'_> {
    /// What is asked under each policy of the case.
    fn forged(self, forge: &Forge<'_>) -> Result<Vec<(Policy, Asked)>, RunError> {
        let Self { case, instance } = self;
        let Some(instance) = case.instances.get(instance) else { return Ok(Vec::new()) };
        let asked: Result<Vec<_>, ForgeError> = if case.kind == suite::Kind::SameRejection {
            forge.related(instance).and_then(|all| {
                let under = |policy: &Policy| Ok((*policy, Asked::Related(all.under(*policy)?)));
                case.policies.iter().map(under).collect()
            })
        } else {
            forge.pair(instance).and_then(|pair| {
                let under = |policy: &Policy| Ok((*policy, Asked::Pair(pair.under(*policy)?)));
                case.policies.iter().map(under).collect()
            })
        };
        asked.map_err(|error| {
            case.place.error(format!("{} [{}]: {error}", case.id, instance.cell)).into()
        })
    }
}

/// What a request is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Others rest on it.
    Control,
    /// It is judged.
    Question,
    /// It is judged by its cost, beside nothing else.
    Alone,
    /// A request that is asked already, a second time.
    Again,
}

impl Question {
    /// What an acceptance must carry.
    #[must_use]
    pub fn want<'a>(&'a self, planned: &'a Planned) -> &'a Want {
        self.want.as_ref().unwrap_or(&planned.want)
    }

    /// The request, or those of a relation.
    pub fn members(&self) -> impl Iterator<Item = usize> + '_ {
        let others = self.relation.iter().flat_map(|relation| relation.members.iter().skip(1));
        std::iter::once(self.request).chain(others.copied())
    }

    /// Every request whose outcome the verdict needs, the control's apart. A question about cost has
    /// none: it is asked by itself.
    pub fn requests(&self) -> impl Iterator<Item = usize> + '_ {
        let members = self.members().filter(|_| !self.case.kind.is_budget());
        members.chain(self.relation.iter().map(|relation| relation.again))
    }

    /// The instance.
    #[must_use]
    pub fn instance(&self) -> Option<&Instance> {
        self.case.instances.get(self.instance)
    }

    /// The cell as text; empty where the case has no matrix.
    #[must_use]
    pub fn cell(&self) -> String {
        self.instance().map(|instance| instance.cell.to_string()).unwrap_or_default()
    }

    /// The first thing that the question needs and the target does not declare.
    #[must_use]
    pub fn missing(&self, plan: &Plan, hello: &Hello) -> Option<(String, String)> {
        let planned = plan.requests.get(self.request)?;
        let lacks = |what: &str, value: &str| Some((what.to_owned(), value.to_owned()));
        if !hello.operations.iter().any(|have| have == planned.operation.name) {
            return lacks("op", planned.operation.name);
        }
        for (what, value) in &self.abilities {
            let word = match *what {
                "serializations" => "serialization",
                "keys" => "key",
                "knobs" => "knob",
                word => word,
            };
            if !declared(hello, what).contains(value) {
                return lacks(word, value);
            }
        }
        let has = |list: &[String], name: &str| list.iter().any(|have| have == name);
        if self.policy == Policy::Pinned
            && planned.input.contains_key("allow")
            && !has(&hello.knobs, "allow")
        {
            return lacks("knob", "allow");
        }
        if planned.input.contains_key("token_b64") && !has(&hello.inputs, "bytes") {
            return lacks("input", "bytes");
        }
        if let Some(Value::Object(forms)) = planned.input.get("key")
            && !forms.keys().any(|form| has(&hello.keys, form))
        {
            return lacks("key", &forms.keys().cloned().collect::<Vec<_>>().join(" or "));
        }
        None
    }
}

/// What a target declares of a kind of ability, by the name of the list in `hello`.
pub(crate) fn declared<'a>(hello: &'a Hello, what: &str) -> &'a [String] {
    match what {
        "operations" => &hello.operations,
        "alg" => &hello.alg,
        "enc" => &hello.enc,
        "sig" => &hello.sig,
        "serializations" => &hello.serializations,
        "keys" => &hello.keys,
        _ => &hello.knobs,
    }
}

/// The selected cases that are asked in one way, with their selected instances.
#[must_use]
pub fn instances(suites: &Suites, selection: &Selection, way: Way) -> Vec<(Arc<Case>, Vec<usize>)> {
    let mut position = 0;
    let mut found = Vec::new();
    for case in suites.cases.values().filter(|case| case.ways.contains(&way)) {
        let filters = &selection.filters;
        if !(filters.is_empty() || filters.iter().any(|filter| matches(filter, &case.id.0))) {
            continue;
        }
        if selection.quick && case.is_slow {
            continue;
        }
        let quick = selection.quick.then(|| every_value_once(case));
        let mut chosen = Vec::new();
        for (index, instance) in case.instances.iter().enumerate() {
            if quick.as_ref().is_some_and(|quick| !quick.contains(&index)) {
                continue;
            }
            if selection.cell.as_ref().is_some_and(|cell| *cell != instance.cell.to_string()) {
                continue;
            }
            position += 1;
            if selection.shard.is_none_or(|(part, parts)| position % parts == part % parts) {
                chosen.push(index);
            }
        }
        if !chosen.is_empty() {
            found.push((Arc::new(case.clone()), chosen));
        }
    }
    found
}

/// Indices of instances in which each value of each axis of the matrix occurs at least once. What is
/// new in every axis goes first, so that most axes are walked along a diagonal.
fn every_value_once(case: &Case) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut chosen = BTreeSet::new();
    for wants_all in [true, false] {
        for (index, instance) in case.instances.iter().enumerate() {
            let values = instance.cell.values.iter();
            let pairs: Vec<_> = values.map(|(axis, value)| (axis, value.to_string())).collect();
            let new = pairs.iter().filter(|pair| !seen.contains(*pair)).count();
            let is_due = if wants_all { new == pairs.len() } else { new > 0 };
            if is_due {
                seen.extend(pairs);
                chosen.insert(index);
            }
        }
    }
    chosen
}

/// The profiles that a selection names, and all that they extend.
///
/// # Errors
/// [`RunError::Usage`] for an unknown profile.
pub fn profiles(suites: &Suites, names: &[String]) -> Result<BTreeSet<String>, RunError> {
    let default = DEFAULT_PROFILES.map(str::to_owned);
    let names = if names.is_empty() { &default[..] } else { names };
    let mut all = BTreeSet::new();
    for name in names {
        if !suites.profiles.contains_key(name) {
            let known: Vec<&str> = suites.profiles.keys().map(String::as_str).collect();
            let text = format!("unknown profile `{name}`; there are {}", known.join(", "));
            return Err(RunError::Usage(text));
        }
        all.extend(Profile::closure(name, &suites.profiles));
    }
    Ok(all)
}

/// What a library is judged by, unless a caller or its manifest says otherwise: what any
/// implementation of the documents has to do, whichever vendor's profile it follows.
pub const DEFAULT_PROFILES: [&str; 3] = ["rfc", "bcp", "rfc7523"];

/// Whether a text matches a glob in which `*` stands for any text.
#[must_use]
pub fn matches(glob: &str, text: &str) -> bool {
    let Some((front, rest)) = glob.split_once('*') else { return glob == text };
    let Some(mut text) = text.strip_prefix(front) else { return false };
    if !rest.contains('*') {
        return text.ends_with(rest);
    }
    loop {
        if matches(rest, text) {
            return true;
        }
        let mut characters = text.chars();
        if characters.next().is_none() {
            return false;
        }
        text = characters.as_str();
    }
}

#[cfg(test)]
mod tests {
    use super::{Selection, Way, instances, matches};
    use std::collections::BTreeSet;
    use std::path::Path;
    use suite::Suites;

    #[test]
    fn a_quick_selection_has_every_value_of_every_axis() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let suites = Suites::load(&root).unwrap();
        let quick = Selection { quick: true, ..Selection::default() };
        let (mut few, mut all) = (0, 0);
        for (case, chosen) in instances(&suites, &quick, Way::Library) {
            let values = |index: &usize| {
                let cell = &case.instances[*index].cell;
                cell.values.iter().map(|(a, v)| (a.clone(), v.to_string())).collect::<Vec<_>>()
            };
            let have: BTreeSet<_> = chosen.iter().flat_map(values).collect();
            let want: BTreeSet<_> = (0..case.instances.len()).flat_map(|i| values(&i)).collect();
            assert_eq!(have, want, "{}", case.id);
            few += chosen.len();
            all += case.instances.len();
        }
        assert!(2 * few < all, "{few} of {all}");
    }

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches("jwe-tag/*", "jwe-tag/gcm-truncated"));
        assert!(matches("*truncated", "jwe-tag/gcm-truncated"));
        assert!(matches("jwe-*/*-truncated", "jwe-tag/gcm-truncated"));
        assert!(matches("jwe-tag/gcm-truncated", "jwe-tag/gcm-truncated"));
        assert!(!matches("jwe-tag/gcm", "jwe-tag/gcm-truncated"));
        assert!(!matches("jws-*", "jwe-tag/gcm-truncated"));
        assert!(!matches("a*b*c", "a-b-d"));
    }
}
