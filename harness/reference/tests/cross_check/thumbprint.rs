//! JWK thumbprints (RFC 7638) with jsonwebtoken.

use algorithms::Hash;
use oracles::Oracle;
use reference::thumbprint;
use rstest::rstest;
use serde_json::{Value, json};

use crate::bench::Bench;

#[rstest]
#[case::rsa("rsa-2048-a")]
#[case::ec_p256("ec-p256-a")]
#[case::ec_p256_with_a_leading_zero("ec-p256-leading-zero")]
#[case::ec_p384("ec-p384-a")]
#[case::ec_p521("ec-p521-a")]
#[case::ed25519("ed25519-a")]
#[case::oct("oct-256-a")]
fn both_have_the_same(#[case] key: &str) {
    let mut bench = Bench::new(31);
    let jwk = bench.key(key).public.jwk;
    let text = jwk.members().to_text();
    let hashes = [("SHA-256", Hash::Sha256), ("SHA-384", Hash::Sha384), ("SHA-512", Hash::Sha512)];
    for (name, hash) in hashes {
        let Value::Object(request) = json!({"key": {"jwk": text}, "hash": name}) else {
            unreachable!("it is an object")
        };
        let answer = bench.jsonwebtoken.answer("jwk.thumbprint", &request);
        assert_eq!(answer.accept_text("thumbprint"), Some(thumbprint::of(&jwk, hash).as_str()));
    }
}
