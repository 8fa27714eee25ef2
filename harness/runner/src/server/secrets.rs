//! What must stand in no report: the tokens and secrets that we were given or that answers held.
//!
//! Members of JSON are hidden by their names where an exchange is shown. This hides by value what
//! comes back elsewhere: in a form that we send, in a description, in an answer that is no JSON.

use std::cell::RefCell;

use serde_json::Value;

/// The names of members and parameters that hold secrets.
pub(super) const NAMES: [&str; 6] = [
    "access_token",
    "refresh_token",
    "id_token",
    "client_secret",
    "registration_access_token",
    "signing_secret",
];

/// The secrets that are known.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    /// Those of the run: ours, and those of clients.
    lasting: RefCell<Vec<String>>,
    /// Those of one question. There are thousands in a run, and none returns in another question.
    passing: RefCell<Vec<String>>,
}

impl Secrets {
    /// Knows a secret until the end.
    pub(super) fn add(&self, secret: &str) {
        keep(&self.lasting, secret);
    }

    /// Forgets what the answers to the last question held, except secrets of clients.
    pub(super) fn next_question(&self) {
        self.passing.borrow_mut().clear();
    }

    /// Looks for secrets in the body of an answer: JSON, or else a form.
    pub(super) fn learn(&self, body: &[u8]) {
        match serde_json::from_slice::<Value>(body) {
            Ok(value) => self.learn_from(&value),
            Err(_) => url::form_urlencoded::parse(body)
                .for_each(|(name, value)| self.learn_member(name.trim(), value.trim())),
        }
    }

    fn learn_from(&self, value: &Value) {
        match value {
            Value::Object(members) => members.iter().for_each(|(name, member)| match member {
                Value::String(text) => self.learn_member(name, text),
                other => self.learn_from(other),
            }),
            Value::Array(items) => items.iter().for_each(|item| self.learn_from(item)),
            _ => {}
        }
    }

    fn learn_member(&self, name: &str, value: &str) {
        if !NAMES.contains(&name) {
            return;
        }
        let is_passing = name.ends_with("_token") && name != "registration_access_token";
        keep(if is_passing { &self.passing } else { &self.lasting }, value);
    }

    /// The value without any of them.
    pub(super) fn hide(&self, mut value: Value) -> Value {
        match &mut value {
            Value::String(text) => *text = self.hide_text(text),
            Value::Array(items) => items.iter_mut().for_each(|item| *item = self.hide(item.take())),
            Value::Object(members) => {
                members.values_mut().for_each(|member| *member = self.hide(member.take()));
            }
            _ => {}
        }
        value
    }

    /// The text without any of them.
    pub(super) fn hide_text(&self, text: &str) -> String {
        let (lasting, passing) = (self.lasting.borrow(), self.passing.borrow());
        lasting
            .iter()
            .chain(passing.iter())
            .fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "…"))
    }
}

/// Keeps a secret as it is and as a form has it. A short one would be found in every text.
fn keep(list: &RefCell<Vec<String>>, secret: &str) {
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut list = list.borrow_mut();
    for form in [secret.to_owned(), encoded] {
        if form.len() >= SHORTEST && !list.contains(&form) {
            list.push(form);
        }
    }
}

/// Octets of the shortest text that is taken for a secret.
const SHORTEST: usize = 8;
