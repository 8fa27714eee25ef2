//! What an answer says beside its decision: the header of the token, the text of a refusal.

use protocol::Answer;
use serde_json::{Map, Value};

/// A member that the returned header has not, of those that it has to have.
pub(super) fn lacking<'a>(answer: &Answer, members: &'a Map<String, Value>) -> Option<&'a str> {
    let Answer::Accept(body) = answer else { return None };
    let text = body.get("header").and_then(Value::as_str)?;
    let header = match serde_json::from_str(text) {
        Ok(Value::Object(header)) => header,
        // A list is the headers of all signatures: nothing is said of the one that holds.
        Ok(_) => return None,
        Err(_) => Map::new(),
    };
    members.iter().find(|(name, want)| header.get(*name) != Some(*want)).map(|(name, _)| &**name)
}

/// Whether a refusal holds one of these texts.
pub(super) fn tells(answer: &Answer, secrets: &[String]) -> bool {
    let (Answer::Reject { kind, msg, .. } | Answer::Error { kind, msg }) = answer else {
        return false;
    };
    secrets.iter().any(|secret| kind.contains(secret) || msg.contains(secret))
}
