//! The primitives without the engine's instrumentation: xtask in the place of rustc, as `RUSTC_WRAPPER`.
//!
//! libFuzzer counts every branch and compares both sides of every comparison. In the arithmetic of a cipher that
//! finds nothing, since no input leads to another branch there on purpose, and it costs most of the time. So the
//! crates of [`PRIMITIVES`], and the mutator, which is no part of what is tested, are compiled without those flags;
//! what reads the structure of a sender's octets (JSON, DER, DEFLATE, the reference) keeps them. With a sanitizer
//! the primitives keep it, and their debug assertions, since `unsafe` is in these crates, if anywhere; campaigns
//! without one run them as they are released. OSS-Fuzz builds without this, as it starts cargo-fuzz itself: it is
//! slower there, and finds the same.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use crate::exit::Failure;
use crate::repository::not_started;

/// Crates whose branches tell nothing of an input, as rustc names them.
const PRIMITIVES: &[&str] = &[
    // block ciphers, their modes, hashes
    "aead",
    "aes",
    "aes_gcm",
    "aes_kw",
    "block_buffer",
    "block_padding",
    "cbc",
    "cipher",
    "crypto_common",
    "ctr",
    "digest",
    "ghash",
    "hkdf",
    "hmac",
    "hybrid_array",
    "inout",
    "pbkdf2",
    "polyval",
    "sha1",
    "sha2",
    "universal_hash",
    // big numbers and curves
    "crypto_bigint",
    "crypto_primes",
    "curve25519_dalek",
    "ecdsa",
    "ed25519",
    "ed25519_dalek",
    "elliptic_curve",
    "ff",
    "fiat_crypto",
    "group",
    "p256",
    "p384",
    "p521",
    "primefield",
    "primeorder",
    "rfc6979",
    "rsa",
    "signature",
    "wnaf",
    "x25519_dalek",
    // what they are made of
    "chacha20",
    "cmov",
    "ctutils",
    "getrandom",
    "ppv_lite86",
    "rand",
    "rand_chacha",
    "rand_core",
    "subtle",
    "typenum",
    "zeroize",
    // ours, where the generic code of those above is compiled, and tables that are compared letter by letter
    "algorithms",
    "data_encoding",
    // the fuzzer
    "mutator",
];

/// What cargo-fuzz adds for the engine.
const INSTRUMENTATION: [&str; 3] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold",
];

/// What cargo-fuzz adds, and a release does not have.
const DEBUG_ASSERTIONS: &str = "-Cdebug-assertions";

/// Makes the cargo of `command` call xtask in place of rustc.
pub(super) fn wrap(command: &mut Command) -> Result<(), Failure> {
    let xtask = std::env::current_exe()
        .map_err(|error| Failure::unavailable(format!("xtask's own file: {error}")))?;
    command.env("RUSTC_WRAPPER", xtask);
    // cargo does not look at the wrapper when it asks what is built already, but at the flags.
    let mut flags = std::env::var_os("RUSTFLAGS").unwrap_or_default();
    flags.push(format!(" --cfg bare_primitives=\"{}\"", PRIMITIVES.len()));
    command.env("RUSTFLAGS", flags);
    Ok(())
}

/// Whether cargo calls: it puts the compiler in front of the compiler's arguments.
pub(crate) fn is_called(arguments: &[OsString]) -> bool {
    let program = arguments.first().map(Path::new).and_then(Path::file_stem);
    program == Some(OsStr::new("rustc"))
}

/// Calls the compiler, with the flags that suit the crate.
///
/// # Errors
/// The compiler's exit code, or that it could not be started.
pub(crate) fn run(arguments: &[OsString]) -> Result<(), Failure> {
    let Some((rustc, arguments)) = arguments.split_first() else { return Ok(()) };
    let mut command = Command::new(rustc);
    command.args(suited(arguments));
    let status = command.status().map_err(|error| not_started(&command, &error))?;
    Failure::of(status)
}

/// The arguments without what costs time and finds nothing, where the crate is a primitive.
fn suited(arguments: &[OsString]) -> Vec<&OsString> {
    let name = arguments.iter().skip_while(|argument| *argument != "--crate-name").nth(1);
    let is_primitive = name.is_some_and(|name| PRIMITIVES.iter().any(|known| name == known));
    let is_with_sanitizer =
        arguments.iter().any(|argument| argument.to_string_lossy().starts_with("-Zsanitizer"));
    let is_instrumentation = |argument: &OsString| {
        let text = argument.to_string_lossy();
        INSTRUMENTATION.iter().any(|front| text.starts_with(front))
            || (text == DEBUG_ASSERTIONS && !is_with_sanitizer)
    };
    let kept = arguments.iter().filter(|argument| !is_primitive || !is_instrumentation(argument));
    kept.collect()
}

#[cfg(test)]
mod tests;
