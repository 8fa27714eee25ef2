//! A question about a client assertion, asked of a server.

use std::sync::{Arc, Barrier};
use std::time::Duration;

use forge::{Attempt, Want};
use protocol::Answer;
use serde_json::{Value, json};
use suite::case::Instance;
use suite::{AnswerShape, Recipe};

use super::http::{NoReply, Reply, Sent, call, shown};
use super::shape;
use super::site::{Registered, Site, Why};
use crate::outcome::{Event, Fault, FaultKind, Outcome};

/// What became of a question.
pub(super) struct Asked {
    pub outcome: Outcome,
    pub want: Want,
    /// The exchanges, as a record keeps them.
    pub exchanges: Vec<Value>,
    /// What is not as the case says it has to look like.
    pub misshapen: Option<String>,
}

/// The name under which judgements know the client: over HTTP the server chooses names.
pub(super) const CLIENT: &str = "the client";

/// Presents the assertions of an instance, with its mutation or without.
pub(super) fn assertion(
    site: &Site<'_>,
    instance: &Instance,
    is_mutated: bool,
    shape: &AnswerShape,
) -> Result<Asked, String> {
    let nobody = Registered { client_id: "unknown".to_owned(), kids: Vec::new() };
    let sketch = site
        .forge
        .presented(instance, is_mutated, &site.setting(&nobody))
        .map_err(|error| error.to_string())?;
    let attempts = sketch.attempts.len();
    let want = Want::Authenticated { client_id: CLIENT.to_owned(), attempts };
    let client = match site.client(&sketch.client) {
        Ok(client) => client,
        Err(why) => return Ok(Asked::without(why, want)),
    };
    let presented = site
        .forge
        .presented(instance, is_mutated, &site.setting(&client))
        .map_err(|error| error.to_string())?;
    let mut sent = Vec::new();
    for attempt in &presented.attempts {
        match request(site, attempt, instance) {
            Ok(request) => sent.push(request),
            Err(why) => return Ok(Asked::without(why, want)),
        }
    }
    let longest = presented.attempts.iter().map(|attempt| attempt.after).max().unwrap_or(0);
    if longest > MOST_SECONDS {
        let value = format!("an attempt after {longest} s");
        return Ok(Asked::without(Why::Unsupported { what: "input", value }, want));
    }
    let is_parallel = presented.attempts.iter().any(|attempt| attempt.is_parallel);
    let replies =
        if is_parallel { at_once(site, &sent) } else { in_turn(site, &sent, &presented.attempts) };
    let heard = replies.iter().flatten();
    heard.for_each(|reply| site.caller.secrets.learn(&reply.body));
    let last = replies.last().and_then(|reply| reply.as_ref().ok()).cloned();
    let mut asked = Asked::of(&sent, replies, &presented.attempts, is_parallel, want);
    let setting = site.setting(&client);
    let fill = |text: &str| {
        site.forge.filled_text(text, &setting, &|_| None).map_err(|error| error.to_string())
    };
    asked.misshapen = last
        .and_then(|reply| shape::check(site, site.api.as_ref(), shape, &reply, &fill, &[]).err());
    Ok(asked)
}

impl Asked {
    /// A question that could not be put.
    pub(super) fn without(why: Why, want: Want) -> Self {
        let event = match why {
            Why::Unsupported { what, value } => {
                Event::Answer(Answer::Unsupported { what: what.to_owned(), value })
            }
            Why::NoReply(why) => Event::Fault(fault(&why)),
        };
        let outcome = Outcome { event, micros: 0 };
        Self { outcome, want, exchanges: Vec::new(), misshapen: None }
    }

    fn of(
        sent: &[Sent],
        replies: Vec<Result<Reply, NoReply>>,
        attempts: &[Attempt],
        is_parallel: bool,
        want: Want,
    ) -> Self {
        let exchanges: Vec<Value> =
            sent.iter().zip(&replies).map(|(sent, reply)| shown(sent, reply)).collect();
        let micros = replies.last().and_then(|reply| reply.as_ref().ok()).map_or(0, |it| it.micros);
        let mut results = Vec::new();
        for ((reply, attempt), sent) in replies.into_iter().zip(attempts).zip(sent) {
            match reply {
                Ok(reply) => results.push(read(&reply, attempt.endpoint.as_deref())),
                // A server may close the connection on more than it wants to read.
                Err(NoReply::Broken(text)) if is_large(sent) => {
                    results.push(Answer::error("connection-closed", text));
                }
                Err(why) => {
                    let outcome = Outcome { event: Event::Fault(fault(&why)), micros };
                    return Self { outcome, want, exchanges, misshapen: None };
                }
            }
        }
        if is_parallel {
            // Of several at once one may be accepted, whichever it is.
            results.sort_by_key(|answer| !matches!(answer, Answer::Accept(_)));
        }
        let results: Vec<Value> = results.iter().map(Answer::to_value).collect();
        let event = Event::Answer(Answer::accept(json!({ "results": results })));
        Self { outcome: Outcome { event, micros }, want, exchanges, misshapen: None }
    }
}

/// The request of an attempt, with what the server wants besides, unless the recipe says it itself.
fn request(site: &Site<'_>, attempt: &Attempt, instance: &Instance) -> Result<Sent, Why> {
    let name = attempt.endpoint.as_deref().unwrap_or("token");
    let Some(url) = site.endpoint(name) else {
        return Err(Why::Unsupported { what: "endpoint", value: name.to_owned() });
    };
    let mut form: Vec<(String, String)> = Vec::new();
    let said = |name: &str| match &instance.recipe {
        Recipe::Assertion(recipe) => recipe.form.contains_key(name),
        _ => false,
    };
    let has = |name: &str| said(name) || attempt.form.iter().any(|(have, _)| have == name);
    if name == "token" {
        form.extend(site.request().into_iter().filter(|(name, _)| !has(name)));
    } else if !has("token") {
        // Revocation and introspection are about some token; an unknown one is no error.
        form.push(("token".to_owned(), "touchstone-unknown-token".to_owned()));
    }
    form.extend(attempt.form.clone());
    Ok(form_request(url, Vec::new(), &form))
}

pub(super) fn form_request(
    url: &str,
    mut headers: Vec<(String, String)>,
    form: &[(String, String)],
) -> Sent {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        let media_type = "application/x-www-form-urlencoded".to_owned();
        headers.push(("Content-Type".to_owned(), media_type));
    }
    Sent { method: "POST".to_owned(), url: url.to_owned(), headers, body: Some(body.into_bytes()) }
}

/// One after the other, each at its time after the first.
fn in_turn(site: &Site<'_>, sent: &[Sent], attempts: &[Attempt]) -> Vec<Result<Reply, NoReply>> {
    let mut passed = 0;
    let mut replies = Vec::new();
    for (sent, attempt) in sent.iter().zip(attempts) {
        let pause = u64::try_from(attempt.after.saturating_sub(passed)).unwrap_or(0);
        std::thread::sleep(Duration::from_secs(pause));
        passed = attempt.after.max(passed);
        replies.push(site.caller.send(sent));
    }
    replies
}

fn at_once(site: &Site<'_>, sent: &[Sent]) -> Vec<Result<Reply, NoReply>> {
    let barrier = Arc::new(Barrier::new(sent.len()));
    let lost = || Err(NoReply::Broken("the thread that asked is gone".to_owned()));
    std::thread::scope(|scope| {
        let threads: Vec<_> = sent
            .iter()
            .map(|sent| {
                let (agent, barrier) = (site.caller.agent(), Arc::clone(&barrier));
                scope.spawn(move || {
                    barrier.wait();
                    call(&agent, sent)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|_| lost())).collect()
    })
}

/// What an answer of an endpoint decides (RFC 6749 §5, RFC 7009 §2.2, RFC 7662 §2.2).
pub(super) fn read(reply: &Reply, endpoint: Option<&str>) -> Answer {
    let body = reply.json();
    let text = |name: &str| body.as_ref().and_then(|body| body.get(name)).and_then(Value::as_str);
    let is_token = matches!(endpoint, None | Some("token"));
    if is_token && text("access_token").is_some_and(|token| !token.is_empty()) {
        return Answer::accept(json!({"client_id": CLIENT, "status": reply.status}));
    }
    let msg = text("error_description").unwrap_or_default();
    match (reply.status, text("error")) {
        (200..300, _) if !is_token => {
            Answer::accept(json!({"client_id": CLIENT, "status": reply.status}))
        }
        (400..500, Some(error)) => Answer::reject(error, msg),
        (status, _) => Answer::error(format!("http-{status}"), "no OAuth error response"),
    }
}

pub(super) fn fault(why: &NoReply) -> Fault {
    let (kind, detail) = match why {
        NoReply::Timeout => (FaultKind::Hang, "no answer in time".to_owned()),
        NoReply::Broken(text) => (FaultKind::Crash, text.clone()),
    };
    Fault { kind, detail: report::printable(&detail, 500), stderr: String::new() }
}

pub(super) fn is_large(sent: &Sent) -> bool {
    sent.body.as_ref().is_some_and(|body| body.len() > 1 << 14)
}

/// How long a question may take because it is about time; what takes longer is asked of libraries.
const MOST_SECONDS: i64 = 5;
