//! Every committed input of every fuzz target is a test: the invariant holds, and what becomes of the input
//! is what `fuzz/verdicts/TARGET.txt` says.
//!
//! `TOUCHSTONE_VERDICTS=write` writes those files anew; the difference is to be read before it is committed.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use invariants::{INVARIANTS, Invariant};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> =
        INVARIANTS.iter().map(|row| Trial::test(row.name, || replay(row))).collect();
    trials.push(Trial::test("every invariant has its fuzz target", targets));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn replay(row: &Invariant) -> Result<(), Failed> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let mut verdicts = String::new();
    let inputs = inputs(&fuzz, row.name)?;
    if inputs.is_empty() {
        return Err(format!("no input in fuzz/seeds/{}", row.name).into());
    }
    for (name, path) in inputs {
        let octets = fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let became = std::panic::catch_unwind(|| (row.check)(&octets));
        let became = became.map_err(|_| format!("{name}: {} does not hold", row.name))?;
        writeln!(verdicts, "{name} {}", became.name())?;
    }
    let path = fuzz.join("verdicts").join(format!("{}.txt", row.name));
    if std::env::var("TOUCHSTONE_VERDICTS").is_ok_and(|value| value == "write") {
        fs::create_dir_all(fuzz.join("verdicts"))?;
        fs::write(&path, &verdicts)?;
    }
    let expected =
        fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    match verdicts.lines().zip(expected.lines()).find(|(have, want)| have != want) {
        Some((have, want)) => Err(format!("`{have}` instead of `{want}`").into()),
        None if verdicts != expected => Err("another number of inputs than verdicts".into()),
        None => Ok(()),
    }
}

/// The manifest and the folder of targets have each of them, and no other.
fn targets() -> Result<(), Failed> {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml"))?;
    for row in INVARIANTS {
        let text = fs::read_to_string(fuzz.join("fuzz_targets").join(format!("{}.rs", row.name)))?;
        if !text.contains(&format!("fuzz::target!(\"{}\");", row.name)) {
            return Err(format!("the target {} asks something else", row.name).into());
        }
        if !manifest.contains(&format!("name = \"{}\"", row.name)) {
            return Err(format!("fuzz/Cargo.toml has no target {}", row.name).into());
        }
    }
    let files = fs::read_dir(fuzz.join("fuzz_targets"))?.count();
    if files != INVARIANTS.len() {
        return Err(format!("{files} targets for {} invariants", INVARIANTS.len()).into());
    }
    Ok(())
}

/// The committed inputs, by folder and name.
fn inputs(fuzz: &Path, target: &str) -> Result<BTreeMap<String, PathBuf>, Failed> {
    let mut found = BTreeMap::new();
    for kind in ["seeds", "regressions"] {
        let folder = fuzz.join(kind).join(target);
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let name = format!("{kind}/{}", entry.file_name().to_string_lossy());
            found.insert(name, entry.path());
        }
    }
    Ok(found)
}
