//! Cases: one question each, multiplied by a matrix.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde_json::Value;

use crate::cell::{Cell, Matrix};
use crate::error::{LoadError, Source};
use crate::expectation::Expectation;
use crate::kind::Kind;
use crate::mutation::Mutation;
use crate::node::{Fields, Node};
use crate::published::Vectors;
use crate::recipe::{Recipe, Way};
use crate::{AnswerShape, Profile, Requirement};

/// The stable name of a case, `suite/sentence-in-short`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CaseId(pub String);

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether the caller pins algorithms or asks the library's defaults.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Policy {
    /// An allow-list is sent.
    Pinned,
    /// None is sent.
    Default,
}

impl Policy {
    /// Its name in suite files and reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pinned => "pinned",
            Self::Default => "default",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Pinned, Self::Default].into_iter().find(|policy| policy.name() == name)
    }
}

/// One question.
#[derive(Clone, Debug)]
pub struct Case {
    /// Never renamed or reused.
    pub id: CaseId,
    /// One sentence that states the required behaviour.
    pub title: String,
    /// Why it matters.
    pub why: String,
    /// The requirements that it rests on.
    pub cites: Vec<String>,
    /// The same as `document/section#id`, as reports print them.
    pub citations: Vec<String>,
    /// The operation that is asked.
    pub operation: String,
    /// The ways in which it is asked.
    pub ways: Vec<Way>,
    /// What the answer over HTTP has to look like.
    pub answer: AnswerShape,
    /// What is asked of the answer.
    pub kind: Kind,
    /// Whether a quick run leaves it out, for the time that it takes.
    pub is_slow: bool,
    /// The control of a negative case.
    pub control: Option<CaseId>,
    /// Under which policies it is asked.
    pub policies: Vec<Policy>,
    /// What a wrong answer means: forgery, oracle, key-leak, denial-of-service, confusion,
    /// malleability or interop.
    pub impact: String,
    /// critical, high, medium, low or info.
    pub severity: String,
    /// Published vulnerabilities of this class.
    pub seen_in: Vec<String>,
    /// What is expected, by profile.
    pub expect: Vec<Expectation>,
    /// One for each cell of the matrix.
    pub instances: Vec<Instance>,
    /// File, line and column, for messages about this case.
    pub place: Place,
}

/// A case in one cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Instance {
    /// The cell.
    pub cell: Cell,
    /// The id and the cell that the entropy is drawn from: those of the control, if there is one.
    pub entropy: String,
    /// What the valid token is made of.
    pub recipe: Recipe,
    /// What is wrong with it.
    pub mutation: Option<Mutation>,
    /// The mutations of [`Kind::SameRejection`], each of which makes a request of its own.
    pub related: Vec<Mutation>,
}

/// Where a case stands.
#[derive(Clone, Debug)]
pub struct Place {
    source: Source,
    span: Range<usize>,
    mutation: Option<Range<usize>>,
}

impl Place {
    /// An error at the case, or at its mutation if it has one.
    #[must_use]
    pub fn error(&self, message: impl Into<String>) -> LoadError {
        self.source.error(self.mutation.as_ref().unwrap_or(&self.span), message)
    }

    /// `file:line` of the case.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}:{}", self.source.path.display(), self.source.position(self.span.start).0)
    }
}

/// A case whose control is not looked up yet.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    case: Case,
    id_span: Range<usize>,
    control_span: Option<Range<usize>>,
    matrix: Matrix,
    recipe: Option<Node>,
    mutate: Option<Node>,
    related: Vec<Node>,
}

/// What the members of `[defaults]` say for the whole file.
#[derive(Clone, Debug, Default)]
pub(crate) struct Defaults {
    control: Option<(Range<usize>, String)>,
    policies: Vec<Policy>,
    impact: Option<String>,
    severity: Option<String>,
}

impl Defaults {
    pub(crate) fn read(node: &Node, source: &Source) -> Result<Self, LoadError> {
        let mut fields = Fields::of(node, source)?;
        let control = match fields.take("control") {
            None => None,
            Some(node) => Some((node.span.clone(), crate::node::text(node, source)?)),
        };
        let policies = policies(&mut fields, source)?;
        let impact = word(&mut fields, "impact", IMPACTS, source)?;
        let severity = word(&mut fields, "severity", SEVERITIES, source)?;
        fields.finish()?;
        Ok(Self { control, policies, impact, severity })
    }
}

impl Draft {
    pub(crate) fn read(
        node: &Node,
        source: &Source,
        defaults: &Defaults,
        profiles: &BTreeMap<String, Profile>,
        requirements: &BTreeMap<String, Requirement>,
    ) -> Result<Self, LoadError> {
        let mut fields = Fields::of(node, source)?;
        let (id_node, id) = fields.need_text("id")?;
        let stem = crate::load::stem(&source.path);
        if id.split_once('/').is_none_or(|(prefix, rest)| prefix != stem || rest.is_empty()) {
            return Err(source.error(&id_node.span, format!("an id here starts with `{stem}/`")));
        }
        let title = fields.need_text("title")?.1;
        let why = fields.need_text("why")?.1;
        let cites = fields.take_texts("cites")?;
        if cites.is_empty() {
            return Err(source.error(&node.span, "a case cites at least one requirement"));
        }
        for (node, name) in &cites {
            if !requirements.contains_key(name) {
                return Err(source.error(&node.span, format!("unknown requirement `{name}`")));
            }
        }
        let matrix = match fields.take("matrix") {
            None => Matrix::default(),
            Some(node) => Matrix::read(node, source)?,
        };
        let recipe = fields.take("recipe").cloned();
        let mutate = fields.take("mutate").cloned();
        let related = crate::kind::related(&mut fields, source)?;
        let kind = crate::kind::read(&mut fields, &related, source)?;
        let changed = mutate.as_ref().or(related.first());
        let own_control = match fields.take("control") {
            None => None,
            Some(node) => Some((node.span.clone(), crate::node::text(node, source)?)),
        };
        let control = match (&recipe, changed) {
            (Some(_), None) if own_control.is_none() => None,
            (None, Some(_)) if mutate.is_none() || related.is_empty() => {
                Some(own_control.or_else(|| defaults.control.clone()).ok_or_else(|| {
                    source.error(&node.span, "a case with a mutation names its `control`")
                })?)
            }
            _ => {
                return Err(source.error(
                    &node.span,
                    "a case has a `recipe`, or a `control` and `mutate` or `same_rejection`",
                ));
            }
        };
        let mut own_policies = policies(&mut fields, source)?;
        if own_policies.is_empty() {
            own_policies.clone_from(&defaults.policies);
        }
        if own_policies.is_empty() {
            own_policies.push(Policy::Pinned);
        }
        let impact = word(&mut fields, "impact", IMPACTS, source)?
            .or_else(|| defaults.impact.clone())
            .ok_or_else(|| source.error(&node.span, "the member `impact` is missing"))?;
        let severity = word(&mut fields, "severity", SEVERITIES, source)?
            .or_else(|| defaults.severity.clone())
            .ok_or_else(|| source.error(&node.span, "the member `severity` is missing"))?;
        let seen_in = fields.take_texts("seen_in")?;
        let list = fields.need("expect")?;
        let crate::node::Kind::Array(tables) = &list.kind else {
            return Err(source.error(&list.span, "`expect` is an array of tables"));
        };
        let expect: Vec<Expectation> = tables
            .iter()
            .map(|table| Expectation::read(table, source, profiles, kind))
            .collect::<Result<_, _>>()?;
        if expect.is_empty() {
            return Err(source.error(&list.span, "a case expects something"));
        }
        if control.is_none() && expect.iter().any(|expect| !expect.accept) {
            let text = "what expects a rejection has a `control`: without one it proves nothing";
            return Err(source.error(&list.span, text));
        }
        if kind.is_budget() && control.is_none() {
            let text = "what has a `budget` has a `control` whose cost it is compared with";
            return Err(source.error(&list.span, text));
        }
        if kind == Kind::SameRejection
            && expect.iter().any(|each| each.accept || each.reject.is_none())
        {
            let text = "`same_rejection` expects `reject`, with the codes that all may carry";
            return Err(source.error(&list.span, text));
        }
        let ways = match fields.take("over") {
            None => Vec::new(),
            Some(node) => node.read(&BTreeMap::new(), source)?,
        };
        let answer = match fields.take("answer") {
            None => AnswerShape::default(),
            Some(node) => node.read(&BTreeMap::new(), source)?,
        };
        let is_slow = match fields.take("slow") {
            None => kind.is_budget(),
            Some(node) => node.read(&BTreeMap::new(), source)?,
        };
        fields.finish()?;
        let citations = cites
            .iter()
            .filter_map(|(_, name)| requirements.get(name))
            .map(Requirement::citation)
            .collect();
        let place = Place {
            source: source.clone(),
            span: id_node.span.clone(),
            mutation: changed.map(|node| node.span.clone()),
        };
        let case = Case {
            id: CaseId(id),
            title,
            why,
            cites: cites.into_iter().map(|(_, name)| name).collect(),
            citations,
            operation: String::new(),
            ways,
            answer,
            kind,
            is_slow,
            control: control.as_ref().map(|(_, name)| CaseId(name.clone())),
            policies: own_policies,
            impact,
            severity,
            seen_in: seen_in.into_iter().map(|(_, name)| name).collect(),
            expect,
            instances: Vec::new(),
            place,
        };
        Ok(Self {
            case,
            id_span: id_node.span.clone(),
            control_span: control.map(|(span, _)| span),
            matrix,
            recipe,
            mutate,
            related,
        })
    }

    pub(crate) fn id(&self) -> &CaseId {
        &self.case.id
    }

    pub(crate) fn duplicate(&self) -> LoadError {
        self.case.place.source.error(&self.id_span, format!("the id `{}` is used twice", self.id()))
    }

    /// Looks the control up and makes the instances.
    pub(crate) fn finish(
        &self,
        drafts: &BTreeMap<CaseId, Self>,
        vectors: &Vectors,
    ) -> Result<Case, LoadError> {
        let source = &self.case.place.source;
        let base = match &self.case.control {
            None => self,
            Some(name) => {
                let span = self.control_span.as_ref().unwrap_or(&self.id_span);
                let control = drafts
                    .get(name)
                    .ok_or_else(|| source.error(span, format!("unknown control `{name}`")))?;
                if control.recipe.is_none() {
                    return Err(source.error(span, format!("`{name}` is no positive case")));
                }
                control
            }
        };
        let Some(recipe) = &base.recipe else {
            return Err(source.error(&self.id_span, "a case has a `recipe` or a `control`"));
        };
        let mut case = self.case.clone();
        for cell in self.matrix.cells() {
            let mut variables: BTreeMap<String, Value> = BTreeMap::new();
            for axis in base.matrix.names() {
                let value = cell.values.get(axis).or_else(|| base.matrix.first(axis));
                variables.extend(value.map(|value| (axis.to_owned(), value.clone())));
            }
            let control_cell = Cell { values: variables.clone() };
            let mut made: Recipe = recipe.read(&variables, &base.case.place.source)?;
            if let Recipe::Published(published) = &mut made {
                let place = &base.case.place;
                vectors.fill(published).map_err(|text| place.source.error(&recipe.span, text))?;
            }
            variables.extend(cell.values.clone());
            let mutation = match &self.mutate {
                None => None,
                Some(node) => Some(node.read(&variables, source)?),
            };
            let related = self
                .related
                .iter()
                .map(|node| node.read(&variables, source))
                .collect::<Result<_, _>>()?;
            made.operation().clone_into(&mut case.operation);
            if self.case.ways.is_empty() {
                case.ways = made.ways().to_vec();
            } else if let Some(way) = self.case.ways.iter().find(|way| !made.ways().contains(way)) {
                let text = format!("what this recipe makes is not asked over {way:?}");
                return Err(source.error(&self.id_span, text));
            }
            let entropy = format!("{} {control_cell}", base.case.id);
            case.instances.push(Instance { cell, entropy, recipe: made, mutation, related });
        }
        Ok(case)
    }
}

fn policies(fields: &mut Fields<'_>, source: &Source) -> Result<Vec<Policy>, LoadError> {
    fields
        .take_texts("policy")?
        .into_iter()
        .map(|(node, name)| {
            Policy::named(&name)
                .ok_or_else(|| source.error(&node.span, "a policy is `pinned` or `default`"))
        })
        .collect()
}

fn word(
    fields: &mut Fields<'_>,
    name: &str,
    words: &[&str],
    source: &Source,
) -> Result<Option<String>, LoadError> {
    let Some(node) = fields.take(name) else { return Ok(None) };
    let text = crate::node::text(node, source)?;
    if words.contains(&text.as_str()) {
        Ok(Some(text))
    } else {
        Err(source.error(&node.span, format!("`{name}` is one of {}", words.join(", "))))
    }
}

const IMPACTS: &[&str] =
    &["forgery", "oracle", "key-leak", "denial-of-service", "confusion", "malleability", "interop"];

const SEVERITIES: &[&str] = &["critical", "high", "medium", "low", "info"];
