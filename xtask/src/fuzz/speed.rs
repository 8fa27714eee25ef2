//! How many executions a target gets out of a CPU-second: beside an empty target, and beside the bare primitive,
//! turn by turn in one run, since a machine is not as fast in one minute as in the next.

use std::ffi::OsString;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::command_line::Syntax;
use super::output::{self, Line};
use super::places::{self, Places};
use super::{engine, worker, wrapper};
use crate::exit::Failure;
use crate::repository::{self, Repository, not_started};

/// A target that is run.
struct Runner {
    name: &'static str,
    /// The binary.
    target: &'static str,
    /// Whether its primitives are instrumented, as cargo-fuzz builds them.
    is_instrumented: bool,
}

const fn runner(name: &'static str, target: &'static str, is_instrumented: bool) -> Runner {
    Runner { name, target, is_instrumented }
}

/// Every target, with the empty one first.
const RUNNERS: [Runner; 8] = [
    runner("empty", "empty", false),
    runner("compact parse", "compact_parse", false),
    runner("A256GCM open", "gcm_open", false),
    runner("A256GCM, primitive alone", "gcm_bare", false),
    runner("RSA-OAEP-256 open", "rsa_open", false),
    runner("RSA-OAEP-256, OpenSSL alone", "rsa_openssl", false),
    runner("RSA-OAEP-256 open, RustCrypto alone", "rsa_open_rustcrypto", false),
    runner("RSA-OAEP-256 open, RustCrypto instrumented", "rsa_open_rustcrypto", true),
];

/// What is to be reached: the first runner beside the second, by number.
const GOALS: [(usize, usize, f64); 7] =
    [(1, 0, 0.30), (3, 0, 0.10), (2, 0, 0.0), (2, 3, 0.0), (4, 5, 0.8), (4, 7, 4.0), (6, 7, 0.0)];

/// `cargo xtask fuzz speed`: the table goes to standard output and to `target/fuzz/speed.csv`.
///
/// # Errors
/// What does not build or start. A goal that is missed is no failure.
pub(super) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let syntax = Syntax { numbers: &["--rounds", "--seconds"], ..Syntax::default() };
    let given = syntax.read(arguments)?;
    let rounds = given.number("--rounds").unwrap_or(5).max(1);
    let seconds = given.number("--seconds").unwrap_or(4).max(1);
    let folders = [build(repository, false)?, build(repository, true)?];
    let mut speeds = vec![Vec::new(); RUNNERS.len()];
    for round in 0..rounds {
        for (runner, speeds) in RUNNERS.iter().zip(&mut speeds) {
            let [bare, instrumented] = &folders;
            let folder = if runner.is_instrumented { instrumented } else { bare };
            speeds.push(measure(repository, &folder.join(runner.target), seconds, round)?);
        }
        eprintln!("round {} of {rounds}", round + 1);
    }
    report(repository, &mut speeds)
}

/// Builds the targets with their primitives bare or instrumented; gives the folder of the binaries.
fn build(repository: &Repository, is_instrumented: bool) -> Result<PathBuf, Failure> {
    let triple = engine::rustc(repository, "host: ")?;
    let mut command = engine::instrumented(repository, "speed", "build", false)?;
    let folder = if is_instrumented { "target/instrumented" } else { "target" };
    if is_instrumented {
        command.arg("rsa_open_rustcrypto");
    } else {
        wrapper::wrap(&mut command)?;
    }
    command.args(["--target-dir", folder, "--target", &triple]);
    repository::run(command)?;
    Ok(Places::of(repository).fuzz().join(folder).join(triple).join("release"))
}

/// Executions a CPU-second. The inputs are those of `compact_jwe` and what libFuzzer makes of them.
fn measure(
    repository: &Repository,
    binary: &Path,
    seconds: u64,
    round: u64,
) -> Result<f64, Failure> {
    // Nothing is written: libFuzzer gets the files by name, and no folder.
    let seeds = places::files(&Places::of(repository).seeds("compact_jwe"))?;
    let seeds: Vec<String> = seeds.iter().map(|seed| seed.display().to_string()).collect();
    let mut command = Command::new(binary);
    command.arg(format!("-seed_inputs={}", seeds.join(",")));
    command.args(["-max_len=4096", "-print_final_stats=1"]);
    command.arg(format!("-max_total_time={seconds}")).arg(format!("-seed={}", round + 1));
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|error| not_started(&command, &error))?;
    let (mut executed, mut cpu_s) = (None, None);
    for line in child.stderr.take().map(BufReader::new).into_iter().flat_map(BufRead::lines) {
        let line = line.unwrap_or_default();
        if let Some(Line::Executed(count)) = output::parse(&line) {
            executed = Some(count);
            // The last that it does: a process that has ended has no times any more.
            cpu_s = worker::cpu_s(child.id());
        }
    }
    let status = child.wait().map_err(|error| not_started(&command, &error))?;
    match (executed, cpu_s) {
        (Some(executed), Some(cpu_s)) if status.success() && cpu_s > 0.0 => {
            Ok(executed as f64 / cpu_s)
        }
        _ => Err(Failure::failed(format!("{} did not run to its end", binary.display()))),
    }
}

fn report(repository: &Repository, speeds: &mut [Vec<f64>]) -> Result<(), Failure> {
    let mut csv = String::from("target,median executions a CPU-second,least,most\n");
    println!("{:<40} {:>12} {:>12} {:>12}", "executions a CPU-second", "median", "least", "most");
    let mut medians = Vec::new();
    for (runner, speeds) in RUNNERS.iter().zip(speeds) {
        speeds.sort_by(f64::total_cmp);
        let median = speeds.get(speeds.len() / 2).copied().unwrap_or_default();
        let [least, most] =
            [speeds.first(), speeds.last()].map(|speed| speed.copied().unwrap_or_default());
        println!("{:<40} {median:>12.0} {least:>12.0} {most:>12.0}", runner.name);
        csv.push_str(&format!("{},{median:.0},{least:.0},{most:.0}\n", runner.name));
        medians.push(median);
    }
    println!();
    for (one, other, goal) in GOALS {
        let at = |index: usize| medians.get(index).copied().unwrap_or_default();
        let name = |index: usize| RUNNERS.get(index).map_or("", |runner| runner.name);
        let ratio = at(one) / at(other);
        let word = match goal {
            0.0 => String::new(),
            _ if ratio >= goal => format!("goal {goal}: met"),
            _ => format!("goal {goal}: missed"),
        };
        println!("{ratio:>8.3}  {} beside {}  {word}", name(one), name(other));
    }
    let path = repository.root().join("target/fuzz/speed.csv");
    fs::write(&path, csv).map_err(|error| places::at(&path, &error))
}
