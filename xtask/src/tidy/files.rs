//! Rules about single files: what a file opens with, is called, weighs and must not say.

use super::walk::File;

/// The largest file outside `vectors/`, in octets.
pub(super) const MAXIMUM_OCTETS: u64 = 1 << 20;

/// Adds what is wrong with `file` to `findings`.
pub(super) fn check(file: &File, findings: &mut Vec<String>) {
    let path = file.path.as_str();
    if path.starts_with("vectors/") {
        return; // verbatim: not ours to judge
    }
    if file.octets > MAXIMUM_OCTETS {
        findings.push(format!(
            "{path}: {} octets, the limit is {MAXIMUM_OCTETS}: generate it under target/, split \
             it, or, if others published it, move it to vectors/",
            file.octets
        ));
    }
    if path.ends_with("/mod.rs") {
        findings.push(format!("{path}: modules are `name.rs` beside the folder `name`: rename it"));
    }
    let Some(text) = &file.text else { return };
    if is_our_rust(path) && !opens_with_documentation(text) {
        findings.push(format!(
            "{path}: the first line is not `//!`: say what the file is about, and the section of \
             the RFC if it follows one"
        ));
    }
    if is_member_manifest(path) && !text.contains("[lints]\nworkspace = true") {
        findings.push(format!("{path}: no `[lints]` with `workspace = true`: add it"));
    }
    for (index, line) in text.lines().enumerate() {
        check_line(path, index + 1, line, findings);
    }
}

fn check_line(path: &str, number: usize, line: &str, findings: &mut Vec<String>) {
    if !path.ends_with(".md") && has_promise_without_issue(line) {
        findings.push(format!(
            "{path}:{number}: {LATER} without an issue: do it, or open an issue and write \
             `{LATER}(#123)`"
        ));
    }
    if let Some(word) = foreign_path(line) {
        findings.push(format!(
            "{path}:{number}: `{word}` is not part of the repository: nothing in the tree may \
             name or need it"
        ));
    }
}

fn is_our_rust(path: &str) -> bool {
    path.ends_with(".rs") && ["harness/", "xtask/", "fuzz/"].iter().any(|top| path.starts_with(top))
}

/// Members of the workspace; an adapter with a workspace of its own keeps its own lints.
fn is_member_manifest(path: &str) -> bool {
    let Some(folder) = path.strip_suffix("/Cargo.toml") else { return false };
    let in_harness = folder.strip_prefix("harness/").is_some_and(|name| !name.contains('/'));
    in_harness || folder == "xtask"
}

/// A crate whose README is its front page opens with an attribute instead.
fn opens_with_documentation(text: &str) -> bool {
    text.starts_with("//!") || text.starts_with("#![doc = include_str!")
}

/// Whether `line` puts something off without naming an issue: `(#12)` or `#12` has to follow.
fn has_promise_without_issue(line: &str) -> bool {
    [LATER, BROKEN].iter().any(|word| {
        line.match_indices(word).any(|(start, _)| {
            let (before, rest) = line.split_at(start);
            let rest = rest.strip_prefix(word).unwrap_or(rest);
            let is_word = !before.ends_with(is_identifier) && !rest.starts_with(is_identifier);
            is_word && !names_an_issue(rest)
        })
    })
}

fn names_an_issue(rest: &str) -> bool {
    let rest = rest.trim_start_matches([' ', '(']);
    rest.strip_prefix('#').is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()))
}

/// The first path in `line` that leads out of the repository. A field or a method of that name is
/// no path.
fn foreign_path(line: &str) -> Option<&'static str> {
    FOREIGN_PATHS.iter().copied().find(|word| {
        line.match_indices(word).any(|(start, _)| {
            let (before, rest) = line.split_at(start);
            let rest = rest.strip_prefix(word).unwrap_or(rest);
            let is_member = before.ends_with(|last| is_identifier(last) || ")]?".contains(last));
            !is_member && !rest.starts_with(is_identifier)
        })
    })
}

fn is_identifier(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

// Written in two pieces, so that this file keeps its own rules.
const LATER: &str = concat!("TO", "DO");
const BROKEN: &str = concat!("FIX", "ME");
const FOREIGN_PATHS: &[&str] = &[concat!("..", "/shared"), concat!(".", "library")];

#[cfg(test)]
mod tests;
