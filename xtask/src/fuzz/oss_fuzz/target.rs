//! What one target has to be.

use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use super::options::Options;
use super::sandbox::{Ended, Sandbox, files};
use crate::repository::not_started;

/// What was seen of a good target.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Figures {
    edges: u64,
    /// Calls of AddressSanitizer in the code.
    calls: usize,
    seeds: usize,
}

impl fmt::Display for Figures {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { edges, calls, seeds } = self;
        write!(formatter, "{edges} edges, {calls} calls of AddressSanitizer, {seeds} seeds")
    }
}

/// Everything that is wrong with a target, a line each. `has_inputs`: the tree has seeds for it.
pub(super) fn check(
    sandbox: &Sandbox,
    name: &str,
    has_inputs: bool,
) -> Result<Figures, Vec<String>> {
    let program = sandbox.path(name);
    executable(&program).map_err(|finding| vec![finding])?;
    let options = options(sandbox, name);
    let mut flags = COMMON.map(str::to_owned).to_vec();
    if let Ok(options) = &options {
        flags.extend(options.flags.iter().cloned());
    } // Where they are wrong, it is run without: the other checks still have something to say.
    let edges = start(sandbox, name, &flags);
    let calls = sanitizer(&program);
    let seeds = match sandbox.unpack(name) {
        Ok(Some(folder)) => seeds(sandbox, name, &flags, &folder),
        Ok(None) if has_inputs => Err(format!("no {name}_seed_corpus.zip, but the tree has seeds")),
        Ok(None) => Ok(0),
        Err(finding) => Err(finding),
    };
    match (options, edges, calls, seeds, libraries(&program)) {
        (Ok(_), Ok(edges), Ok(calls), Ok(seeds), Ok(())) => Ok(Figures { edges, calls, seeds }),
        (options, edges, calls, seeds, libraries) => {
            let found = [options.err(), edges.err(), calls.err(), seeds.err(), libraries.err()];
            Err(found.into_iter().flatten().collect())
        }
    }
}

/// An ELF file with the function that a fleet looks for.
fn executable(program: &Path) -> Result<(), String> {
    let octets = fs::read(program).map_err(|error| format!("it was not built: {error}"))?;
    if !octets.starts_with(b"\x7fELF") {
        return Err("it is no ELF file".to_owned());
    }
    let entry = b"LLVMFuzzerTestOneInput";
    if octets.windows(entry.len()).any(|window| window == entry) {
        Ok(())
    } else {
        Err("it has no LLVMFuzzerTestOneInput".to_owned())
    }
}

/// Its options, which name a dictionary that is there.
fn options(sandbox: &Sandbox, name: &str) -> Result<Options, String> {
    let file = format!("{name}.options");
    let text =
        fs::read_to_string(sandbox.path(&file)).map_err(|error| format!("{file}: {error}"))?;
    let options = Options::parse(&text)?;
    match &options.dictionary {
        None => Err(format!("{file} names no dictionary")),
        Some(dictionary) if dictionary.contains('/') => {
            Err(format!("{file} names its dictionary by a path: {dictionary}"))
        }
        Some(dictionary) if !sandbox.path(dictionary).is_file() => {
            Err(format!("its dictionary is missing: {dictionary}"))
        }
        Some(_) => Ok(options),
    }
}

/// It starts, runs, and is instrumented: the number of edges.
fn start(sandbox: &Sandbox, name: &str, flags: &[String]) -> Result<u64, String> {
    let runs = ["-seed=1337", "-runs=4"].map(str::to_owned);
    let ended = sandbox.run(name, &[flags, &runs].concat(), None)?;
    if !ended.is_success || !ended.output.contains("Done 4 runs") {
        return Err(format!("it does not end its first 4 runs: {}", reason(&ended)));
    }
    let edges = edges(&ended.output).unwrap_or_default();
    if edges < LEAST_EDGES {
        return Err(format!("{edges} edges are instrumented, {LEAST_EDGES} are the least"));
    }
    Ok(edges)
}

/// From `INFO: Loaded 1 modules   (88941 inline 8-bit counters): 88941 […`.
fn edges(output: &str) -> Option<u64> {
    let is_count = |line: &&str| line.starts_with("INFO: Loaded ") && line.contains(" modules ");
    let (_, counts) = output.lines().find(is_count)?.split_once('(')?;
    counts.split(' ').next()?.parse().ok()
}

/// AddressSanitizer is in its code: the number of calls.
fn sanitizer(program: &Path) -> Result<usize, String> {
    let mut objdump = Command::new("objdump");
    objdump.args(["--disassemble", "--no-show-raw-insn"]).arg(program);
    objdump.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = objdump.spawn().map_err(|error| not_started(&objdump, &error).message)?;
    let mut calls = 0;
    if let Some(output) = child.stdout.take() {
        let lines = BufReader::new(output).lines().map_while(Result::ok);
        calls = lines.filter(|line| is_call_of_asan(line)).count();
    }
    child.wait().map_err(|error| format!("objdump: {error}"))?;
    if calls < LEAST_CALLS {
        let least = format!("{LEAST_CALLS} are the least");
        return Err(format!("it is built without AddressSanitizer: {calls} calls of it, {least}"));
    }
    Ok(calls)
}

/// `call` of x86-64, `bl` of AArch64.
fn is_call_of_asan(line: &str) -> bool {
    line.split_once("<__asan").is_some_and(|(front, _)| {
        front.split_whitespace().nth(1).is_some_and(|word| word.starts_with("call") || word == "bl")
    })
}

/// No seed crashes it: how many there are.
fn seeds(sandbox: &Sandbox, name: &str, flags: &[String], folder: &Path) -> Result<usize, String> {
    let seeds = files(folder);
    let ended = sandbox.run(name, &[flags, &["-runs=0".to_owned()]].concat(), Some(folder))?;
    if ended.is_success {
        return Ok(seeds.len());
    }
    let is_it = |path: &&std::path::PathBuf| fs::read(path).ok() == ended.artifact;
    let seed = seeds.iter().find(is_it).and_then(|path| path.strip_prefix(folder).ok());
    let seed = seed.map_or_else(|| "one of them".to_owned(), |path| path.display().to_string());
    Err(format!("a seed crashes it: {seed}: {}", reason(&ended)))
}

/// Every library that it loads is on the machine of any fleet.
fn libraries(program: &Path) -> Result<(), String> {
    let mut ldd = Command::new("ldd");
    ldd.arg(program);
    let output = ldd.output().map_err(|error| not_started(&ldd, &error).message)?;
    let text = String::from_utf8_lossy(&output.stdout);
    let foreign = foreign(&text);
    if foreign.is_empty() {
        return Ok(());
    }
    Err(format!("it loads libraries that a runner need not have: {}", foreign.join(", ")))
}

/// The libraries of ldd's output that do not come with every compiler.
fn foreign(ldd: &str) -> Vec<&str> {
    let words = ldd.lines().filter_map(|line| line.split_whitespace().next());
    let names = words.map(|word| word.rsplit('/').next().unwrap_or(word));
    let is_foreign = |name: &&str| {
        name.contains(".so") && !ORDINARY.iter().any(|ordinary| name.starts_with(ordinary))
    };
    names.filter(is_foreign).collect()
}

/// The line that says why, without what a terminal would take for a command.
fn reason(ended: &Ended) -> String {
    let lines = || ended.output.lines().map(str::trim).filter(|line| !line.is_empty());
    let says_why = |line: &&str| WHY.iter().any(|word| line.contains(word));
    let line = lines().find(says_why).or_else(|| lines().next_back()).unwrap_or("it says nothing");
    line.chars().filter(|character| !character.is_control()).take(200).collect()
}

/// What their runner gives every target: megabytes, and seconds for one input.
const COMMON: [&str; 2] = ["-rss_limit_mb=2560", "-timeout=25"];
/// Their thresholds, of `bad_build_check`.
const LEAST_EDGES: u64 = 100;
const LEAST_CALLS: usize = 1_000;
const ORDINARY: &[&str] = &[
    "ld-linux",
    "libc.so",
    "libdl.so",
    "libgcc_s.so",
    "libm.so",
    "libpthread.so",
    "librt.so",
    "libstdc++.so",
    "linux-vdso.so",
];
const WHY: &[&str] = &["panicked at", "ERROR: ", "ParseDictionaryFile: error"];

#[cfg(test)]
mod tests;
