//! Authentication by a secret (RFC 6749 §2.3.1).

use axum::http::header;
use data_encoding::BASE64;
use serde_json::json;

use super::{API, Flow, TOKEN, form, refused};
use crate::management::tests::support::{Answer, credential};

const AUDIENCE: (&str, &str) = ("audience", API);

fn basic(flow: &Flow, client_id: &str, secret: &str) -> Answer {
    let value = format!("Basic {}", BASE64.encode(format!("{client_id}:{secret}").as_bytes()));
    let pairs = [("grant_type", "client_credentials"), AUDIENCE];
    flow.world.send(form(TOKEN, &pairs, Some(&value)))
}

fn of_basic() -> Flow {
    Flow::with(&json!({}), &json!({ "token_endpoint_auth_method": "client_secret_basic" }))
}

#[test]
fn a_posted_secret_authenticates() {
    let flow = Flow::with_secret();
    let body = flow.token(&[AUDIENCE]).expect(200);
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 86_400);
    assert_eq!(body["scope"], "read write");
    assert_eq!(flow.outcome(), "accepted");
}

#[test]
fn a_secret_in_the_header_authenticates_and_is_form_decoded() {
    let flow = of_basic();
    basic(&flow, &flow.client_id, &flow.secret).expect(200);
    let encoded: String = flow.secret.bytes().map(|octet| format!("%{octet:02X}")).collect();
    basic(&flow, &flow.client_id, &encoded).expect(200);
}

#[test]
fn unknown_client_wrong_secret_and_other_method_have_one_answer() {
    let flow = Flow::with_secret();
    let answer = |client_id: &str, secret: &str| {
        let pairs = [
            ("grant_type", "client_credentials"),
            ("client_id", client_id),
            ("client_secret", secret),
            AUDIENCE,
        ];
        flow.post(TOKEN, &pairs)
    };
    let wrong = answer(&flow.client_id, "wrong");
    assert!(wrong.headers.get(header::WWW_AUTHENTICATE).is_none());
    let wrong = wrong.expect(401);
    assert_eq!(wrong["error"], "invalid_client");
    assert_eq!(answer("nobody", "wrong").expect(401), wrong);
    let other = basic(&flow, &flow.client_id, &flow.secret);
    let challenge = other.headers[header::WWW_AUTHENTICATE].to_str().unwrap().to_owned();
    assert!(challenge.starts_with("Basic realm="), "{challenge}");
    assert_eq!(other.expect(401), wrong);
    let known: Vec<bool> = flow.audit().iter().map(|entry| entry.client_id.is_some()).collect();
    assert_eq!(known, [true, false, true], "strangers' names are not kept");
}

#[test]
fn a_client_with_a_key_cannot_use_its_secret() {
    let flow = Flow::with_secret();
    let path = format!("clients/{}", flow.client_id);
    let registered = flow.world.create(&format!("{path}/credentials"), &credential("rsa-2048-a"));
    let methods = json!({
        "token_endpoint_auth_method": null,
        "client_authentication_methods":
            { "private_key_jwt": { "credentials": [{ "id": registered["id"] }] } },
    });
    refused(flow.assert_with(&flow.assertion(1), &[]), 401, "invalid_client", "does not hold");
    flow.token(&[AUDIENCE]).expect(200);
    flow.world.ask("PATCH", &path, Some(&methods)).expect(200);
    refused(flow.token(&[AUDIENCE]), 401, "invalid_client", "Client authentication failed");
    flow.assert_with(&flow.assertion(1), &[]).expect(200);
}

#[test]
fn several_methods_are_refused_whatever_they_hold() {
    let flow = Flow::with_secret();
    let several = |pairs: &[(&str, &str)], authorization: Option<&str>| {
        let own = [("grant_type", "client_credentials"), AUDIENCE];
        let answer = flow.world.send(form(TOKEN, &[&own, pairs].concat(), authorization));
        refused(answer, 400, "invalid_request", "more than one way");
        assert_eq!(flow.outcome(), "form/several-methods");
    };
    let secret = [("client_id", flow.client_id.as_str()), ("client_secret", &flow.secret)];
    several(&secret, Some("Basic YTpi"));
    several(&secret, Some("Bearer x"));
    several(&[secret[0], secret[1], ("client_assertion", "x")], None);
    several(&[("client_assertion_type", "x")], Some("Basic YTpi"));
}

#[test]
fn a_malformed_header_is_a_malformed_request() {
    let flow = of_basic();
    let pairs = [("grant_type", "client_credentials"), AUDIENCE];
    let encoded = BASE64.encode(format!("{}:%zz", flow.client_id).as_bytes());
    let wrong = [
        "Basic".to_owned(),
        "Basic !!!!".to_owned(),
        format!("Basic {}", BASE64.encode(b"no colon")),
        format!("Basic {}", BASE64.encode(b"\xff:\xff")),
        format!("Basic {encoded}"),
        "Bearer".to_owned(),
    ];
    for value in wrong {
        let answer = flow.world.send(form(TOKEN, &pairs, Some(&value)));
        refused(answer, 400, "invalid_request", "Authorization header");
    }
    let value = format!(
        "Basic {}",
        BASE64.encode(format!("{}:{}", flow.client_id, flow.secret).as_bytes())
    );
    let named = [pairs[0], pairs[1], ("client_id", "other")];
    let answer = flow.world.send(form(TOKEN, &named, Some(&value)));
    refused(answer, 400, "invalid_request", "another client");
}

#[test]
fn another_scheme_is_a_method_that_is_not_supported() {
    let flow = of_basic();
    let pairs = [("grant_type", "client_credentials"), AUDIENCE];
    let answer = flow.world.send(form(TOKEN, &pairs, Some("Bearer abc")));
    assert!(answer.headers.contains_key(header::WWW_AUTHENTICATE));
    refused(answer, 401, "invalid_client", "another scheme than Basic");
}

#[test]
fn without_proof_there_is_no_client() {
    let flow = Flow::with_secret();
    for pairs in [vec![], vec![("client_id", flow.client_id.as_str())], vec![("client_secret", "")]]
    {
        let own = [("grant_type", "client_credentials"), AUDIENCE];
        let answer = flow.post(TOKEN, &[&own, pairs.as_slice()].concat());
        refused(answer, 401, "invalid_client", "no client authentication");
    }
    let query = format!("{TOKEN}?client_id={}&client_secret={}", flow.client_id, flow.secret);
    let answer = flow.post(&query, &[("grant_type", "client_credentials"), AUDIENCE]);
    refused(answer, 401, "invalid_client", "no client authentication");
}
