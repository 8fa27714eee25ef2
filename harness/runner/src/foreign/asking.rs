//! Asking a target a foreign vector, and whether the two agree.

use protocol::{Answer, Hello};
use serde_json::{Map, Value};

use super::{Question, Vector, Want};
use crate::child::Interview;
use crate::outcome::{Event, Outcome};
use crate::plan::declared;

/// Whether target and vector agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// They do.
    Agrees,
    /// They do not; what the target did.
    Disagrees(String),
    /// The vector cannot be asked, or not of this target; why.
    NotExpressible(String),
}

/// Asks one vector.
pub fn ask(interview: &mut Interview, hello: &Hello, vector: &Vector) -> Agreement {
    let question = match &vector.question {
        Ok(question) => question,
        Err(why) => return Agreement::NotExpressible(why.clone()),
    };
    if let Some(missing) = missing(question, hello) {
        return Agreement::NotExpressible(format!("the target does not have {missing}"));
    }
    judge(&question.want, &interview.ask(question.operation, &question.input))
}

/// The first ability that the target does not declare. What has to be refused is asked in any case,
/// as long as there is the operation: a target need not know a name to refuse it.
fn missing(question: &Question, hello: &Hello) -> Option<String> {
    let lacks = |(list, name): &&(&str, String)| {
        let is_asked_anyway = question.want == Want::Refuse && *list != "operations";
        !is_asked_anyway && !declared(hello, list).contains(name)
    };
    question.abilities.iter().find(lacks).map(|(_, name)| format!("`{name}`"))
}

fn judge(want: &Want, outcome: &Outcome) -> Agreement {
    let answer = match &outcome.event {
        Event::Answer(answer) => answer,
        _ => return Agreement::Disagrees(brief(&outcome.to_value())),
    };
    match (want, answer) {
        (_, Answer::Unsupported { what, value }) => {
            Agreement::NotExpressible(format!("the target does not have the {what} `{value}`"))
        }
        (Want::Accept(Some(content)), Answer::Accept(body)) if !is_content(body, content) => {
            Agreement::Disagrees(format!(
                "accepted with other content: {}",
                brief(&body.clone().into())
            ))
        }
        (Want::Accept(_) | Want::Either, Answer::Accept(_))
        | (Want::Refuse | Want::Either, Answer::Reject { .. } | Answer::Error { .. }) => {
            Agreement::Agrees
        }
        (Want::Refuse, Answer::Accept(_)) => Agreement::Disagrees("accepted".to_owned()),
        (Want::Accept(_), _) => Agreement::Disagrees(brief(&outcome.to_value())),
    }
}

fn is_content(body: &Map<String, Value>, content: &[u8]) -> bool {
    ["plaintext", "payload"]
        .iter()
        .find_map(|name| body.get(*name)?.as_str())
        .and_then(forge::decode)
        .is_some_and(|octets| octets == content)
}

fn brief(value: &Value) -> String {
    report::printable(&value.to_string(), 160)
}
