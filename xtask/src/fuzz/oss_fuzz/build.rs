//! `build.sh` in the environment of OSS-Fuzz's `compile`, for Rust, libFuzzer and AddressSanitizer.
//!
//! It differs from theirs in what this machine has: any C++ compiler, libFuzzer as `libfuzzer-sys`
//! brings it, and a stable toolchain told to behave as a nightly one where there is none.

use std::env::consts::ARCH;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::exit::Failure;
use crate::repository::{self, Repository, succeeds};

/// Builds `targets`, or all where it is empty, into `out`. `$SRC` is below `scratch`.
pub(super) fn run(
    repository: &Repository,
    scratch: &Path,
    out: &Path,
    targets: &[String],
) -> Result<(), Failure> {
    let source = scratch.join("src");
    let fail = |error| Failure::unavailable(format!("{}: {error}", scratch.display()));
    for folder in [&source, out, &scratch.join("work")] {
        fs::create_dir_all(folder).map_err(fail)?;
    }
    link(repository.root(), &source.join("touchstone")).map_err(fail)?;
    let mut command = repository.command("bash");
    command
        .arg("-eu")
        .arg(repository.root().join(".clusterfuzzlite/build.sh"))
        .current_dir(&source);
    with_environment(repository, &mut command);
    command
        .env("SRC", &source)
        .env("OUT", out)
        .env("WORK", scratch.join("work"))
        .env("TARGETS", targets.join(" "));
    let [c, cpp] = compilers(repository);
    println!("building with {c}, {cpp} and {}", toolchain(repository, &mut command));
    let linker = format!("CARGO_TARGET_{}_UNKNOWN_LINUX_GNU_LINKER", ARCH.to_ascii_uppercase());
    command.env("CC", &c).env("CXX", cpp).env(linker, c);
    repository::run(command).map_err(|failure| Failure {
        message: ".clusterfuzzlite/build.sh fails".to_owned(),
        ..failure
    })
}

/// What `compile` sets besides, and nothing of ours that changes what cargo builds.
fn with_environment(repository: &Repository, command: &mut Command) {
    for name in ["CARGO", "RUSTC", "RUSTDOC", "CARGO_ENCODED_RUSTFLAGS", "CARGO_BUILD_TARGET"] {
        command.env_remove(name);
    }
    command
        .env("SANITIZER", "address")
        .env("FUZZING_ENGINE", "libfuzzer")
        .env("FUZZING_LANGUAGE", "rust")
        .env("ARCHITECTURE", ARCH)
        .env("CFLAGS", C_FLAGS)
        .env("CXXFLAGS", C_FLAGS)
        .env("RUSTFLAGS", RUST_FLAGS)
        // Of its own: flags of a campaign differ, and each would build over the other's binaries.
        .env("CARGO_TARGET_DIR", repository.root().join("target/fuzz/oss-fuzz"));
}

/// Names the toolchain in the environment, as the image does, and for the reader.
fn toolchain(repository: &Repository, command: &mut Command) -> &'static str {
    let mut nightly = repository.command("rustup");
    nightly.args(["run", "nightly", "rustc", "--version"]);
    if succeeds(nightly) {
        command.env("RUSTUP_TOOLCHAIN", "nightly");
        "the nightly toolchain"
    } else {
        command.env("RUSTC_BOOTSTRAP", "1");
        "RUSTC_BOOTSTRAP=1"
    }
}

/// clang, which the image has, where it is here too.
fn compilers(repository: &Repository) -> [String; 2] {
    let starts = |program: &str| {
        let mut command = repository.command(program);
        command.arg("--version");
        succeeds(command)
    };
    let clangs = [["clang-22", "clang++-22"], ["clang", "clang++"]];
    let found = clangs.into_iter().find(|pair| pair.iter().all(|program| starts(program)));
    found.unwrap_or(["cc", "c++"]).map(str::to_owned)
}

#[cfg(unix)]
fn link(original: &Path, link: &Path) -> std::io::Result<()> {
    std::os::unix::fs::symlink(original, link)
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) -> std::io::Result<()> {
    Err(std::io::Error::other("OSS-Fuzz builds on Linux"))
}

const C_FLAGS: &str = "-O1 -fno-omit-frame-pointer -g1 -DFUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION";
const RUST_FLAGS: &str = "--cfg fuzzing -Zsanitizer=address -Cdebuginfo=1 -Cforce-frame-pointers";
