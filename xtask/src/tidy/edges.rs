//! Who may import whom: the table of `harness/ARCHITECTURE.md`, compared with the manifests.

use crate::metadata::{Dependency, Kind, Package};

/// The crates of ours that one crate may import.
struct Imports {
    package: &'static str,
    /// In its code.
    code: &'static [&'static str],
    /// In its tests, besides.
    tests: &'static [&'static str],
    /// What goes wrong with any other edge, for the message.
    reason: &'static str,
}

/// One row a member of the workspaces; a dependency on a crate outside the table is none of ours.
const IMPORTS: &[Imports] = &[
    Imports {
        package: "rejection",
        code: &[],
        tests: &[],
        reason: "it is a leaf: everybody names refusals, so it knows nobody",
    },
    Imports {
        package: "algorithms",
        code: &[],
        tests: &[],
        reason: "it is a leaf: the forge and the reference share primitives, never rules",
    },
    Imports {
        package: "reference",
        code: &["rejection", "algorithms"],
        tests: &["oracles"],
        reason: "the rules are pure: what they need is an argument",
    },
    Imports {
        package: "tenant",
        code: &["reference", "rejection"],
        tests: &[],
        reason: "the server under test does not know the tests",
    },
    Imports {
        package: "protocol",
        code: &["rejection"],
        tests: &[],
        reason: "an adapter's author takes it without the rest of the harness",
    },
    Imports {
        package: "suite",
        code: &["rejection", "protocol"],
        tests: &[],
        reason: "a suite is data: reading it needs neither cryptography nor a target",
    },
    Imports {
        package: "forge",
        code: &["suite", "algorithms"],
        tests: &[],
        reason: "it shares primitives with what it tests and no rule, or one wrong rule would \
                 make and accept the same token",
    },
    Imports {
        package: "report",
        code: &["suite", "protocol"],
        tests: &[],
        reason: "a report is rendered from the records alone",
    },
    Imports {
        package: "jose-touchstone",
        code: &["suite", "forge", "protocol", "report", "rejection", "mutator"],
        tests: &[],
        reason: "it asks and judges over the protocol and knows no target from inside, or the \
                 reference would judge itself",
    },
    Imports {
        package: "oracles",
        code: &["protocol"],
        tests: &[],
        reason: "an oracle is independent of what it is compared with",
    },
    Imports {
        package: "adapter-reference",
        code: &["protocol", "reference", "rejection", "algorithms"],
        tests: &[],
        reason: "an adapter answers and does not know the questions",
    },
    Imports {
        package: "adapter-josekit",
        code: &["protocol", "oracles"],
        tests: &[],
        reason: "an adapter answers and does not know the questions",
    },
    Imports {
        package: "adapter-jsonwebtoken",
        code: &["protocol", "oracles"],
        tests: &[],
        reason: "an adapter answers and does not know the questions",
    },
    Imports {
        package: "mutator",
        code: &["algorithms"],
        tests: &["oracles"],
        reason: "what is sealed for a target is sealed without the target's own code",
    },
    Imports {
        package: "invariants",
        code: &[
            "reference",
            "rejection",
            "algorithms",
            "protocol",
            "suite",
            "forge",
            "mutator",
            "oracles",
        ],
        tests: &[],
        reason: "an invariant is about libraries, not the program, and knows no fuzzing engine",
    },
    Imports {
        package: "dictionary",
        code: &["reference", "rejection", "algorithms", "protocol"],
        tests: &[],
        reason: "its words are the tables' of libraries",
    },
    Imports {
        package: "fuzz",
        code: &["invariants", "mutator"],
        tests: &[],
        reason: "a fuzz target is one call of an invariant, which tests replay without the engine",
    },
    Imports {
        package: "speed",
        code: &["reference", "algorithms", "invariants", "mutator", "oracles"],
        tests: &[],
        reason: "it compares how fast they are, and judges nothing",
    },
    Imports {
        package: "xtask",
        code: &[],
        tests: &[],
        reason: "it has to build when the others do not",
    },
];

/// Foreign crates that only some of ours may name.
struct Fenced {
    crates: &'static [&'static str],
    may: fn(&str) -> bool,
    reason: &'static str,
}

const FENCES: &[Fenced] = &[
    Fenced {
        crates: &["josekit", "jsonwebtoken", "openssl", "aws-lc-rs"],
        may: |package| matches!(package, "oracles" | "adapter-josekit" | "adapter-jsonwebtoken"),
        reason: "the independent crates stay behind `oracles`, so that nothing else links them",
    },
    Fenced {
        crates: &[
            "aes",
            "aes-gcm",
            "aes-kw",
            "cbc",
            "ed25519-dalek",
            "hmac",
            "p256",
            "p384",
            "p521",
            "pbkdf2",
            "rsa",
            "x25519-dalek",
        ],
        may: |package| !matches!(package, "protocol" | "suite" | "report" | "jose-touchstone"),
        reason: "who asks and judges computes no cryptography",
    },
];

/// Every edge that the tables forbid, and every package that they do not know.
pub(super) fn check(packages: &[Package]) -> Vec<String> {
    let mut findings = Vec::new();
    for package in packages {
        let Some(imports) = row(&package.name) else {
            findings.push(format!(
                "{}: `{}` has no row; decide who it may import and add it to IMPORTS in \
                 xtask/src/tidy/edges.rs and to harness/ARCHITECTURE.md",
                package.manifest, package.name
            ));
            continue;
        };
        for dependency in &package.dependencies {
            findings.extend(ours(package, imports, dependency));
            findings.extend(foreign(package, dependency));
        }
    }
    findings
}

fn row(package: &str) -> Option<&'static Imports> {
    IMPORTS.iter().find(|imports| imports.package == package)
}

fn ours(package: &Package, imports: &Imports, dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    row(name)?;
    let is_allowed = imports.code.contains(&name)
        || (dependency.kind == Kind::Dev && imports.tests.contains(&name));
    if is_allowed {
        return None;
    }
    let (kind, allowed) = match dependency.kind {
        Kind::Normal => ("import", imports.code.to_vec()),
        Kind::Dev => ("import in tests", [imports.code, imports.tests].concat()),
    };
    let allowed = if allowed.is_empty() { "nothing of ours".into() } else { allowed.join(", ") };
    Some(format!(
        "{}: `{}` must not {kind} `{name}`: {}; it may import {allowed}: drop the dependency, or \
         move the code to the side that may have it",
        package.manifest, package.name, imports.reason
    ))
}

fn foreign(package: &Package, dependency: &Dependency) -> Option<String> {
    let name = dependency.name.as_str();
    let fence = FENCES.iter().find(|fence| fence.crates.contains(&name))?;
    if (fence.may)(&package.name) {
        return None;
    }
    Some(format!(
        "{}: `{}` must not depend on `{name}`: {}; ask a crate that may for what you need",
        package.manifest, package.name, fence.reason
    ))
}

#[cfg(test)]
mod tests;
