//! `cargo xtask tidy`: the house rules that a machine can check, each message with its remedy.

mod edges;
mod files;
pub(crate) mod walk;

use std::ffi::OsString;

use crate::exit::Failure;
use crate::fuzz;
use crate::metadata::Package;
use crate::repository::Repository;

/// Checks the imports between crates and every file of the tree; prints all that it finds.
pub(crate) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    if !arguments.is_empty() {
        return Err(Failure::usage("`tidy` takes no arguments"));
    }
    let mut packages = Package::members(repository, "Cargo.toml")?;
    packages.extend(Package::members(repository, fuzz::MANIFEST)?);
    let mut findings = edges::check(&packages);
    let files = walk::files(repository.root())
        .map_err(|error| Failure::unavailable(format!("reading the tree: {error}")))?;
    for file in &files {
        files::check(file, &mut findings);
    }
    if findings.is_empty() {
        println!("tidy: {} packages, {} files", packages.len(), files.len());
        return Ok(());
    }
    for finding in &findings {
        eprintln!("{finding}");
    }
    Err(Failure::failed(format!("tidy found {}", findings.len())))
}
