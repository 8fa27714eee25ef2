//! Two targets beside each other: tokens that a mutator makes are shown to both, and where one accepts what
//! the other refuses, or they find different content, that is a difference. Neither is wrong because the other
//! says so: a third one, the umpire, names the rule, and people decide.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};

use mutator::{Glance, Json, Shape, blindly, ring, seal};
use protocol::{Answer, Hello, Operation};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Map, Value, json};

use crate::child::{Interview, Process};
use crate::clock::Stopwatch;
use crate::outcome::{Event, Fault, Outcome};
use crate::plan::declared;
use crate::produce::Opener;

/// When it ends, and how the tokens are made.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "only data")]
pub struct Length {
    /// Tokens that are shown to both.
    pub tokens: u64,
    /// Seconds after which no further token is shown.
    pub seconds: u64,
    /// Of the mutations; the same seed gives the same tokens to the same targets.
    pub seed: u32,
}

/// A class of differences, with the shortest token that shows it.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "only data")]
pub struct Difference {
    /// Who did what, and what the umpire said.
    pub class: String,
    /// How many tokens showed it.
    pub count: u64,
    /// The operation.
    pub operation: &'static str,
    /// The input of the request.
    pub input: Map<String, Value>,
    /// The answers of the first, the second and the umpire.
    pub answers: [Value; 3],
}

/// What was seen.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Differences {
    /// Tokens that were shown to both.
    pub asked: u64,
    /// Tokens that both accepted with the same content.
    pub accepted: u64,
    /// Tokens that one of them had no abilities for.
    pub left_out: u64,
    /// By class.
    pub classes: BTreeMap<String, Difference>,
}

struct Side {
    name: String,
    hello: Hello,
    interview: Interview,
}

impl Side {
    fn start(target: &Opener) -> Result<Self, Fault> {
        let (process, hello) = Process::start(&target.launch)?;
        let interview = Interview::new(target.launch.clone(), Some(process));
        Ok(Self { name: target.name.clone(), hello, interview })
    }

    /// Whether it declares an ability.
    fn has(&self, what: &str, value: &str) -> bool {
        declared(&self.hello, what).iter().any(|have| have == value)
    }

    fn ask(&mut self, question: &Question) -> Outcome {
        let mut input = question.input.clone();
        if !self.has("knobs", "allow") {
            input.remove("allow");
        }
        self.interview.ask(question.operation, &input)
    }
}

struct Question {
    operation: &'static Operation,
    input: Map<String, Value>,
}

/// Shows tokens to both until the end, or until `stop`; `each` hears of every class when it is first seen.
///
/// # Errors
/// The fault of a target that does not start.
pub fn differ(
    targets: [&Opener; 2],
    umpire: Option<&Opener>,
    length: Length,
    stop: &AtomicBool,
    each: &dyn Fn(&Difference),
) -> Result<Differences, Fault> {
    let [first, second] = targets.map(Side::start);
    let (mut first, mut second) = (first?, second?);
    let mut umpire = umpire.map(Side::start).transpose()?;
    let mut pool = seeds(&first, &second);
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(length.seed));
    let (mut seen, watch) = (Differences::default(), Stopwatch::start());
    while seen.asked + seen.left_out / LEFT_OUT < length.tokens
        && watch.elapsed().as_secs() < length.seconds
        && !stop.load(Ordering::Relaxed)
    {
        let Some(token) = next(&pool, &mut rng) else { break };
        let Some(question) = question(&token, [&first, &second]) else {
            seen.left_out += 1;
            continue;
        };
        let outcomes = [first.ask(&question), second.ask(&question)];
        seen.asked += 1;
        let Some(class) = class([&first.name, &second.name], &outcomes) else {
            if content(&outcomes[0]).is_some() {
                seen.accepted += 1;
                if pool.len() < MOST_IN_POOL {
                    pool.push(token);
                }
            }
            continue;
        };
        // What does not come again is no difference.
        let again = [first.ask(&question), second.ask(&question)];
        if self::class([&first.name, &second.name], &again).as_ref() != Some(&class) {
            continue;
        }
        let said = umpire.as_mut().map(|umpire| umpire.ask(&question));
        let class = format!("{class}{}", said.as_ref().map(verdict).unwrap_or_default());
        let [one, other] = &outcomes;
        let third = said.as_ref().map(Outcome::to_value).unwrap_or_default();
        let answers = [one.to_value(), other.to_value(), third];
        if note(&mut seen, class, question, answers, each) {
            pool.push(token);
        }
    }
    for side in [Some(first), Some(second), umpire].into_iter().flatten() {
        side.interview.close();
    }
    Ok(seen)
}

/// Counts a difference; true for the first of its class.
fn note(
    seen: &mut Differences,
    class: String,
    question: Question,
    answers: [Value; 3],
    each: &dyn Fn(&Difference),
) -> bool {
    let size = |input: &Map<String, Value>| Value::Object(input.clone()).to_string().len();
    if let Some(known) = seen.classes.get_mut(&class) {
        known.count += 1;
        if size(&question.input) < size(&known.input) {
            known.input = question.input;
            known.answers = answers;
        }
        return false;
    }
    let Question { operation, input } = question;
    let operation = operation.name;
    let difference = Difference { class: class.clone(), count: 1, operation, input, answers };
    each(&difference);
    seen.classes.insert(class, difference);
    true
}

/// Right tokens of everything that both can do.
fn seeds(first: &Side, second: &Side) -> Vec<Vec<u8>> {
    let both = |what: &str| {
        let own = declared(&first.hello, what).iter();
        own.filter(|value| second.has(what, value)).cloned().collect::<Vec<String>>()
    };
    let mut pool = Vec::new();
    for alg in both("alg") {
        for enc in both("enc") {
            let header = format!(r#"{{"alg":"{alg}","enc":"{enc}"}}"#);
            let header = Json::parse(header.as_bytes());
            let token = header.and_then(|header| seal::jwe(header, CLAIMS.as_bytes()));
            pool.extend(token.map(String::into_bytes));
        }
    }
    for sig in both("sig") {
        let header = Json::parse(format!(r#"{{"alg":"{sig}","typ":"JWT"}}"#).as_bytes());
        let token = header.map(|header| seal::jws(&header, CLAIMS.as_bytes()));
        pool.extend(token.map(String::into_bytes));
    }
    pool
}

/// One of the pool, changed once to three times.
fn next(pool: &[Vec<u8>], rng: &mut impl Rng) -> Option<Vec<u8>> {
    let at = rng.random_range(0..pool.len().max(1));
    let mut token = pool.get(at)?.clone();
    for _ in 0..rng.random_range(1..=3_u32) {
        let seed = rng.random();
        token = mutator::mutate(Shape::Token, &token, MOST_OCTETS, seed, &mut blindly(seed));
    }
    Some(token)
}

/// How both are asked about a token; nothing where one of them lacks what it takes.
fn question(token: &[u8], sides: [&Side; 2]) -> Option<Question> {
    let both = |what: &str, value: &str| sides.iter().all(|side| side.has(what, value));
    let text = str::from_utf8(token).ok();
    let glance = Glance::at(text.unwrap_or_default());
    let serialization = if glance.is_json { "general" } else { "compact" };
    let alg = glance.name("alg");
    // What has no such name, nobody can: then the refusals are compared.
    let (operation, jwk, is_able) = if glance.is_jwe {
        let is_known = ring::opens(alg, "A256GCM").is_some();
        ("jwe.decrypt", glance.opens(), !is_known || both("alg", alg))
    } else {
        let is_known = ring::verifies(alg).is_some();
        ("jws.verify", glance.verifies(), !is_known || both("sig", alg))
    };
    let takes_octets = |side: &&Side| side.hello.inputs.iter().any(|input| input == "bytes");
    let able = is_able
        && both("operations", operation)
        && both("serializations", serialization)
        && (text.is_some() || sides.iter().all(takes_octets))
        && !glance.has_many_iterations();
    let mut input = Map::new();
    match text {
        Some(text) => input.insert("token".to_owned(), text.into()),
        None => input.insert("token_b64".to_owned(), forge::encode(token).into()),
    };
    input.insert("key".to_owned(), json!({ "jwk": jwk }));
    let all = |what: &str| declared(&sides[0].hello, what).to_vec();
    let allow = if glance.is_jwe {
        json!({"alg": all("alg"), "enc": all("enc")})
    } else {
        json!({"sig": all("sig")})
    };
    input.insert("allow".to_owned(), allow);
    able.then_some(Question { operation: Operation::named(operation)?, input })
}

/// What came out of an acceptance.
fn content(outcome: &Outcome) -> Option<&str> {
    let Event::Answer(Answer::Accept(body)) = &outcome.event else { return None };
    body.get("plaintext").or_else(|| body.get("payload"))?.as_str()
}

/// Who did what, where they did not do the same.
fn class(names: [&String; 2], outcomes: &[Outcome; 2]) -> Option<String> {
    let unable = |outcome: &Outcome| {
        matches!(
            outcome.event,
            Event::Answer(Answer::Unsupported { .. }) | Event::NotAsked | Event::Flaky(..)
        )
    };
    if outcomes.iter().any(unable) {
        return None;
    }
    let faults: Vec<String> = names
        .iter()
        .zip(outcomes)
        .filter_map(|(name, outcome)| match &outcome.event {
            Event::Fault(fault) => Some(format!("{name}: {}", fault.kind.name())),
            _ => None,
        })
        .collect();
    if !faults.is_empty() {
        return Some(faults.join(", "));
    }
    let [first, second] = outcomes.each_ref().map(content);
    match (first, second) {
        (None, None) => None,
        (Some(first), Some(second)) if first == second => None,
        (Some(_), Some(_)) => Some(format!("{} and {} find different content", names[0], names[1])),
        (Some(_), None) => Some(format!("{} accepts, {} refuses", names[0], names[1])),
        (None, Some(_)) => Some(format!("{} accepts, {} refuses", names[1], names[0])),
    }
}

/// What the umpire said.
fn verdict(outcome: &Outcome) -> String {
    match &outcome.event {
        Event::Answer(Answer::Accept(_)) => "; the umpire accepts".to_owned(),
        Event::Answer(Answer::Reject { kind, .. }) => format!("; the umpire: {kind}"),
        _ => "; the umpire has no opinion".to_owned(),
    }
}

const CLAIMS: &str = r#"{"iss":"https://issuer.example/","sub":"client","aud":"https://api.example/","exp":4102444800}"#;
/// Octets of a token.
const MOST_OCTETS: usize = 1 << 14;
/// Tokens that are changed further.
const MOST_IN_POOL: usize = 2000;
/// Tokens that are made and not shown count for little, but they count, so that it ends.
const LEFT_OUT: u64 = 16;
