//! The program as a child, its management API, and forms.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reference::{Jwk, Policy};
use serde_json::{Value, json};

pub(crate) const API: &str = "https://api.example/";

/// The program, ready; it is killed when this is dropped.
pub(crate) struct Program {
    pub(crate) child: Child,
    pub(crate) issuer: String,
    token: String,
}

/// What the server said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
}

impl Program {
    /// Starts with these arguments besides the folder; `port` 0 is any.
    pub(crate) fn start(data: &Path, port: u16, arguments: &[&str]) -> Self {
        let mut child = command()
            .args(["--ready-line", "--port", &port.to_string(), "--data"])
            .arg(data)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        let text = |pointer: &str| ready.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        let (issuer, token) = (text("/ready/issuer"), text("/ready/management/token"));
        Self { child, issuer, token }
    }

    pub(crate) fn port(&self) -> u16 {
        self.issuer.trim_end_matches('/').rsplit(':').next().unwrap().parse().unwrap()
    }

    /// Ends it as its parent does, and returns what it wrote to stderr.
    pub(crate) fn end(mut self) -> String {
        drop(self.child.stdin.take());
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(self.child.wait().unwrap().code(), Some(0), "{text}");
        text
    }

    /// POSTs JSON to the management API.
    #[track_caller]
    pub(crate) fn create(&self, path: &str, body: &Value) -> Value {
        let mut response = agent()
            .post(format!("{}api/v2/{path}", self.issuer))
            .header("authorization", format!("Bearer {}", self.token))
            .send_json(body)
            .unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        assert_eq!(response.status().as_u16(), 201, "{text}");
        serde_json::from_str(&text).unwrap()
    }

    /// The API of the tests.
    pub(crate) fn create_api(&self) {
        self.create("resource-servers", &json!({ "name": "api", "identifier": API }));
    }

    /// A client with the test key `rsa-2048-a`; its id.
    pub(crate) fn create_client_with_key(&self) -> String {
        let credential =
            json!({ "credential_type": "public_key", "pem": key("rsa-2048-a", "public", "pem") });
        let made = self.create(
            "clients",
            &json!({
                "name": "a", "app_type": "non_interactive",
                "grant_types": ["client_credentials"],
                "client_authentication_methods":
                    { "private_key_jwt": { "credentials": [credential] } },
            }),
        );
        made["client_id"].as_str().unwrap().to_owned()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program without arguments.
pub(crate) fn command() -> Command {
    Command::new(env!("CARGO_BIN_EXE_touchstone-serve"))
}

/// Runs the program to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    command().args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// The lines of the audit log in a folder.
pub(crate) fn audit(data: &Path) -> Vec<Value> {
    let output = run(&["audit", "--data", data.to_str().unwrap()]);
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A client of HTTP that takes every status for an answer.
pub(crate) fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(Duration::from_secs(30)))
        .build()
        .into()
}

/// POSTs a form; none if no answer came.
pub(crate) fn post(agent: &ureq::Agent, url: &str, pairs: &[(&str, &str)]) -> Option<Answer> {
    let mut response = agent.post(url).send_form(pairs.iter().copied()).ok()?;
    let status = response.status().as_u16();
    Some(Answer { status, text: response.body_mut().read_to_string().ok()? })
}

/// A test key of vectors/keys.
pub(crate) fn key(name: &str, half: &str, form: &str) -> String {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../vectors/keys/{name}.json"));
    let key: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    key[half][form].as_str().unwrap().to_owned()
}

pub(crate) fn private_key(name: &str) -> Jwk {
    Jwk::parse(&key(name, "private", "jwk"), &Policy::default()).unwrap()
}

/// The time of the program, in NumericDate seconds.
#[expect(clippy::disallowed_methods, reason = "the program under test reads the same clock")]
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}
