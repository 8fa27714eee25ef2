//! Authentication by an assertion: each rejection as its sender hears it and as the log keeps it.

use reference::assertion::Assertion;
use serde_json::json;

use super::{API, CLIENT_ASSERTION_TYPE, Flow, TOKEN, build, refused};
use crate::management::tests::support::{ISSUER, NOW, private, signed};

/// An assertion with claims changed; null removes one.
fn changed(flow: &Flow, changes: &serde_json::Value) -> String {
    let mut claims = json!({
        "iss": flow.client_id, "sub": flow.client_id, "aud": ISSUER, "jti": "1",
        "iat": NOW, "exp": NOW + 60,
    });
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            claims.as_object_mut().unwrap().remove(name);
        } else {
            claims[name] = value.clone();
        }
    }
    signed(&claims, &private("rsa-2048-a"), "RS256")
}

#[test]
fn an_assertion_authenticates_once() {
    let flow = Flow::with_key();
    let assertion = flow.assertion(1);
    flow.assert_with(&assertion, &[]).expect(200);
    refused(flow.assert_with(&assertion, &[]), 401, "invalid_client", "accepted before");
    assert_eq!(flow.outcome(), "replay/jti-seen");
    flow.assert_with(&flow.assertion(2), &[("client_id", &flow.client_id)]).expect(200);
    let accepted: Vec<bool> = flow
        .audit()
        .iter()
        .map(|entry| entry.outcome == "accepted" && entry.jti.is_some())
        .collect();
    assert_eq!(accepted, [true, false, true]);
}

#[test]
fn what_is_refused_for_another_reason_is_not_used() {
    let flow = Flow::with_key();
    let assertion = flow.assertion(1);
    flow.world.after(-1000);
    refused(flow.assert_with(&assertion, &[]), 401, "invalid_client", "issued in the future");
    flow.world.after(0);
    flow.assert_with(&assertion, &[]).expect(200);
}

#[test]
fn an_expired_jti_can_be_used_again() {
    let flow = Flow::with_key();
    flow.assert_with(&changed(&flow, &json!({})), &[]).expect(200);
    flow.world.after(60);
    let later = changed(&flow, &json!({ "iat": NOW + 60, "exp": NOW + 120 }));
    flow.assert_with(&later, &[]).expect(200);
    refused(flow.assert_with(&later, &[]), 401, "invalid_client", "accepted before");
}

#[test]
fn what_the_sender_can_see_is_explained() {
    let flow = Flow::with_key();
    for (changes, outcome) in [
        (json!({ "aud": "https://tenant.example" }), "claims/aud-mismatch"),
        (json!({ "aud": format!("{ISSUER}oauth/token") }), "claims/aud-mismatch"),
        (json!({ "exp": null }), "claims/exp-missing"),
        (json!({ "exp": NOW }), "claims/exp-past"),
        (json!({ "exp": NOW + 301 }), "limits/lifetime-too-long"),
        (json!({ "iat": NOW + 11, "exp": NOW + 60 }), "claims/iat-future"),
        (json!({ "nbf": NOW + 11 }), "claims/nbf-future"),
        (json!({ "jti": null }), "claims/jti-missing"),
        (json!({ "jti": "a".repeat(65) }), "limits/jti-too-long"),
        (json!({ "iss": "other" }), "claims/iss-mismatch"),
        (json!({ "exp": "1" }), "claims/exp-type"),
    ] {
        let rejection = rejection::Rejection::named(outcome).unwrap();
        let answer = flow.assert_with(&changed(&flow, &changes), &[]);
        let shown = crate::exchange::printable(rejection.explanation()).into_owned();
        refused(answer, 401, "invalid_client", &shown);
        assert_eq!(flow.outcome(), outcome);
    }
    flow.assert_with(&changed(&flow, &json!({})), &[]).expect(200);
}

#[test]
fn what_depends_on_keys_and_registrations_has_one_answer() {
    let flow = Flow::with_key();
    let other = private("rsa-2048-b");
    let own = private("rsa-2048-a");
    let assertion = |key, alg, kid| {
        let assertion = Assertion { alg, kid, ..Assertion::new(&flow.client_id, ISSUER, key, NOW) };
        build(&assertion, 1)
    };
    let stranger = build(&Assertion::new("stranger", ISSUER, &own, NOW), 1);
    let mut heard = Vec::new();
    for (assertion, outcome) in [
        (assertion(&other, "RS256", None), "signature/invalid"),
        (assertion(&own, "RS384", None), "policy/alg-not-allowed"),
        (assertion(&own, "PS256", None), "policy/alg-not-allowed"),
        (assertion(&own, "RS256", Some("another-key")), "key/not-found"),
        (stranger, "key/not-found"),
    ] {
        heard.push(flow.assert_with(&assertion, &[]).expect(401));
        assert_eq!(flow.outcome(), outcome);
    }
    assert!(heard.iter().all(|body| *body == heard[0]), "{heard:?}");
    assert_eq!(heard[0]["error"], "invalid_client");
    flow.assert_with(&assertion(&own, "RS256", None), &[]).expect(200);
}

#[test]
fn an_expired_or_removed_credential_has_the_same_answer() {
    let flow = Flow::with_key();
    let list = format!("clients/{}/credentials", flow.client_id);
    let credential = flow.world.ask("GET", &list, None).expect(200);
    let path = format!("{list}/{}", credential[0]["id"].as_str().unwrap());
    let change = json!({ "expires_at": "2023-11-14T22:13:30Z" });
    flow.world.ask("PATCH", &path, Some(&change)).expect(200);
    flow.world.after(9);
    flow.assert_with(&flow.assertion(1), &[]).expect(200);
    flow.world.after(10);
    refused(flow.assert_with(&flow.assertion(2), &[]), 401, "invalid_client", "does not hold");
    assert_eq!(flow.outcome(), "credential/expired");
    flow.world.ask("DELETE", &path, None).expect(204);
    refused(flow.assert_with(&flow.assertion(2), &[]), 401, "invalid_client", "does not hold");
    assert_eq!(flow.outcome(), "key/not-found");
}

#[test]
fn a_malformed_form_is_a_malformed_request() {
    let flow = Flow::with_key();
    let assertion = flow.assertion(1);
    let grant = ("grant_type", "client_credentials");
    let kind = ("client_assertion_type", CLIENT_ASSERTION_TYPE);
    let token = ("client_assertion", assertion.as_str());
    for (pairs, outcome) in [
        (vec![grant, token], "form/client-assertion-type-missing"),
        (vec![grant, ("client_assertion_type", "jwt"), token], "form/client-assertion-type"),
        (vec![grant, kind], "form/client-assertion-missing"),
        (vec![grant, kind, ("client_assertion", "")], "form/client-assertion-missing"),
    ] {
        let rejection = rejection::Rejection::named(outcome).unwrap();
        refused(flow.post(TOKEN, &pairs), 400, "invalid_request", rejection.explanation());
        assert_eq!(flow.outcome(), outcome);
    }
    for repeated in [grant, kind, token, ("unknown", "1"), ("audience", API)] {
        let pairs = [grant, kind, token, ("unknown", "1"), ("audience", API), repeated];
        refused(flow.post(TOKEN, &pairs), 400, "invalid_request", "more than once");
    }
    flow.assert_with(&assertion, &[("unknown", "1"), ("client_id", "")]).expect(200);
}

#[test]
fn the_custom_domain_is_an_audience_too() {
    let mut flow = Flow::with_key();
    let assertion = build(
        &Assertion::new(&flow.client_id, "https://login.example/", &private("rsa-2048-a"), NOW),
        1,
    );
    refused(flow.assert_with(&assertion, &[]), 401, "invalid_client", "`aud`");
    flow.world.reconfigure(|config| {
        config.custom_domain = Some("https://login.example/".to_owned());
    });
    flow.assert_with(&assertion, &[]).expect(200);
}
