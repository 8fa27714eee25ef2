//! The kinds of case: what is asked of an answer besides whether it accepts.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::error::{LoadError, Source};
use crate::node::{Fields, Node};

/// What is asked of the answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Kind {
    /// Whether it accepts or refuses.
    #[default]
    Decide,
    /// Whether differently damaged tokens are refused in one and the same way ([RFC 7516 §11.5]).
    ///
    /// [RFC 7516 §11.5]: https://www.rfc-editor.org/rfc/rfc7516#section-11.5
    SameRejection,
    /// Whether it costs more than a budget, whatever it says.
    Budget(Budget),
}

impl Kind {
    /// Whether it judges what an answer costs.
    #[must_use]
    pub fn is_budget(self) -> bool {
        matches!(self, Self::Budget(_))
    }
}

/// What a question may cost beside its control. Over it is whoever passes both bounds of time, or the
/// bound of memory.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Budget {
    /// CPU time in multiples of the control's.
    pub cpu_ratio: f64,
    /// CPU time in milliseconds beyond the control's, below which the ratio accuses nobody.
    pub cpu_ms: u64,
    /// Peak memory in MiB beyond what the process needed for the control.
    pub memory_mib: u64,
}

impl Default for Budget {
    /// A ratio of 50 is what the iteration counts and bombs of published advisories pass by far; 300 ms
    /// are thirty ticks of the kernel's clock, so that no rounding reaches them, and two orders
    /// beyond the slowest private key operation; 256 MiB are eight times the largest request.
    fn default() -> Self {
        Self { cpu_ratio: 50.0, cpu_ms: 300, memory_mib: 256 }
    }
}

/// The mutations of `same_rejection`; empty where the member is absent.
pub(crate) fn related(fields: &mut Fields<'_>, source: &Source) -> Result<Vec<Node>, LoadError> {
    let Some(list) = fields.take("same_rejection") else { return Ok(Vec::new()) };
    match &list.kind {
        crate::node::Kind::Array(nodes) if nodes.len() >= 2 => Ok(nodes.clone()),
        _ => Err(source.error(&list.span, "`same_rejection` is an array of two mutations or more")),
    }
}

/// The kind that the members of a case make.
pub(crate) fn read(
    fields: &mut Fields<'_>,
    related: &[Node],
    source: &Source,
) -> Result<Kind, LoadError> {
    match fields.take("budget") {
        None if related.is_empty() => Ok(Kind::Decide),
        None => Ok(Kind::SameRejection),
        Some(node) if !related.is_empty() => {
            Err(source.error(&node.span, "a case has `budget` or `same_rejection`, not both"))
        }
        Some(node) => Ok(Kind::Budget(node.read(&BTreeMap::new(), source)?)),
    }
}
