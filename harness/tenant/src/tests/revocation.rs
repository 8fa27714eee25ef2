//! `/oauth/revoke` (RFC 7009).

use serde_json::json;

use super::{API, CLIENT_ASSERTION_TYPE, Flow, REVOKE, TOKEN, refused};
use crate::management::tests::support::{Answer, text};

fn revoke(flow: &Flow, token: &str) -> Answer {
    let pairs = [
        ("token", token),
        ("client_id", flow.client_id.as_str()),
        ("client_secret", flow.secret.as_str()),
    ];
    flow.post(REVOKE, &pairs)
}

#[test]
fn a_refresh_token_goes_with_its_family() {
    let flow = Flow::with(&json!({ "allow_offline_access": true }), &json!({}));
    let asked = [("audience", API), ("scope", "offline_access")];
    let first = text(&flow.token(&asked).expect(200), "refresh_token");
    let exchange = |token: &str| {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", flow.client_id.as_str()),
            ("client_secret", flow.secret.as_str()),
        ];
        flow.post(TOKEN, &pairs)
    };
    let second = text(&exchange(&first).expect(200), "refresh_token");
    revoke(&flow, &first).expect(200);
    refused(exchange(&second), 400, "invalid_grant", "invalid refresh token");
    revoke(&flow, &second).expect(200);
}

#[test]
fn only_the_holder_revokes_and_only_what_can_be_revoked() {
    let flow = Flow::with(&json!({ "allow_offline_access": true }), &json!({}));
    let answer = flow.token(&[("audience", API), ("scope", "offline_access")]).expect(200);
    revoke(&flow, "no token of ours").expect(200);
    let access = revoke(&flow, &text(&answer, "access_token"));
    refused(access, 400, "unsupported_token_type", "cannot be revoked");
    refused(revoke(&flow, ""), 400, "invalid_request", "token is missing");
    let wrong = [("token", "a"), ("client_id", &flow.client_id), ("client_secret", "wrong")];
    refused(flow.post(REVOKE, &wrong), 401, "invalid_client", "Client authentication failed");
    let other = flow.world.create(
        "clients",
        &json!({ "name": "b", "app_type": "non_interactive",
            "token_endpoint_auth_method": "client_secret_post" }),
    );
    let token = text(&answer, "refresh_token");
    let (name, secret) = (text(&other, "client_id"), text(&other, "client_secret"));
    let pairs = [("token", token.as_str()), ("client_id", &name), ("client_secret", &secret)];
    refused(flow.post(REVOKE, &pairs), 400, "invalid_grant", "another client");
}

#[test]
fn an_assertion_works_here_too_and_is_used_up_everywhere() {
    let flow = Flow::with_key();
    let assertion = flow.assertion(1);
    let pairs = [
        ("token", "a"),
        ("client_assertion_type", CLIENT_ASSERTION_TYPE),
        ("client_assertion", assertion.as_str()),
    ];
    flow.post(REVOKE, &pairs).expect(200);
    refused(flow.assert_with(&assertion, &[]), 401, "invalid_client", "accepted before");
    assert_eq!(flow.audit()[0].endpoint, REVOKE);
}
