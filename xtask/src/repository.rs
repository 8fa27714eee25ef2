//! Where the repository is, and how its cargo is called.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::exit::Failure;

/// A checkout of the repository.
pub(crate) struct Repository {
    root: PathBuf,
}

impl Repository {
    /// The checkout that xtask was started from.
    ///
    /// `cargo run` names the folder of xtask at run time, so a checkout that was moved after the
    /// build is found too.
    pub(crate) fn locate() -> Result<Self, Failure> {
        let manifest = std::env::var_os("CARGO_MANIFEST_DIR")
            .unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        match Path::new(&manifest).parent() {
            Some(root) if root.join("Cargo.toml").is_file() => {
                Ok(Self { root: root.to_path_buf() })
            }
            _ => Err(Failure::unavailable(format!(
                "no repository above {}: start it as `cargo xtask`",
                Path::new(&manifest).display()
            ))),
        }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The cargo that runs xtask, with the root as its working directory.
    pub(crate) fn cargo(&self) -> Command {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        self.command(cargo)
    }

    /// `program`, with the root as its working directory and without what `cargo run` told xtask
    /// about itself, which is wrong for whoever comes next.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command
    }
}

/// Runs `command` to its end with our own standard streams.
///
/// # Errors
/// The child's exit code, or that it could not be started.
pub(crate) fn run(mut command: Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| not_started(&command, &error))?;
    Failure::of(status)
}

/// Whether `command` starts and succeeds; what it prints is thrown away.
pub(crate) fn succeeds(mut command: Command) -> bool {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The failure of a child that could not be started.
pub(crate) fn not_started(command: &Command, error: &std::io::Error) -> Failure {
    let program = command.get_program().to_string_lossy();
    Failure::unavailable(format!("{program} could not be started: {error}"))
}
