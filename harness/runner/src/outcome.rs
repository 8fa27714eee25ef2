//! What became of one request.

use protocol::Answer;
use serde_json::{Value, json};

/// An answer or a fault, and how long it took.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// What came.
    pub event: Event,
    /// From the request's last octet to the answer's, in microseconds.
    pub micros: u64,
}

/// What came.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// An answer that is the protocol.
    Answer(Answer),
    /// A fault that came again in a fresh process.
    Fault(Fault),
    /// A fault that did not come again, and the answer of the second try.
    Flaky(Fault, Box<Answer>),
    /// Not asked: the target had kept faulting before.
    NotAsked,
}

/// What is not an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its kind.
    pub kind: FaultKind,
    /// What was seen.
    pub detail: String,
    /// The last octets of the process's standard error.
    pub stderr: String,
}

/// The kinds of fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// The process ended or closed its output.
    Crash,
    /// The deadline passed.
    Hang,
    /// A line that is not the protocol.
    Protocol,
    /// An answer to another request, perhaps to one before.
    ForeignId,
    /// A connection to an address that stands in the token.
    Contact,
}

impl FaultKind {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Hang => "hang",
            Self::Protocol | Self::ForeignId => "protocol",
            Self::Contact => "contact",
        }
    }
}

impl Outcome {
    /// As it stands in a record's `answer`.
    #[must_use]
    pub fn to_value(&self) -> Value {
        match &self.event {
            Event::Answer(answer) => answer.to_value(),
            Event::Fault(fault) => fault.to_value(),
            Event::Flaky(fault, answer) => {
                let mut value = fault.to_value();
                if let Value::Object(members) = &mut value {
                    members.insert("second_try".to_owned(), answer.to_value());
                }
                value
            }
            Event::NotAsked => {
                json!({"fault": {"kind": "not-asked", "detail": "the target kept faulting"}})
            }
        }
    }
}

impl Fault {
    fn to_value(&self) -> Value {
        let mut fault = json!({"kind": self.kind.name(), "detail": self.detail});
        if let Value::Object(members) = &mut fault
            && !self.stderr.is_empty()
        {
            members.insert("stderr".to_owned(), self.stderr.clone().into());
        }
        json!({ "fault": fault })
    }
}
