//! Which member of which vector becomes a test, and which does not.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::sync::Arc;

use libtest_mimic::Trial;

use crate::compare::Outcome;
use crate::vector::Vector;
use crate::{jwe, jwks, jws, primitives, samples};

/// One test for each member of each vector that [`NOT_A_TEST`] does not list.
pub(crate) fn trials(root: &Path) -> Result<Vec<Trial>, Box<dyn Error>> {
    let mut trials = Vec::new();
    let mut met = BTreeSet::new();
    for vector in Vector::load_all(root)? {
        let vector = Arc::new(vector);
        let before = trials.len();
        for name in vector.names() {
            if let Some(row) = row(&vector, name) {
                met.insert(row);
                continue;
            }
            let (test, vector, name) =
                (format!("{}/{name}", vector.id), Arc::clone(&vector), name.to_owned());
            trials.push(Trial::test(test, move || check(&vector, &name)));
        }
        if trials.len() == before {
            return Err(format!("{}: nothing in it is tested", vector.id).into());
        }
    }
    let stale: Vec<_> = (0..NOT_A_TEST.len()).filter(|row| !met.contains(row)).collect();
    trials.push(Trial::test("plan/each-row-of-not-a-test-is-needed", move || {
        match stale.first().and_then(|&row| NOT_A_TEST.get(row)) {
            None => Ok(()),
            Some((which, name, _)) => Err(format!("no vector has {which} {name}").into()),
        }
    }));
    Ok(trials)
}

fn check(vector: &Vector, name: &str) -> Outcome {
    match vector.kind.as_str() {
        "aead" => primitives::aead(vector, name),
        "keywrap" => primitives::key_wrap(vector, name),
        "kdf" => primitives::key_derivation(vector, name),
        "jwe" => jwe::check(vector, name),
        "jws" => jws::check(vector, name),
        "jws-unsecured" | "jws-negative" => jws::check_refused(vector, name),
        "jwk" | "thumbprint" | "thumbprint-uri" => jwks::check(vector, name),
        "certificate" | "key" => jwks::check_material(vector, name),
        "header-negative" | "claims" | "http" => samples::check(vector, name),
        kind => Err(format!("nothing here checks the kind `{kind}`").into()),
    }
}

fn row(vector: &Vector, name: &str) -> Option<usize> {
    let about = |which: &str| which == vector.kind || which == vector.id;
    NOT_A_TEST.iter().position(|row| about(row.0) && row.1 == name)
}

/// Kind or id, member, and why no test has its name.
const NOT_A_TEST: &[(&str, &str, &str)] = &[
    ("aead", "enc", "selects the row that every test of the file uses"),
    ("aead", "cek", "goes into every test of the file"),
    ("aead", "iv", "goes into `ciphertext` and `mac_input`"),
    ("aead", "aad", "goes into `ciphertext` and `mac_input`"),
    ("aead", "plaintext", "goes into `ciphertext`, which is opened again"),
    ("keywrap", "kek", "goes into `ciphertext`"),
    ("keywrap", "key_data", "goes into `ciphertext`, which is unwrapped again"),
    ("kdf", "recipient_key", "goes into `z`"),
    ("rfc8037/a.7", "z", "the tables have no X448; the derived keys of this Z are checked"),
    ("rfc8037/a.7", "producer_ephemeral_key", "the tables have no X448"),
    ("jwe", "plaintext", "is what `compact` and the JSON serializations decrypt to"),
    ("jws", "payload", "is what `compact` and the JSON serializations carry"),
    ("jws-unsecured", "payload", "goes into `signing_input`"),
    ("jws-negative", "payload", "belongs to a token that is refused"),
    ("thumbprint-uri", "hash", "selects the hash of `thumbprint` and `uri`"),
    ("http", "method", "the tenant answers requests, the reference reads no HTTP"),
    ("http", "target", "the tenant answers requests, the reference reads no HTTP"),
    ("http", "host", "the tenant answers requests, the reference reads no HTTP"),
    ("http", "content_type", "the tenant answers requests, the reference reads no HTTP"),
    ("claims", "target", "the tenant answers requests, the reference reads no HTTP"),
    ("claims", "token_endpoint", "the tenant answers requests, the reference reads no HTTP"),
    (
        "claims",
        "error_response_example",
        "the tenant answers requests, the reference has no answers",
    ),
    ("claims", "request", "an authorization request; no part of the harness makes one"),
    ("jwk", "certificate_signature_hash", "no rule of the harness reads a certificate's signature"),
];
