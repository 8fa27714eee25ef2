//! `cargo xtask test`: every test of the workspace, closed by one line of counts.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::exit::{FAILED, Failure};
use crate::openssl::OpenSsl;
use crate::repository::{Repository, not_started};
use crate::tally::Tally;

/// Runs the tests; `arguments` go to `cargo test`, so a name filters.
pub(crate) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let openssl = OpenSsl::of_this_machine();
    openssl.announce();
    tests(repository, openssl, arguments).map(drop)
}

/// Runs the tests, prints their output as it comes and the counts as the last line.
///
/// # Errors
/// Exit code 1 when a test failed, a test binary crashed or did not build.
pub(crate) fn tests(
    repository: &Repository,
    openssl: OpenSsl,
    arguments: &[OsString],
) -> Result<Tally, Failure> {
    let mut cargo = repository.cargo();
    cargo
        .args(["test", "--locked", "--workspace", "--no-fail-fast"])
        .args(openssl.features())
        .args(arguments)
        // Snapshots must not depend on the machine, and no run may write or bless one.
        .env("RUST_BACKTRACE", "0")
        .env("INSTA_UPDATE", "no")
        .env_remove("INSTA_FORCE_PASS")
        .stdout(Stdio::piped());
    let mut child = cargo.spawn().map_err(|error| not_started(&cargo, &error))?;
    let mut tally = Tally::default();
    if let Some(output) = child.stdout.take() {
        forward(output, &mut tally)
            .map_err(|error| Failure::unavailable(format!("reading the tests' output: {error}")))?;
    }
    let status = child.wait().map_err(|error| not_started(&cargo, &error))?;
    if !status.success() && tally.failed == 0 {
        eprintln!("cargo test failed although no test did: a build error or a crash, counted as 1");
        tally.failed = 1;
    }
    println!("{tally}");
    if tally.failed == 0 {
        Ok(tally)
    } else {
        Err(Failure { code: FAILED, message: String::new() })
    }
}

/// Copies `output` to standard output line by line and counts on the way.
fn forward(output: impl std::io::Read, tally: &mut Tally) -> std::io::Result<()> {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line)? > 0 {
        std::io::stdout().lock().write_all(&line)?;
        tally.add_line(String::from_utf8_lossy(&line).trim_end());
        line.clear();
    }
    Ok(())
}
