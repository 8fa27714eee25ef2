//! The published vectors of `vectors/`: one test a value, named `rfc7516/a.1/cek`.
//!
//! The folders are enumerated. A kind or a member that nothing here knows fails its test, so that a
//! new vector cannot pass by being overlooked; what is left out on purpose stands in `plan`.

use std::error::Error;
use std::process::ExitCode;

use libtest_mimic::Arguments;

mod certificates;
mod compare;
mod der;
mod jwe;
mod jwk;
mod jwks;
mod jws;
mod key_management;
mod named_keys;
mod opening;
mod plan;
mod primitives;
mod samples;
mod sources;
mod token;
mod vector;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments = Arguments::from_args();
    let root = vector::root();
    let mut trials = sources::trials(&root)?;
    trials.extend(named_keys::trials(&root)?);
    trials.extend(plan::trials(&root)?);
    Ok(libtest_mimic::run(&arguments, trials).exit_code())
}
