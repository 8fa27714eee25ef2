//! `cargo xtask fuzz promote`: a finding becomes a regression, and the draft of a case.

use std::ffi::OsString;
use std::fs;

use super::finding::Class;
use super::shrink::{self, Named};
use super::{places, replay, token, triage};
use crate::exit::Failure;
use crate::repository::Repository;

/// Puts the shrunk finding into `fuzz/regressions/TARGET/`, with its verdict once it is a finding no more; prints
/// what it is, and the draft of a case where it is a token.
pub(super) fn run(repository: &Repository, arguments: &[OsString]) -> Result<(), Failure> {
    let given = shrink::SYNTAX.read(arguments)?;
    let named = Named::read(repository, &given)?;
    let octets = match &named.class {
        Some(class) => named.shrunk(class, shrink::seconds(&given))?,
        None => named.content()?,
    };
    let slug = slug(named.class.as_ref(), places::name(&named.path));
    let places = named.engine.places();
    let folder = places.regressions(&named.target);
    places::make(&folder)?;
    let name = format!("{slug}-{}", triage::hash_of(&octets));
    let path = folder.join(&name);
    places::replace(&path, &octets)?;
    if named.path.starts_with(places.artifacts(&named.target)) {
        fs::remove_file(&named.path).map_err(|error| places::at(&named.path, &error))?;
    }
    println!("{}: {}", places.relative(&path), token::describe(&octets));
    if token::parts(&octets).is_some() {
        println!("\n{}", draft(&named.target, &slug, &octets));
    }
    match &named.class {
        Some(class) => {
            println!(
                "\n{class}: tests fail until that is mended; then `fuzz promote` gives the verdict:"
            );
            println!("  cargo xtask fuzz promote {}", places.relative(&path));
            Ok(())
        }
        None => replay::add(repository, places, &named.target, &[format!("regressions/{name}")]),
    }
}

/// The class of today; of a finding that is none any more, that of its name.
fn slug(class: Option<&Class>, name: &str) -> String {
    let of_name = || {
        let front = name.rsplit_once('-').map_or(name, |(front, _)| front);
        let letters = front.to_ascii_lowercase();
        let kept =
            letters.chars().filter(|letter| letter.is_ascii_alphanumeric() || *letter == '-');
        let kept: String = kept.take(100).collect();
        if kept.is_empty() { "mended".to_owned() } else { kept }
    };
    class.map_or_else(of_name, Class::slug)
}

/// A case for somebody to finish, whose header is that of the token.
fn draft(target: &str, slug: &str, octets: &[u8]) -> String {
    let parts = token::parts(octets).unwrap_or_default();
    let (control, kind) = match parts.len() {
        3 => ("jws-control/plain", "JWS"),
        _ => ("jwe-control/plain", "JWE"),
    };
    let header = toml::Value::from(parts.first().copied().unwrap_or_default());
    format!(
        "# Draft of a case from a finding of the fuzz target {target}. To be finished by hand: the rule that \
         decides,\n# a control with the same algorithms, and the one change to it that matters.\n\
         [[case]]\n\
         id = \"SUITE/{slug}\"\n\
         title = \"A {kind} … is refused.\"\n\
         why = \"\"\n\
         cites = []\n\
         control = \"{control}\"\n\
         mutate = {{ part = \"header\", text = {header}, sealed = false }}\n\
         expect = [{{ profile = \"rfc\", level = \"may\", reject = [] }}]"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_draft_is_toml_whatever_the_token() {
        let token = "eyJhbGciOiJkaXIifQ\"\n\\.a.b.c.d";
        let text = draft("jwe_open", "panic-a-1", token.as_bytes());
        let draft: toml::Table = toml::from_str(&text).expect("it is TOML");
        let case = &draft["case"][0];
        assert_eq!(case["id"].as_str(), Some("SUITE/panic-a-1"));
        assert_eq!(case["control"].as_str(), Some("jwe-control/plain"));
        assert_eq!(case["mutate"]["text"].as_str(), Some("eyJhbGciOiJkaXIifQ\"\n\\"));
        assert_eq!(case["expect"][0]["level"].as_str(), Some("may"));
    }

    #[test]
    fn what_is_mended_keeps_the_class_of_its_name() {
        assert_eq!(slug(None, "panic-reference-jwe-142-1a2b3c4d"), "panic-reference-jwe-142");
        assert_eq!(slug(None, "Ünicode $(x)-1a2b3c4d"), "nicodex");
        assert_eq!(slug(None, "$"), "mended");
        assert_eq!(slug(Some(&Class::unreproducible()), "x-y"), "unreproducible");
    }
}
