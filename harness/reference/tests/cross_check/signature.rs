//! JWS (RFC 7515, RFC 7518 §3, RFC 8037) with josekit and jsonwebtoken.

use rstest::rstest;

use crate::bench::{Bench, FORMS};

/// Every algorithm that josekit has as well, in every serialization. It has no `Ed25519`.
#[rstest]
#[case::hs256("HS256", &["oct-256-a", "oct-512-a"])]
#[case::hs384("HS384", &["oct-384-a"])]
#[case::hs512("HS512", &["oct-512-a"])]
#[case::rs256("RS256", RSA)]
#[case::rs384("RS384", RSA)]
#[case::rs512("RS512", RSA)]
#[case::ps256("PS256", RSA)]
#[case::ps384("PS384", RSA)]
#[case::ps512("PS512", RSA)]
#[case::es256("ES256", &["ec-p256-a", "ec-p256-leading-zero"])]
#[case::es384("ES384", &["ec-p384-a"])]
#[case::es512("ES512", &["ec-p521-a"])]
#[case::eddsa("EdDSA", &["ed25519-a"])]
fn josekit_and_the_reference_agree(#[case] alg: &str, #[case] keys: &[&str]) {
    let mut bench = Bench::new(11);
    for key in keys {
        for payload in PAYLOADS {
            for form in FORMS {
                bench.check_signature(alg, key, payload, form);
            }
        }
    }
}

/// Every algorithm that jsonwebtoken has as well. It has no `ES512` and no `Ed25519`.
#[rstest]
#[case::hs256("HS256", &["oct-256-a", "oct-512-a"])]
#[case::hs384("HS384", &["oct-384-a"])]
#[case::hs512("HS512", &["oct-512-a"])]
#[case::rs256("RS256", RSA)]
#[case::rs384("RS384", RSA)]
#[case::rs512("RS512", RSA)]
#[case::ps256("PS256", RSA)]
#[case::ps384("PS384", RSA)]
#[case::ps512("PS512", RSA)]
#[case::es256("ES256", &["ec-p256-a", "ec-p256-leading-zero"])]
#[case::es384("ES384", &["ec-p384-a"])]
#[case::eddsa("EdDSA", &["ed25519-a"])]
fn jsonwebtoken_and_the_reference_agree(#[case] alg: &str, #[case] keys: &[&str]) {
    let mut bench = Bench::new(12);
    for key in keys {
        for payload in PAYLOADS {
            bench.check_compact_signature(alg, key, payload);
        }
    }
}

const RSA: &[&str] = &["rsa-2048-a", "rsa-2048-e3", "rsa-3072", "rsa-4096"];

const PAYLOADS: [&[u8]; 4] = [br#"{"iss":"joe"}"#, b" { } ", b"no JSON \xff\x00", b""];
