//! Client grants.

use serde_json::{Value, json};

use super::support::{AUDIENCE, World, text};
use crate::store::{StoreError, clients};

const API: &str = "https://api.example/";

/// A tenant with an API of two scopes, and a client.
fn world() -> (World, String) {
    let world = World::new();
    let scopes = json!([{ "value": "read:a" }, { "value": "write:a" }]);
    world.create("resource-servers", &json!({ "identifier": API, "scopes": scopes }));
    let client = world.client_with_secret();
    (world, client)
}

/// What the token endpoint asks.
fn granted(world: &World, client: &str, audience: &str) -> Option<Vec<String>> {
    let granted = world.tenant.store.with(|connection| {
        clients::granted_scopes(connection, client, audience).map_err(StoreError::from)
    });
    granted.unwrap()
}

#[test]
fn a_grant_is_made_changed_and_removed() {
    let (world, client) = world();
    assert_eq!(granted(&world, &client, API), None);
    let body = json!({ "client_id": client, "audience": API, "scope": ["read:a"] });
    let created = world.create("client-grants", &body);
    let id = text(&created, "id");
    assert!(id.starts_with("cgr_") && id.len() == 20, "{id}");
    let wanted = json!({
        "id": id, "client_id": client, "audience": API, "scope": ["read:a"],
        "subject_type": "client",
    });
    assert_eq!(created, wanted);
    assert_eq!(granted(&world, &client, API), Some(vec!["read:a".to_owned()]));
    assert_eq!(granted(&world, &client, AUDIENCE), None);
    let path = format!("client-grants/{id}");
    assert_eq!(world.ask("GET", &path, None).expect(200), wanted);
    let patched = world.ask("PATCH", &path, Some(&json!({ "scope": ["write:a"] }))).expect(200);
    assert_eq!(patched["scope"], json!(["write:a"]));
    assert_eq!(granted(&world, &client, API), Some(vec!["write:a".to_owned()]));
    world.ask("DELETE", &path, None).expect(204);
    assert_eq!(granted(&world, &client, API), None);
    for (method, body) in [("GET", None), ("PATCH", Some(&json!({}))), ("DELETE", None)] {
        world.ask(method, &path, body).fails(404, "inexistent_client_grant", "does not exist");
    }
}

#[test]
fn a_grant_names_what_exists() {
    let (world, client) = world();
    let post = |body: Value| world.ask("POST", "client-grants", Some(&body));
    post(json!({ "audience": API })).invalid("Missing required property: client_id");
    post(json!({ "client_id": client })).invalid("Missing required property: audience");
    post(json!({ "client_id": "x", "audience": API })).fails(404, "inexistent_client", "");
    let unknown = json!({ "client_id": client, "audience": "x" });
    post(unknown).fails(404, "inexistent_resource_server", "");
    let scope = json!({ "client_id": client, "audience": API, "scope": ["read:b"] });
    post(scope).invalid("on property scope");
    let user = json!({ "client_id": client, "audience": API, "subject_type": "user" });
    post(user).invalid("on property subject_type");
    post(json!({ "client_id": client, "audience": API, "x": 1 })).invalid("not allowed: x");
    let good = json!({ "client_id": client, "audience": API, "subject_type": "client" });
    assert_eq!(post(good.clone()).expect(201)["scope"], json!([]));
    post(good).fails(409, "conflict", "already exists");
}

#[test]
fn grants_go_with_their_client_and_their_api() {
    let (world, client) = world();
    let grant = json!({ "client_id": client, "audience": API });
    world.create("client-grants", &grant);
    world.create("client-grants", &json!({ "client_id": client, "audience": AUDIENCE }));
    world.ask("DELETE", "resource-servers/https%3A%2F%2Fapi.example%2F", None).expect(204);
    let left = world.ask("GET", "client-grants", None).expect(200);
    assert_eq!(left.as_array().unwrap().len(), 1);
    assert_eq!(left[0]["audience"], AUDIENCE);
    world.ask("DELETE", &format!("clients/{client}"), None).expect(204);
    assert_eq!(world.ask("GET", "client-grants", None).expect(200), json!([]));
}
