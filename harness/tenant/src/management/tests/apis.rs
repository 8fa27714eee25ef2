//! APIs and their encryption keys (AUTH0-047 to -055, -068).

use serde_json::{Value, json};

use super::support::{Answer, World, changed, file, key, pem, text};

const IDENTIFIER: &str = "https://api.example/";

fn body() -> Value {
    json!({ "name": "a", "identifier": IDENTIFIER })
}

fn encryption(changes: &Value) -> Value {
    let key = json!({ "alg": "RSA-OAEP-256", "pem": pem("rsa-2048-b") });
    json!({ "format": "compact-nested-jwe", "encryption_key": changed(key, changes) })
}

#[track_caller]
fn post(changes: &Value) -> Answer {
    World::new().ask("POST", "resource-servers", Some(&changed(body(), changes)))
}

#[track_caller]
fn post_key(changes: &Value) -> Answer {
    post(&json!({ "token_encryption": encryption(changes) }))
}

#[track_caller]
fn shown_key(changes: &Value) -> Value {
    post_key(changes).expect(201)["token_encryption"]["encryption_key"].clone()
}

#[test]
fn an_api_is_shown_as_it_was_made() {
    let world = World::new();
    let body = json!({
        "name": "a", "identifier": IDENTIFIER, "signing_alg": "PS256", "token_lifetime": 60,
        "allow_offline_access": true, "enforce_policies": true, "token_dialect": "rfc9068_profile",
        "skip_consent_for_verifiable_first_party_clients": false,
        "scopes": [{ "value": "read:a" }, { "value": "write:a", "description": "writes" }],
        "subject_type_authorization": { "client": { "policy": "require_client_grant" } },
    });
    let created = world.create("resource-servers", &body);
    let id = text(&created, "id");
    assert_eq!(id.len(), 24);
    assert_eq!(created, changed(body, &json!({ "id": id, "is_system": false })));
    // By its id and by its identifier.
    for name in [id.as_str(), "https%3A%2F%2Fapi.example%2F"] {
        let path = format!("resource-servers/{name}");
        assert_eq!(world.ask("GET", &path, None).expect(200), created);
    }
    let least = post(&json!({ "name": null })).expect(201);
    let id = text(&least, "id");
    let wanted = json!({
        "id": id, "name": IDENTIFIER, "identifier": IDENTIFIER, "is_system": false,
        "signing_alg": "RS256", "token_lifetime": 86_400, "allow_offline_access": false,
        "scopes": [],
    });
    assert_eq!(least, wanted);
}

#[test]
fn each_limit_holds_on_both_sides() {
    for length in [1, 200] {
        post(&json!({ "name": "ä".repeat(length) })).expect(201);
    }
    for name in [String::new(), "a".repeat(201), "a<".to_owned(), "a>".to_owned()] {
        post(&json!({ "name": name })).invalid("on property name");
    }
    for length in [1, 600] {
        post(&json!({ "identifier": "a".repeat(length) })).expect(201);
    }
    for length in [0, 601] {
        post(&json!({ "identifier": "a".repeat(length) })).invalid("on property identifier");
    }
    post(&json!({ "identifier": null })).invalid("Missing required property: identifier");
    for seconds in [1, 2_592_000] {
        post(&json!({ "token_lifetime": seconds })).expect(201);
    }
    for seconds in [0_i64, 2_592_001, i64::MAX] {
        post(&json!({ "token_lifetime": seconds })).invalid("on property token_lifetime");
    }
    for value in [json!(-1), json!(1.5), json!("60"), json!(1e3)] {
        post(&json!({ "token_lifetime": value })).invalid("Expected type integer");
    }
    for alg in ["RS256", "PS256"] {
        assert_eq!(post(&json!({ "signing_alg": alg })).expect(201)["signing_alg"], alg);
    }
    for alg in ["RS384", "none", "ES256", "rs256"] {
        post(&json!({ "signing_alg": alg })).invalid("on property signing_alg");
    }
    post(&json!({ "is_system": true })).invalid("Additional properties not allowed: is_system");
    post(&json!({ "enforce_policies": 1 })).invalid("Expected type boolean");
}

#[test]
fn scopes_are_words_of_rfc_6749() {
    let scopes = |value: &str| json!({ "scopes": [{ "value": value }] });
    post(&scopes(&"a".repeat(280))).expect(201);
    for value in ["", "a b", "a\"", "a\\", "ä", "a\n", &"a".repeat(281)] {
        post(&scopes(value)).invalid("on property scopes.0.value");
    }
    let twice = json!({ "scopes": [{ "value": "a" }, { "value": "a" }] });
    post(&twice).invalid("not unique' on property scopes.1.value");
    post(&json!({ "scopes": ["a"] })).invalid("Expected type object' on property scopes.0");
    post(&json!({ "scopes": [{ "value": "a", "x": 1 }] })).invalid("not allowed: x");
}

#[test]
fn only_hs256_has_a_secret_which_is_shown_once() {
    let world = World::new();
    let hs256 = changed(body(), &json!({ "signing_alg": "HS256" }));
    let created = world.create("resource-servers", &hs256);
    assert_eq!(text(&created, "signing_secret").len(), 64);
    let path = format!("resource-servers/{}", text(&created, "id"));
    assert_eq!(world.ask("GET", &path, None).expect(200).get("signing_secret"), None);
    let listed = world.ask("GET", "resource-servers", None).expect(200);
    assert!(!listed.to_string().contains("signing_secret"));
    for length in [32, 256] {
        let secret = "s".repeat(length);
        let given = json!({ "signing_alg": "HS256", "signing_secret": secret });
        assert_eq!(post(&given).expect(201)["signing_secret"], secret);
    }
    for length in [31, 257] {
        let given = json!({ "signing_alg": "HS256", "signing_secret": "s".repeat(length) });
        post(&given).invalid("32 to 256 octets");
    }
    post(&json!({ "signing_secret": "s".repeat(32) })).invalid("Only HS256 has a secret");
}

#[test]
fn an_encryption_key_is_described_and_never_shown() {
    let given = json!({ "name": "n", "kid": "k\"\n", "alg": "RSA-OAEP-512", "enc": "A128GCM" });
    let mut shown = shown_key(&given);
    let thumbprint = shown.as_object_mut().unwrap().remove("thumbprint_sha256").unwrap();
    assert_eq!(thumbprint.as_str().unwrap().len(), 43);
    assert_eq!(shown, given);
    let least = shown_key(&json!({}));
    assert_eq!(least, json!({ "alg": "RSA-OAEP-256", "thumbprint_sha256": thumbprint }));
    // Of a certificate it is the one of RFC 8705.
    let certificate = json!({ "pem": file("certificates/rsa-2048-a.pem") });
    let thumbprint = "A0Q1hvzIM4-4MZFTjrCif0YHvKJfwViL9UGhVounl_o";
    assert_eq!(shown_key(&certificate)["thumbprint_sha256"], thumbprint);
    let sample: Value = serde_json::from_str(&file("auth0/sample-key.json")).unwrap();
    let shown = shown_key(&json!({ "pem": sample["inputs"]["pem"] }));
    assert_eq!(shown["thumbprint_sha256"], sample["derived"]["spki_sha256"]);
}

#[test]
fn each_member_of_an_encryption_key_is_checked() {
    for alg in ["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"] {
        assert_eq!(shown_key(&json!({ "alg": alg }))["alg"], alg);
    }
    for alg in ["RSA-OAEP", "RSA1_5", "ECDH-ES", "dir", "rsa-oaep-256", "A256GCM"] {
        post_key(&json!({ "alg": alg })).invalid("credential/alg-unsupported");
    }
    post_key(&json!({ "alg": null })).invalid("credential/alg-missing");
    for length in [1, 128] {
        let text = "ä".repeat(length);
        let shown = shown_key(&json!({ "name": text, "kid": text }));
        assert_eq!((&shown["name"], &shown["kid"]), (&json!(text), &json!(text)));
    }
    for text in [String::new(), "a".repeat(129)] {
        post_key(&json!({ "name": text })).invalid("credential/name-length");
        post_key(&json!({ "kid": text })).invalid("credential/kid-form");
    }
    post_key(&json!({ "enc": "A256CBC" })).invalid("encryption_key.enc");
    post_key(&json!({ "expires_at": "2030-01-01T00:00:00Z" })).invalid("not allowed: expires_at");
    for name in ["rsa-2048-a", "rsa-4096"] {
        post_key(&json!({ "pem": pem(name) })).expect(201);
    }
    post_key(&json!({ "pem": pem("rsa-2047") })).invalid("credential/rsa-too-small");
    post_key(&json!({ "pem": pem("rsa-4097") })).invalid("credential/rsa-too-large");
    post_key(&json!({ "pem": pem("ec-p256-a") })).invalid("credential/key-type");
    let private = key("rsa-2048-a", "private", "pem");
    post_key(&json!({ "pem": private })).invalid("credential/pem-private");
    post_key(&json!({ "pem": null })).invalid("token_encryption.encryption_key.pem");
    let certificate = file("certificates/rsa-2048-a-4096-characters.pem");
    assert_eq!(certificate.chars().count(), 4096);
    post_key(&json!({ "pem": certificate })).expect(201);
    post_key(&json!({ "pem": format!("{certificate}\n") })).invalid("credential/pem-too-long");
}

#[test]
fn the_format_is_compact_nested_jwe() {
    let with = |changes: Value| {
        post(&json!({ "token_encryption": changed(encryption(&json!({})), &changes) }))
    };
    for format in ["compact-jwe", "Compact-Nested-JWE", ""] {
        with(json!({ "format": format })).invalid("token_encryption.format");
    }
    with(json!({ "format": null })).invalid("Missing required property: token_encryption.format");
    with(json!({ "encryption_key": null })).invalid("token_encryption.encryption_key");
    // As the documentation prints it, with the brace that it forgets.
    let flat = json!({
        "format": "compact-nested-jwe", "name": "n", "alg": "RSA-OAEP-256", "kid": "k",
        "pem": pem("rsa-2048-b"),
    });
    let answer = post(&json!({ "token_encryption": flat }));
    answer.invalid("Missing required property: token_encryption.encryption_key");
}

#[test]
fn encryption_is_changed_and_turned_off() {
    let world = World::new();
    let with = changed(body(), &json!({ "token_encryption": encryption(&json!({ "kid": "a" })) }));
    let created = world.create("resource-servers", &with);
    let path = format!("resource-servers/{}", text(&created, "id"));
    let patch = |body: Value| world.ask("PATCH", &path, Some(&body));
    let other = json!({ "pem": pem("rsa-2048-a"), "alg": "RSA-OAEP-384" });
    let key = &patch(json!({ "token_encryption": encryption(&other) })).expect(200)["token_encryption"]
        ["encryption_key"];
    let before = &created["token_encryption"]["encryption_key"];
    assert_ne!(key["thumbprint_sha256"], before["thumbprint_sha256"]);
    assert_eq!((&key["alg"], key.get("kid")), (&json!("RSA-OAEP-384"), None));
    let kept = patch(json!({ "name": "b" })).expect(200);
    assert_eq!(kept["token_encryption"]["encryption_key"], *key);
    let off = patch(json!({ "token_encryption": null })).expect(200);
    assert_eq!(off.get("token_encryption"), None);
    assert_eq!(world.ask("GET", &path, None).expect(200), off);
    patch(json!({ "identifier": "b" })).invalid("Additional properties not allowed: identifier");
    assert_eq!(world.ask("GET", &path, None).expect(200)["identifier"], IDENTIFIER);
}

#[test]
fn an_identifier_is_unique() {
    let world = World::new();
    let created = world.create("resource-servers", &body());
    let again = || world.ask("POST", "resource-servers", Some(&body()));
    again().fails(409, "conflict", "already exists");
    let path = format!("resource-servers/{}", text(&created, "id"));
    world.ask("DELETE", &path, None).expect(204);
    again().expect(201);
    for (method, body) in [("GET", None), ("PATCH", Some(&json!({}))), ("DELETE", None)] {
        world.ask(method, &path, body).fails(404, "inexistent_resource_server", "does not exist");
    }
}

#[test]
fn the_management_api_cannot_be_changed() {
    let world = World::new();
    let path = "resource-servers/https%3A%2F%2Ftenant.example%2Fapi%2Fv2%2F";
    let api = world.ask("GET", path, None).expect(200);
    assert_eq!(api["is_system"], true);
    assert_eq!(api["scopes"].as_array().unwrap().len(), crate::scopes::MANAGEMENT.len());
    world.ask("PATCH", path, Some(&json!({ "name": "b" }))).invalid("cannot be changed");
    world.ask("DELETE", path, None).invalid("cannot be changed");
    let taken = json!({ "identifier": super::support::AUDIENCE });
    world.ask("POST", "resource-servers", Some(&taken)).fails(409, "conflict", "already exists");
}
