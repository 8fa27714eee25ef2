//! What `llvm-cov export` says of each region, and its summary.
//!
//! A generic function is there once for each type it is used with, and each fuzz target has its own copies. A
//! region counts as reached if any copy of it is.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use serde_json::Value;

/// The regions of each file, by its path relative to the root.
pub(super) type Files = BTreeMap<String, BTreeMap<Region, u64>>;

/// Lines and columns, first to last.
pub(super) type Region = [u64; 4];

/// Reads the JSON of `llvm-cov export`; nothing where it has no function.
pub(super) fn files(json: &[u8], root: &Path) -> Option<Files> {
    let export: Value = serde_json::from_slice(json).ok()?;
    let functions = export.pointer("/data/0/functions")?.as_array()?;
    let mut files = Files::new();
    for function in functions {
        let names = function.get("filenames")?.as_array()?;
        for region in function.get("regions")?.as_array()? {
            let numbers: Vec<_> = region.as_array()?.iter().filter_map(Value::as_u64).collect();
            let [l1, c1, l2, c2, count, file, _, kind] = numbers.as_slice() else { return None };
            let name = names.get(usize::try_from(*file).ok()?)?.as_str()?;
            // Other kinds are gaps, expansions of macros and branches.
            if *kind != 0 {
                continue;
            }
            let Ok(path) = Path::new(name).strip_prefix(root) else { continue };
            let regions = files.entry(path.display().to_string()).or_default();
            let most = regions.entry([*l1, *c1, *l2, *c2]).or_default();
            *most = (*most).max(*count);
        }
    }
    (!files.is_empty()).then_some(files)
}

/// A line a file under `folder` that is not fully reached, with the lines that are not by function, and the sum.
pub(super) fn summary(folder: &str, files: &Files, root: &Path) -> String {
    let mut text = String::new();
    let (mut all, mut reached) = (0, 0);
    for (file, regions) in files.iter().filter(|(file, _)| file.starts_with(folder)) {
        let hit = regions.values().filter(|count| **count > 0).count();
        all += regions.len();
        reached += hit;
        if hit == regions.len() {
            continue;
        }
        let _ = writeln!(text, "{file}: {}", share(hit, regions.len()));
        let source = fs::read_to_string(root.join(file)).unwrap_or_default();
        for (function, lines) in missed(regions, &source) {
            let _ = writeln!(text, "    {function}: {}", lines.join(", "));
        }
    }
    let _ = writeln!(text, "{folder}: {}", share(reached, all));
    text
}

fn share(reached: usize, all: usize) -> String {
    let percent = if all == 0 { 0.0 } else { reached as f64 / all as f64 * 100.0 };
    format!("{percent:.2} % ({reached} of {all} regions)")
}

/// Regions that nothing reaches, by the function they are in.
fn missed(regions: &BTreeMap<Region, u64>, source: &str) -> Vec<(String, Vec<String>)> {
    let mut missed: Vec<(String, Vec<String>)> = Vec::new();
    for ([l1, c1, l2, c2], _) in regions.iter().filter(|(_, count)| **count == 0) {
        let function = function(source, *l1);
        let place = if l1 == l2 { format!("{l1}:{c1}-{c2}") } else { format!("{l1}-{l2}") };
        match missed.last_mut() {
            Some((last, lines)) if *last == function => lines.push(place),
            _ => missed.push((function, vec![place])),
        }
    }
    missed
}

/// The name of the last function that begins at or before a line.
fn function(source: &str, line: u64) -> String {
    let most = usize::try_from(line).unwrap_or(usize::MAX);
    let names = source.lines().take(most).filter_map(|line| {
        let (front, rest) = line.split_once("fn ")?;
        let is_start = front.trim().split(' ').all(|word| {
            matches!(word, "" | "pub" | "const" | "async" | "unsafe") || word.starts_with("pub(")
        });
        let end = rest.find(['(', '<'])?;
        is_start.then(|| rest.get(..end)).flatten()
    });
    names.last().unwrap_or("?").to_owned()
}

#[cfg(test)]
mod tests;
