//! `cargo xtask fuzz dictionary`: writes `fuzz/dict/` from the tables. The words are those of the crate `dictionary`.

use std::ffi::OsString;

use crate::exit::Failure;
use crate::repository::{self, Repository};

pub(super) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    if !arguments.is_empty() {
        return Err(Failure::usage("`fuzz dictionary` takes no arguments"));
    }
    let mut command = repository.cargo();
    command.args(["run", "--quiet", "--locked", "--package", "dictionary", "--", "fuzz/dict"]);
    repository::run(command)
}
