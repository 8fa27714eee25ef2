//! What is known of a server before it is asked: `target.toml`, `--issuer`, or its ready line.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::error::RunError;

/// A server and how to become its client. The schema of `--server target.toml`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ServerTarget {
    /// Its name in reports.
    #[serde(default)]
    pub name: String,
    /// The issuer identifier; discovery is asked there.
    pub issuer: String,
    /// The profiles it is judged under, unless the caller names some.
    #[serde(default)]
    pub profiles: Vec<String>,
    /// What assertions name in `aud`: `issuer` (the default), `token_endpoint`, or a text as it is.
    pub audience: Option<String>,
    /// Members of the metadata, over what discovery says.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// Parameters of each token request besides the assertion; `grant_type` is
    /// `client_credentials` unless it is here.
    #[serde(default)]
    pub request: BTreeMap<String, String>,
    /// Dynamic client registration (RFC 7591).
    pub registration: Option<Registration>,
    /// The vendor's management API.
    pub management: Option<Management>,
    /// Clients that exist already.
    #[serde(default)]
    pub client: Vec<StaticClient>,
    /// An API whose access tokens are nested.
    pub api: Option<Api>,
    /// How gently it is asked.
    #[serde(default)]
    pub limits: Limits,
    /// A PEM file with the certificate of a server that no public authority vouches for.
    pub ca_file: Option<PathBuf>,
}

/// Dynamic client registration.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Registration {
    /// The environment variable with the initial access token.
    pub token_env: Option<String>,
    /// Members merged into each registration.
    pub metadata: Map<String, Value>,
}

/// The management API.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Management {
    /// Its URL, such as `https://tenant.example/api/v2/`.
    pub url: String,
    /// The environment variable with the access token.
    pub token_env: Option<String>,
    /// The access token itself, in the ready line of a server that we started.
    pub token: Option<String>,
}

/// A client that exists already.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct StaticClient {
    /// Its name.
    pub client_id: String,
    /// Its one algorithm.
    pub alg: String,
    /// The name of the test key whose public half it has.
    pub key: String,
    /// The key's name at the server; that of the test key if absent.
    pub kid: Option<String>,
}

/// An API whose access tokens are nested JWTs.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// Parameters of the token request that ask for it.
    #[serde(default)]
    pub request: BTreeMap<String, String>,
    /// The `aud` of its tokens.
    pub audience: String,
    /// The name of the test key that opens them.
    pub key: String,
    /// Their `alg`.
    pub alg: String,
    /// Their `enc`.
    pub enc: String,
    /// Their `kid`, where one is configured.
    pub kid: Option<String>,
}

/// How gently a server is asked.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Requests in a second; without limit if absent. 20 where the server is on another machine.
    pub rate_per_second: Option<f64>,
    /// How long one answer may take, in milliseconds.
    pub timeout_ms: u64,
    /// Failed requests in a row after which the server is left alone.
    pub most_failures: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rate_per_second: None, timeout_ms: 5000, most_failures: 8 }
    }
}

impl Limits {
    fn check(&self) -> Result<(), String> {
        if self.rate_per_second.is_some_and(|rate| !rate.is_normal() || rate < SLOWEST) {
            return Err(format!("[limits] rate_per_second is a number from {SLOWEST} on"));
        }
        if self.timeout_ms == 0 || self.most_failures == 0 {
            return Err("[limits] timeout_ms and most_failures are 1 at least".to_owned());
        }
        Ok(())
    }
}

impl ServerTarget {
    /// Reads `target.toml`.
    ///
    /// # Errors
    /// [`RunError::File`] and [`RunError::Manifest`] name the file, the line and the mistake.
    pub fn load(path: &Path) -> Result<Self, RunError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| RunError::File { path: path.to_owned(), source })?;
        let wrong = |message: String| RunError::Manifest { path: path.to_owned(), message };
        let mut target: Self = toml::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        if target.management.as_ref().is_some_and(|management| management.token.is_some()) {
            let text = "a token does not belong into a file: name a variable by `token_env`";
            return Err(wrong(text.to_owned()));
        }
        if target.name.is_empty() {
            target.name = path
                .file_stem()
                .map(|stem| stem.to_string_lossy().into_owned())
                .unwrap_or_default();
        }
        target.checked().map_err(wrong)
    }

    /// A server of which nothing but the issuer is known.
    ///
    /// # Errors
    /// [`RunError::Usage`] when it is no URL.
    pub fn at(issuer: &str) -> Result<Self, RunError> {
        let target = Self { issuer: issuer.to_owned(), ..Self::default() };
        target.checked().map_err(RunError::Usage)
    }

    /// What a server that we started says of itself.
    ///
    /// # Errors
    /// A text that says what is wrong with its line.
    pub fn ready(line: &str) -> Result<Self, String> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Ready {
            ready: ServerTarget,
        }
        let ready: Ready = serde_json::from_str(line)
            .map_err(|error| format!("its first line is no ready line: {error}"))?;
        ready.ready.checked()
    }

    fn checked(mut self) -> Result<Self, String> {
        let url = web_url("issuer", &self.issuer)?;
        if let Some(management) = &self.management {
            web_url("[management] url", &management.url)?;
        }
        self.limits.check()?;
        if self.name.is_empty() {
            self.name = url[url::Position::BeforeHost..url::Position::AfterPort].to_owned();
        }
        if !is_loopback(&url) && self.limits.rate_per_second.is_none() {
            self.limits.rate_per_second = Some(20.0);
        }
        Ok(self)
    }

    /// Whether it is on this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        url::Url::parse(&self.issuer).is_ok_and(|url| is_loopback(&url))
    }
}

/// The management API of a server that `cargo xtask serve` runs, if the issuer is that server: it
/// leaves the name of its token file in `serve.json`.
#[must_use]
pub fn local_management(root: &Path, issuer: &str) -> Option<Management> {
    let text = std::fs::read_to_string(root.join("target/touchstone/serve/serve.json")).ok()?;
    let state: Value = serde_json::from_str(&text).ok()?;
    let own = state.get("issuer")?.as_str()?;
    if own.trim_end_matches('/') != issuer.trim_end_matches('/') {
        return None;
    }
    let file = root.join(state.get("management_token_file")?.as_str()?);
    let token = std::fs::read_to_string(file).ok()?;
    let url = format!("{}/api/v2/", own.trim_end_matches('/'));
    Some(Management { url, token_env: None, token: Some(token.trim().to_owned()) })
}

fn web_url(what: &str, text: &str) -> Result<url::Url, String> {
    let url = url::Url::parse(text).map_err(|error| format!("{what} `{text}`: {error}"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
        return Err(format!("{what} `{text}` is no http or https URL"));
    }
    Ok(url)
}

/// Requests in a second: one in a thousand seconds.
const SLOWEST: f64 = 0.001;

fn is_loopback(url: &url::Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
