//! Suite files that are wrong are refused with line and column.

use std::fs;
use std::path::Path;

use runner::plan::{Plan, Selection};
use suite::Suites;

const GOOD: &str = r#"title = "T"

[[case]]
id = "sample/control"
title = "A control."
why = "It is."
cites = ["X-1"]
impact = "interop"
severity = "low"
recipe = { jwe = { alg = "dir", enc = "A256GCM" } }
expect = [{ profile = "rfc", level = "must", accept = true }]

[[case]]
id = "sample/negative"
title = "A negative."
why = "It is."
cites = ["X-1"]
matrix = { keep = [0, 8] }
impact = "forgery"
severity = "low"
control = "sample/control"
mutate = { part = "tag", truncate = "$keep" }
expect = [{ profile = "rfc", level = "must", reject = ["decrypt/failed"] }]
"#;

/// Loads and plans the sample after one replacement and returns what was said.
fn load(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "the sample has no `{from}`");
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("profiles/rfc.toml", "title = \"R\"\ndocuments = []\n");
    write(
        "requirements.toml",
        "[[requirement]]\nid = \"X-1\"\ndocument = \"RFC 1\"\nsection = \"2\"\nlevel = \"MUST\"\n\
         rule = \"A rule.\"\nbasis = \"text\"\n",
    );
    write("sample.toml", &GOOD.replacen(from, to, 1));
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/keys");
    let said = match Suites::load_from(folder.path(), &keys) {
        Err(error) => error.to_string(),
        Ok(suites) => match Plan::make(
            &suites,
            &Selection { profiles: vec!["rfc".to_owned()], ..Selection::default() },
        ) {
            Err(error) => error.to_string(),
            Ok(plan) => format!("{} questions", plan.questions.len()),
        },
    };
    said.replace(&format!("{}/", folder.path().display()), "")
}

#[track_caller]
fn check(from: &str, to: &str, said: &str) {
    assert_eq!(load(from, to), said);
}

#[test]
fn the_sample_is_good() {
    check("It is.", "It is.", "3 questions");
}

#[test]
fn a_member_with_a_typing_error_is_refused() {
    check("why = ", "wy = ", "sample.toml:3:1: the member `why` is missing");
    check(
        "impact = \"forgery\"",
        "impact = \"forgery\"\nimpakt = 1",
        "sample.toml:20:1: `impakt` is not a member of this table",
    );
}

#[test]
fn a_typing_error_inside_a_recipe_or_mutation_is_refused() {
    let said = load("enc = \"A256GCM\" }", "encc = \"A256GCM\" }");
    assert!(said.starts_with("sample.toml:10:33: unknown field `encc`, expected one of"), "{said}");
    let said = load("truncate = ", "trunkate = ");
    assert!(said.starts_with("sample.toml:22:26: unknown variant `trunkate`"), "{said}");
}

#[test]
fn unknown_names_are_refused() {
    check("cites = [\"X-1\"]", "cites = [\"X-2\"]", "sample.toml:7:10: unknown requirement `X-2`");
    check(
        "reject = [\"decrypt/failed\"]",
        "reject = [\"decrypt/faild\"]",
        "sample.toml:23:56: unknown rejection code `decrypt/faild`",
    );
    check(
        "control = \"sample/control\"",
        "control = \"sample/contrl\"",
        "sample.toml:21:11: unknown control `sample/contrl`",
    );
    check("profile = \"rfc\"", "profile = \"rcf\"", "sample.toml:11:23: unknown profile `rcf`");
    check(
        "matrix = { keep = [0, 8] }",
        "matrix = { kep = [0, 8] }",
        "sample.toml:22:10: `$keep` is not in the matrix of this case",
    );
    check(
        "alg = \"dir\"",
        "alg = \"dirr\"",
        "sample.toml:4:6: sample/control []: the key management algorithm `dirr` is not known",
    );
}

#[test]
fn ids_are_unique_and_carry_the_name_of_the_file() {
    check(
        "id = \"sample/negative\"",
        "id = \"sample/control\"",
        "sample.toml:14:6: the id `sample/control` is used twice",
    );
    check(
        "id = \"sample/negative\"",
        "id = \"simple/negative\"",
        "sample.toml:14:6: an id here starts with `sample/`",
    );
}

#[test]
fn a_mutation_that_changes_nothing_is_refused() {
    check(
        "keep = [0, 8]",
        "keep = [0, 16]",
        "sample.toml:22:10: sample/negative [keep=16]: the mutation changes nothing",
    );
}

#[test]
fn two_changes_are_one_too_many() {
    check(
        "truncate = \"$keep\" }",
        "truncate = \"$keep\", empty = true }",
        "sample.toml:22:10: a mutation makes exactly one change beside its part; this one makes 2",
    );
}

#[test]
fn a_level_must_not_promise_what_it_does_not_say() {
    check(
        "level = \"must\", accept = true",
        "level = \"may\", accept = true",
        "sample.toml:11:11: any_of and may say `why`",
    );
}

#[test]
fn a_rejection_without_a_control_is_refused() {
    check(
        "level = \"must\", accept = true",
        "level = \"must\", reject = [\"decrypt/failed\"]",
        "sample.toml:11:10: what expects a rejection has a `control`: without one it proves nothing",
    );
}

#[test]
fn what_is_not_toml_is_refused_with_its_place() {
    let said = load("why = \"It is.\"", "why = \"It is.");
    assert!(said.starts_with("sample.toml:6:"), "{said}");
}
