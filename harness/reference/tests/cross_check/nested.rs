//! Nested JWTs (RFC 7519 §5.2): each layer by another implementation, and all orders of them.

use oracles::{Allow, Oracle, Serialization};
use reference::jwt::Expectations;
use reference::{JwkSet, jwe, jws, nested};
use rstest::rstest;
use serde_json::{Value, json};

use crate::bench::{Bench, Pair};

const CLAIMS: &str =
    r#"{"iss":"https://as.example/","aud":["https://api.example/"],"iat":900,"exp":2000}"#;
const OUTER: &str = r#"{"alg":"RSA-OAEP-256","enc":"A256CBC-HS512","cty":"JWT"}"#;

/// The signature algorithm, the signer's key, and its `kid`.
struct Issuer {
    header: String,
    pair: Pair,
    set: String,
}

impl Issuer {
    fn new(bench: &Bench, alg: &str, key: &str) -> Self {
        let header = format!(r#"{{"alg":"{alg}","typ":"at+jwt","kid":"public-test-key-{key}"}}"#);
        let pair = bench.key(key);
        let set = format!(r#"{{"keys":[{}]}}"#, pair.public.jwk.members().to_text());
        Self { header, pair, set }
    }
}

#[rstest]
#[case::rs256("RS256", "rsa-2048-b")]
#[case::ps256("PS256", "rsa-2048-b")]
#[case::es256("ES256", "ec-p256-a")]
#[case::es512("ES512", "ec-p521-a")]
#[case::eddsa("EdDSA", "ed25519-a")]
#[case::hs256("HS256", "oct-256-a")]
fn josekit_opens_what_the_reference_seals(#[case] alg: &str, #[case] key: &str) {
    let mut bench = Bench::new(21);
    let issuer = Issuer::new(&bench, alg, key);
    let recipient = bench.key("rsa-2048-a");
    let sign = nested::Layer { keys: (&issuer.pair.private.jwk).into(), header: &issuer.header };
    let encrypt = nested::Layer { keys: (&recipient.public.jwk).into(), header: OUTER };
    let token = nested::seal(CLAIMS, sign, encrypt, &bench.policy, &mut bench.rng)
        .expect("the reference seals");
    let private = recipient.private.jwk.members().to_text();
    let request = json!({
        "token": token, "decrypt": {"key": {"jwk": private}}, "verify": {"jwks": issuer.set},
        "expect": {"iss": "https://as.example/", "aud": "https://api.example/", "typ": ["at+jwt"]},
        "now": 1000,
    });
    let Value::Object(request) = request else { unreachable!("it is an object") };
    let answer = bench.josekit.answer("nested.open", &request);
    let claims = answer.accept_text("claims").unwrap_or_else(|| panic!("{answer:?}"));
    assert_eq!(value(claims), value(CLAIMS));
    assert_eq!(answer.accept_text("inner").map(value), Some(value(&issuer.header)));
    assert_eq!(answer.accept_text("outer").map(value), Some(value(OUTER)));
}

#[rstest]
#[case::rs256("RS256", "rsa-2048-b")]
#[case::ps256("PS256", "rsa-2048-b")]
#[case::es256("ES256", "ec-p256-a")]
#[case::es512("ES512", "ec-p521-a")]
#[case::eddsa("EdDSA", "ed25519-a")]
#[case::hs256("HS256", "oct-256-a")]
fn the_reference_opens_what_josekit_seals(#[case] alg: &str, #[case] key: &str) {
    let mut bench = Bench::new(22);
    let issuer = Issuer::new(&bench, alg, key);
    let recipient = bench.key("rsa-2048-a");
    let token = bench
        .josekit
        .seal(
            CLAIMS,
            (&issuer.header, &issuer.pair.private.source),
            (OUTER, &recipient.public.source),
        )
        .expect("josekit seals");
    check_reference_opens(&mut bench, &issuer, &recipient, &token);
}

/// jsonwebtoken signs, the reference encrypts; josekit decrypts, jsonwebtoken verifies.
#[rstest]
#[case::rs256("RS256", "rsa-2048-b")]
#[case::ps384("PS384", "rsa-2048-b")]
#[case::es256("ES256", "ec-p256-a")]
#[case::eddsa("EdDSA", "ed25519-a")]
fn three_implementations_share_a_token(#[case] alg: &str, #[case] key: &str) {
    let mut bench = Bench::new(23);
    let issuer = Issuer::new(&bench, alg, key);
    let recipient = bench.key("rsa-2048-a");
    let inner = bench
        .jsonwebtoken
        .sign(CLAIMS.as_bytes(), &issuer.header, &issuer.pair.private.to_sign())
        .expect("jsonwebtoken signs");
    let token =
        jwe::seal(inner.as_bytes(), OUTER, &recipient.public.jwk, &bench.policy, &mut bench.rng)
            .expect("the reference encrypts");
    check_reference_opens(&mut bench, &issuer, &recipient, &token);
    let opened = bench
        .josekit
        .decrypt(token.as_bytes(), &recipient.private.source, &Allow::default())
        .expect("josekit decrypts");
    let verified = bench
        .jsonwebtoken
        .verify(&opened.octets, &issuer.pair.public.source, &Allow::default())
        .expect("jsonwebtoken verifies");
    assert_eq!(verified.octets, CLAIMS.as_bytes());
}

/// The reference signs, josekit encrypts; the reference decrypts, jsonwebtoken verifies.
#[test]
fn layers_can_be_exchanged() {
    let mut bench = Bench::new(24);
    let issuer = Issuer::new(&bench, "RS256", "rsa-2048-b");
    let recipient = bench.key("rsa-2048-a");
    let key = &issuer.pair.private.jwk;
    let inner = jws::sign(CLAIMS.as_bytes(), &issuer.header, key, &bench.policy, &mut bench.rng)
        .expect("the reference signs");
    let token = bench
        .josekit
        .encrypt(inner.as_bytes(), OUTER, &recipient.public.source, Serialization::Compact)
        .expect("josekit encrypts");
    let opened = jwe::open(&token, &recipient.private.jwk, &bench.policy, &mut bench.rng)
        .expect("the reference decrypts");
    assert_eq!(opened.plaintext.as_slice(), inner.as_bytes());
    let verified = bench
        .jsonwebtoken
        .verify(&opened.plaintext, &issuer.pair.public.source, &Allow::default())
        .expect("jsonwebtoken verifies");
    assert_eq!(verified.octets, CLAIMS.as_bytes());
}

#[track_caller]
fn check_reference_opens(bench: &mut Bench, issuer: &Issuer, recipient: &Pair, token: &str) {
    let set = JwkSet::parse(&issuer.set, &bench.policy).expect("a set");
    let recipient = nested::Recipient {
        decrypt: (&recipient.private.jwk).into(),
        verify: (&set).into(),
        expect: Expectations {
            issuer: Some("https://as.example/".to_owned()),
            audience: Some("https://api.example/".to_owned()),
            types: vec!["at+jwt".to_owned()],
            now: Some(1000),
            ..Expectations::default()
        },
    };
    let opened = nested::open(token, &recipient, &bench.policy, &mut bench.rng)
        .unwrap_or_else(|code| panic!("the reference opens {token}: {code}"));
    assert_eq!(value(opened.claims.to_text()), value(CLAIMS));
    assert_eq!(value(opened.inner.to_text()), value(&issuer.header));
    assert_eq!(value(opened.outer.to_text()), value(OUTER));
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).expect("a header or claims are JSON")
}
