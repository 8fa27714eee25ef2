//! Dynamic client registration through the router (RFC 7591).

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use crate::management::tests::support::{Answer, NOW, World, changed, key, text};
use crate::model::{Client, Method};
use crate::store::{StoreError, clients};

fn post(world: &World, body: &Value) -> Answer {
    let request = Request::post("/oidc/register").header("content-type", "application/json");
    world.send(request.body(Body::from(body.to_string())).unwrap())
}

#[track_caller]
fn check_refused(body: &Value, error: &str, part: &str) {
    let answer = post(&World::new(), body).expect(400);
    assert_eq!(answer["error"], error, "{answer}");
    let description = text(&answer, "error_description");
    assert!(description.contains(part), "{part:?} is not in {description:?}");
}

#[track_caller]
fn check_invalid(body: &Value, part: &str) {
    check_refused(body, "invalid_client_metadata", part);
}

fn jwk(name: &str, changes: &Value) -> Value {
    changed(serde_json::from_str(&key(name, "public", "jwk")).unwrap(), changes)
}

fn with_keys(keys: &[Value]) -> Value {
    json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": { "keys": keys } })
}

fn found(world: &World, answer: &Value) -> Client {
    let id = text(answer, "client_id");
    let find = |connection: &_| clients::find(connection, &id).map_err(StoreError::from);
    world.tenant.store.with(find).unwrap().unwrap()
}

#[test]
fn a_client_with_a_secret_is_told_it() {
    let world = World::new();
    let body = json!({
        "client_name": "a", "grant_types": ["client_credentials"], "unknown": [1],
        "token_endpoint_auth_method": "client_secret_post",
    });
    let mut answer = post(&world, &body).expect(201);
    let client = found(&world, &answer);
    assert_eq!(client.method, Method::ClientSecretPost);
    let object = answer.as_object_mut().unwrap();
    assert_eq!(object.remove("client_secret").unwrap(), client.client_secret);
    assert_eq!(object.remove("client_id").unwrap(), client.client_id);
    let wanted = changed(
        body,
        &json!({ "client_id_issued_at": NOW, "client_secret_expires_at": 0, "unknown": null }),
    );
    assert_eq!(answer, wanted);
    let least = post(&world, &json!({})).expect(201);
    assert_eq!(least["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(least["grant_types"], json!(["client_credentials"]));
    assert_eq!(least["client_name"], least["client_id"]);
}

#[test]
fn keys_become_associated_credentials() {
    let world = World::new();
    let keys =
        [jwk("rsa-2048-a", &json!({ "kid": "1" })), jwk("rsa-4096", &json!({ "alg": "PS256" }))];
    let answer = post(&world, &with_keys(&keys)).expect(201);
    assert_eq!((&answer["jwks"]["keys"], answer.get("client_secret")), (&json!(keys), None));
    let client = found(&world, &answer);
    assert_eq!(client.method, Method::PrivateKeyJwt);
    let seen: Vec<(&str, &str, bool)> = client
        .credentials
        .iter()
        .map(|c| (c.kid.as_str(), c.alg.as_str(), c.is_associated))
        .collect();
    let second = keys[1]["kid"].as_str().unwrap_or(seen[1].0);
    assert_eq!(seen, [("1", "RS256", true), (second, "PS256", true)]);
    // The management API shows what is there, without the keys.
    let path = format!("clients/{}/credentials", client.client_id);
    assert_eq!(world.ask("GET", &path, None).expect(200)[0]["kid"], "1");
}

#[test]
fn each_rule_of_keys_holds() {
    let one = |name: &str, changes: Value| with_keys(&[jwk(name, &changes)]);
    for alg in ["RS256", "RS384", "PS256"] {
        let world = World::new();
        let body = changed(
            one("rsa-2048-a", json!({ "alg": null })),
            &json!({ "token_endpoint_auth_signing_alg": alg }),
        );
        let answer = post(&world, &body).expect(201);
        assert_eq!(answer["token_endpoint_auth_signing_alg"], alg);
        assert_eq!(found(&world, &answer).credentials[0].alg, alg);
    }
    check_invalid(&one("rsa-2048-a", json!({ "alg": "RS512" })), "credential/alg-unsupported");
    check_invalid(&one("rsa-2047", json!({})), "credential/rsa-too-small");
    check_invalid(&one("rsa-4097", json!({})), "credential/rsa-too-large");
    check_invalid(&one("ec-p256-a", json!({})), "credential/key-type");
    check_invalid(&one("rsa-2048-a", json!({ "use": "enc" })), "credential/jwk-use");
    let private: Value = serde_json::from_str(&key("rsa-2048-a", "private", "jwk")).unwrap();
    check_invalid(&with_keys(&[private]), "credential/jwk-private");
    let names = ["rsa-2048-a", "rsa-2048-b", "rsa-3072"];
    let three = names.map(|name| jwk(name, &json!({})));
    check_invalid(&with_keys(&three), "credential/too-many");
    let twice =
        [jwk("rsa-2048-a", &json!({ "kid": "1" })), jwk("rsa-2048-b", &json!({ "kid": "1" }))];
    check_invalid(&with_keys(&twice), "credential/kid-taken");
    check_invalid(&with_keys(&[]), "needs jwks");
    check_invalid(&json!({ "token_endpoint_auth_method": "private_key_jwt" }), "needs jwks");
    let uri = json!({ "jwks_uri": "https://a.example/" });
    check_invalid(&changed(with_keys(&three[..1]), &uri), "jwks_uri");
    check_invalid(&uri, "jwks_uri");
}

#[test]
fn redirects_are_absolute_and_without_fragment() {
    let world = World::new();
    let body = json!({ "redirect_uris": ["https://a.example/cb?a=b", "app:/cb"] });
    let answer = post(&world, &body).expect(201);
    assert_eq!(answer["redirect_uris"], body["redirect_uris"]);
    assert_eq!(answer["grant_types"], json!(["authorization_code"]));
    for uri in ["", "/cb", "a.example", "https://a.example/#", "https://a.example/#a"] {
        check_refused(&json!({ "redirect_uris": [uri] }), "invalid_redirect_uri", "absolute");
    }
    for grant in ["authorization_code", "implicit"] {
        check_refused(&json!({ "grant_types": [grant] }), "invalid_redirect_uri", "need");
    }
}

#[test]
fn what_is_no_metadata_is_refused() {
    check_invalid(&json!([]), "no JSON object");
    check_invalid(&json!({ "client_name": 1 }), "client_name is no string");
    check_invalid(&json!({ "grant_types": "a" }), "grant_types is no list");
    check_invalid(&json!({ "grant_types": ["a"] }), "not known");
    check_invalid(&json!({ "token_endpoint_auth_method": "tls_client_auth" }), "not supported");
    let world = World::new();
    let send = |media_type: &str, body: &'static str| {
        let request = Request::post("/oidc/register").header("content-type", media_type);
        text(&world.send(request.body(Body::from(body)).unwrap()).expect(400), "error_description")
    };
    assert!(send("text/plain", "{}").contains("has to be JSON"));
    assert!(send("application/json", "{").contains("not JSON"));
    assert!(send("application/json", r#"{"a":1,"a":1}"#).contains("two members"));
}
