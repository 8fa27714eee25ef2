//! Building client assertions.

use std::collections::HashSet;

use reference::Policy;
use reference::assertion::{Assertion, Client, Rules};
use reference::jws::Jws;

use crate::assertion_support::{CLIENT, NOW, PRIVATE, TENANT, auth0, client, validate};
use crate::support::{check, parts, private, public, rng};

fn assertion() -> Assertion<'static> {
    Assertion::new(CLIENT, TENANT, &PRIVATE, NOW)
}

#[test]
fn it_looks_like_the_one_of_the_sdk() {
    let token = assertion().build(&mut rng()).unwrap();
    let parts = parts(&token);
    assert_eq!(str::from_utf8(&parts[0]).unwrap(), r#"{"alg":"RS256"}"#);
    let text = str::from_utf8(&parts[1]).unwrap();
    let claims: serde_json::Value = serde_json::from_str(text).unwrap();
    let jti = claims["jti"].as_str().unwrap();
    let want = format!(
        r#"{{"iat":1700000000,"sub":"client-1","jti":"{jti}","iss":"client-1","aud":"https://tenant.example/","exp":1700000120}}"#
    );
    assert_eq!(text, want);
    assert!(Jws::parse_compact(&token, &Policy::default()).is_ok());
}

#[test]
fn it_is_valid_where_it_is_sent() {
    let who = validate(&assertion().build(&mut rng()).unwrap(), &client(), &auth0()).unwrap();
    assert_eq!((who.client_id.as_str(), who.until), (CLIENT, NOW + 120));
    let named = Assertion { kid: Some("credential-1"), ..assertion() };
    let token = named.build(&mut rng()).unwrap();
    assert_eq!(validate(&token, &client(), &auth0()).unwrap().kid, "credential-1");
    assert_eq!(parts(&token)[0], br#"{"alg":"RS256","kid":"credential-1"}"#);
    for alg in ["RS384", "PS256"] {
        let mut other = client();
        other.keys[0].alg = alg.to_owned();
        let token = Assertion { alg, ..assertion() }.build(&mut rng()).unwrap();
        assert!(validate(&token, &other, &auth0()).is_ok(), "{alg}");
    }
    for (alg, name) in [("ES256", "ec-p256-a"), ("Ed25519", "ed25519-a")] {
        let key = private(name);
        let token = Assertion { alg, key: &key, ..assertion() }.build(&mut rng()).unwrap();
        let mut other = client();
        (other.keys[0].alg, other.keys[0].key) = (alg.to_owned(), public(name));
        assert!(validate(&token, &other, &Rules::rfc7523([TENANT])).is_ok(), "{alg}");
        check(validate(&token, &other, &auth0()), "policy/alg-not-allowed");
    }
}

#[test]
fn each_has_a_uuid_of_its_own() {
    let tokens = assertion().build_many(40, &mut rng()).unwrap();
    let mut seen = HashSet::new();
    for token in &tokens {
        let claims: serde_json::Value = serde_json::from_slice(&parts(token)[1]).unwrap();
        let jti = claims["jti"].as_str().unwrap().to_owned();
        let lengths: Vec<usize> = jti.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12], "{jti}");
        assert!(jti.bytes().all(|o| matches!(o, b'0'..=b'9' | b'a'..=b'f' | b'-')), "{jti}");
        assert_eq!(jti.as_bytes()[14], b'4', "{jti}");
        assert!(b"89ab".contains(&jti.as_bytes()[19]), "{jti}");
        assert!(seen.insert(jti));
    }
    assert_eq!(seen.len(), 40);
    assert_eq!(assertion().build_many(0, &mut rng()), Ok(Vec::new()));
    assert_eq!(assertion().build_many(40, &mut rng()), Ok(tokens));
}

#[test]
fn names_are_escaped() {
    let name = "a\"b\\\u{1}\u{e9}";
    let token = Assertion { client_id: name, ..assertion() }.build(&mut rng()).unwrap();
    let named = Client { client_id: name.to_owned(), ..client() };
    assert_eq!(validate(&token, &named, &auth0()).unwrap().client_id, name);
}

#[test]
fn what_is_no_signature_of_a_private_key_is_not_made() {
    let build =
        |alg: &str, key: &reference::Jwk| Assertion { alg, key, ..assertion() }.build(&mut rng());
    check(build("HS256", &private("oct-256-a")), "policy/alg-not-allowed");
    check(build("none", &PRIVATE), "signature/none");
    check(build("rs256", &PRIVATE), "header/alg-unknown");
    check(build("RS256", &public("rsa-2048-a")), "key/private-missing");
    check(build("RS256", &private("ec-p256-a")), "key/type");
    check(build("RS256", &private("rsa-2047")), "key/too-small");
}
