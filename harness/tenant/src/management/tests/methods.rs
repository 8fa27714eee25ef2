//! Between secrets and credentials (AUTH0-041 to -046).

use serde_json::{Value, json};

use super::support::{World, changed, credential, text, with_credentials};
use crate::model::Method;
use crate::store::clients;

fn keys(ids: &[&str]) -> Value {
    let credentials: Vec<Value> = ids.iter().map(|id| json!({ "id": id })).collect();
    json!({ "private_key_jwt": { "credentials": credentials } })
}

/// How the token endpoint sees the client: its method and the ids that authenticate it.
fn seen(world: &World, client_id: &str) -> (Method, Vec<String>) {
    let client = world.tenant.store.with(|connection| {
        clients::find(connection, client_id).map_err(crate::store::StoreError::from)
    });
    let client = client.unwrap().unwrap();
    let associated = client.credentials.into_iter().filter(|credential| credential.is_associated);
    (client.method, associated.map(|credential| credential.id).collect())
}

#[test]
fn a_credential_authenticates_only_once_it_is_associated() {
    let world = World::new();
    let client = world.client_with_secret();
    let path = format!("clients/{client}");
    let id = text(&world.create(&format!("{path}/credentials"), &credential("rsa-2048-a")), "id");
    assert_eq!(seen(&world, &client), (Method::ClientSecretPost, vec![]));
    let body = json!({
        "token_endpoint_auth_method": null, "client_authentication_methods": keys(&[&id]),
    });
    let updated = world.ask("PATCH", &path, Some(&body)).expect(200);
    assert_eq!(updated["client_authentication_methods"], keys(&[&id]));
    assert_eq!(updated.get("token_endpoint_auth_method"), None);
    assert_eq!(seen(&world, &client), (Method::PrivateKeyJwt, vec![id.clone()]));
    world.ask("DELETE", &format!("{path}/credentials/{id}"), None).expect(204);
    assert_eq!(seen(&world, &client), (Method::PrivateKeyJwt, vec![]));
}

#[test]
fn rotation_leaves_no_gap() {
    let world = World::new();
    let (client, first) = world.client_with_key();
    let path = format!("clients/{client}");
    let second = world.create(&format!("{path}/credentials"), &credential("rsa-2048-b"));
    let second = text(&second, "id");
    let associate = |ids: &[&str]| {
        let body = json!({ "client_authentication_methods": keys(ids) });
        world.ask("PATCH", &path, Some(&body)).expect(200);
        seen(&world, &client).1
    };
    assert_eq!(seen(&world, &client).1, [first.as_str()]);
    assert_eq!(associate(&[&first, &second]), [first.as_str(), &second]);
    assert_eq!(associate(&[&second]), [second.as_str()]);
    world.ask("DELETE", &format!("{path}/credentials/{first}"), None).expect(204);
    assert_eq!(seen(&world, &client), (Method::PrivateKeyJwt, vec![second]));
}

#[test]
fn switching_needs_one_member_null_and_the_other_given() {
    let world = World::new();
    let client = world.client_with_secret();
    let path = format!("clients/{client}");
    let id = text(&world.create(&format!("{path}/credentials"), &credential("rsa-2048-a")), "id");
    let patch = |body: Value| world.ask("PATCH", &path, Some(&body));
    let exclusive = "credential/methods-exclusive";
    patch(json!({ "client_authentication_methods": keys(&[&id]) })).invalid(exclusive);
    let both = json!({
        "token_endpoint_auth_method": "client_secret_post",
        "client_authentication_methods": keys(&[&id]),
    });
    patch(both.clone()).invalid(exclusive);
    patch(json!({ "token_endpoint_auth_method": null })).invalid("has to be given");
    assert_eq!(seen(&world, &client), (Method::ClientSecretPost, vec![]));
    patch(changed(both, &json!({ "token_endpoint_auth_method": null }))).invalid(exclusive);
    let switch = json!({
        "token_endpoint_auth_method": Value::Null, "client_authentication_methods": keys(&[&id]),
    });
    patch(switch.clone()).expect(200);
    patch(switch).expect(200);
    patch(json!({ "token_endpoint_auth_method": "client_secret_post" })).invalid(exclusive);
    patch(json!({ "client_authentication_methods": null })).invalid("has to be given");
    patch(json!({ "client_authentication_methods": null, "token_endpoint_auth_method": null }))
        .invalid("has to be given");
    assert_eq!(seen(&world, &client), (Method::PrivateKeyJwt, vec![id]));
    let back = |method: &str| {
        patch(json!({
            "client_authentication_methods": null, "token_endpoint_auth_method": method,
        }))
    };
    back("private_key_jwt").invalid("No enum match");
    let restored = back("client_secret_basic").expect(200);
    assert_eq!(restored["token_endpoint_auth_method"], "client_secret_basic");
    assert_eq!(restored.get("client_authentication_methods"), None);
    assert_eq!(seen(&world, &client), (Method::ClientSecretBasic, vec![]));
}

#[test]
fn a_new_client_has_one_method() {
    let world = World::new();
    let body = with_credentials(&[credential("rsa-2048-a")]);
    let both =
        changed(body.clone(), &json!({ "token_endpoint_auth_method": "client_secret_post" }));
    let answer = world.ask("POST", "clients", Some(&both));
    answer.invalid("credential/methods-exclusive");
    let mut null = body;
    null["token_endpoint_auth_method"] = Value::Null;
    let client = world.create("clients", &null);
    let id = text(&client, "client_id");
    assert_eq!(seen(&world, &id).1.len(), 1);
    assert_eq!(client["client_authentication_methods"], keys(&[&seen(&world, &id).1[0]]));
}

#[test]
fn the_secret_is_hidden_while_a_credential_is_in_force() {
    let world = World::new();
    let body = json!({ "name": "a", "app_type": "non_interactive" });
    let created = world.ask_as("create:clients", "POST", "clients", Some(&body)).expect(201);
    let (client, secret) = (text(&created, "client_id"), text(&created, "client_secret"));
    assert_eq!(secret.len(), 64);
    let path = format!("clients/{client}");
    let read = || world.ask("GET", &path, None).expect(200);
    assert_eq!(text(&read(), "client_secret"), secret);
    let without = world.ask_as("read:clients", "GET", &path, None).expect(200);
    assert_eq!(without.get("client_secret"), None);
    let id = text(&world.create(&format!("{path}/credentials"), &credential("rsa-2048-a")), "id");
    let switch = json!({
        "token_endpoint_auth_method": null, "client_authentication_methods": keys(&[&id]),
    });
    let back = json!({
        "token_endpoint_auth_method": "client_secret_post", "client_authentication_methods": null,
    });
    let switched = world.ask("PATCH", &path, Some(&switch)).expect(200);
    let listed = world.ask("GET", "clients", None).expect(200);
    let rotated = world.ask("POST", &format!("{path}/rotate-secret"), Some(&json!({}))).expect(200);
    for answer in [switched, read(), listed, rotated] {
        assert!(!answer.to_string().contains("client_secret"), "{answer}");
    }
    let restored = text(&world.ask("PATCH", &path, Some(&back)).expect(200), "client_secret");
    assert!(restored != secret && restored.len() == 64);
    assert_eq!(text(&read(), "client_secret"), restored);
}

#[test]
fn the_signing_algorithm_of_such_a_client_is_rs256() {
    let world = World::new();
    let body = with_credentials(&[credential("rsa-2048-a")]);
    let with = |alg: &str| changed(body.clone(), &json!({ "jwt_configuration": { "alg": alg } }));
    for alg in ["HS256", "PS256"] {
        world.ask("POST", "clients", Some(&with(alg))).invalid("credential/jwt-alg");
    }
    let client = world.create("clients", &with("RS256"));
    let path = format!("clients/{}", text(&client, "client_id"));
    let hs256 = json!({ "jwt_configuration": { "alg": "HS256" } });
    world.ask("PATCH", &path, Some(&hs256)).invalid("credential/jwt-alg");
    // A client with a secret may have it, and may then not switch.
    let path = format!("clients/{}", world.client_with_secret());
    let updated = world.ask("PATCH", &path, Some(&hs256)).expect(200);
    assert_eq!(updated["jwt_configuration"], json!({ "alg": "HS256" }));
    let id = text(&world.create(&format!("{path}/credentials"), &credential("rsa-2048-a")), "id");
    let mut switch = json!({
        "token_endpoint_auth_method": null, "client_authentication_methods": keys(&[&id]),
    });
    world.ask("PATCH", &path, Some(&switch)).invalid("credential/jwt-alg");
    switch["jwt_configuration"] = json!({ "alg": "RS256" });
    world.ask("PATCH", &path, Some(&switch)).expect(200);
}

#[test]
fn what_is_no_method_is_refused() {
    let world = World::new();
    let (client, id) = world.client_with_key();
    let post = |methods: Value| {
        let body = json!({ "name": "a", "client_authentication_methods": methods });
        world.ask("POST", "clients", Some(&body))
    };
    // The place where the documentation prints it.
    let mut misplaced = json!({ "private_key_jwt": { "credentials": [credential("rsa-2048-a")] } });
    misplaced["jwt_configuration"] = json!({ "alg": "RS256" });
    post(misplaced).invalid("Additional properties not allowed: jwt_configuration");
    post(json!({ "tls_client_auth": {} })).invalid("not allowed: tls_client_auth");
    post(json!({})).invalid("Missing required property");
    post(json!({ "private_key_jwt": {} })).invalid("private_key_jwt.credentials");
    post(keys(&[&id])).invalid("credential/type-unsupported");
    let path = format!("clients/{client}");
    let patch = |ids: &[&str]| {
        let body = json!({ "client_authentication_methods": keys(ids) });
        world.ask("PATCH", &path, Some(&body))
    };
    patch(&["cred_x"]).invalid("The client has no such credential");
    patch(&[&id, &id]).invalid("not unique");
    patch(&[&id, "b", "c"]).invalid("credential/too-many");
    patch(&[]).invalid("minimum 1");
    let pem = json!({ "private_key_jwt": { "credentials": [credential("rsa-2048-b")] } });
    let body = json!({ "client_authentication_methods": pem });
    world.ask("PATCH", &path, Some(&body)).invalid("Missing required property");
}
