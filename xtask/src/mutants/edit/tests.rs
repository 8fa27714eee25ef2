//! Edits on small texts.

use super::*;
use crate::mutants::rows;

/// The flaws of edits (find, replace) of `a.rs`.
fn flaws(edits: &[(&str, &str)]) -> Vec<Flaw> {
    let mut text =
        String::from("[[flaw]]\nname = \"f\"\ntitle = \"F.\"\nlevel = 1\ncases = [\"x/*\"]\n");
    for (find, replace) in edits {
        text.push_str(&format!(
            "[[flaw.edit]]\nfile = \"a.rs\"\nfind = '{find}'\nreplace = '{replace}'\n"
        ));
    }
    rows::parse("f.toml", &text).expect("it parses")
}

fn applied(original: &str, edits: &[(&str, &str)]) -> Result<String, String> {
    let read = |path: &str| (path == "a.rs").then(|| original.to_owned());
    let mut files = apply(&flaws(edits), &read)?;
    Ok(files.remove("a.rs").unwrap_or_default())
}

#[test]
fn edits_apply_at_their_places_in_the_original() {
    let edits = [("two", r#"FLAW("f") || two"#), ("one", "one two")];
    assert_eq!(
        applied("one two three", &edits),
        Ok(r#"one two crate::flaw::is("f") || two three"#.to_owned())
    );
}

#[track_caller]
fn check_refused(original: &str, edits: &[(&str, &str)], expected: &str) {
    assert_eq!(applied(original, edits), Err(expected.to_owned()));
}

#[test]
fn a_text_that_does_not_occur_once_is_refused() {
    let place = "xtask/flaws/f.toml:8: `f`: the text to find occurs";
    check_refused("one", &[("two", "x")], &format!("{place} 0 times in a.rs, not once"));
    check_refused("two two", &[("two", "x")], &format!("{place} 2 times in a.rs, not once"));
}

#[test]
fn edits_of_the_same_text_are_refused() {
    let expected = "xtask/flaws/f.toml:12: `f` and xtask/flaws/f.toml:8: `f` change the same text";
    check_refused("one two three", &[("one two", "x"), ("two three", "y")], expected);
}

#[test]
fn an_unknown_file_is_refused() {
    let result = apply(&flaws(&[("one", "two")]), &|_| None);
    assert_eq!(result, Err("xtask/flaws/f.toml:8: `f`: there is no file a.rs".to_owned()));
}

#[test]
fn switches_are_found() {
    let names: Vec<&str> = switches(r#"if FLAW("a") || (FLAW("b-c") && x == "y") {"#).collect();
    assert_eq!(names, ["a", "b-c"]);
}
