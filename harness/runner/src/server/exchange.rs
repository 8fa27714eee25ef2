//! Exchanges: requests one after the other, each filled in from the answers before.

use std::collections::BTreeMap;
use std::time::Duration;

use forge::{Setting, Want};
use protocol::Answer;
use serde_json::{Value, json};
use suite::AnswerShape;
use suite::case::Instance;
use suite::oauth::{Assertion, Exchange, Step};

use super::ask::{Asked, CLIENT, fault, form_request, is_large};
use super::http::{NoReply, Reply, Sent, shown};
use super::shape;
use super::site::{Registered, Site, Why, bearer};
use super::target::Api;
use crate::outcome::{Event, Outcome};

/// Sends the steps of an instance, with its mutation or without.
pub(super) fn exchange(
    site: &Site<'_>,
    instance: &Instance,
    is_mutated: bool,
    shape: &AnswerShape,
) -> Result<Asked, String> {
    let recipe = site.forge.exchange(instance, is_mutated).map_err(|error| error.to_string())?;
    let want = Want::Authenticated { client_id: CLIENT.to_owned(), attempts: 1 };
    if let Some(lacking) = recipe.needs.iter().find(|need| !offers(site, need)) {
        let why = Why::Unsupported { what: "endpoint", value: lacking.clone() };
        return Ok(Asked::without(why, want));
    }
    let client = match client(site, &recipe) {
        Ok(client) => client,
        Err(why) => return Ok(Asked::without(why, want)),
    };
    let api = match recipe.api.as_ref().map(|api| site.api_for(api)).transpose() {
        Ok(Some(api)) => Some(api),
        Ok(None) => site.api.clone().filter(|_| recipe.needs.iter().any(|need| need == "nested")),
        Err(why) => return Ok(Asked::without(why, want)),
    };
    let setting = site.setting(&client);
    let recipe_key = recipe.client.first().cloned();
    let mut talk =
        Talk { site, setting, recipe_key, api, answers: BTreeMap::new(), tokens: Vec::new() };
    let mut exchanges = Vec::new();
    let count = recipe.steps.len();
    for (index, step) in recipe.steps.iter().enumerate() {
        if let Some(seconds) = step.wait {
            std::thread::sleep(Duration::from_secs(u64::from(seconds)));
        }
        let sent = match talk.request(step) {
            Ok(sent) => sent,
            Err(Unsent::Why(why)) => return Ok(Asked::without(why, want)),
            Err(Unsent::Mistake(text)) => return Err(format!("step {}: {text}", index + 1)),
        };
        let reply = site.caller.send(&sent);
        exchanges.push(shown(&sent, &reply));
        let is_last = index + 1 == count;
        let answer = match &reply {
            Ok(reply) => read(step, reply),
            Err(NoReply::Broken(text)) if is_large(&sent) => {
                Answer::error("connection-closed", text.clone())
            }
            Err(why) => {
                let outcome = Outcome { event: Event::Fault(fault(why)), micros: 0 };
                return Ok(Asked { outcome, want, exchanges, misshapen: None });
            }
        };
        let mut misshapen = None;
        if let Ok(reply) = &reply {
            if is_last {
                misshapen = talk.misshapen(shape, reply);
            }
            talk.remember(step, &sent, reply);
        }
        if is_last || !matches!(answer, Answer::Accept(_)) {
            let micros = reply.map_or(0, |reply| reply.micros);
            return Ok(finish(&answer, index, count, want, exchanges, micros, misshapen));
        }
    }
    Err("an exchange has steps".to_owned())
}

/// The outcome after the step with this index, which is the last one or failed.
fn finish(
    answer: &Answer,
    index: usize,
    count: usize,
    want: Want,
    exchanges: Vec<Value>,
    micros: u64,
    misshapen: Option<String>,
) -> Asked {
    if index + 1 == count {
        let results = json!({"results": [answer.to_value()]});
        let event = Event::Answer(Answer::accept(results));
        return Asked { outcome: Outcome { event, micros }, want, exchanges, misshapen };
    }
    // What leads to the question failed: two attempts of which the first was refused say just that.
    let msg = answer.to_value().to_string();
    let refused = json!({"reject": {"kind": format!("step-{}", index + 1), "msg": msg}});
    let event = Event::Answer(Answer::accept(json!({"results": [refused, refused]})));
    let want = match want {
        Want::Authenticated { client_id, .. } => Want::Authenticated { client_id, attempts: 2 },
        other => other,
    };
    Asked { outcome: Outcome { event, micros }, want, exchanges, misshapen: None }
}

fn offers(site: &Site<'_>, need: &str) -> bool {
    match need {
        "management" => site.management.is_some(),
        "registration" => site.endpoint("registration").is_some(),
        "nested" => site.api.is_some(),
        other => site.endpoint(other).is_some(),
    }
}

fn client(site: &Site<'_>, recipe: &Exchange) -> Result<Registered, Why> {
    if recipe.client.is_empty() {
        return Ok(Registered { client_id: "touchstone-nobody".to_owned(), kids: Vec::new() });
    }
    let spec = site
        .forge
        .client(&recipe.client, "RS256")
        .map_err(|error| Why::Unsupported { what: "client", value: error.to_string() })?;
    let changes_it = recipe.steps.iter().any(|step| {
        step.request.contains("management:clients/@{client}") && !step.request.starts_with("GET")
    });
    if changes_it { site.make_client(&spec) } else { site.client(&spec) }
}

/// Why a step is not sent.
enum Unsent {
    Why(Why),
    Mistake(String),
}

impl From<forge::ForgeError> for Unsent {
    fn from(error: forge::ForgeError) -> Self {
        Self::Mistake(error.to_string())
    }
}

/// One exchange under way.
struct Talk<'a> {
    site: &'a Site<'a>,
    setting: Setting,
    /// The key of the client's first credential.
    recipe_key: Option<String>,
    api: Option<Api>,
    answers: BTreeMap<String, Value>,
    /// The access tokens of all steps but the last.
    tokens: Vec<String>,
}

impl Talk<'_> {
    fn request(&mut self, step: &Step) -> Result<Sent, Unsent> {
        self.setting.nonce = self.site.nonce();
        self.setting.now = self.site.caller.now();
        let Some((method, place)) = step.request.split_once(' ') else {
            return Err(Unsent::Mistake("a request is a method and a place".to_owned()));
        };
        let is_management = place.starts_with("management:");
        let url = self.url(place)?;
        let mut headers = Vec::new();
        for (name, value) in &step.headers {
            headers.push((name.clone(), self.text(value)?));
        }
        match step.bearer.as_deref() {
            Some("nobody") => {}
            Some("management") => headers.extend(self.management_token()?),
            None if is_management => headers.extend(self.management_token()?),
            None => {}
            Some(text) => headers.extend(bearer(&self.text(text)?)),
        }
        let body = if let Some(value) = &step.json {
            let lookup = |name: &str| self.lookup(name);
            let value = self.site.forge.filled(value, &self.setting, &lookup)?;
            content_type(&mut headers, "application/json");
            Some(value.to_string().into_bytes())
        } else if let Some(form) = &step.form {
            let mut filled = Vec::new();
            for (name, value) in form {
                filled.push((self.text(name)?, self.text(value)?));
            }
            return Ok(Sent { method: method.to_owned(), ..form_request(&url, headers, &filled) });
        } else if let Some(recipe) = &step.assertion {
            let mut recipe = recipe.clone();
            if let Some(client) = &recipe.client {
                recipe.client = Some(self.text(client)?);
            }
            if let Some(secret) = &recipe.secret {
                recipe.secret = Some(self.text(secret)?);
            }
            let presented = self.site.forge.assertion(&recipe, &self.setting)?;
            let mut form = Vec::new();
            if place == "token" {
                let mut request = self.site.request();
                request.extend(self.api.iter().flat_map(|api| api.request.clone()));
                form.extend(request);
            }
            for attempt in &presented.attempts {
                for (name, value) in &attempt.form {
                    let value = self.text(value)?;
                    form.retain(|(have, _)| have != name);
                    // RFC 6749 §3.2: a parameter without a value is one that is left out.
                    if !value.is_empty() {
                        form.push((name.clone(), value));
                    }
                }
            }
            return Ok(Sent { method: method.to_owned(), ..form_request(&url, headers, &form) });
        } else {
            match &step.body {
                Some(text) => Some(self.text(text)?.into_bytes()),
                None => None,
            }
        };
        Ok(Sent { method: method.to_owned(), url, headers, body })
    }

    fn url(&self, place: &str) -> Result<String, Unsent> {
        let base = self.site.issuer.trim_end_matches('/');
        let unsupported = |value: &str| {
            Unsent::Why(Why::Unsupported { what: "endpoint", value: value.to_owned() })
        };
        if let Some(path) = place.strip_prefix("management:") {
            let Some((url, _)) = &self.site.management else {
                return Err(unsupported("management"));
            };
            return Ok(format!("{url}{}", self.text(path)?));
        }
        match place {
            "metadata" => Ok(format!("{base}/.well-known/openid-configuration")),
            "oauth-metadata" => Ok(format!("{base}/.well-known/oauth-authorization-server")),
            "jwks" => match self.site.metadata.get("jwks_uri").and_then(Value::as_str) {
                Some(url) => Ok(url.to_owned()),
                None => Err(unsupported("jwks_uri")),
            },
            name if name.starts_with('/') => Ok(format!("{base}{}", self.text(name)?)),
            name if name.contains("://") || name.starts_with("@{") => self.text(name),
            name => match self.site.endpoint(name) {
                Some(url) => Ok(url.to_owned()),
                None => Err(unsupported(name)),
            },
        }
    }

    fn management_token(&self) -> Result<Vec<(String, String)>, Unsent> {
        match &self.site.management {
            Some((_, token)) => Ok(bearer(token)),
            None => {
                let value = "management".to_owned();
                Err(Unsent::Why(Why::Unsupported { what: "endpoint", value }))
            }
        }
    }

    fn text(&self, text: &str) -> Result<String, Unsent> {
        let lookup = |name: &str| self.lookup(name);
        Ok(self.site.forge.filled_text(text, &self.setting, &lookup)?)
    }

    /// Values of earlier answers, and of the server's API.
    fn lookup(&self, name: &str) -> Option<String> {
        let api = self.api.as_ref().or(self.site.api.as_ref());
        match name {
            "api" => return api.map(|api| api.audience.clone()),
            "assertion" => return self.assertion(),
            "unique" => return Some(self.setting.nonce.clone()),
            "management_audience" => {
                return self.site.management.as_ref().map(|(url, _)| url.clone());
            }
            _ => {}
        }
        let (step, pointer) = name.split_once('/')?;
        match self.answers.get(step)?.pointer(&format!("/{pointer}"))? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// A fresh assertion of the client's first credential.
    fn assertion(&self) -> Option<String> {
        let key = self.recipe_key.clone()?;
        let recipe: Assertion = serde_json::from_value(json!({"sig": "RS256", "key": key})).ok()?;
        let setting = Setting { nonce: self.site.nonce(), ..self.setting.clone() };
        let presented = self.site.forge.assertion(&recipe, &setting).ok()?;
        let attempt = presented.attempts.into_iter().next()?;
        attempt.form.into_iter().find(|(name, _)| name == "client_assertion").map(|(_, text)| text)
    }

    fn misshapen(&self, shape: &AnswerShape, reply: &Reply) -> Option<String> {
        let fill = |text: &str| {
            let lookup = |name: &str| self.lookup(name);
            let filled = self.site.forge.filled_text(text, &self.setting, &lookup);
            filled.map_err(|error| error.to_string())
        };
        let api = self.api.as_ref().or(self.site.api.as_ref());
        shape::check(self.site, api, shape, reply, &fill, &self.tokens).err()
    }

    fn remember(&mut self, step: &Step, sent: &Sent, reply: &Reply) {
        let body = reply.json().unwrap_or_default();
        if sent.method == "POST" && (200..300).contains(&reply.status) {
            // What an exchange makes at the management API is deleted in the end.
            if step.request == "POST management:clients"
                && let Some(id) = body.get("client_id").and_then(Value::as_str)
            {
                self.site.discard(&format!("clients/{id}"));
            }
            if step.request == "POST management:resource-servers"
                && let Some(id) = body.get("id").and_then(Value::as_str)
            {
                self.site.discard(&format!("resource-servers/{id}"));
            }
        }
        if let Some(token) = body.get("access_token").and_then(Value::as_str) {
            self.tokens.push(token.to_owned());
        }
        if let Some(name) = &step.name {
            self.answers.insert(name.clone(), body);
        }
    }
}

/// Fields that the step states stand in place of those that would be sent.
fn content_type(headers: &mut Vec<(String, String)>, value: &str) {
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("Content-Type".to_owned(), value.to_owned()));
    }
}

/// What an answer decides: success, an error response as the documents shape it, or something else.
fn read(step: &Step, reply: &Reply) -> Answer {
    let is_success = if step.status.is_empty() {
        (200..300).contains(&reply.status)
    } else {
        step.status.contains(&reply.status)
    };
    if is_success {
        return Answer::accept(json!({"client_id": CLIENT, "status": reply.status}));
    }
    let body = reply.json();
    let text = |name: &str| body.as_ref().and_then(|body| body.get(name)).and_then(Value::as_str);
    let kind = text("errorCode").or_else(|| text("error"));
    match (reply.status, kind) {
        (400..500, Some(kind)) => {
            let msg = text("error_description").or_else(|| text("message")).unwrap_or_default();
            Answer::reject(kind, msg)
        }
        // What RFC 9110 says of methods and media types needs no body.
        (status @ (404 | 405 | 406 | 411 | 413 | 414 | 415 | 431), None) => {
            Answer::reject(format!("http-{status}"), "")
        }
        (status, _) => Answer::error(format!("http-{status}"), "no error response"),
    }
}
