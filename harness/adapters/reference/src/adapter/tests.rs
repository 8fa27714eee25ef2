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
    for operation in ["jwe.decryptt", "nonsense"] {
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

/// A nested token whose inner `typ` is `typ`, and the question whether it is one of `expected`.
fn typed(typ: &str, expected: &Value) -> Value {
    let inner = json!({"alg": "HS256", "typ": typ}).to_string();
    let input = json!({
        "claims": "{}", "sign": {"key": {"jwk": MAC}, "header": inner},
        "encrypt": {"key": {"jwk": OCT}, "header": r#"{"alg":"A128KW","enc":"A128GCM"}"#},
    });
    let answer = ask("nested.seal", input);
    json!({
        "token": answer.accept_text("token").unwrap(), "now": 1,
        "decrypt": {"key": {"jwk": OCT}}, "verify": {"key": {"jwk": MAC}},
        "expect": {"typ": expected},
    })
}

#[test]
fn types_are_compared_as_media_types_with_each_of_the_list() {
    for expected in [json!(["at+jwt"]), json!(["JWT", "Application/AT+JWT"])] {
        for typ in ["at+jwt", "at+JWT", "application/at+jwt", "APPLICATION/AT+JWT"] {
            let answer = ask("nested.open", typed(typ, &expected));
            assert_eq!(answer.accept_text("claims"), Some("{}"), "{typ} {expected}");
        }
        for typ in ["text/at+jwt", "at+jwtx", "at+jwt ", "application/x/at+jwt", ""] {
            check_rejected("nested.open", typed(typ, &expected), "claims/typ-mismatch");
        }
    }
}

#[test]
fn an_expectation_of_another_type_is_an_error() {
    for expected in [json!("at+jwt"), json!([]), json!(["at+jwt", 1]), json!(null)] {
        let answer = ask("nested.open", typed("at+jwt", &expected));
        assert!(matches!(answer, Answer::Error { .. }), "{expected}: {answer:?}");
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

/// A file of vectors/.
fn file(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../vectors").join(name);
    std::fs::read_to_string(path).unwrap()
}

fn key(name: &str, half: &str, form: &str) -> String {
    let key: Value = serde_json::from_str(&file(&format!("keys/{name}.json"))).unwrap();
    key[half][form].as_str().unwrap().to_owned()
}

#[test]
fn keys_are_registered() {
    let certificate = file("certificates/rsa-2048-a.pem");
    let register = |more: Value| {
        let mut input = json!({"use": "client", "pem": certificate, "now": 1_700_000_000});
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let answer = ask("credential.register", register(json!({"alg": "PS256"})));
    assert_eq!(answer.accept_text("alg"), Some("PS256"));
    let x5t = "A0Q1hvzIM4-4MZFTjrCif0YHvKJfwViL9UGhVounl_o";
    assert_eq!(answer.accept_text("thumbprint_sha256"), Some(x5t));
    let Answer::Accept(accept) = &answer else { panic!("no accept") };
    assert!(!accept.contains_key("expires_at"));
    let input = register(json!({"parse_expiry_from_cert": true, "kid": "0123456789"}));
    let Answer::Accept(accept) = ask("credential.register", input) else { panic!("no accept") };
    assert_eq!(accept["expires_at"], json!(4_102_444_799_u64));
    assert_eq!((&accept["kid"], &accept["alg"]), (&json!("0123456789"), &json!("RS256")));
    let pem = key("rsa-2048-a", "public", "pem");
    let Answer::Accept(accept) = ask("credential.register", register(json!({"pem": pem}))) else {
        panic!("no accept")
    };
    assert!(!accept.contains_key("thumbprint_sha256"));
    for (more, code) in [
        (json!({"existing": 2}), "credential/too-many"),
        (json!({"use": "api"}), "credential/alg-missing"),
        (json!({"kid": "k"}), "credential/kid-form"),
        (json!({"expires_at": 1_700_000_000}), "credential/expires-at-past"),
        (
            json!({"expires_at": 1_800_000_000, "parse_expiry_from_cert": true}),
            "credential/expiry-conflict",
        ),
        (json!({"pem": key("rsa-2048-a", "private", "pem")}), "credential/pem-private"),
    ] {
        check_rejected("credential.register", register(more), code);
    }
    for wrong in [json!({"expires_at": "2030-01-01T00:00:00Z"}), json!({"now": null})] {
        assert!(matches!(ask("credential.register", register(wrong)), Answer::Error { .. }));
    }
}

#[test]
fn assertions_are_built_and_used_once() {
    let input = json!({
        "client_id": "c", "audience": "https://as/", "key": {"jwk": key("rsa-2048-a", "private", "jwk")},
        "alg": "RS256", "kid": "k", "now": 1_700_000_000, "count": 3,
    });
    let Answer::Accept(accept) = ask("assertion.build", input) else { panic!("no accept") };
    let assertions: Vec<&str> =
        accept["assertions"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
    assert_eq!(assertions.len(), 3);

    let urn = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    let attempt = |assertion: &str, now: u64| {
        let form = [["client_assertion_type", urn], ["client_assertion", assertion]];
        json!({"form": form, "now": now})
    };
    let first = assertions[0];
    let twice = json!({"form": [["x", ""], ["x", ""]], "now": 1_700_000_000});
    let input = |more: Value| {
        let jwk = key("rsa-2048-a", "public", "jwk");
        let credentials =
            json!([{"kid": "k", "alg": "RS256", "jwk": jwk, "expires_at": 1_700_000_040}]);
        let mut input = json!({
            "client": {"client_id": "c", "credentials": credentials},
            "audience": ["https://as/"],
            "attempts": [
                attempt(first, 1_699_999_989), attempt(first, 1_699_999_990), attempt(first, 1_700_000_000),
                twice, attempt(assertions[1], 1_700_000_039), attempt(assertions[2], 1_700_000_040),
                attempt(assertions[2], 1_700_000_060),
            ],
        });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let codes = |more: Value| -> Vec<String> {
        let Answer::Accept(accept) = ask("assertion.validate", input(more)) else {
            panic!("no accept")
        };
        let results = accept["results"].as_array().unwrap().iter();
        let code = |result: &Value| match &result["reject"]["kind"] {
            Value::String(code) => code.clone(),
            _ => result["accept"]["client_id"].as_str().unwrap().to_owned(),
        };
        results.map(code).collect()
    };
    assert_eq!(
        codes(json!({})),
        [
            "claims/iat-future",
            "c",
            "replay/jti-seen",
            "form/parameter-repeated",
            "c",
            "credential/expired",
            "credential/expired",
        ]
    );
    assert_eq!(codes(json!({"limits": {"skew": 11}}))[..2], ["c", "replay/jti-seen"]);
    for (limits, code) in [
        (json!({"lifetime": 59}), "limits/lifetime-too-long"),
        (json!({"token_bytes": 10}), "limits/token-too-long"),
        (json!({"iss": 0}), "limits/iss-too-long"),
        (json!({"sub": 0}), "limits/sub-too-long"),
        (json!({"jti": 35}), "limits/jti-too-long"),
        (json!({"alg": 4}), "limits/alg-too-long"),
    ] {
        assert_eq!(codes(json!({"limits": limits}))[1], code);
    }
    assert_eq!(codes(json!({"audience": ["https://as"]}))[1], "claims/aud-mismatch");
    for wrong in [
        json!({"attempts": [{"form": [["x"]], "now": 1}]}),
        json!({"attempts": [{"form": [["x", 1]], "now": 1}]}),
        json!({"attempts": [{"form": []}]}),
        json!({"audience": "https://as/"}),
        json!({"limits": {"jti": "64"}}),
    ] {
        assert!(matches!(ask("assertion.validate", input(wrong)), Answer::Error { .. }));
    }
}
