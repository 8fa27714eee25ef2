//! What the adapter protocol needs of the oracle, with keys of `vectors/keys/`.

use std::panic::{self, AssertUnwindSafe};

use protocol::Answer;
use serde_json::{Value, json};

use super::Josekit;
use crate::Oracle;

#[track_caller]
fn ask(op: &str, input: Value) -> Answer {
    let Value::Object(input) = input else { panic!("the input is no object") };
    Josekit::default().answer(op, &input)
}

#[track_caller]
fn kind(answer: &Answer) -> &str {
    match answer {
        Answer::Reject { kind, .. } => kind,
        other => panic!("not a rejection: {other:?}"),
    }
}

fn key(name: &str, half: &str) -> Value {
    let path = format!("{}/../../vectors/keys/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let file = std::fs::read_to_string(&path).expect("the key is there");
    let mut key: Value = serde_json::from_str(&file).expect("the key is JSON");
    key[half].take()
}

fn jwk(name: &str, half: &str) -> String {
    key(name, half)["jwk"].as_str().expect("a JWK is text").to_owned()
}

/// A JWE of `dir` and A256GCM with the plaintext `text`.
fn token() -> Vec<String> {
    let header = r#"{"alg":"dir","enc":"A256GCM"}"#;
    let key = key("oct-256-a", "private");
    let answer = ask("jwe.encrypt", json!({"plaintext": "dGV4dA", "header": header, "key": key}));
    let token = answer.accept_text("token").expect("a token").to_owned();
    token.split('.').map(str::to_owned).collect()
}

#[test]
fn the_version_is_the_one_of_the_lock_file() {
    let lock = include_str!("../../../../Cargo.lock");
    assert!(lock.contains(&format!("name = \"josekit\"\nversion = \"{}\"", super::VERSION)));
}

#[test]
fn every_declared_operation_is_answered() {
    let hello = Josekit::default().hello();
    for operation in &hello.operations {
        assert_eq!(
            ask(operation, json!({})),
            Answer::error("adapter-request", missing(operation)),
            "{operation}"
        );
    }
    assert_eq!(ask("jwk.thumbprint", json!({})), Answer::unsupported("op", "jwk.thumbprint"));
}

fn missing(operation: &str) -> &'static str {
    match operation {
        "jwe.encrypt" => "`plaintext` is no string",
        "jws.sign" => "`payload` is no string",
        "nested.seal" => "`sign` is no object",
        _ => "`token` is no string",
    }
}

#[test]
fn an_algorithm_outside_the_list_is_the_adapters_rejection() {
    let input = |allow: Value| json!({"token": token().join("."), "key": key("oct-256-a", "private"), "allow": allow});
    assert_eq!(kind(&ask("jwe.decrypt", input(json!({"alg": []})))), "adapter-allow-list");
    assert_eq!(kind(&ask("jwe.decrypt", input(json!({"alg": ["A128KW"]})))), "adapter-allow-list");
    // The list of `enc` is josekit's own registry.
    assert_eq!(kind(&ask("jwe.decrypt", input(json!({"enc": ["A128GCM"]})))), "InvalidJweFormat");
    let allowed = ask("jwe.decrypt", input(json!({"alg": ["dir"], "enc": ["A256GCM"]})));
    assert_eq!(allowed.accept_text("plaintext"), Some("dGV4dA"));
}

#[test]
fn a_panic_is_not_caught() {
    let mut parts = token();
    parts[2].clear();
    let input = json!({"token": parts.join("."), "key": key("oct-256-a", "private")});
    let outcome = panic::catch_unwind(AssertUnwindSafe(|| ask("jwe.decrypt", input)));
    // josekit 0.10.3 hands an empty IV to OpenSSL's wrapper, which asserts.
    assert!(outcome.is_err());
}

#[test]
fn what_josekit_accepts_is_reported_as_it_is() {
    let mut parts = token();
    // RFC 7518 §5.3: a tag has 128 bits. josekit 0.10.3 compares as many octets as there are.
    parts[4].truncate(16);
    let input = json!({"token": parts.join("."), "key": key("oct-256-a", "private")});
    assert_eq!(ask("jwe.decrypt", input).accept_text("plaintext"), Some("dGV4dA"));
}

#[test]
fn a_set_is_searched_by_kid() {
    let set =
        format!(r#"{{"keys":[{},{}]}}"#, jwk("rsa-2048-a", "public"), jwk("ec-p256-a", "public"));
    let verify = |header: &str| {
        let key = key("ec-p256-a", "private");
        let signed = ask("jws.sign", json!({"payload": "dGV4dA", "header": header, "key": key}));
        let token = signed.accept_text("token").expect("a token").to_owned();
        ask("jws.verify", json!({"token": token, "jwks": set}))
    };
    let found = verify(r#"{"alg":"ES256","kid":"public-test-key-ec-p256-a"}"#);
    assert_eq!(found.accept_text("payload"), Some("dGV4dA"));
    assert_eq!(kind(&verify(r#"{"alg":"ES256"}"#)), "InvalidJwsFormat");
    assert_eq!(
        kind(&verify(r#"{"alg":"ES256","kid":"public-test-key-rsa-2048-a"}"#)),
        "InvalidJwsFormat"
    );
}

#[test]
fn recipients_that_the_key_is_not_for_are_passed_over() {
    let key = key("oct-128-a", "private");
    let header = r#"{"alg":"A128KW","enc":"A128GCM"}"#;
    let answer = ask(
        "jwe.encrypt",
        json!({"plaintext": "dGV4dA", "header": header, "key": key, "serialization": "general"}),
    );
    let mut token: Value =
        serde_json::from_str(answer.accept_text("token").expect("a token")).expect("JSON");
    let recipients = token["recipients"].as_array_mut().expect("a list");
    recipients.insert(0, json!({"header": {"alg": "A256KW"}, "encrypted_key": "AAAA"}));
    let answer = ask("jwe.decrypt", json!({"token": token.to_string(), "key": key}));
    assert_eq!(answer.accept_text("plaintext"), Some("dGV4dA"));
}

#[test]
fn a_nested_token_is_held_against_the_expectations() {
    let sign = json!({
        "key": key("ec-p256-a", "private"),
        "header": r#"{"alg":"ES256","typ":"at+jwt","kid":"public-test-key-ec-p256-a"}"#,
    });
    let encrypt = json!({
        "key": key("rsa-2048-a", "public"),
        "header": r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"}"#,
    });
    let claims = r#"{"iss":"as","aud":["api","other"],"iat":900,"exp":2000}"#;
    let sealed = ask("nested.seal", json!({"claims": claims, "sign": sign, "encrypt": encrypt}));
    let token = sealed.accept_text("token").expect("a token").to_owned();
    let open = |expect: Value, now: u64| {
        let set = format!(r#"{{"keys":[{}]}}"#, jwk("ec-p256-a", "public"));
        let decrypt = json!({"key": key("rsa-2048-a", "private")});
        let verify = json!({ "jwks": set });
        ask(
            "nested.open",
            json!({"token": token, "decrypt": decrypt, "verify": verify, "expect": expect, "now": now}),
        )
    };
    let opened = open(json!({"iss": "as", "aud": "api", "typ": ["application/at+jwt"]}), 1000);
    assert_eq!(opened.accept_text("claims"), Some(claims));
    assert_eq!(kind(&open(json!({"iss": "another"}), 1000)), "InvalidClaim");
    assert_eq!(kind(&open(json!({"aud": "another"}), 1000)), "InvalidClaim");
    assert_eq!(kind(&open(json!({}), 2000)), "InvalidClaim");
    assert_eq!(kind(&open(json!({}), 899)), "InvalidClaim");
    assert_eq!(kind(&open(json!({"typ": ["JWT"]}), 1000)), "adapter-expect");
    assert_eq!(
        open(json!({"aud": ["api", "other"]}), 1000),
        Answer::unsupported("knob", "several values of `aud`")
    );
}
