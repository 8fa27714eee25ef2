//! Tokens and scopes (RFC 6750, AUTH0-040).

use axum::body::Body;
use axum::http::{Request, header};
use axum::routing::MethodFilter;
use serde_json::{Value, json};

use super::support::{
    AUDIENCE, ISSUER, NOW, World, changed, credential, private, signed, token_of, with_credentials,
};
use crate::management::OPERATIONS;
use crate::store::{StoreError, audit};

fn claims() -> Value {
    json!({
        "iss": ISSUER, "sub": "a@clients", "aud": AUDIENCE, "iat": NOW, "exp": NOW + 60,
        "scope": "read:clients",
    })
}

#[track_caller]
fn check_token(world: &World, token: &str, message: &str) {
    let request =
        Request::get("/api/v2/clients").header("authorization", format!("Bearer {token}"));
    let answer = world.send(request.body(Body::empty()).unwrap());
    let challenge = &answer.headers[header::WWW_AUTHENTICATE];
    assert_eq!(challenge, "Bearer error=\"invalid_token\"", "{message}");
    answer.fails(401, "invalid_token", message);
}

#[test]
fn without_a_token_there_is_no_error_code() {
    let world = World::new();
    let answer = world.send(Request::get("/api/v2/clients").body(Body::empty()).unwrap());
    assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
    let wanted =
        json!({ "statusCode": 401, "error": "Unauthorized", "message": "Missing authentication" });
    assert_eq!(answer.expect(401), wanted);
}

#[test]
fn each_claim_of_a_token_counts() {
    let world = World::new();
    let key = private("rsa-2048-a");
    let of = |changes: Value| signed(&changed(claims(), &changes), &key, "RS256");
    let good = Request::get("/api/v2/clients")
        .header("authorization", format!("bearer {}", of(json!({}))))
        .body(Body::empty());
    world.send(good.unwrap()).expect(200);
    check_token(&world, &of(json!({ "iss": "https://tenant.example" })), "Invalid token");
    check_token(&world, &of(json!({ "iss": null })), "Invalid token");
    check_token(&world, &of(json!({ "aud": "https://tenant.example/api/v2" })), "Invalid token");
    check_token(&world, &of(json!({ "aud": null })), "Invalid token");
    check_token(&world, &of(json!({ "exp": NOW })), "Expired token");
    check_token(&world, &of(json!({ "exp": null })), "Invalid token");
    check_token(&world, &of(json!({ "nbf": NOW + 1 })), "Invalid token");
    check_token(&world, &of(json!({ "iat": NOW + 1 })), "Invalid token");
    check_token(&world, &of(json!({ "sub": null })), "Invalid token");
    check_token(&world, &of(json!({ "scope": 1 })), "Invalid token");
    check_token(&world, &of(json!({})).replace('.', ".."), "Invalid token");
    check_token(&world, "", "Invalid token");
}

#[test]
fn a_token_of_another_key_or_algorithm_is_refused() {
    let world = World::new();
    check_token(&world, &signed(&claims(), &private("rsa-2048-b"), "RS256"), "Invalid token");
    check_token(&world, &signed(&claims(), &private("rsa-2048-a"), "PS256"), "Invalid token");
    check_token(&world, &signed(&claims(), &private("oct-256-a"), "HS256"), "Invalid token");
    let token = signed(&claims(), &private("rsa-2048-a"), "RS256");
    let unsigned = token.rsplit_once('.').unwrap().0;
    check_token(&world, &format!("{unsigned}."), "Invalid token");
}

#[test]
fn another_scheme_or_two_headers_are_refused() {
    let world = World::new();
    let token = token_of("read:clients");
    for values in
        [vec![format!("Basic {token}")], vec![token.clone()], vec![format!("Bearer {token}"); 2]]
    {
        let mut request = Request::get("/api/v2/clients");
        for value in &values {
            request = request.header("authorization", value);
        }
        let answer = world.send(request.body(Body::empty()).unwrap());
        answer.fails(401, "invalid_token", "Bad HTTP authentication header format");
    }
}

#[test]
fn each_operation_needs_its_scope() {
    let world = World::new();
    for operation in OPERATIONS {
        let path = operation.path.strip_prefix("/api/v2/").unwrap();
        let path =
            path.replace("{client_id}", "x").replace("{credential_id}", "x").replace("{id}", "x");
        let methods = [
            (MethodFilter::GET, "GET"),
            (MethodFilter::POST, "POST"),
            (MethodFilter::PATCH, "PATCH"),
            (MethodFilter::DELETE, "DELETE"),
        ];
        let method = methods.iter().find(|row| row.0 == operation.method).unwrap().1;
        let others: Vec<&str> =
            crate::scopes::MANAGEMENT.iter().copied().filter(|s| *s != operation.scope).collect();
        let answer = world.ask_as(&others.join(" "), method, &path, None);
        let challenge = &answer.headers[header::WWW_AUTHENTICATE];
        assert_eq!(challenge, "Bearer error=\"insufficient_scope\"");
        let wanted = json!({
            "statusCode": 403,
            "error": "Forbidden",
            "message": format!("Insufficient scope, expected any of: {}", operation.scope),
            "errorCode": "insufficient_scope",
        });
        assert_eq!(answer.expect(403), wanted, "{path}");
        let answer = world.ask_as(operation.scope, method, &path, None);
        assert_ne!(answer.status, 403, "{path}");
    }
}

#[test]
fn both_spellings_of_the_scope_to_update_clients_count() {
    let world = World::new();
    let path = format!("clients/{}", world.client_with_secret());
    let body = json!({ "description": "b" });
    world.ask_as("update:clients", "PATCH", &path, Some(&body)).expect(200);
    world.ask_as("update:client", "PATCH", &path, Some(&body)).expect(200);
    let answer = world.ask_as("update:client_keys", "PATCH", &path, Some(&body));
    answer.fails(403, "insufficient_scope", "update:clients");
    let answer = world.ask_as("update:client", "DELETE", &path, None);
    answer.fails(403, "insufficient_scope", "delete:clients");
}

#[test]
fn credentials_of_a_client_need_scopes_of_their_own() {
    let world = World::new();
    let body = with_credentials(&[credential("rsa-2048-a")]);
    let answer = world.ask_as("create:clients", "POST", "clients", Some(&body));
    answer.fails(403, "insufficient_scope", "create:credentials");
    let answer = world.ask_as("create:credentials", "POST", "clients", Some(&body));
    answer.fails(403, "insufficient_scope", "create:clients");
    let client = world.ask_as("create:clients create:credentials", "POST", "clients", Some(&body));
    let client = client.expect(201);
    let path = format!("clients/{}", client["client_id"].as_str().unwrap());
    let back = json!({
        "client_authentication_methods": null, "token_endpoint_auth_method": "client_secret_post",
    });
    let answer = world.ask_as("update:client", "PATCH", &path, Some(&back));
    answer.fails(403, "insufficient_scope", "update:credentials");
    world.ask_as("update:client update:credentials", "PATCH", &path, Some(&back)).expect(200);
}

#[test]
fn a_body_is_strict_json() {
    let world = World::new();
    let send = |media_type: &str, body: &str| {
        let request = Request::post("/api/v2/clients")
            .header("authorization", format!("Bearer {}", token_of("create:clients")))
            .header("content-type", media_type);
        world.send(request.body(Body::from(body.to_owned())).unwrap())
    };
    send("application/json; charset=utf-8", r#"{"name":"a"}"#).expect(201);
    send("text/plain", r#"{"name":"a"}"#).fails(415, "unsupported_media_type", "JSON");
    for body in ["", "{", r#"{"name":"a",}"#, r#"{"name":"a"}}"#, "{\"name\":\"a\nb\"}"] {
        send("application/json", body).fails(400, "invalid_body", "not JSON");
    }
    send("application/json", r#"{"name":"a","name":"b"}"#).fails(
        400,
        "invalid_body",
        "two members",
    );
    send("application/json", "[]").invalid("Expected type object");
    let long = format!(r#"{{"name":"{}"}}"#, "a".repeat(1 << 16));
    let answer = send("application/json", &long);
    assert!([400, 413].contains(&answer.status.as_u16()), "{}", answer.body);
}

#[test]
fn what_changed_or_was_refused_is_in_the_audit_log() {
    let world = World::new();
    let (client, _) = world.client_with_key();
    let path = format!("clients/{client}/credentials");
    world.ask("GET", &path, None).expect(200);
    world.ask("POST", &path, Some(&credential("rsa-2048-b"))).expect(201);
    world.ask("POST", &path, Some(&credential("rsa-2047"))).expect(400);
    world.ask("PATCH", &format!("clients/{client}"), Some(&json!({ "x": 1 }))).expect(400);
    world.ask_as("read:clients", "DELETE", &format!("clients/{client}"), None).expect(403);
    world.send(Request::get("/api/v2/clients").body(Body::empty()).unwrap()).expect(401);
    let mut seen = Vec::new();
    let read = world.tenant.store.with(|connection| {
        audit::read(connection, |entry| {
            seen.push((entry.endpoint, entry.outcome, entry.client_id));
            Ok::<_, StoreError>(())
        })
    });
    read.unwrap();
    let credentials = "/api/v2/clients/{client_id}/credentials";
    let wanted = [
        ("/api/v2/clients", "accepted", None),
        (credentials, "accepted", Some(client.as_str())),
        (credentials, "credential/too-many", None),
        ("/api/v2/clients/{client_id}", "invalid_body", None),
        ("/api/v2/clients/{client_id}", "insufficient_scope", None),
        ("/api/v2/clients", "unauthorized", None),
    ];
    let seen: Vec<_> = seen
        .iter()
        .map(|(path, outcome, id)| (path.as_str(), outcome.as_str(), id.as_deref()))
        .collect();
    assert_eq!(seen, wanted);
}
