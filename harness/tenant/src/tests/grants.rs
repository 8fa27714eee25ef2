//! What a token is for, what it says, and how it is refreshed.

use axum::body::Body;
use axum::http::{Request, header};
use reference::access_token::{Accepted, Decryption, Dialect, ResourceServer};
use reference::{Jwk, JwkSet};
use rejection::Rejection;
use serde_json::{Value, json};

use super::{API, Flow, TOKEN, refused};
use crate::management::tests::support::{AUDIENCE, ISSUER, NOW, World, pem, private, text};

/// A name that has to be escaped.
const KID: &str = "its \"name\"";

/// The token as the API reads it.
#[track_caller]
fn read(world: &World, answer: &Value, change: impl FnOnce(&mut ResourceServer)) -> Accepted {
    let keys = world.tenant.keys().published(NOW);
    let mut server = ResourceServer::new(Dialect::Auth0, ISSUER, API, keys);
    change(&mut server);
    let mut rng = world.tenant.rng();
    server.validate(answer["access_token"].as_str().unwrap(), NOW, &mut rng).unwrap()
}

#[test]
fn a_token_says_what_auth0_says() {
    let flow = Flow::with_secret();
    let answer = flow.token(&[("audience", API), ("scope", "read")]).expect(200);
    let accepted = read(&flow.world, &answer, |_| {});
    assert_eq!(accepted.scopes, ["read"]);
    let claims: Value = serde_json::from_str(accepted.claims.to_text()).unwrap();
    assert_eq!(
        claims,
        json!({
            "iss": ISSUER, "sub": format!("{}@clients", flow.client_id), "aud": API,
            "iat": NOW, "exp": NOW + 86_400, "scope": "read",
            "gty": "client-credentials", "azp": flow.client_id,
        })
    );
    assert_eq!(accepted.inner.text("kid"), flow.world.tenant.keys().current().kid());
}

#[test]
fn an_api_chooses_profile_algorithm_and_lifetime() {
    let api = json!({
        "token_dialect": "rfc9068_profile", "signing_alg": "PS256", "token_lifetime": 60,
    });
    let flow = Flow::with(&api, &json!({}));
    let answer = flow.token(&[("resource", API)]).expect(200);
    assert_eq!(answer["expires_in"], 60);
    let accepted = read(&flow.world, &answer, |server| {
        server.dialect = Dialect::Rfc9068;
        server.types = vec!["at+jwt".to_owned()];
    });
    assert_eq!(accepted.client_id.as_deref(), Some(flow.client_id.as_str()));
    assert_eq!(accepted.inner.text("alg"), Some("PS256"));
    assert!(accepted.claims.members().text("jti").is_some());
}

#[test]
fn a_token_under_hs256_is_keyed_with_the_secret_of_the_api() {
    let world = World::new();
    let api = json!({ "name": "api", "identifier": API, "signing_alg": "HS256" });
    let secret = text(&world.create("resource-servers", &api), "signing_secret");
    let client = world.create("clients", &json!({ "name": "a", "app_type": "non_interactive" }));
    let flow = Flow {
        client_id: text(&client, "client_id"),
        secret: text(&client, "client_secret"),
        world,
    };
    let answer = flow.token(&[("audience", API)]).expect(200);
    let token = answer["access_token"].as_str().unwrap();
    let key = Jwk::symmetric(secret.as_bytes());
    reference::jws::verify(token, &key, &reference::Policy::default()).unwrap();
}

#[test]
fn an_api_with_a_key_gets_nested_tokens_for_it_alone() {
    for alg in ["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"] {
        for enc in [None, Some("A128CBC-HS256"), Some("A256CBC-HS512")] {
            let mut key = json!({ "alg": alg, "pem": pem("rsa-2048-b"), "kid": KID });
            if let Some(enc) = enc {
                key["enc"] = enc.into();
            }
            let encryption = json!({ "format": "compact-nested-jwe", "encryption_key": key });
            let flow = Flow::with(&json!({ "token_encryption": encryption }), &json!({}));
            let answer = flow.token(&[("audience", API)]).expect(200);
            assert_eq!(answer["token_type"], "Bearer");
            let enc = enc.unwrap_or("A256GCM");
            let with = |name: &str| Decryption {
                keys: JwkSet::of(vec![private(name).labelled(KID, alg)]),
                alg: alg.to_owned(),
                enc: vec![enc.to_owned()],
            };
            let accepted = read(&flow.world, &answer, |server| {
                server.decryption = Some(with("rsa-2048-b"));
            });
            let outer = accepted.outer.unwrap();
            assert_eq!(outer.text("cty"), Some("JWT"));
            assert_eq!(outer.text("kid"), Some(KID));
            let keys = flow.world.tenant.keys().published(NOW);
            let mut other = ResourceServer::new(Dialect::Auth0, ISSUER, API, keys);
            other.decryption = Some(with("rsa-2048-a"));
            let token = answer["access_token"].as_str().unwrap();
            let result = other.validate(token, NOW, &mut flow.world.tenant.rng());
            assert_eq!(result.unwrap_err(), Rejection::DecryptFailed);
        }
    }
}

#[test]
fn the_api_has_to_be_named_and_known() {
    let mut flow = Flow::with_secret();
    refused(flow.token(&[]), 400, "invalid_request", "audience is missing");
    let unknown = [("audience", "https://\"unknown\"/")];
    refused(flow.token(&unknown), 403, "access_denied", "within domain: https://?unknown?/");
    refused(flow.token(&[("resource", "https://u/")]), 400, "invalid_target", "No API");
    let both = [("audience", API), ("resource", "https://u/")];
    refused(flow.token(&both), 400, "invalid_target", "different APIs");
    let two = [("resource", API), ("resource", "https://u/")];
    refused(flow.token(&two), 400, "invalid_target", "one resource");
    flow.world.reconfigure(|config| config.default_audience = Some(API.to_owned()));
    flow.token(&[]).expect(200);
}

#[test]
fn scopes_are_those_of_the_api() {
    let flow = Flow::with_secret();
    for wrong in ["read other", "read  write", " read", "Read", "offline_access"] {
        let pairs = [("audience", API), ("scope", wrong)];
        refused(flow.token(&pairs), 400, "invalid_scope", "unknown, malformed");
    }
    let answer = flow.token(&[("audience", API), ("scope", "write read write")]).expect(200);
    assert_eq!(answer["scope"], "write read");
    assert!(answer.get("refresh_token").is_none());
}

#[test]
fn a_grant_narrows_and_the_management_api_needs_one() {
    let flow = Flow::with_secret();
    let management = [("audience", AUDIENCE)];
    refused(flow.token(&management), 403, "access_denied", "client-grant");
    let grant = |audience: &str, scope: Value| {
        let body = json!({ "client_id": flow.client_id, "audience": audience, "scope": scope });
        flow.world.create("client-grants", &body);
    };
    grant(AUDIENCE, json!(["read:clients"]));
    grant(API, json!(["write"]));
    assert_eq!(flow.token(&management).expect(200)["scope"], "read:clients");
    let more = [("audience", AUDIENCE), ("scope", "update:clients")];
    refused(flow.token(&more), 400, "invalid_scope", "not allowed");
    assert_eq!(flow.token(&[("audience", API)]).expect(200)["scope"], "write");
}

#[test]
fn a_client_uses_its_grants_only() {
    let flow = Flow::with(&json!({}), &json!({ "grant_types": ["refresh_token"] }));
    refused(flow.token(&[("audience", API)]), 400, "unauthorized_client", "client_credentials");
    let public = Flow::with(&json!({}), &json!({ "token_endpoint_auth_method": "none" }));
    let pairs = [
        ("grant_type", "client_credentials"),
        ("client_id", public.client_id.as_str()),
        ("audience", API),
    ];
    refused(public.post(TOKEN, &pairs), 400, "unauthorized_client", "cannot act for itself");
    refused(flow.post(TOKEN, &[]), 400, "invalid_request", "grant_type is missing");
    let password = [("grant_type", "password")];
    refused(flow.post(TOKEN, &password), 400, "unsupported_grant_type", "No such grant_type");
}

#[test]
fn a_json_body_is_as_good_as_a_form() {
    let flow = Flow::with_secret();
    let send = |body: String| {
        let request = Request::post(TOKEN).header(header::CONTENT_TYPE, "application/json");
        flow.world.send(request.body(Body::from(body)).unwrap())
    };
    let body = json!({
        "grant_type": "client_credentials", "client_id": flow.client_id,
        "client_secret": flow.secret, "audience": API,
    });
    send(body.to_string()).expect(200);
    for (body, part) in [
        (r#"{"grant_type":"a","grant_type":"a"}"#, "same name"),
        (r#"{"grant_type":["a"]}"#, "string"),
        (r#"{"grant_type":1}"#, "string"),
        (r#"{"grant_type":"a",}"#, "not JSON"),
        (r#"["grant_type"]"#, "no JSON object"),
    ] {
        refused(send(body.to_owned()), 400, "invalid_request", part);
    }
}

#[test]
fn a_refresh_token_is_used_once_and_its_family_ends_with_the_second_use() {
    let flow = Flow::with(&json!({ "allow_offline_access": true }), &json!({}));
    let first = flow.token(&[("audience", API), ("scope", "read write offline_access")]);
    let first = text(&first.expect(200), "refresh_token");
    let exchange = |token: &str, more: &[(&str, &str)]| {
        let own = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("client_id", flow.client_id.as_str()),
            ("client_secret", flow.secret.as_str()),
        ];
        flow.post(TOKEN, &[&own, more].concat())
    };
    let answer = exchange(&first, &[("scope", "read")]).expect(200);
    assert_eq!(answer["scope"], "read");
    read(&flow.world, &answer, |_| {});
    let second = text(&answer, "refresh_token");
    refused(exchange(&second, &[("scope", "other")]), 400, "invalid_scope", "unknown");
    let third = exchange(&second, &[]).expect(200);
    assert_eq!(third["scope"], "read write", "narrowing does not last");
    refused(exchange(&first, &[]), 400, "invalid_grant", "invalid refresh token");
    let third = text(&third, "refresh_token");
    refused(exchange(&third, &[]), 400, "invalid_grant", "invalid refresh token");
}

#[test]
fn a_refresh_token_ends_with_its_api() {
    let flow = Flow::with(&json!({ "allow_offline_access": true }), &json!({}));
    let asked = [("audience", API), ("scope", "offline_access")];
    let token = text(&flow.token(&asked).expect(200), "refresh_token");
    let id = flow.world.ask("GET", "resource-servers", None).expect(200);
    let id = id.as_array().unwrap().iter().find(|api| api["identifier"] == API).unwrap();
    let path = format!("resource-servers/{}", text(id, "id"));
    flow.world.ask("DELETE", &path, None).expect(204);
    super::add_api(&flow.world, &json!({ "allow_offline_access": true }));
    let pairs = [
        ("grant_type", "refresh_token"),
        ("refresh_token", token.as_str()),
        ("client_id", flow.client_id.as_str()),
        ("client_secret", flow.secret.as_str()),
    ];
    refused(flow.post(TOKEN, &pairs), 400, "invalid_grant", "invalid refresh token");
}

#[test]
fn a_refresh_token_is_its_clients_and_ends() {
    let flow = Flow::with(&json!({ "allow_offline_access": true }), &json!({}));
    let asked = [("audience", API), ("scope", "offline_access")];
    let token = text(&flow.token(&asked).expect(200), "refresh_token");
    let exchange = |client_id: &str, secret: &str| {
        let pairs = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str()),
            ("client_id", client_id),
            ("client_secret", secret),
        ];
        flow.post(TOKEN, &pairs)
    };
    let body = json!({ "name": "b", "app_type": "non_interactive",
        "grant_types": ["refresh_token"], "token_endpoint_auth_method": "client_secret_post" });
    let other = flow.world.create("clients", &body);
    let (name, secret) = (text(&other, "client_id"), text(&other, "client_secret"));
    refused(exchange(&name, &secret), 400, "invalid_grant", "invalid refresh token");
    flow.world.after(2_592_000);
    refused(exchange(&flow.client_id, &flow.secret), 400, "invalid_grant", "invalid");
    flow.world.after(2_591_999);
    exchange(&flow.client_id, &flow.secret).expect(200);
}
