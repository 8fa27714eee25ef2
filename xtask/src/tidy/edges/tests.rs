//! The table against made-up manifests: what is forbidden fails, what is allowed does not.

use super::*;

fn package(name: &str, dependencies: &[(&str, Kind)]) -> Package {
    let dependency =
        |(name, kind): &(&str, Kind)| Dependency { name: (*name).to_owned(), kind: *kind };
    Package {
        name: name.to_owned(),
        manifest: format!("harness/{name}/Cargo.toml"),
        dependencies: dependencies.iter().map(dependency).collect(),
        binaries: Vec::new(),
    }
}

/// Checks one edge; `expected` is a part of the message, or nothing for an allowed edge.
#[track_caller]
fn check_edge(from: &str, to: &str, kind: Kind, expected: Option<&str>) {
    let findings = check(&[package(from, &[(to, kind)])]);
    match (findings.as_slice(), expected) {
        ([], None) => {}
        ([finding], Some(part)) => assert!(finding.contains(part), "{finding}"),
        _ => panic!("{from} → {to}: {findings:?}, expected {expected:?}"),
    }
}

#[test]
fn the_forge_must_not_import_the_reference() {
    let message = "`forge` must not import `reference`: it shares primitives";
    check_edge("forge", "reference", Kind::Normal, Some(message));
}

#[test]
fn the_message_names_the_manifest_and_what_is_allowed() {
    let message = "harness/forge/Cargo.toml: `forge` must not import `reference`";
    check_edge("forge", "reference", Kind::Normal, Some(message));
    check_edge("forge", "reference", Kind::Normal, Some("it may import suite, algorithms: drop"));
    check_edge("xtask", "suite", Kind::Normal, Some("it may import nothing of ours"));
}

#[test]
fn the_runner_must_not_import_the_reference() {
    check_edge("jose-touchstone", "reference", Kind::Normal, Some("would judge itself"));
    check_edge("jose-touchstone", "reference", Kind::Dev, Some("must not import in tests"));
}

#[test]
fn allowed_edges_are_allowed() {
    for imports in IMPORTS {
        for to in imports.code {
            check_edge(imports.package, to, Kind::Normal, None);
            check_edge(imports.package, to, Kind::Dev, None);
        }
        for to in imports.tests {
            check_edge(imports.package, to, Kind::Dev, None);
        }
    }
}

#[test]
fn an_edge_for_tests_is_for_tests_only() {
    check_edge("reference", "oracles", Kind::Dev, None);
    check_edge("reference", "oracles", Kind::Normal, Some("must not import `oracles`"));
}

#[test]
fn foreign_crates_are_nobodys_business_unless_fenced() {
    check_edge("rejection", "serde", Kind::Normal, None);
    check_edge("reference", "rsa", Kind::Normal, None);
    check_edge("suite", "rsa", Kind::Normal, Some("computes no cryptography"));
    check_edge("reference", "josekit", Kind::Normal, Some("stay behind `oracles`"));
    check_edge("oracles", "josekit", Kind::Normal, None);
}

#[test]
fn a_package_without_a_row_is_refused() {
    let findings = check(&[package("common", &[])]);
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert!(findings[0].contains("`common` has no row"), "{findings:?}");
}

#[test]
fn the_table_has_no_cycle() {
    fn reaches(from: &str, to: &str) -> bool {
        row(from)
            .is_some_and(|imports| imports.code.iter().any(|next| *next == to || reaches(next, to)))
    }
    for imports in IMPORTS {
        assert!(!reaches(imports.package, imports.package), "{}", imports.package);
    }
}
