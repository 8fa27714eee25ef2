//! Reading `xtask/flaws/*.toml`: strictly, each mistake with file and line.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::edit::switches;
use super::flaw::{Flaw, Row};
use crate::exit::Failure;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    #[serde(default)]
    flaw: Vec<Row>,
}

/// All flaws, in the order of files and rows.
///
/// # Errors
/// A file that cannot be read, or the first row that is not a flaw.
pub(super) fn load(folder: &Path) -> Result<Vec<Flaw>, Failure> {
    let unreadable =
        |error: std::io::Error| Failure::unavailable(format!("{}: {error}", folder.display()));
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()
        .map_err(unreadable)?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    let mut flaws = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&path).map_err(unreadable)?;
        flaws.extend(parse(&name, &text).map_err(Failure::unavailable)?);
    }
    check(&flaws).map_err(Failure::unavailable)?;
    Ok(flaws)
}

/// The flaws of one file.
pub(super) fn parse(name: &str, text: &str) -> Result<Vec<Flaw>, String> {
    let sheet: Sheet =
        toml::from_str(text).map_err(|error| format!("xtask/flaws/{name}: {error}"))?;
    let line = |at: usize| 1 + text.bytes().take(at).filter(|octet| *octet == b'\n').count();
    let flaws = sheet.flaw.into_iter().map(|row| Flaw {
        place: format!("xtask/flaws/{name}:{}", line(row.name.span().start)),
        lines: row.edit.iter().map(|edit| line(edit.find.span().start)).collect(),
        row,
    });
    Ok(flaws.collect())
}

/// What a row says about itself and about others.
fn check(flaws: &[Flaw]) -> Result<(), String> {
    let mut names: BTreeMap<&str, &Flaw> = BTreeMap::new();
    for flaw in flaws {
        if let Some(other) = names.insert(flaw.name(), flaw) {
            let text = format!("{}: `{}` stands at {} too", flaw.place, flaw.name(), other.place);
            return Err(text);
        }
    }
    let edits = || flaws.iter().flat_map(|flaw| flaw.row.edit.iter().map(move |edit| (flaw, edit)));
    for (flaw, edit) in edits() {
        if let Some(name) = switches(&edit.replace).find(|name| !names.contains_key(name)) {
            return Err(format!("{}: FLAW(\"{name}\") is no flaw", flaw.place));
        }
    }
    for flaw in flaws {
        let wrong = |text: &str| Err(format!("{}: `{}` {text}", flaw.place, flaw.name()));
        let row = &flaw.row;
        let is_kebab = |octet: u8| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-');
        if !flaw.name().bytes().all(is_kebab) {
            return wrong("is not in kebab case");
        }
        if !row.title.ends_with('.') {
            return wrong("has a title that is no sentence: it has no full stop");
        }
        if !(1..=3).contains(&row.level) {
            return wrong("has a level beyond 1, 2 and 3");
        }
        if let Some(name) = &row.shares
            && names.get(name.as_str()).is_none_or(|other| other.row.edit.is_empty())
        {
            return wrong(&format!("shares the edits of `{name}`, which has none"));
        }
        if !flaw.is_run() {
            continue;
        }
        if row.cases.is_empty() {
            return wrong("names no cases");
        }
        if !edits().any(|(_, edit)| switches(&edit.replace).any(|name| name == flaw.name())) {
            return wrong("is asked for by no edit: write FLAW(\"…\") with its name");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"
[[flaw]]
name = "a-flaw"
title = "It is broken."
level = 1
cases = ["jwe-tag/*"]
[[flaw.edit]]
file = "a.rs"
find = "x"
replace = 'FLAW("a-flaw")'
"#;

    #[track_caller]
    fn check_refused(text: &str, part: &str) {
        let result = parse("f.toml", text).and_then(|flaws| check(&flaws));
        let message = result.expect_err(part);
        assert!(message.starts_with("xtask/flaws/f.toml"), "{message}");
        assert!(message.contains(part), "{message}");
    }

    #[test]
    fn a_row_is_read_with_its_place() {
        let flaws = parse("f.toml", GOOD).expect("it parses");
        check(&flaws).expect("it is a flaw");
        let [flaw] = flaws.as_slice() else { panic!("one flaw: {flaws:?}") };
        assert_eq!((flaw.name(), flaw.place.as_str()), ("a-flaw", "xtask/flaws/f.toml:3"));
        assert_eq!(flaw.lines, [9]);
        assert_eq!(flaw.profiles(), ["rfc", "bcp", "rfc7523"]);
    }

    #[test]
    fn what_is_no_flaw_is_refused() {
        check_refused(&format!("{GOOD}{GOOD}"), "`a-flaw` stands at xtask/flaws/f.toml:3 too");
        check_refused(&GOOD.replace("level = 1", "level = 1\ncolour = 2"), "colour");
        check_refused(&GOOD.replace("level = 1", "level = 4"), "level");
        check_refused(&GOOD.replace("a-flaw", "A flaw"), "kebab");
        check_refused(&GOOD.replace("broken.", "broken"), "full stop");
        check_refused(&GOOD.replace("\"jwe-tag/*\"", ""), "no cases");
        check_refused(&GOOD.replace("FLAW(\"a-flaw\")", "true"), "asked for by no edit");
        check_refused(&GOOD.replace("FLAW(\"a-flaw\")", "FLAW(\"b\")"), "FLAW(\"b\") is no flaw");
        check_refused(&GOOD.replace("level = 1", "level = 1\nshares = \"b\""), "shares");
    }

    #[test]
    fn an_equivalent_flaw_needs_no_cases() {
        let text = "[[flaw]]\nname = \"e\"\ntitle = \"E.\"\nlevel = 3\nequivalent = \"No octet differs.\"\n";
        let flaws = parse("f.toml", text).expect("it parses");
        check(&flaws).expect("it is a row");
        assert!(!flaws[0].is_run());
    }
}
