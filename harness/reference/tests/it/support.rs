//! Keys, tokens and checks that the modules share.

use std::path::Path;

use algorithms::base64url;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use reference::{Jwk, Policy};
use rejection::Rejection;

pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

/// A file of vectors/.
pub(crate) fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// The text of a public test key of vectors/keys.
pub(crate) fn key_text(name: &str, half: &str) -> String {
    key_form(name, half, "jwk")
}

/// The text of a key in one of the forms `jwk`, `pem` and `der`.
pub(crate) fn key_form(name: &str, half: &str, form: &str) -> String {
    let key: serde_json::Value = serde_json::from_str(&file(&format!("keys/{name}.json"))).unwrap();
    key[half][form].as_str().unwrap().to_owned()
}

pub(crate) fn private(name: &str) -> Jwk {
    Jwk::parse(&key_text(name, "private"), &Policy::default()).unwrap()
}

pub(crate) fn public(name: &str) -> Jwk {
    Jwk::parse(&key_text(name, "public"), &Policy::default()).unwrap()
}

/// Every policy list open, RSA1_5 too.
pub(crate) fn open_policy() -> Policy {
    let names = algorithms::KEY_MANAGEMENT.iter().map(|row| row.name);
    Policy::default().pin_key_management(names)
}

/// The names of two keys for an `alg` and `enc`: the one to encrypt to and the one to decrypt with.
pub(crate) fn keys_for(alg: &str, enc: &str, curve: &str) -> (Jwk, Jwk) {
    let symmetric = |name: &str| (private(name), private(name));
    match alg {
        "dir" => match enc {
            "A128GCM" => symmetric("oct-128-a"),
            "A192GCM" => symmetric("oct-192-a"),
            "A256GCM" | "A128CBC-HS256" => symmetric("oct-256-a"),
            "A192CBC-HS384" => symmetric("oct-384-a"),
            _ => symmetric("oct-512-a"),
        },
        "A128KW" | "A128GCMKW" => symmetric("oct-128-a"),
        "A192KW" | "A192GCMKW" => symmetric("oct-192-a"),
        "A256KW" | "A256GCMKW" => symmetric("oct-256-a"),
        _ if alg.starts_with("RSA") => (public("rsa-2048-a"), private("rsa-2048-a")),
        _ if alg.starts_with("ECDH") => (public(curve), private(curve)),
        _ => symmetric("password-unicode"),
    }
}

/// A header with the few members that every test needs; PBES2 with a count that is quick.
pub(crate) fn header(alg: &str, enc: &str) -> String {
    let p2c = if alg.starts_with("PBES2") { r#","p2c":1000"# } else { "" };
    format!(r#"{{"alg":"{alg}","enc":"{enc}"{p2c}}}"#)
}

/// The decoded parts of a compact token.
pub(crate) fn parts(token: &str) -> Vec<Vec<u8>> {
    token.split('.').map(|part| base64url::decode(part).unwrap()).collect()
}

pub(crate) fn join(parts: &[Vec<u8>]) -> String {
    parts.iter().map(|part| base64url::encode(part)).collect::<Vec<_>>().join(".")
}

/// A compact token with a header of one's own and arbitrary other parts.
pub(crate) fn with_header(header: &str, rest: &str) -> String {
    format!("{}.{rest}", base64url::encode(header.as_bytes()))
}

#[track_caller]
pub(crate) fn check<T: std::fmt::Debug>(got: Result<T, Rejection>, code: &str) {
    let got = got.map_err(|rejection| rejection.code());
    assert_eq!(got.as_ref().err().copied(), Some(code), "{got:?}");
}
