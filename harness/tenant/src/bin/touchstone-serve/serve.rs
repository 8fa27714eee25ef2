//! The server, from its arguments to its end.

use std::io::{self, Read as _, Write as _};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rand::rngs::SysRng;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::json;
use tenant::program::{self, Folder};
use tenant::server;
use tenant::server::tls::Tls;
use tenant::state::Clock;
use tenant::store::Store;
use tenant::{Config, Tenant};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::signal;
use tokio::sync::mpsc;
use url::Url;

use crate::Failure;
use crate::arguments::Serve;

pub(crate) fn run(arguments: &Serve) -> Result<(), Failure> {
    // A panic says where, never with which values.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("error: panicked at {place}");
    }));
    let runtime = Builder::new_multi_thread().enable_all().build().map_err(Failure::unavailable)?;
    let result = runtime.block_on(start(arguments));
    // Work on other threads is not waited for: what it has committed is kept, and nobody listens.
    runtime.shutdown_background();
    result
}

async fn start(arguments: &Serve) -> Result<(), Failure> {
    let listener = bind(arguments).await?;
    let address = listener.local_addr().map_err(Failure::unavailable)?;
    let config = config(arguments, address)?;
    let folder = (!arguments.in_memory).then(|| Folder::create(&arguments.data));
    let folder = folder.transpose().map_err(Failure::unavailable)?;
    let lock = folder.as_ref().map(Folder::lock).transpose().map_err(Failure::unavailable)?;
    let tls = match &folder {
        Some(folder) if arguments.tls => {
            Some(Tls::load(&folder.path().join("tls"), &hosts(arguments, &config)))
        }
        _ => None,
    };
    let tls = tls.transpose().map_err(Failure::unavailable)?;
    let store = match &folder {
        Some(folder) => folder.store().map_err(Failure::unavailable)?,
        None => Store::in_memory().map_err(Failure::unavailable)?,
    };
    let entropy = ChaCha20Rng::try_from_rng(&mut SysRng)
        .map_err(|error| Failure::unavailable(format!("the system has no entropy: {error}")))?;
    let tenant = program::tenant(store, config, arguments.rotate_signing_key, clock(), entropy)
        .map_err(Failure::unavailable)?;
    let token = program::management_token(&tenant).map_err(Failure::unavailable)?;
    if let Some(folder) = &folder {
        folder.write_token(&tenant, &token).map_err(Failure::unavailable)?;
        if !arguments.ready_line {
            announce(&tenant, folder, tls.as_ref());
            warn(address, tls.is_some());
        }
    }
    if arguments.ready_line {
        ready(&tenant, &token).map_err(Failure::unavailable)?;
    }
    let acceptor = tls.map(|tls| tls.acceptor);
    let end = ended(arguments.ready_line);
    server::serve(listener, acceptor, tenant::router(tenant), end).await;
    drop(lock);
    Ok(())
}

fn config(arguments: &Serve, address: SocketAddr) -> Result<Config, Failure> {
    let issuer = match &arguments.issuer {
        Some(url) => checked_url(url)?,
        None if address.ip().is_unspecified() => {
            let message = "nobody can reach an issuer of this --host; say which with --issuer URL";
            return Err(Failure::usage(message));
        }
        None => own_url(arguments, address),
    };
    Ok(Config {
        custom_domain: arguments.custom_domain.as_deref().map(checked_url).transpose()?,
        is_registration_open: arguments.open_registration,
        content_encryption: arguments.content_encryption.clone(),
        default_audience: arguments.default_audience.clone(),
        ..Config::new(issuer)
    })
}

/// The names under which clients come.
fn hosts(arguments: &Serve, config: &Config) -> Vec<String> {
    let urls = [Some(config.issuer.as_str()), config.custom_domain.as_deref()];
    let named = urls.into_iter().flatten().filter_map(|url| {
        let url = Url::parse(url).ok()?;
        url.host_str().map(|host| host.trim_matches(['[', ']']).to_owned())
    });
    [arguments.host.clone()].into_iter().chain(named).collect()
}

async fn bind(arguments: &Serve) -> Result<TcpListener, Failure> {
    let Serve { host, port, .. } = arguments;
    TcpListener::bind((host.as_str(), *port)).await.map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::AddrInUse => "end what listens there, or give another --port (0: any)",
            io::ErrorKind::PermissionDenied => "give a --port above 1023",
            _ => "give another --host or --port",
        };
        Failure::unavailable(format!("cannot listen on {host}:{port}: {error}; {remedy}"))
    })
}

/// The URL of the address that is listened on.
fn own_url(arguments: &Serve, address: SocketAddr) -> String {
    let scheme = if arguments.tls { "https" } else { "http" };
    let host = &arguments.host;
    let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
    format!("{scheme}://{host}:{}/", address.port())
}

/// RFC 8414 §2: no query and no fragment. The slash at the end is added.
fn checked_url(text: &str) -> Result<String, Failure> {
    let wrong = |why: &str| Failure::usage(format!("{text} is no issuer: {why}"));
    let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
        return Err(wrong("it has to be an http or https URL"));
    }
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err(wrong("it has a query, a fragment or a user"));
    }
    Ok(if text.ends_with('/') { text.to_owned() } else { format!("{text}/") })
}

/// For the parent process: the one place where the token is shown.
fn ready(tenant: &Tenant, token: &str) -> io::Result<()> {
    let line = json!({ "ready": {
        "name": "tenant",
        "issuer": tenant.config.issuer,
        "profiles": ["auth0"],
        "management": { "url": tenant.config.management_audience(), "token": token },
    } });
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// For people.
fn announce(tenant: &Tenant, folder: &Folder, tls: Option<&Tls>) {
    eprintln!("issuer            {}", tenant.config.issuer);
    eprintln!("data              {}", folder.path().display());
    eprintln!("management token  {} (24 hours)", folder.token_file().display());
    if let Some(tls) = tls {
        let path = tls.ca_file.display();
        eprintln!("certificate       {path} (NODE_EXTRA_CA_CERTS, SSL_CERT_FILE, curl --cacert)");
    }
    if tenant.config.is_registration_open {
        eprintln!("registration      open to everybody who reaches this address");
    }
    eprintln!("Ctrl-C ends it.");
}

/// What others on the network can reach is said.
fn warn(address: SocketAddr, is_tls: bool) {
    if !address.ip().is_loopback() {
        let how = if is_tls { "" } else { ", tokens and secrets unencrypted without --tls" };
        eprintln!("warning           other machines reach {address}{how}");
    }
}

/// Ctrl-C, TERM or, for a child, the end of its standard input.
async fn ended(is_child: bool) {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    if is_child {
        let sender = sender.clone();
        std::thread::spawn(move || {
            let mut ignored = [0; 256];
            while matches!(io::stdin().read(&mut ignored), Ok(1..)) {}
            let _ = sender.send(());
        });
    }
    #[cfg(unix)]
    if let Ok(mut terminate) = signal::unix::signal(signal::unix::SignalKind::terminate()) {
        let sender = sender.clone();
        tokio::spawn(async move {
            terminate.recv().await;
            let _ = sender.send(());
        });
    }
    tokio::spawn(async move {
        let _ = signal::ctrl_c().await;
        let _ = sender.send(());
    });
    receiver.recv().await;
}

/// The clock of the system.
fn clock() -> Clock {
    Arc::new(|| {
        #[expect(clippy::disallowed_methods, reason = "the one place where this program does")]
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
    })
}
