//! What a target made, judged by the forge and by other targets.

use forge::produced::{ELSEWHERE, Found, Produced};
use serde_json::{Map, Value};

use super::Accepted;

/// What is to be said of the tokens of an acceptance.
pub(super) fn judged(body: &Map<String, Value>, produced: &Produced) -> Accepted {
    let tokens: Option<Vec<&str>> = body
        .get("tokens")
        .and_then(Value::as_array)
        .and_then(|all| all.iter().map(Value::as_str).collect());
    let Some(tokens) = tokens else {
        return Accepted::Malformed("`accept.token` is no text".to_owned());
    };
    if produced.check == ELSEWHERE {
        return elsewhere(body, produced, &tokens);
    }
    of(produced.find(&tokens))
}

fn of(found: Found) -> Accepted {
    match found {
        Found::Holds => Accepted::Right,
        Found::Wrong(text) => Accepted::Wrong(text),
        Found::Unproven(text) => Accepted::Unproven(text),
    }
}

/// Other targets open it: right where all do, wrong where none does and we do not either. Where readers
/// disagree, one of them is wrong, and nobody knows yet which.
fn elsewhere(body: &Map<String, Value>, produced: &Produced, tokens: &[&str]) -> Accepted {
    let mut opened = Vec::new();
    let mut refused = Vec::new();
    for said in body.get("elsewhere").and_then(Value::as_array).into_iter().flatten() {
        let name = said.get("target").and_then(Value::as_str).unwrap_or_default();
        let index = said.get("token").and_then(Value::as_u64).unwrap_or_default();
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let Some(answer) = said.get("answer") else { continue };
        match answer.get("accept").and_then(Value::as_object) {
            Some(accept) if produced.is_content(accept, index) => opened.push(name),
            Some(_) => refused.push(format!("{name} finds another content")),
            None if answer.get("reject").or(answer.get("error")).is_some() => {
                refused.push(format!("{name}: {answer}"));
            }
            // Who lacks something, crashes or hangs is no witness.
            None => {}
        }
    }
    let mut opens = produced.clone();
    opens.check = "opens".to_owned();
    let own = opens.find(tokens);
    match (opened.is_empty(), refused.first()) {
        (true, None) => Accepted::Unproven("no other target is here to open it".to_owned()),
        (false, None) => Accepted::Right,
        (true, Some(first)) if matches!(own, Found::Wrong(_)) => {
            Accepted::Wrong(format!("nobody opens it; {first}"))
        }
        (_, Some(first)) => Accepted::Unproven(format!("readers disagree; {first}")),
    }
}
