//! `cargo xtask ci`: everything that CI checks, cheapest first, stopping at the first failure.

use std::ffi::OsString;
use std::process::Command;
use std::time::Instant;

use crate::exit::Failure;
use crate::openssl::OpenSsl;
use crate::repository::{self, Repository, succeeds};
use crate::{fuzz, test, tidy, touchstone};

/// Runs all checks and closes with the counts of the tests.
pub(crate) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    if !arguments.is_empty() {
        return Err(Failure::usage("`ci` takes no arguments"));
    }
    let openssl = OpenSsl::of_this_machine();
    println!("OpenSSL for josekit: {}", openssl.name());
    openssl.announce();

    step("fmt", || {
        repository::run(cargo(repository, &["fmt", "--all", "--check"]))?;
        repository::run(cargo(
            repository,
            &["fmt", "--all", "--check", "--manifest-path", fuzz::MANIFEST],
        ))
    })?;
    step("tidy", || tidy::run(repository, &[]))?;
    step("deny", || deny(repository))?;
    step("clippy", || {
        repository::run(clippy(repository, openssl))?;
        fuzz::lint(repository)
    })?;
    let tally = step("test", || test::tests(repository, openssl, &[]))?;
    step("doc", || repository::run(doc(repository, openssl)))?;
    step("conformance", || touchstone::run(repository, &["conformance".into()]))?;
    println!("\n{tally}");
    Ok(())
}

fn cargo(repository: &Repository, arguments: &[&str]) -> Command {
    let mut command = repository.cargo();
    command.args(arguments);
    command
}

fn clippy(repository: &Repository, openssl: OpenSsl) -> Command {
    let mut command = cargo(repository, &["clippy", "--locked", "--workspace", "--all-targets"]);
    command.args(openssl.features()).args(["--", "-D", "warnings"]);
    command
}

fn doc(repository: &Repository, openssl: OpenSsl) -> Command {
    let mut command = cargo(repository, &["doc", "--locked", "--workspace", "--no-deps"]);
    command.args(openssl.features()).env("RUSTDOCFLAGS", "-D warnings");
    command
}

/// Licences, bans and sources; the advisories need a database, which CI does not fetch.
fn deny(repository: &Repository) -> Result<(), Failure> {
    if !succeeds(cargo(repository, &["deny", "--version"])) {
        println!("skipped: cargo-deny is not installed (`cargo install --locked cargo-deny`)");
        return Ok(());
    }
    repository::run(cargo(repository, &["fetch", "--locked"]))?; // with a cold cache, too
    let check = ["deny", "--offline", "check", "bans", "licenses", "sources"];
    repository::run(cargo(repository, &check))
}

/// Runs one check between a headline and its time.
fn step<T>(name: &str, check: impl FnOnce() -> Result<T, Failure>) -> Result<T, Failure> {
    println!("\n== {name}");
    #[expect(clippy::disallowed_methods, reason = "the time a check takes is for people to read")]
    let start = Instant::now();
    let result = check();
    let seconds = start.elapsed().as_secs_f64();
    match &result {
        Ok(_) => println!("== {name}: {seconds:.1} s"),
        Err(_) => eprintln!("== {name}: failed after {seconds:.1} s"),
    }
    result
}
