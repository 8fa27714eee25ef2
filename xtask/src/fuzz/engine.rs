//! The binaries of the fuzz targets: built once by cargo-fuzz, then started as they are, since `cargo fuzz run`
//! would look for changes before every slice.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::places::{self, Places};
use super::wrapper;
use crate::exit::Failure;
use crate::repository::{self, Repository, not_started, succeeds};

/// Where the built binaries are.
#[derive(Clone, Debug)]
pub(super) struct Engine {
    places: Places,
    binaries: PathBuf,
    flavour: Flavour,
}

/// How targets are built; each has a folder of its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Flavour {
    /// For campaigns: the engine's instrumentation, no sanitizer.
    Plain,
    /// With AddressSanitizer.
    Asan,
    /// For reports of coverage: rustc's instrumentation alone, and no debug assertions, so that no input ends
    /// the process before the last.
    Coverage,
}

impl Flavour {
    /// As `--asan` says.
    pub(super) fn with(is_with_asan: bool) -> Self {
        if is_with_asan { Self::Asan } else { Self::Plain }
    }

    /// Relative to the fuzz workspace.
    fn folder(self) -> &'static str {
        match self {
            Self::Plain => "target",
            Self::Asan => "target/asan",
            Self::Coverage => "target/coverage",
        }
    }

    /// The command that builds `target`, or all.
    fn build(self, repository: &Repository, target: Option<&str>) -> Result<Command, Failure> {
        if self == Self::Coverage {
            let mut command = repository.cargo();
            command.current_dir(repository.root().join("fuzz")).args([
                "build",
                "--release",
                "--locked",
            ]);
            match target {
                Some(target) => command.args(["--bin", target]),
                None => command.arg("--bins"),
            };
            command.env("RUSTFLAGS", "-Cinstrument-coverage");
            // Build scripts and macros write profiles too, where they run if nobody says otherwise.
            let profiles = repository.root().join("target/fuzz/coverage/build-%p.profraw");
            command.env("LLVM_PROFILE_FILE", profiles);
            return Ok(command);
        }
        let mut command = cargo_fuzz(repository, "build", self == Self::Asan)?;
        command.args(target);
        Ok(command)
    }
}

impl Engine {
    /// Builds `targets`, or all where it is empty.
    pub(super) fn build(
        repository: &Repository,
        targets: &[String],
        flavour: Flavour,
    ) -> Result<Self, Failure> {
        let all = [None];
        let some: Vec<_> = targets.iter().map(|target| Some(target.as_str())).collect();
        let rounds = if targets.is_empty() { &all[..] } else { &some };
        let triple = rustc(repository, "host: ")?;
        for target in rounds {
            let mut command = flavour.build(repository, *target)?;
            command.args(["--target-dir", flavour.folder(), "--target", &triple]);
            repository::run(command).map_err(|failure| Failure {
                message: "the fuzz targets do not build".to_owned(),
                ..failure
            })?;
        }
        let places = Places::of(repository);
        let binaries = places.fuzz().join(flavour.folder()).join(triple).join("release");
        Ok(Self { places, binaries, flavour })
    }

    pub(super) fn places(&self) -> &Places {
        &self.places
    }

    pub(super) fn is_with_asan(&self) -> bool {
        self.flavour == Flavour::Asan
    }

    /// Where the figures of its campaigns are: those with a sanitizer have others.
    pub(super) fn statistics(&self) -> PathBuf {
        let folder = self.places.statistics();
        if self.is_with_asan() { folder.join("asan") } else { folder }
    }

    /// The built binary of a target.
    pub(super) fn binary(&self, target: &str) -> PathBuf {
        self.binaries.join(target)
    }

    /// Of one process. Inputs of 8 KiB need a few dozen; a sanitizer keeps what was freed.
    fn memory_mebioctets(&self) -> u32 {
        if self.is_with_asan() { 2048 } else { 512 }
    }

    /// The binary of a target, in the folder of the fuzz workspace, with its limits and silent input and output.
    pub(super) fn command(&self, target: &str) -> Command {
        let mut command = Command::new(self.binary(target));
        command.current_dir(self.places.fuzz()).stdin(Stdio::null()).stdout(Stdio::null());
        command.arg(format!("-timeout={TIMEOUT_SECONDS}"));
        command.arg(format!("-rss_limit_mb={}", self.memory_mebioctets()));
        command
    }

    /// [`Engine::command`] as it fuzzes: with its corpus, its committed inputs and its dictionary.
    pub(super) fn fuzzing(&self, target: &str, seconds: u64) -> Command {
        let mut command = self.command(target);
        // The first folder is where libFuzzer writes what it finds; the others are only read.
        command.arg(self.places.corpus(target)).args(self.places.committed(target));
        command.args(["-max_len=8192", "-print_final_stats=1", ONE_CHANGE]);
        command.arg(format!("-max_total_time={seconds}"));
        command.arg(format!("-artifact_prefix=artifacts/{target}/"));
        if let Some(dictionary) = self.dictionary(target) {
            let mut option = std::ffi::OsString::from("-dict=");
            option.push(dictionary);
            command.arg(option);
        }
        command
    }

    /// Makes the folders that a target writes to.
    pub(super) fn prepare(&self, target: &str) -> Result<(), Failure> {
        places::make(&self.places.corpus(target))?;
        places::make(&self.places.artifacts(target))?;
        let binary = self.binary(target);
        if binary.is_file() {
            return Ok(());
        }
        Err(Failure::unavailable(format!("cargo-fuzz built no {}", binary.display())))
    }

    /// That of `fuzz/options/TARGET.options`, or of the default ones.
    fn dictionary(&self, target: &str) -> Option<PathBuf> {
        let folder = self.places.fuzz().join("options");
        let own = fs::read_to_string(folder.join(format!("{target}.options")));
        let text = own.or_else(|_| fs::read_to_string(folder.join("default.options"))).ok()?;
        let value = text.lines().find_map(|line| line.strip_prefix("dict"))?;
        let name = value.trim_start().strip_prefix('=')?.trim();
        let dictionary = self.places.fuzz().join("dict").join(Path::new(name).file_name()?);
        dictionary.is_file().then_some(dictionary)
    }
}

/// `cargo fuzz ACTION`, in the folder of the fuzz workspace.
pub(super) fn cargo_fuzz(
    repository: &Repository,
    action: &str,
    with_asan: bool,
) -> Result<Command, Failure> {
    let mut command = instrumented(repository, ".", action, with_asan)?;
    wrapper::wrap(&mut command)?;
    Ok(command)
}

/// The same for a folder of that one, with the primitives instrumented too.
pub(super) fn instrumented(
    repository: &Repository,
    folder: &str,
    action: &str,
    with_asan: bool,
) -> Result<Command, Failure> {
    let mut version = repository.cargo();
    version.args(["fuzz", "--version"]);
    if !succeeds(version) {
        return Err(Failure::unavailable(
            "cargo-fuzz is not installed: `cargo install --locked cargo-fuzz`",
        ));
    }
    let mut command = if with_asan { cargo_for_asan(repository) } else { repository.cargo() };
    command.current_dir(repository.root().join("fuzz")).args([
        "fuzz",
        action,
        "--fuzz-dir",
        folder,
    ]);
    if !with_asan {
        command.args(["--sanitizer", "none"]);
    }
    Ok(command)
}

/// AddressSanitizer is a nightly flag: rustup's nightly takes it, or the stable compiler when told
/// to behave as one.
fn cargo_for_asan(repository: &Repository) -> Command {
    let mut rustup = repository.command("rustup");
    rustup.args(["run", "nightly", "rustc", "--version"]);
    if succeeds(rustup) {
        let mut command = repository.command("rustup");
        command.args(["run", "nightly", "cargo"]).env_remove("CARGO").env_remove("RUSTC");
        command
    } else {
        eprintln!("no nightly toolchain: the stable one with RUSTC_BOOTSTRAP=1");
        let mut command = repository.cargo();
        command.env("RUSTC_BOOTSTRAP", "1");
        command
    }
}

/// What `rustc -vV` says behind `label`.
pub(super) fn rustc(repository: &Repository, label: &str) -> Result<String, Failure> {
    let mut rustc = repository.command(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.arg("-vV");
    let output = rustc.output().map_err(|error| not_started(&rustc, &error))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let value = text.lines().find_map(|line| line.strip_prefix(label));
    value.map(str::to_owned).ok_or_else(|| {
        Failure::unavailable(format!("`rustc -vV` has no line `{}`", label.trim_end()))
    })
}

/// An input with one change of ours is right but for it; with several on top of each other it is mostly noise.
pub(super) const ONE_CHANGE: &str = "-mutate_depth=1";

/// Of one input; RSA with 4096 bits takes a few milliseconds.
const TIMEOUT_SECONDS: u32 = 10;
