//! `touchstone adapters`: the folders of `harness/adapters/`.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use clap::Subcommand;
use runner::RunError;
use runner::adapter::{Adapter, Kind};
use runner::child::{Launch, Process};
use runner::client::{self, ClientSpec};
use runner::exit;
use runner::plan::{Selection, profiles};
use suite::Suites;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List them.
    List,
    /// Install one and print what it declares.
    Check {
        /// A folder of `harness/adapters/`.
        name: String,
    },
    /// Install one.
    Install {
        /// A folder of `harness/adapters/`.
        name: String,
    },
    /// Become the adapter: speaks the protocol on standard input and output.
    Run {
        /// A folder of `harness/adapters/`.
        name: String,
    },
}

pub(crate) fn run(command: Command) -> Result<i32, RunError> {
    let root = super::root()?;
    let say = |text: &str| say!("{text}");
    match command {
        Command::List => {
            let all = Adapter::all(&root)?;
            let width = all.iter().map(|adapter| adapter.manifest.name.len()).max().unwrap_or(0);
            for Adapter { manifest, .. } in &all {
                let kind = match manifest.kind {
                    Kind::Library if manifest.embedded => "library, embedded",
                    Kind::Library => "library",
                    Kind::Server => "server",
                    Kind::Client => "client",
                };
                let (name, title) = (&manifest.name, &manifest.title);
                super::print(&format!("{name:<width$}  {kind:<17}  {title}\n"))?;
            }
            Ok(exit::CONFORMS)
        }
        Command::Install { name } => {
            Adapter::named(&root, &name)?.install(&say)?;
            Ok(exit::CONFORMS)
        }
        Command::Check { name } => {
            let adapter = Adapter::named(&root, &name)?;
            adapter.install(&say)?;
            if adapter.manifest.kind == Kind::Client {
                return builder(&root, &adapter);
            }
            if adapter.manifest.kind == Kind::Server {
                return server(&adapter);
            }
            let launch = Launch {
                command: adapter.command(),
                folder: None,
                deadline: Duration::from_secs(10),
            };
            let (process, hello) = Process::start(&launch).map_err(|fault| RunError::Target {
                target: name.clone(),
                message: format!("{}\n{}", fault.detail, fault.stderr),
            })?;
            process.close();
            let text = serde_json::to_string_pretty(&hello).unwrap_or_default();
            super::print(&format!("{text}\n"))?;
            Ok(exit::CONFORMS)
        }
        Command::Run { name } => {
            let adapter = Adapter::named(&root, &name)?;
            adapter.install(&say)?;
            let command = adapter.command();
            let Some((program, arguments)) = command.split_first() else {
                return Err(RunError::Usage(format!("{name} has an empty command")));
            };
            let error = std::process::Command::new(program).args(arguments).exec();
            Err(RunError::Target { target: name, message: format!("{program}: {error}") })
        }
    }
}

/// Has an assertion builder get tokens once, and prints the first request, or what came instead.
fn builder(root: &Path, adapter: &Adapter) -> Result<i32, RunError> {
    let suites = Suites::load(root)?;
    let filters = vec!["builder-transport/form".to_owned()];
    let selection = Selection { filters, ..Selection::default() };
    let spec = ClientSpec {
        name: adapter.manifest.name.clone(),
        command: adapter.command(),
        folder: None,
        https: adapter.manifest.https,
        deadline: Duration::from_secs(60),
        baseline: report::Baseline::default(),
        profiles: profiles(&suites, &[])?,
        is_whole: false,
    };
    let (summary, records) =
        client::conduct(&suites, &selection, &spec, &AtomicBool::new(false), &|_| {})?;
    if let Some(record) = records.first() {
        let answer = &record.answer;
        let shown = answer.pointer("/accept/requests/0").unwrap_or(answer);
        super::print(&format!("{}\n", report::printable(&shown.to_string(), 20_000)))?;
    }
    Ok(summary.exit)
}

/// Starts a server and prints where it listens; it ends with this.
fn server(adapter: &Adapter) -> Result<i32, RunError> {
    let started = runner::server::start(&adapter.command())
        .map_err(|message| RunError::Target { target: adapter.manifest.name.clone(), message })?;
    let target = &started.target;
    let profiles = target.profiles.join(", ");
    super::print(&format!("it listens at {}, judged under {profiles}\n", target.issuer))?;
    Ok(exit::CONFORMS)
}
