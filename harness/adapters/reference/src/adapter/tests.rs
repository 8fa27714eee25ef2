//! Requests and answers, as they go over the wire.

use serde_json::json;

use super::*;

const OCT: &str = r#"{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODw"}"#;
const MAC: &str = r#"{"kty":"oct","k":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"}"#;

fn ask(operation: &str, input: Value) -> Answer {
    let Value::Object(members) = input else { panic!("no object") };
    Adapter::new().answer(operation, &members)
}

#[track_caller]
fn check_rejected(operation: &str, input: Value, code: &str) {
    let Answer::Reject { kind, stage, .. } = ask(operation, input) else {
        panic!("not a rejection")
    };
    assert_eq!(kind, code);
    assert_eq!(stage.as_deref(), Some(code.parse::<Rejection>().unwrap().stage().name()));
}

#[test]
fn the_declaration_is_one_of_the_protocol() {
    let Answer::Accept(body) = ask("hello", json!({"protocol": 1})) else { panic!("no accept") };
    let hello = protocol::Hello::parse(body).unwrap();
    assert_eq!((hello.alg.len(), hello.enc.len(), hello.sig.len()), (19, 6, 14));
    for operation in &hello.operations {
        assert!(protocol::Operation::named(operation).is_some(), "{operation}");
    }
}

#[test]
fn what_is_not_here_is_unsupported() {
    for operation in ["assertion.validate", "nonsense"] {
        assert_eq!(ask(operation, json!({})), Answer::unsupported("op", operation));
    }
    let input = json!({"token": "a.b.c.d.e", "key": {"pem": "x"}});
    assert_eq!(ask("jwe.decrypt", input), Answer::unsupported("key", "pem"));
}

#[test]
fn a_request_without_its_members_is_an_error_and_no_rejection() {
    assert!(matches!(ask("jwe.decrypt", json!({})), Answer::Error { .. }));
}

#[test]
fn each_serialization_goes_round() {
    for form in ["compact", "flattened", "general"] {
        let input = json!({
            "plaintext": "Zm9v", "header": r#"{"alg":"A128KW","enc":"A128GCM"}"#,
            "key": {"jwk": OCT}, "serialization": form,
        });
        let answer = ask("jwe.encrypt", input);
        let token = answer.accept_text("token").unwrap();
        let opened = ask("jwe.decrypt", json!({"token": token, "key": {"jwk": OCT}}));
        assert_eq!(opened.accept_text("plaintext"), Some("Zm9v"), "{form}");
        let input = json!({
            "token": token, "key": {"jwk": OCT}, "allow": {"alg": ["dir"], "enc": ["A128GCM"]},
        });
        check_rejected("jwe.decrypt", input, "policy/alg-not-allowed");

        let input = json!({
            "payload": "Zm9v", "header": r#"{"alg":"HS256"}"#, "key": {"jwk": MAC},
            "serialization": form, "detached": true,
        });
        let answer = ask("jws.sign", input);
        let token = answer.accept_text("token").unwrap();
        let keys = format!("{{\"keys\":[{MAC}]}}");
        let input = json!({"token": token, "jwks": keys, "payload": "Zm9v"});
        assert_eq!(ask("jws.verify", input).accept_text("payload"), Some("Zm9v"), "{form}");
        let input = json!({"token": token, "jwks": keys, "payload": "Zm8"});
        check_rejected("jws.verify", input, "signature/invalid");
    }
}

#[test]
fn a_nested_token_goes_round_and_expires() {
    let input = json!({
        "claims": r#"{"iss":"as","exp":1000}"#,
        "sign": {"key": {"jwk": MAC}, "header": r#"{"alg":"HS256"}"#},
        "encrypt": {"key": {"jwk": OCT}, "header": r#"{"alg":"dir","enc":"A128GCM"}"#},
    });
    let answer = ask("nested.seal", input);
    let token = answer.accept_text("token").unwrap();
    let open = |now: u64| {
        json!({
            "token": token, "decrypt": {"key": {"jwk": OCT}}, "now": now, "skew": 10,
            "verify": {"jwks": format!("{{\"keys\":[{MAC}]}}")}, "expect": {"iss": "as"},
        })
    };
    let opened = ask("nested.open", open(1009));
    assert_eq!(opened.accept_text("claims"), Some(r#"{"iss":"as","exp":1000}"#));
    assert_eq!(opened.accept_text("inner"), Some(r#"{"alg":"HS256"}"#));
    check_rejected("nested.open", open(1010), "claims/exp-past");
}

#[test]
fn octets_that_are_no_text_are_refused_by_a_code() {
    let input = json!({"token_b64": "_w", "key": {"jwk": OCT}});
    check_rejected("jwe.decrypt", input, "parse/utf8");
}

#[test]
fn thumbprints_are_made() {
    let input = json!({"key": {"jwk": OCT}, "hash": "SHA-256"});
    let answer = ask("jwk.thumbprint", input);
    assert_eq!(answer.accept_text("thumbprint").map(str::len), Some(43));
    let input = json!({"certificate": {"pem": "no certificate"}});
    check_rejected("certificate.thumbprint", input, "parse/certificate");
}
