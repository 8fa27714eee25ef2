//! The `auth0` SDK for Node.js against the program, over TLS: `harness/adapters/auth0/sdk.mjs`.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// The program with a folder of its own; both go when it is dropped.
struct Server {
    child: Child,
    ready: Value,
    folder: tempfile::TempDir,
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_touchstone-serve"))
            .args(["--tls", "--port", "0", "--ready-line", "--data"])
            .arg(folder.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).unwrap();
        Self { child, ready: ready["ready"].clone(), folder }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Installs the SDK where it is not, or says why that cannot be.
fn install() -> Result<PathBuf, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["xtask", "adapters", "install", "auth0"])
        .current_dir(root())
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    Ok(root().join("target/adapters/auth0/sdk.mjs"))
}

#[test]
fn the_auth0_sdk_works_against_the_program() {
    let program = match install() {
        Ok(program) => program,
        Err(why) => {
            // Not `eprintln!`, which the harness keeps for itself.
            writeln!(io::stderr(), "skipped: the auth0 SDK cannot be installed: {why}").unwrap();
            return;
        }
    };
    let server = Server::start();
    let output = Command::new("node")
        .arg(program)
        .env("NODE_EXTRA_CA_CERTS", server.folder.path().join("tls/ca.pem"))
        .env("TOUCHSTONE_ISSUER", server.ready["issuer"].as_str().unwrap())
        .env("TOUCHSTONE_MANAGEMENT_TOKEN", server.ready["management"]["token"].as_str().unwrap())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{error}");
    assert_eq!(said.lines().filter(|line| line.starts_with("ok: ")).count(), 10, "{said}");
    assert_eq!(said.lines().last(), Some("ok: everything deleted"));
}
