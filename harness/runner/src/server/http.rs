//! The HTTP client: one request at a time, never faster than allowed, given up when it keeps failing.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use report::printable;
use serde_json::{Map, Value, json};
use ureq::http::{Method, Request};
use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::secrets::{NAMES, Secrets};
use super::target::Limits;
use crate::clock::{self, Stopwatch};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sent {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Option<Vec<u8>>,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reply {
    pub status: u16,
    /// Names in lower case; several of one name are joined by commas.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    pub micros: u64,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoReply {
    /// The deadline passed.
    Timeout,
    /// No connection, or a broken one; or what came is not HTTP.
    Broken(String),
}

/// Sends requests.
pub(super) struct Caller {
    /// What records must not show.
    pub secrets: Secrets,
    agent: ureq::Agent,
    limits: Limits,
    last: Cell<Option<Stopwatch>>,
    failures: Cell<u32>,
    /// Seconds that the server's clock is ahead of ours.
    offset: Cell<i64>,
    gave_up: RefCell<Option<String>>,
}

impl Caller {
    pub(super) fn new(limits: &Limits, ca_file: Option<&Path>) -> Result<Self, String> {
        let mut tls = TlsConfig::builder();
        if let Some(path) = ca_file {
            let text =
                std::fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
            let certificate = Certificate::from_pem(&text)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            tls = tls.root_certs(RootCerts::new_with_certs(&[certificate]));
        }
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_millis(limits.timeout_ms)))
            .user_agent(concat!("touchstone/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls.build())
            .build()
            .new_agent();
        Ok(Self {
            secrets: Secrets::default(),
            agent,
            limits: limits.clone(),
            last: Cell::new(None),
            failures: Cell::new(0),
            offset: Cell::new(0),
            gave_up: RefCell::new(None),
        })
    }

    /// The server's time in NumericDate seconds, as far as its `Date` tells.
    pub(super) fn now(&self) -> i64 {
        clock::now().saturating_add(self.offset.get())
    }

    /// Why the server is left alone, if it is.
    pub(super) fn gave_up(&self) -> Option<String> {
        self.gave_up.borrow().clone()
    }

    /// Sends a request. One that the server asks to be sent later is sent again a few times.
    pub(super) fn send(&self, sent: &Sent) -> Result<Reply, NoReply> {
        let mut outcome = self.once(sent);
        for _ in 0..MOST_RETRIES {
            let Ok(Reply { status: 429, headers, .. }) = &outcome else { break };
            let seconds = headers.get("retry-after").and_then(|text| text.parse::<u64>().ok());
            std::thread::sleep(Duration::from_secs(seconds.unwrap_or(1).min(LONGEST_WAIT)));
            outcome = self.once(sent);
        }
        match &outcome {
            Ok(reply) if reply.status != 429 => self.failures.set(0),
            other => {
                self.failures.set(self.failures.get().saturating_add(1));
                if self.failures.get() >= self.limits.most_failures {
                    let why = match other {
                        Ok(_) => "429 Too Many Requests".to_owned(),
                        Err(NoReply::Timeout) => "no answer in time".to_owned(),
                        Err(NoReply::Broken(text)) => text.clone(),
                    };
                    let text = format!("{} requests in a row failed: {why}", self.failures.get());
                    self.gave_up.borrow_mut().get_or_insert(text);
                }
            }
        }
        outcome
    }

    /// For threads that send at once: neither paced nor counted.
    pub(super) fn agent(&self) -> ureq::Agent {
        self.agent.clone()
    }

    fn once(&self, sent: &Sent) -> Result<Reply, NoReply> {
        if let (Some(rate), Some(last)) = (self.limits.rate_per_second, self.last.get()) {
            let pause = Duration::from_secs_f64(1.0 / rate);
            std::thread::sleep(pause.saturating_sub(last.elapsed()));
        }
        self.last.set(Some(Stopwatch::start()));
        let reply = call(&self.agent, sent)?;
        self.secrets.learn(&reply.body);
        if let Some(date) = reply.headers.get("date").and_then(|text| http_date(text)) {
            let offset = date.saturating_sub(clock::now());
            // `Date` has whole seconds, and the answer was under way.
            self.offset.set(if offset.abs() <= 2 { 0 } else { offset });
        }
        Ok(reply)
    }
}

/// The text at a URL.
///
/// # Errors
/// Why it cannot be had.
pub fn fetch(url: &str, ca_file: Option<&Path>) -> Result<String, String> {
    let caller = Caller::new(&Limits::default(), ca_file)?;
    let sent =
        Sent { method: "GET".to_owned(), url: url.to_owned(), headers: Vec::new(), body: None };
    match caller.send(&sent) {
        Ok(reply) if reply.status == 200 => {
            String::from_utf8(reply.body).map_err(|_| "no UTF-8".to_owned())
        }
        Ok(reply) => Err(format!("status {}", reply.status)),
        Err(NoReply::Timeout) => Err("no answer in time".to_owned()),
        Err(NoReply::Broken(text)) => Err(text),
    }
}

/// Sends a request by an agent.
pub(super) fn call(agent: &ureq::Agent, sent: &Sent) -> Result<Reply, NoReply> {
    let broken = |error: &dyn std::fmt::Display| NoReply::Broken(error.to_string());
    let method = Method::from_bytes(sent.method.as_bytes()).map_err(|error| broken(&error))?;
    let mut request = Request::builder().method(method).uri(&sent.url);
    for (name, value) in &sent.headers {
        request = request.header(name, value);
    }
    let watch = Stopwatch::start();
    let result = match &sent.body {
        Some(body) => {
            let request = request.body(body.clone()).map_err(|error| broken(&error))?;
            let request = agent.configure_request(request).allow_non_standard_methods(true).build();
            agent.run(request)
        }
        None => agent.run(request.body(()).map_err(|error| broken(&error))?),
    };
    let mut reply = result.map_err(|error| no_reply(&error))?;
    let mut body = Vec::new();
    reply.body_mut().as_reader().take(LONGEST_BODY).read_to_end(&mut body).map_err(|error| {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<ureq::Error>());
        match (error.kind(), inner) {
            (_, Some(inner)) => no_reply(inner),
            (std::io::ErrorKind::TimedOut, None) => NoReply::Timeout,
            (_, None) => broken(&error),
        }
    })?;
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in reply.headers() {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        headers
            .entry(name.as_str().to_owned())
            .and_modify(|have| *have = format!("{have}, {value}"))
            .or_insert(value);
    }
    Ok(Reply { status: reply.status().as_u16(), headers, body, micros: watch.micros() })
}

fn no_reply(error: &ureq::Error) -> NoReply {
    match error {
        ureq::Error::Timeout(_) => NoReply::Timeout,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => NoReply::Timeout,
        other => NoReply::Broken(other.to_string()),
    }
}

impl Reply {
    /// The body as JSON.
    pub(super) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// The media type without its parameters, in lower case.
    pub(super) fn media_type(&self) -> String {
        let text = self.headers.get("content-type").map(String::as_str).unwrap_or_default();
        text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    fn shown(&self) -> Value {
        let body = match self.json() {
            Some(value) => hidden(value),
            None => printable(&String::from_utf8_lossy(&self.body), 2000).into(),
        };
        let kept = ["content-type", "cache-control", "www-authenticate", "location", "allow"];
        let headers: Map<String, Value> = self
            .headers
            .iter()
            .filter(|(name, _)| kept.contains(&name.as_str()))
            .map(|(name, value)| (name.clone(), printable(value, 500).into()))
            .collect();
        json!({"status": self.status, "headers": headers, "body": body})
    }
}

/// A request and its answer as a record keeps them: without secrets.
pub(super) fn shown(sent: &Sent, reply: &Result<Reply, NoReply>) -> Value {
    let headers: Map<String, Value> = sent
        .headers
        .iter()
        .map(|(name, value)| {
            let is_secret = name.eq_ignore_ascii_case("authorization");
            let value = if is_secret { "…".to_owned() } else { printable(value, 500) };
            (name.clone(), value.into())
        })
        .collect();
    let body = sent.body.as_deref().map(|body| match serde_json::from_slice::<Value>(body) {
        Ok(value @ (Value::Object(_) | Value::Array(_))) => hidden(value),
        _ => printable(&String::from_utf8_lossy(body), 4000).into(),
    });
    let reply = match reply {
        Ok(reply) => reply.shown(),
        Err(NoReply::Timeout) => json!({"fault": "no answer in time"}),
        Err(NoReply::Broken(text)) => json!({"fault": printable(text, 500)}),
    };
    json!({
        "request": {"method": sent.method, "url": sent.url, "headers": headers, "body": body},
        "response": reply,
    })
}

/// Secrets of answers do not belong into a report.
fn hidden(mut value: Value) -> Value {
    match &mut value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                let is_secret = NAMES.contains(&name.as_str());
                *member = match member.take() {
                    Value::String(text) if is_secret => {
                        format!("… ({} characters)", text.chars().count()).into()
                    }
                    other => hidden(other),
                };
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| *item = hidden(item.take())),
        _ => {}
    }
    value
}

/// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7) in NumericDate seconds.
fn http_date(text: &str) -> Option<i64> {
    let parsed = jiff::fmt::rfc2822::parse(text).ok()?;
    Some(parsed.timestamp().as_second())
}

const LONGEST_BODY: u64 = 1 << 20;
const MOST_RETRIES: u32 = 3;
/// Seconds.
const LONGEST_WAIT: u64 = 5;
