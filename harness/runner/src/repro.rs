//! `touchstone repro`: one question in full, dissected by segment.

use std::fmt::Write;

use protocol::Request;
use serde_json::{Map, Value, json};

use crate::plan::{Plan, Question};

/// The texts that reproduce a question of a plan.
#[must_use]
pub fn repro(plan: &Plan, question: &Question) -> String {
    let mut out = String::new();
    let Some(planned) = plan.requests.get(question.request) else { return out };
    let cell = question.instance().map(|instance| instance.cell.to_string()).unwrap_or_default();
    let _ = writeln!(out, "{} [{cell}] {}", question.case.id, question.policy.name());
    let _ = writeln!(out, "  {}", question.case.title);
    for citation in &question.case.citations {
        let _ = writeln!(out, "  {citation}");
    }
    let mutations = question
        .instance()
        .into_iter()
        .flat_map(|instance| instance.mutation.iter().chain(&instance.related));
    for mutation in mutations {
        let _ = writeln!(
            out,
            "\nchanged: {:?}{} {:?}",
            mutation.part,
            if mutation.layer == suite::Layer::Inner { " of the inner token" } else { "" },
            mutation.action
        );
    }
    let control = question.control.and_then(|at| plan.requests.get(at));
    for (name, value) in &planned.input {
        let before = control.and_then(|control| control.input.get(name));
        member(&mut out, name, value, before.filter(|before| *before != value));
    }
    if let Some(control) = control {
        for (name, value) in &control.input {
            if !planned.input.contains_key(name) {
                let _ = writeln!(out, "\n{name}: only in the control: {}", shown(value));
            }
        }
        let _ = writeln!(out, "\nthe control's line for the adapter:");
        let _ = writeln!(out, "{}", line(planned.operation.name, &control.input));
    }
    for member in question.members() {
        if let Some(planned) = plan.requests.get(member) {
            let _ = writeln!(out, "\nthe line for the adapter:");
            let _ = writeln!(out, "{}", line(planned.operation.name, &planned.input));
        }
    }
    out
}

/// A question as data, for harnesses in other languages: the request, its control, those that have to
/// be refused alike, and what is expected.
#[must_use]
pub fn exported(plan: &Plan, question: &Question) -> Value {
    let request = |index: usize| plan.requests.get(index).map(|planned| &planned.input);
    let expect: Vec<Value> = question
        .case
        .expect
        .iter()
        .map(|expect| {
            json!({
                "profile": expect.profile,
                "level": expect.level.name(),
                "accept": expect.accept,
                "reject": expect.reject,
            })
        })
        .collect();
    json!({
        "case": question.case.id.0,
        "cell": question.instance().map(|instance| instance.cell.to_string()),
        "policy": question.policy.name(),
        "op": question.case.operation,
        "in": request(question.request),
        "same_rejection": question
            .relation
            .as_ref()
            .map(|relation| relation.members.iter().filter_map(|at| request(*at)).collect::<Vec<_>>()),
        "control": question.control.and_then(request),
        "cites": question.case.citations,
        "expect": expect,
    })
}

fn line(operation: &str, input: &Map<String, Value>) -> String {
    Request { id: 1, op: operation.to_owned(), input: input.clone() }.to_line()
}

fn member(out: &mut String, name: &str, value: &Value, before: Option<&Value>) {
    let _ = write!(out, "\n{name}");
    match (value.as_str(), before.and_then(Value::as_str)) {
        (Some(token), before) if name == "token" => segments(out, token, before),
        _ => {
            let _ = writeln!(out, ": {}", shown(value));
            if let Some(before) = before {
                let _ = writeln!(out, "   the control has {}", shown(before));
            }
        }
    }
}

/// A compact token segment by segment, each beside the control's where they differ.
fn segments(out: &mut String, token: &str, before: Option<&str>) {
    const JWE: [&str; 5] = ["protected header", "encrypted key", "iv", "ciphertext", "tag"];
    const JWS: [&str; 3] = ["protected header", "payload", "signature"];
    let parts: Vec<&str> = token.split('.').collect();
    let old: Vec<&str> = before.map(|text| text.split('.').collect()).unwrap_or_default();
    let names: &[&str] = match parts.len() {
        5 => &JWE,
        3 => &JWS,
        _ => &[],
    };
    if names.is_empty() || token.starts_with('{') {
        let _ = writeln!(out, " ({} octets): {token}", token.len());
        if let Some(before) = before {
            let _ = writeln!(out, "   the control has {before}");
        }
        return;
    }
    let _ = writeln!(out, " ({} octets, {} segments)", token.len(), parts.len());
    for (index, (name, part)) in names.iter().zip(&parts).enumerate() {
        let was = old.get(index).filter(|was| *was != part && old.len() == parts.len());
        let mark = if was.is_some() { "≠" } else { " " };
        let _ = writeln!(out, " {mark} {name}: {part:?}{}", decoded(part));
        if let Some(was) = was {
            let _ = writeln!(out, "     the control has {was:?}{}", decoded(was));
        }
    }
}

fn decoded(part: &str) -> String {
    match forge::decode(part) {
        None => " (not base64url)".to_owned(),
        Some(octets) => match std::str::from_utf8(&octets) {
            Ok(text) if text.starts_with('{') => format!(" = {text}"),
            _ => format!(" ({} octets)", octets.len()),
        },
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}
