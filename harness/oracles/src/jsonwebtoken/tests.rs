//! What the adapter protocol needs of the oracle, with keys of `vectors/keys/`.

use protocol::Answer;
use serde_json::{Value, json};

use super::Jsonwebtoken;
use crate::Oracle;
use crate::input::base64url;

#[track_caller]
fn ask(op: &str, input: Value) -> Answer {
    let Value::Object(input) = input else { panic!("the input is no object") };
    Jsonwebtoken::default().answer(op, &input)
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

#[track_caller]
fn sign(payload: &[u8]) -> String {
    let header = r#"{"alg":"PS256"}"#;
    let key = key("rsa-2048-a", "private");
    let input = json!({"payload": base64url(payload), "header": header, "key": key});
    ask("jws.sign", input).accept_text("token").expect("a token").to_owned()
}

fn verify(token: &str, allow: &Value) -> Answer {
    ask("jws.verify", json!({"token": token, "key": key("rsa-2048-a", "public"), "allow": allow}))
}

#[test]
fn the_version_is_the_one_of_the_lock_file() {
    let lock = include_str!("../../../../Cargo.lock");
    assert!(lock.contains(&format!("name = \"jsonwebtoken\"\nversion = \"{}\"", super::VERSION)));
}

#[test]
fn the_payload_comes_back_octet_by_octet() {
    let claims: &[u8] = br#"{"exp":1,"aud":["x"],"nbf":99999999999}"#;
    let payloads = [claims, b" { } ", b"no JSON \xff", b"", br#"{"exp":"text"}"#];
    for payload in payloads {
        let answer = verify(&sign(payload), &json!({}));
        assert_eq!(answer.accept_text("payload"), Some(base64url(payload).as_str()));
    }
}

#[test]
fn the_list_is_the_librarys_own() {
    let token = sign(b"{}");
    assert!(verify(&token, &json!({"sig": ["RS256", "PS256"]})).accept_text("payload").is_some());
    assert_eq!(kind(&verify(&token, &json!({"sig": ["RS256"]}))), "InvalidAlgorithm");
    assert_eq!(kind(&verify(&token, &json!({"sig": []}))), "InvalidAlgorithm");
    // It refuses a list with an algorithm of another family, so it gets those of the key's.
    let across = json!({"sig": ["PS256", "ES256", "HS256"]});
    assert!(verify(&token, &across).accept_text("payload").is_some());
    assert_eq!(kind(&verify(&token, &json!({"sig": ["ES256"]}))), "InvalidAlgorithm");
}

#[test]
fn a_wrong_signature_is_refused_with_either_kind_of_payload() {
    for payload in [b"{}".as_slice(), b"no JSON"] {
        let token = sign(payload);
        let (message, signature) = token.rsplit_once('.').expect("a signature");
        let first = if signature.starts_with('A') { 'B' } else { 'A' };
        let token = format!("{message}.{first}{}", &signature[1..]);
        assert_eq!(kind(&verify(&token, &json!({}))), "InvalidSignature");
    }
}

#[test]
fn a_public_key_in_pem_is_no_shared_secret() {
    let key = json!({"pem": key("rsa-2048-a", "public")["pem"]});
    let token = "eyJhbGciOiJIUzI1NiJ9.e30.AAAA"; // HS256
    assert_eq!(kind(&ask("jws.verify", json!({"token": token, "key": key}))), "InvalidAlgorithm");
}

#[test]
fn a_set_is_searched_by_kid() {
    let set =
        format!(r#"{{"keys":[{}]}}"#, key("rsa-2048-a", "public")["jwk"].as_str().expect("text"));
    let verify = |header: &str| {
        let key = key("rsa-2048-a", "private");
        let signed = ask("jws.sign", json!({"payload": "e30", "header": header, "key": key}));
        let token = signed.accept_text("token").expect("a token").to_owned();
        ask("jws.verify", json!({"token": token, "jwks": set}))
    };
    let found = verify(r#"{"alg":"RS256","kid":"public-test-key-rsa-2048-a"}"#);
    assert_eq!(found.accept_text("payload"), Some("e30"));
    assert_eq!(kind(&verify(r#"{"alg":"RS256","kid":"another"}"#)), "adapter-jwks");
    assert_eq!(kind(&verify(r#"{"alg":"RS256"}"#)), "adapter-jwks");
}

#[test]
fn what_cannot_be_expressed_is_unsupported() {
    let key = key("ec-p521-a", "private");
    let header = r#"{"alg":"ES512"}"#;
    let signed = ask("jws.sign", json!({"payload": "e30", "header": header, "key": key}));
    assert_eq!(signed, Answer::unsupported("sig", "ES512"));
    let json = ask("jws.verify", json!({"token": "{}", "key": key}));
    assert_eq!(json, Answer::unsupported("serialization", "json"));
    assert_eq!(ask("jwe.decrypt", json!({})), Answer::unsupported("op", "jwe.decrypt"));
}
