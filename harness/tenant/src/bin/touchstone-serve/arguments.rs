//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// An authorization server for a laptop or a CI job, in place of Auth0
#[derive(Debug, Parser)]
#[command(name = "touchstone-serve", args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) serve: Serve,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print who authenticated and who did not, one JSON object a line
    Audit(Audit),
}

#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// The folder of the tenant's data
    #[arg(long, value_name = "DIR", default_value_os_t = data())]
    pub(crate) data: PathBuf,
}

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1")]
    pub(crate) host: String,
    /// The port to listen on; 0 for any
    #[arg(long, default_value_t = 4455)]
    pub(crate) port: u16,
    /// The folder of the tenant's data, made if it is not there
    #[arg(long, value_name = "DIR", default_value_os_t = data())]
    pub(crate) data: PathBuf,
    /// Keep nothing: no folder, no database, no file with the management token
    #[arg(long, conflicts_with_all = ["data", "tls"], requires = "ready_line")]
    pub(crate) in_memory: bool,
    /// The issuer, if it is another than the address
    #[arg(long, value_name = "URL")]
    pub(crate) issuer: Option<String>,
    /// A second URL that client assertions may name as audience
    #[arg(long, value_name = "URL")]
    pub(crate) custom_domain: Option<String>,
    /// Serve https with a certificate of its own making
    #[arg(long)]
    pub(crate) tls: bool,
    /// Let anybody register a client (RFC 7591)
    #[arg(long)]
    pub(crate) open_registration: bool,
    /// The API of token requests that name none
    #[arg(long, value_name = "IDENTIFIER")]
    pub(crate) default_audience: Option<String>,
    /// `enc` of encrypted access tokens
    #[arg(long, value_name = "ENC", default_value = "A256GCM", value_parser = ENCRYPTIONS)]
    pub(crate) content_encryption: String,
    /// Sign with a new key; the old one stays published until its tokens have expired
    #[arg(long)]
    pub(crate) rotate_signing_key: bool,
    /// Print one JSON line with the issuer and a management token, and end when stdin does
    #[arg(long)]
    pub(crate) ready_line: bool,
}

const DATA: &str = "target/touchstone/serve";

/// RFC 7518 §5.1.
const ENCRYPTIONS: [&str; 6] =
    ["A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"];

/// The default folder: in the repository where `cargo xtask` started this, else where we are.
fn data() -> PathBuf {
    match std::env::var_os("TOUCHSTONE_ROOT").filter(|root| !root.is_empty()) {
        Some(root) => PathBuf::from(root).join(DATA),
        None => PathBuf::from(DATA),
    }
}
