//! Credentials of clients (AUTH0-024 to -046, -067, -068).

use axum::body::Body;
use axum::http::Request;
use serde_json::{Value, json};

use super::support::{World, changed, credential, file, pem, text, token_of, with_credentials};

/// The kid that follows from rsa-2048-a.
fn kid_of(world: &World, client_id: &str) -> String {
    text(&world.ask("GET", &format!("clients/{client_id}/credentials"), None).expect(200)[0], "kid")
}

/// POSTs a credential with changes to a client that has none.
#[track_caller]
fn post(changes: &Value) -> super::support::Answer {
    let world = World::new();
    let path = format!("clients/{}/credentials", world.client_with_secret());
    world.ask("POST", &path, Some(&changed(credential("rsa-2048-a"), changes)))
}

#[test]
fn a_credential_is_shown_with_its_documented_members() {
    let world = World::new();
    let path = format!("clients/{}/credentials", world.client_with_secret());
    let body = changed(
        credential("rsa-2048-a"),
        &json!({ "name": "n", "alg": "PS256", "expires_at": "2023-11-14T22:13:21.299Z" }),
    );
    let mut created = world.create(&path, &body);
    let id = text(&created, "id");
    assert!(id.starts_with("cred_") && id.len() == 27, "{id}");
    let one = format!("{path}/{id}");
    assert_eq!(world.ask("GET", &one, None).expect(200), created);
    assert_eq!(world.ask("GET", &path, None).expect(200), json!([created]));
    let kid = text(&created, "kid");
    assert_eq!(kid.len(), 43);
    for name in ["id", "kid"] {
        created.as_object_mut().unwrap().remove(name);
    }
    let wanted = json!({
        "name": "n", "alg": "PS256", "credential_type": "public_key",
        "created_at": "2023-11-14T22:13:20.000Z", "updated_at": "2023-11-14T22:13:20.000Z",
        "expires_at": "2023-11-14T22:13:21.000Z",
    });
    assert_eq!(created, wanted);
}

#[test]
fn the_documentation_s_sample_key_gets_its_kid() {
    let sample: Value = serde_json::from_str(&file("auth0/sample-key.json")).unwrap();
    let created = post(&json!({ "pem": sample["inputs"]["pem"] })).expect(201);
    assert_eq!(created["kid"], "LWd8xEOrXZOm6jUL6mcw0j6LxHz_YvhEi7AmjcQDiCs");
    assert_eq!(created["alg"], "RS256");
    assert_eq!(created.get("expires_at"), None);
    let joined = &sample["inputs"]["pem_end_line_joined"];
    post(&json!({ "pem": joined })).invalid("credential/pem-malformed");
}

#[test]
fn a_certificate_brings_subject_and_thumbprint() {
    let certificate = file("certificates/rsa-2048-a.pem");
    let created = post(&json!({ "pem": certificate })).expect(201);
    assert_eq!(created["thumbprint_sha256"], "A0Q1hvzIM4-4MZFTjrCif0YHvKJfwViL9UGhVounl_o");
    assert!(text(&created, "subject_dn").contains("CN="));
    assert_eq!(created.get("expires_at"), None);
    assert_eq!(created["kid"], post(&json!({})).expect(201)["kid"]);
    let changes = json!({ "pem": certificate, "parse_expiry_from_cert": true });
    assert_eq!(post(&changes).expect(201)["expires_at"], "2099-12-31T23:59:59.000Z");
}

#[test]
fn keys_have_2048_to_4096_bits() {
    for name in ["rsa-2048-a", "rsa-3072", "rsa-4096"] {
        post(&json!({ "pem": pem(name) })).expect(201);
    }
    for name in ["rsa-1024", "rsa-2047"] {
        post(&json!({ "pem": pem(name) })).invalid("credential/rsa-too-small");
    }
    post(&json!({ "pem": pem("rsa-4097") })).invalid("credential/rsa-too-large");
    post(&json!({ "pem": pem("ec-p256-a") })).invalid("credential/key-type");
}

#[test]
fn a_malformed_key_is_an_invalid_certificate() {
    let good = pem("rsa-2048-a");
    let half = good.get(..good.len() / 2).unwrap();
    for text in ["", half, &good.replace("-----", ""), &good.replace('\n', "\\n")] {
        let answer = post(&json!({ "pem": text }));
        answer.invalid("Invalid certificate: ");
    }
    let private = super::support::key("rsa-2048-a", "private", "pem");
    post(&json!({ "pem": private })).invalid("credential/pem-private");
    post(&json!({ "pem": good.replace('\n', "\r\n") })).expect(201);
    post(&json!({ "pem": null })).invalid("Missing required property: pem");
    post(&json!({ "pem": 1 })).invalid("Expected type string' on property pem");
}

#[test]
fn each_other_member_is_checked() {
    for alg in ["RS256", "RS384", "PS256"] {
        assert_eq!(post(&json!({ "alg": alg })).expect(201)["alg"], alg);
    }
    for alg in ["RS512", "PS384", "PS512", "ES256", "EdDSA", "HS256", "none", "rs256"] {
        post(&json!({ "alg": alg })).invalid("credential/alg-unsupported");
    }
    for wrong in ["x509_cert", "cert_subject_dn", "PUBLIC_KEY", ""] {
        post(&json!({ "credential_type": wrong })).invalid("credential/type-unsupported");
    }
    post(&json!({ "credential_type": null })).invalid("credential/type-unsupported");
    post(&json!({ "name": "ä".repeat(128) })).expect(201);
    post(&json!({ "name": "ä".repeat(129) })).invalid("credential/name-length");
    for length in [10, 64] {
        let kid = "-".repeat(length);
        assert_eq!(post(&json!({ "kid": kid })).expect(201)["kid"], kid);
    }
    for kid in ["-".repeat(9), "-".repeat(65), "0123456789.".to_owned()] {
        post(&json!({ "kid": kid })).invalid("credential/kid-form");
    }
    post(&json!({ "subject_dn": "CN=a" })).invalid("Additional properties not allowed: subject_dn");
}

#[test]
fn an_expiry_is_a_future_time_with_a_zone() {
    // One second after the time of the test.
    post(&json!({ "expires_at": "2023-11-14T22:13:21Z" })).expect(201);
    let created = post(&json!({ "expires_at": "2023-11-15T00:13:21.999+02:00" })).expect(201);
    assert_eq!(created["expires_at"], "2023-11-14T22:13:21.000Z");
    for past in ["2023-11-14T22:13:20Z", "2023-11-14T22:13:19Z", "2020-08-20T19:10:06.299Z"] {
        post(&json!({ "expires_at": past })).invalid("credential/expires-at-past");
    }
    for text in ["2030-01-01T00:00:00", "2030-01-01", "1700000001", ""] {
        post(&json!({ "expires_at": text })).invalid("credential/expires-at-format");
    }
    post(&json!({ "expires_at": 1_900_000_000 })).invalid("Expected type string");
    let blank = json!({ "expires_at ": "2030-01-01T00:00:00Z" });
    post(&blank).invalid("Additional properties not allowed: expires_at ");
    let both = json!({ "expires_at": "2030-01-01T00:00:00Z", "parse_expiry_from_cert": true });
    post(&both).invalid("credential/expiry-conflict");
    let no = json!({ "expires_at": "2030-01-01T00:00:00Z", "parse_expiry_from_cert": false });
    post(&no).expect(201);
    post(&json!({ "parse_expiry_from_cert": true })).invalid("credential/expiry-no-certificate");
}

#[test]
fn a_client_has_two_credentials_at_most() {
    let world = World::new();
    let path = format!("clients/{}/credentials", world.client_with_secret());
    world.create(&path, &credential("rsa-2048-a"));
    let second = world.create(&path, &credential("rsa-2048-b"));
    let third = world.ask("POST", &path, Some(&credential("rsa-3072")));
    third.invalid("credential/too-many");
    // Rotation: the place of one that is gone is free.
    world.ask("DELETE", &format!("{path}/{}", text(&second, "id")), None).expect(204);
    world.create(&path, &credential("rsa-3072"));
    let three = ["rsa-2048-a", "rsa-2048-b", "rsa-3072"].map(credential);
    world.ask("POST", "clients", Some(&with_credentials(&three))).invalid("credential/too-many");
    world.create("clients", &with_credentials(&three[..2]));
    world.ask("POST", "clients", Some(&with_credentials(&[]))).invalid("minimum 1");
}

#[test]
fn a_kid_is_unique_within_a_client() {
    let world = World::new();
    let (first, _) = world.client_with_key();
    let path = format!("clients/{first}/credentials");
    let again = world.ask("POST", &path, Some(&credential("rsa-2048-a")));
    again.fails(409, "conflict", "credential/kid-taken");
    let body = changed(credential("rsa-2048-b"), &json!({ "kid": kid_of(&world, &first) }));
    world.ask("POST", &path, Some(&body)).fails(409, "conflict", "credential/kid-taken");
    // Another client may have the same key, and the same client another kid for it.
    let (second, _) = world.client_with_key();
    assert_eq!(kid_of(&world, &first), kid_of(&world, &second));
    world.create(&path, &changed(credential("rsa-2048-a"), &json!({ "kid": "another-kid" })));
}

#[test]
fn only_the_expiry_changes() {
    let world = World::new();
    let (client, id) = world.client_with_key();
    let path = format!("clients/{client}/credentials/{id}");
    let patch = |body: Value| world.ask("PATCH", &path, Some(&body));
    let before = world.ask("GET", &path, None).expect(200);
    world.after(10);
    let wanted = changed(
        before,
        &json!({
            "expires_at": "2030-01-01T00:00:00.000Z", "updated_at": "2023-11-14T22:13:30.000Z",
        }),
    );
    assert_eq!(patch(json!({ "expires_at": "2030-01-01T00:00:00Z" })).expect(200), wanted);
    assert_eq!(world.ask("GET", &path, None).expect(200), wanted);
    assert_eq!(patch(json!({})).expect(200), wanted);
    for name in ["name", "pem", "alg", "kid", "credential_type", "parse_expiry_from_cert"] {
        patch(json!({ name: "RS256" })).invalid("credential/immutable");
    }
    patch(json!({ "id": "cred_1" })).invalid("Additional properties not allowed: id");
    patch(json!({ "expires_at ": "2030-01-01T00:00:00Z" })).invalid("not allowed: expires_at ");
    patch(json!({ "expires_at": "2023-11-14T22:13:30Z" })).invalid("credential/expires-at-past");
    patch(json!({ "expires_at": "2023-11-14T22:13:31Z" })).expect(200);
    patch(json!({ "expires_at": 1 })).invalid("Expected type string");
    assert_eq!(patch(json!({ "expires_at": null })).expect(200).get("expires_at"), None);
}

#[test]
fn what_does_not_exist_is_not_found() {
    let world = World::new();
    let (client, id) = world.client_with_key();
    let (other, _) = world.client_with_key();
    let future = json!({ "expires_at": "2030-01-01T00:00:00Z" });
    for (method, body) in [("GET", None), ("PATCH", Some(&future)), ("DELETE", None)] {
        for path in
            [format!("clients/{other}/credentials/{id}"), format!("clients/{client}/credentials/x")]
        {
            world.ask(method, &path, body).fails(404, "inexistent_credential", "does not exist");
        }
        let path = format!("clients/x/credentials/{id}");
        world.ask(method, &path, body).fails(404, "inexistent_client", "does not exist");
    }
    world.ask("GET", "clients/x/credentials", None).fails(404, "inexistent_client", "");
    let path = format!("clients/{client}/credentials/{id}");
    world.ask("DELETE", &path, None).expect(204);
    world.ask("GET", &path, None).fails(404, "inexistent_credential", "does not exist");
}

#[test]
fn raw_line_breaks_in_a_pem_are_no_json() {
    let world = World::new();
    let path = format!("/api/v2/clients/{}/credentials", world.client_with_secret());
    let body = format!(r#"{{"credential_type":"public_key","pem":"{}"}}"#, pem("rsa-2048-a"));
    let request = Request::post(path)
        .header("authorization", format!("Bearer {}", token_of("create:credentials")))
        .header("content-type", "application/json");
    let answer = world.send(request.body(Body::from(body)).unwrap());
    answer.fails(400, "invalid_body", "not JSON");
}
