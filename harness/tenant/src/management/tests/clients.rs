//! Clients, their members and their shapes.

use serde_json::{Value, json};

use super::support::{World, changed, text};

#[track_caller]
fn post(body: &Value) -> super::support::Answer {
    World::new().ask("POST", "clients", Some(body))
}

#[test]
fn a_client_is_shown_as_it_was_made() {
    let world = World::new();
    let body = json!({
        "name": "a", "app_type": "non_interactive", "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "client_secret_basic", "oidc_conformant": true,
        "callbacks": ["https://a.example/"], "client_metadata": { "a": "b" },
        "description": "d", "jwt_configuration": { "alg": "PS256", "lifetime_in_seconds": 60 },
    });
    let mut created = world.create("clients", &body);
    let id = text(&created, "client_id");
    assert_eq!(id.len(), 32);
    assert_eq!(world.ask("GET", &format!("clients/{id}"), None).expect(200), created);
    for name in ["client_id", "client_secret"] {
        created.as_object_mut().unwrap().remove(name).unwrap();
    }
    let wanted =
        changed(body, &json!({ "created_at": "2023-11-14T22:13:20.000Z", "global": false }));
    assert_eq!(created, wanted);
}

#[test]
fn each_type_has_its_defaults() {
    for (app_type, method, grants) in [
        ("non_interactive", "client_secret_post", 1),
        ("regular_web", "client_secret_post", 4),
        ("spa", "none", 3),
        ("native", "none", 3),
        ("resource_server", "client_secret_post", 1),
    ] {
        let client = post(&json!({ "name": "a", "app_type": app_type })).expect(201);
        assert_eq!(client["token_endpoint_auth_method"], method, "{app_type}");
        assert_eq!(client["grant_types"].as_array().unwrap().len(), grants, "{app_type}");
        assert_eq!(client["jwt_configuration"], json!({ "alg": "RS256" }));
    }
    assert_eq!(post(&json!({ "name": "a" })).expect(201)["app_type"], "regular_web");
}

#[test]
fn each_member_is_checked() {
    let good = json!({ "name": "a" });
    let with = |changes: Value| post(&changed(good.clone(), &changes));
    with(json!({ "name": null })).invalid("Missing required property: name");
    with(json!({ "name": "" })).invalid("on property name");
    with(json!({ "name": "a<b" })).invalid("on property name");
    with(json!({ "name": 1 })).invalid("Expected type string' on property name");
    with(json!({ "app_type": "web" })).invalid("No enum match' on property app_type");
    with(json!({ "grant_types": ["client_credential"] })).invalid("on property grant_types");
    with(json!({ "grant_types": [1] })).invalid("Expected type array of strings");
    with(json!({ "token_endpoint_auth_method": "tls" })).invalid("No enum match");
    with(json!({ "jwt_configuration": { "alg": "none" } })).invalid("jwt_configuration.alg");
    with(json!({ "jwt_configuration": { "a": 1 } })).invalid("not allowed: a' on property jwt");
    with(json!({ "description": "ä".repeat(140) })).expect(201);
    with(json!({ "description": "ä".repeat(141) })).invalid("maximum 140");
    with(json!({ "callbacks": "https://a.example/" })).invalid("on property callbacks");
    with(json!({ "is_first_party": "yes" })).invalid("Expected type boolean");
    with(json!({ "client_id": "a" })).invalid("Additional properties not allowed: client_id");
    with(json!({ "client_secret": "a" })).invalid("not allowed: client_secret");
    // A member that would carry a key, so that no answer ever returns one.
    with(json!({ "encryption_key": { "pub": "a" } })).invalid("not allowed: encryption_key");
    let long = "a".repeat(1000);
    let answer = with(json!({ long: 1 }));
    assert!(answer.body["message"].as_str().unwrap().len() < 200);
    answer.invalid("Additional properties not allowed: aaaa");
}

#[test]
fn a_patch_changes_what_it_names() {
    let world = World::new();
    let path = format!("clients/{}", world.client_with_secret());
    let patch = |body: Value| world.ask("PATCH", &path, Some(&body)).expect(200);
    let before = world.ask("GET", &path, None).expect(200);
    let changes = json!({
        "name": "b", "description": "d", "app_type": "native", "grant_types": ["refresh_token"],
        "client_metadata": { "a": "b" }, "jwt_configuration": { "alg": "PS256" },
        "client_secret": "chosen", "token_endpoint_auth_method": "client_secret_basic",
    });
    let after = changed(before, &changes);
    assert_eq!(patch(changes), after);
    assert_eq!(world.ask("GET", &path, None).expect(200), after);
    assert_eq!(patch(json!({})), after);
    let removal = json!({ "description": null, "client_metadata": null });
    assert_eq!(patch(removal.clone()), changed(after, &removal));
    let answer =
        world.ask_as("update:clients", "PATCH", &path, Some(&json!({ "client_secret": "a" })));
    answer.fails(403, "insufficient_scope", "update:client_keys");
    for secret in ["", "a b", "ä", &"a".repeat(257)] {
        let body = json!({ "client_secret": secret });
        world.ask("PATCH", &path, Some(&body)).invalid("on property client_secret");
    }
}

#[test]
fn a_failed_patch_changes_nothing() {
    let world = World::new();
    let path = format!("clients/{}", world.client_with_secret());
    let before = world.ask("GET", &path, None).expect(200);
    let body = json!({ "name": "b", "token_endpoint_auth_method": "none", "unknown": 1 });
    world.ask("PATCH", &path, Some(&body)).invalid("Additional properties not allowed: unknown");
    assert_eq!(world.ask("GET", &path, None).expect(200), before);
}

#[test]
fn a_secret_is_rotated() {
    let world = World::new();
    let path = format!("clients/{}", world.client_with_secret());
    let before = text(&world.ask("GET", &path, None).expect(200), "client_secret");
    let rotate = format!("{path}/rotate-secret");
    let after = text(&world.ask("POST", &rotate, None).expect(200), "client_secret");
    assert!(before != after && after.len() == 64);
    assert_eq!(text(&world.ask("GET", &path, None).expect(200), "client_secret"), after);
}

#[test]
fn a_deleted_client_is_gone_with_all_it_had() {
    let world = World::new();
    let (client, credential) = world.client_with_key();
    let path = format!("clients/{client}");
    world.ask("DELETE", &path, None).expect(204);
    let name = json!({ "name": "b" });
    for (method, body) in [("GET", None), ("PATCH", Some(&name)), ("DELETE", None)] {
        world.ask(method, &path, body).fails(404, "inexistent_client", "does not exist");
    }
    let rotate = format!("{path}/rotate-secret");
    world.ask("POST", &rotate, None).fails(404, "inexistent_client", "does not exist");
    let credential = format!("{path}/credentials/{credential}");
    world.ask("GET", &credential, None).fails(404, "inexistent_client", "does not exist");
}
