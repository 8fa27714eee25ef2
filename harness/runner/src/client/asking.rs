//! One group of questions asked: an endpoint, a key file, and the command between them.

use std::fs;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use forge::Sent;
use protocol::Answer;
use suite::Suites;
use tempfile::TempDir;

use super::ClientSpec;
use super::command::{Ended, Watch, run};
use super::endpoint::Endpoint;
use super::questions::{Group, Told};
use super::tls::Tls;
use crate::clock::Stopwatch;
use crate::outcome::{Event, Fault, FaultKind};

/// What came of a group.
#[derive(Debug)]
pub(super) struct Asked {
    /// What came in place of the requests that were asked for; `None` where they came.
    pub(super) event: Option<Event>,
    /// The token requests.
    pub(super) sent: Vec<Sent>,
    /// The names of the server: its issuer identifier, its token endpoint.
    pub(super) audience: Vec<String>,
    /// How the command ended, where it did not end well.
    pub(super) ended: Option<String>,
    /// How long it took, in microseconds.
    pub(super) micros: u64,
}

impl Asked {
    /// Nothing was sent that can be judged.
    pub(super) fn failed(event: Event) -> Self {
        Self { event: Some(event), sent: Vec::new(), audience: Vec::new(), ended: None, micros: 0 }
    }
}

/// Asks a group. A fault is repeated once: the same kind again stands, anything else is flaky.
///
/// # Errors
/// Says what of ours failed: no port, no certificate, no temporary folder, no such key.
pub(super) fn ask(
    suites: &Suites,
    group: &Group,
    target: &ClientSpec,
    stop: &AtomicBool,
) -> Result<Asked, String> {
    if group.told.is_untrusted && !target.https {
        let answer =
            Answer::Unsupported { what: "transport".to_owned(), value: "https".to_owned() };
        return Ok(Asked::failed(Event::Answer(answer)));
    }
    let first = once(suites, &group.told, target, stop)?;
    let Some(Event::Fault(fault)) = &first.event else { return Ok(first) };
    let mut second = once(suites, &group.told, target, stop)?;
    match &second.event {
        Some(Event::Fault(again)) if again.kind == fault.kind => Ok(second),
        None => {
            let texts: Vec<String> = second.sent.iter().map(Sent::assertion).collect();
            let body = [("assertions".to_owned(), texts.into())].into_iter().collect();
            second.event = Some(Event::Flaky(fault.clone(), Box::new(Answer::Accept(body))));
            Ok(second)
        }
        Some(_) => Ok(first),
    }
}

fn once(
    suites: &Suites,
    told: &Told,
    target: &ClientSpec,
    stop: &AtomicBool,
) -> Result<Asked, String> {
    let stage = Stage::set(suites, told, target.https)?;
    let endpoint = &stage.endpoint;
    let deadline = if told.is_untrusted { target.deadline.min(UNTRUSTED) } else { target.deadline };
    let watch = Watch {
        deadline,
        is_done: &|| !told.is_untrusted && endpoint.count() >= told.count,
        is_too_much: &|| endpoint.excess().is_some(),
        stop,
    };
    let command = stage.facts.command(&target.command);
    let clock = Stopwatch::start();
    let ran = run(&command, target.folder.as_deref(), &stage.facts.0, &watch);
    let micros = clock.micros();
    let audience = vec![endpoint.issuer.clone(), endpoint.token_endpoint.clone()];
    let excess = endpoint.excess();
    let sent = stage.endpoint.close();
    let (event, ended) = match ran {
        Err(text) => (Some(crash(text, String::new())), None),
        Ok((ended, said)) => {
            let how = ended.to_text(deadline);
            let event = judged(told, sent.len(), excess, &ended, &how, &said);
            (event, (ended.code() != Some(0)).then(|| format!("{how}\n{said}")))
        }
    };
    Ok(Asked { event, sent, audience, ended, micros })
}

/// What stands ready before a command is started.
struct Stage {
    endpoint: Endpoint,
    facts: Facts,
    /// Holds the files that the command reads.
    _folder: TempDir,
}

impl Stage {
    fn set(suites: &Suites, told: &Told, https: bool) -> Result<Self, String> {
        let folder =
            tempfile::tempdir().map_err(|error| format!("no temporary folder: {error}"))?;
        let tls = if https { Some(Tls::make()?) } else { None };
        let most = told.count.saturating_mul(2).saturating_add(50);
        let endpoint = Endpoint::open(most, tls.as_ref().map(|tls| tls.server.clone()))
            .map_err(|error| format!("no port to listen on: {error}"))?;
        let key = suites.keys.named(&told.key).and_then(|key| key.private.pem.as_deref());
        let key = key.ok_or_else(|| format!("the key {} has no PEM", told.key))?;
        let unwritable = |error| format!("{}: {error}", folder.path().display());
        let key_file = folder.path().join("client.pem");
        fs::write(&key_file, key).map_err(unwritable)?;
        let mut ca_file = None;
        if let Some(tls) = tls.filter(|_| !told.is_untrusted) {
            let file = folder.path().join("authority.pem");
            fs::write(&file, tls.authority).map_err(unwritable)?;
            ca_file = Some(file);
        }
        let facts = Facts::new(told, &endpoint, &key_file, ca_file.as_deref());
        Ok(Self { endpoint, facts, _folder: folder })
    }
}

/// What an end means; `None` where the requests can be judged.
fn judged(
    told: &Told,
    came: usize,
    excess: Option<String>,
    ended: &Ended,
    how: &str,
    said: &str,
) -> Option<Event> {
    let fault = |kind: FaultKind, detail: String| {
        Some(Event::Fault(Fault { kind, detail, stderr: said.to_owned() }))
    };
    if let Some(excess) = excess {
        return fault(FaultKind::Protocol, excess);
    }
    if told.is_untrusted {
        return None;
    }
    let detail = format!("{came} of {} token requests came: {how}", told.count);
    match ended {
        _ if came >= told.count => None,
        Ended::Itself(status) if came == 0 && status.code() == Some(UNSUPPORTED) => {
            let kid = if told.kid.is_some() { "with" } else { "without" };
            let value = format!("{} {kid} a kid", told.alg);
            Some(Event::Answer(Answer::Unsupported { what: "client".to_owned(), value }))
        }
        Ended::Itself(_) => fault(FaultKind::Crash, detail),
        Ended::Deadline | Ended::Lingering => fault(FaultKind::Hang, detail),
        Ended::Stopped => Some(Event::NotAsked),
    }
}

fn crash(detail: String, stderr: String) -> Event {
    Event::Fault(Fault { kind: FaultKind::Crash, detail, stderr })
}

/// What a command is told: the variables of its environment, of which `None` ones are taken out.
struct Facts(Vec<(&'static str, Option<String>)>);

impl Facts {
    fn new(told: &Told, endpoint: &Endpoint, key_file: &Path, ca_file: Option<&Path>) -> Self {
        let text = |path: &Path| path.display().to_string();
        let ca_file = ca_file.map(text);
        let mut all = vec![
            ("TOUCHSTONE_ISSUER", Some(endpoint.issuer.clone())),
            ("TOUCHSTONE_TOKEN_ENDPOINT", Some(endpoint.token_endpoint.clone())),
            ("TOUCHSTONE_CLIENT_ID", Some(forge::Setting::default().client_id)),
            ("TOUCHSTONE_KEY_FILE", Some(text(key_file))),
            ("TOUCHSTONE_ALG", Some(told.alg.clone())),
            ("TOUCHSTONE_KID", told.kid.clone()),
            ("TOUCHSTONE_COUNT", Some(told.count.to_string())),
            // A proxy of the environment is not asked for the loopback.
            ("NO_PROXY", Some("127.0.0.1,localhost".to_owned())),
            ("no_proxy", Some("127.0.0.1,localhost".to_owned())),
        ];
        for name in
            ["TOUCHSTONE_CA_FILE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"]
        {
            all.push((name, ca_file.clone()));
        }
        Self(all)
    }

    /// The words with their placeholders filled in.
    fn command(&self, words: &[String]) -> Vec<String> {
        let fill = |word: &String| {
            PLACEHOLDERS.iter().fold(word.clone(), |word, (placeholder, name)| {
                let fact = self.0.iter().find(|(have, _)| have == name);
                let value = fact.and_then(|(_, value)| value.as_deref());
                word.replace(placeholder, value.unwrap_or_default())
            })
        };
        words.iter().map(fill).collect()
    }
}

const PLACEHOLDERS: [(&str, &str); 7] = [
    ("{issuer}", "TOUCHSTONE_ISSUER"),
    ("{token_endpoint}", "TOUCHSTONE_TOKEN_ENDPOINT"),
    ("{client_id}", "TOUCHSTONE_CLIENT_ID"),
    ("{key_file}", "TOUCHSTONE_KEY_FILE"),
    ("{alg}", "TOUCHSTONE_ALG"),
    ("{kid}", "TOUCHSTONE_KID"),
    ("{count}", "TOUCHSTONE_COUNT"),
];

/// The exit code by which a command says that it cannot do what it is told.
pub(super) const UNSUPPORTED: i32 = 3;
/// How long a command may try to reach a server that it does not trust.
const UNTRUSTED: Duration = Duration::from_secs(20);
