//! The targets of a run: as they were asked for, and as they are reached.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use report::{Baseline, Record, TargetSummary};
use runner::adapter::{Adapter, Kind};
use runner::child::Launch;
use runner::client::ClientSpec;
use runner::conduct::TargetSpec;
use runner::plan::{Selection, profiles};
use runner::produce::Opener;
use runner::server::{self, Management, ServerSpec, ServerTarget, local_management};
use runner::{RunError, exit};
use suite::Suites;

use super::{Arguments, words};

/// A target as it was asked for.
pub(super) enum Wanted {
    Adapter(Box<Adapter>),
    Command(Vec<String>),
    Server(Box<ServerTarget>),
    /// An assertion builder.
    Client(Vec<String>),
}

/// A target that is ready to be asked.
pub(super) enum Spec {
    Library(TargetSpec),
    Server(Box<Server>),
    Client(Box<ClientSpec>),
}

/// A server, and the command that starts it if it is one of ours.
pub(super) struct Server {
    spec: ServerSpec,
    command: Option<Vec<String>>,
    /// The profiles that the caller named.
    named: Vec<String>,
    timeout_ms: u64,
}

/// Every target that the command line names.
pub(super) fn targets(arguments: &Arguments, root: &Path) -> Result<Vec<Wanted>, RunError> {
    let mut wanted = Vec::new();
    let mut seen = BTreeSet::new();
    for name in arguments.target.iter().filter(|name| seen.insert(name.as_str())) {
        wanted.push(Wanted::Adapter(Box::new(Adapter::named(root, name)?)));
    }
    if let Some(text) = &arguments.command {
        wanted.push(Wanted::Command(words(text)?));
    }
    if let Some(issuer) = &arguments.issuer {
        let mut target = ServerTarget::at(issuer)?;
        target.management =
            if std::env::var_os(TOKEN_VARIABLE).is_some_and(|value| !value.is_empty()) {
                let url = format!("{}/api/v2/", issuer.trim_end_matches('/'));
                Some(Management { url, token_env: Some(TOKEN_VARIABLE.to_owned()), token: None })
            } else {
                local_management(root, issuer)
            };
        target.ca_file.clone_from(&arguments.ca_file);
        wanted.push(Wanted::Server(Box::new(target)));
    }
    if let Some(path) = &arguments.server {
        let mut target = ServerTarget::load(path)?;
        target.ca_file = arguments.ca_file.clone().or(target.ca_file);
        wanted.push(Wanted::Server(Box::new(target)));
    }
    if let Some(text) = &arguments.client {
        wanted.push(Wanted::Client(words(text)?));
    }
    if wanted.is_empty() {
        for adapter in Adapter::all(root)? {
            if adapter.manifest.embedded {
                wanted.push(Wanted::Adapter(Box::new(adapter)));
            }
        }
    }
    Ok(wanted)
}

impl Wanted {
    pub(super) fn name(&self) -> String {
        match self {
            Self::Adapter(adapter) => adapter.manifest.name.clone(),
            Self::Command(_) => "command".to_owned(),
            Self::Server(target) => target.name.clone(),
            Self::Client(_) => "client".to_owned(),
        }
    }

    fn family(&self) -> String {
        match self {
            Self::Adapter(adapter) => adapter.family().to_owned(),
            _ => self.name(),
        }
    }

    /// Whether it speaks the adapter protocol.
    pub(super) fn is_library(&self) -> bool {
        match self {
            Self::Adapter(adapter) => adapter.manifest.kind == Kind::Library,
            Self::Command(_) => true,
            Self::Server(_) | Self::Client(_) => false,
        }
    }

    /// Whether it builds assertions and sends them.
    fn is_client(&self) -> bool {
        match self {
            Self::Adapter(adapter) => adapter.manifest.kind == Kind::Client,
            Self::Client(_) => true,
            Self::Command(_) | Self::Server(_) => false,
        }
    }

    /// Whether its manifest says that it talks to servers by TLS alone.
    fn wants_https(&self) -> bool {
        matches!(self, Self::Adapter(adapter) if adapter.manifest.https)
    }

    /// What its manifest says it is judged under.
    pub(super) fn profiles(&self) -> &[String] {
        match self {
            Self::Adapter(adapter) => &adapter.manifest.profiles,
            Self::Command(_) | Self::Client(_) => &[],
            Self::Server(target) => &target.profiles,
        }
    }

    pub(super) fn prepare(
        &self,
        arguments: &Arguments,
        baseline: Option<&Baseline>,
        suites: &Suites,
        others: &[Opener],
    ) -> Result<Spec, RunError> {
        let (command, own) = match self {
            Self::Adapter(adapter) => {
                adapter.install(&|text| say!("{text}"))?;
                (adapter.command(), adapter.baseline())
            }
            Self::Command(command) | Self::Client(command) => (command.clone(), None),
            Self::Server(_) => (Vec::new(), None),
        };
        let baseline = match (baseline, own) {
            _ if arguments.fail_fast => Baseline::default(),
            (Some(baseline), _) => baseline.clone(),
            (None, Some(path)) => Baseline::load(&path)?,
            (None, None) => Baseline::default(),
        };
        let is_case = |name: &str| suites.cases.contains_key(&suite::CaseId(name.to_owned()));
        if let Some(entry) = baseline.entry.iter().find(|entry| !is_case(&entry.case)) {
            let text = format!("a baseline entry names the unknown case `{}`", entry.case);
            return Err(RunError::Usage(text));
        }
        let is_whole = arguments.cell.is_none()
            && arguments.shard.is_none()
            && !arguments.quick
            && !arguments.fail_fast;
        let named = if arguments.profile.is_empty() {
            self.profiles().to_vec()
        } else {
            arguments.profile.clone()
        };
        if self.is_library() {
            let deadline = Duration::from_millis(arguments.deadline_ms);
            let launch = Launch { command, folder: None, deadline };
            let profiles = profiles(suites, &named)?;
            let name = self.name();
            let family = self.family();
            let openers = others.iter().filter(|opener| opener.family != family).cloned().collect();
            return Ok(Spec::Library(TargetSpec {
                name,
                launch,
                baseline,
                profiles,
                is_whole,
                openers,
                most_openers: 2,
            }));
        }
        if self.is_client() {
            return Ok(Spec::Client(Box::new(ClientSpec {
                name: self.name(),
                command,
                folder: None,
                https: arguments.client_https || self.wants_https(),
                deadline: Duration::from_millis(arguments.client_deadline_ms),
                baseline,
                profiles: profiles(suites, &named)?,
                is_whole,
            })));
        }
        let target = match self {
            Self::Server(target) => target.as_ref().clone(),
            _ => ServerTarget { name: self.name(), ..ServerTarget::default() },
        };
        let spec = ServerSpec {
            target,
            baseline,
            profiles: BTreeSet::new(),
            is_whole,
            seed: format!("{:x}", rand::random::<u64>()),
        };
        let command = matches!(self, Self::Adapter(_)).then_some(command);
        let timeout_ms = arguments.deadline_ms;
        Ok(Spec::Server(Box::new(Server { spec, command, named, timeout_ms })))
    }
}

/// Targets that can open what the judged one makes: those that the caller names, or the embedded ones
/// and two others where they are installed already.
///
/// # Errors
///
/// A named target that there is not, or that cannot be installed.
pub(super) fn openers(
    root: &Path,
    named: &[String],
    deadline: Duration,
) -> Result<Vec<Opener>, RunError> {
    let mut adapters = Vec::new();
    for name in named {
        let adapter = Adapter::named(root, name)?;
        adapter.install(&|text| say!("{text}"))?;
        adapters.push(adapter);
    }
    let usual = if named.is_empty() { USUAL_OPENERS.as_slice() } else { &[] };
    for name in usual {
        let adapter = Adapter::named(root, name)?;
        let is_here = adapter.manifest.embedded || adapter.is_installed();
        // Its installation builds what changed; where that fails, another one is asked.
        if is_here && adapter.install(&|text| say!("{text}")).is_ok() {
            adapters.push(adapter);
        }
    }
    let opener = |adapter: Adapter| Opener {
        family: adapter.family().to_owned(),
        launch: Launch { command: adapter.command(), folder: None, deadline },
        name: adapter.manifest.name,
    };
    Ok(adapters.into_iter().map(opener).collect())
}

/// In the order in which they are asked.
const USUAL_OPENERS: [&str; 5] = ["josekit", "jsonwebtoken", "panva-jose", "jwcrypto", "reference"];

impl Server {
    /// Starts the server if it is one of ours, and asks it.
    pub(super) fn conduct(
        mut self,
        suites: &Suites,
        selection: &Selection,
        stop: &AtomicBool,
        journal: &dyn Fn(&Record),
    ) -> Result<(TargetSummary, Vec<Record>), RunError> {
        let name = self.spec.target.name.clone();
        // Runs as long as this is held.
        let _started = match &self.command {
            None => None,
            Some(command) => match server::start(command) {
                Ok(started) => {
                    self.spec.target = ServerTarget { name, ..started.target.clone() };
                    Some(started)
                }
                Err(text) => {
                    let summary = TargetSummary {
                        name,
                        failure: Some(format!("cannot be started: {text}")),
                        exit: exit::TARGET,
                        ..TargetSummary::default()
                    };
                    return Ok((summary, Vec::new()));
                }
            },
        };
        let target = &mut self.spec.target;
        target.limits.timeout_ms = self.timeout_ms;
        let mut named = self.named;
        if named.is_empty() {
            named.clone_from(&target.profiles);
        }
        if named.is_empty() {
            let own = if target.management.is_some() { "auth0" } else { "rfc7523" };
            named.push(own.to_owned());
        }
        self.spec.profiles = profiles(suites, &named)?;
        server::conduct(suites, selection, &self.spec, stop, journal)
    }
}

/// The variable with the access token of a management API.
const TOKEN_VARIABLE: &str = "TOUCHSTONE_MANAGEMENT_TOKEN";
