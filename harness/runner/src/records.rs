//! Records and the summary of a target, however it was reached.

use report::{Baseline, Record, TargetSummary, Verdict};
use serde_json::{Value, json};
use suite::{Case, Expectation, Level, Policy};

use crate::clock;
use crate::exit;
use crate::judge::Judgement;

/// What was asked of whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Subject<'a> {
    pub(crate) target: &'a str,
    pub(crate) case: &'a Case,
    pub(crate) instance: usize,
    /// Absent where there is no allow-list to send.
    pub(crate) policy: Option<Policy>,
}

impl Subject<'_> {
    /// The record of a judgement.
    pub(crate) fn record(
        &self,
        expectation: &Expectation,
        judgement: Judgement,
        answer: Value,
        micros: u64,
    ) -> Record {
        let case = self.case;
        let instance = case.instances.get(self.instance);
        let cell = instance.filter(|instance| !instance.cell.is_empty());
        Record {
            target: self.target.to_owned(),
            case: case.id.to_string(),
            cell: cell.map(|instance| instance.cell.to_string()),
            policy: self.policy.map(|policy| policy.name().to_owned()),
            profile: expectation.profile.clone(),
            level: expectation.level.name().to_owned(),
            verdict: judgement.verdict,
            severity: case.severity.clone(),
            impact: case.impact.clone(),
            seen_in: case.seen_in.clone(),
            cites: case.citations.clone(),
            answer: shortened(answer),
            micros,
            baseline: None,
            note: judgement.note,
        }
    }
}

/// What is known of a target when all its questions are judged.
#[derive(Clone, Debug)]
pub(crate) struct Closing<'a> {
    pub(crate) name: &'a str,
    /// As it declared, with its `version` if it has one.
    pub(crate) implementation: Value,
    pub(crate) failure: Option<String>,
    /// How many controls and positive cases it accepted.
    pub(crate) accepted: usize,
    pub(crate) baseline: &'a Baseline,
    /// Whether whole cases were asked.
    pub(crate) is_whole: bool,
}

impl Closing<'_> {
    /// Sorts the records, compares them with the baseline and finds the exit code.
    pub(crate) fn summary(self, mut records: Vec<Record>) -> (TargetSummary, Vec<Record>) {
        records.sort_by(|a, b| {
            (&a.case, &a.cell, &a.policy, &a.profile)
                .cmp(&(&b.case, &b.cell, &b.policy, &b.profile))
        });
        // Whoever accepts what must be refused, or as something else, is judged by that.
        let accepts = records
            .iter()
            .any(|record| record.verdict == Verdict::Fail && is_acceptance(&record.answer));
        let version =
            self.implementation.get("version").and_then(Value::as_str).unwrap_or_default();
        let stale = self.baseline.compare(&mut records, version, &clock::today());
        let stale: Vec<String> = stale
            .iter()
            .filter(|_| self.is_whole)
            .map(|entry| format!("{} {}", entry.case, entry.verdict))
            .collect();
        let exit = if self.failure.is_some() {
            exit::TARGET
        } else if (self.accepted == 0 && !accepts) || is_all_vacuous(&records) {
            exit::NOTHING
        } else if records.iter().any(Record::counts_against) {
            exit::FINDINGS
        } else if !stale.is_empty() || records.iter().any(Record::is_expired) {
            exit::BASELINE
        } else {
            exit::CONFORMS
        };
        let summary = TargetSummary {
            name: self.name.to_owned(),
            implementation: self.implementation,
            failure: self.failure,
            accepted: self.accepted,
            stale,
            exit,
        };
        (summary, records)
    }
}

/// Whether controls were refused wherever a document says `must`: what was accepted beside, such as
/// the revocation of nothing, proves nothing either.
fn is_all_vacuous(records: &[Record]) -> bool {
    let mut musts = records
        .iter()
        .filter(|record| record.level == Level::Must.name())
        .map(|record| record.verdict)
        .filter(|verdict| *verdict != Verdict::Unsupported)
        .peekable();
    musts.peek().is_some() && musts.all(|verdict| verdict == Verdict::Vacuous)
}

/// Whether an answer accepts; of several attempts, whether the last one was accepted; of the members
/// of a relation, whether one was.
fn is_acceptance(answer: &Value) -> bool {
    if let Some(members) = answer.get("members").and_then(Value::as_array) {
        return members.iter().any(is_acceptance);
    }
    match answer.pointer("/accept/results").and_then(Value::as_array) {
        Some(results) => results.last().is_some_and(|result| result.get("accept").is_some()),
        None => answer.get("accept").is_some(),
    }
}

/// A report holds what was said, not 64 KiB of plaintext.
fn shortened(mut value: Value) -> Value {
    match &mut value {
        Value::String(text) if text.len() > LONGEST_TEXT => {
            let start: String = text.chars().take(LONGEST_TEXT / 2).collect();
            json!(format!("{start}… ({} octets)", text.len()))
        }
        Value::Array(items) => {
            items.iter_mut().for_each(|item| *item = shortened(item.take()));
            value
        }
        Value::Object(members) => {
            members.values_mut().for_each(|member| *member = shortened(member.take()));
            value
        }
        _ => value,
    }
}

/// Octets of the longest text of an answer that a record keeps whole.
const LONGEST_TEXT: usize = 4096;
