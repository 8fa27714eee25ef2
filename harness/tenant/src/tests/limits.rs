//! Sizes, unknown endpoints and methods, and the documents.

use axum::body::Body;
use axum::http::{Request, header};
use serde_json::json;

use super::{API, Flow, TOKEN, refused};
use crate::body::MAX_OCTETS;
use crate::management::tests::support::{ISSUER, NOW, World};

#[test]
fn a_body_of_the_limit_is_read_and_one_octet_more_is_not() {
    let flow = Flow::with_secret();
    let fixed = format!(
        "grant_type=client_credentials&client_id={}&client_secret={}&audience={API}&x=",
        flow.client_id, flow.secret
    );
    let send = |octets: usize, path: &str| {
        let body = format!("{fixed}{}", "a".repeat(octets - fixed.len()));
        let request =
            Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        flow.world.send(request.body(Body::from(body)).unwrap())
    };
    send(MAX_OCTETS, TOKEN).expect(200);
    refused(send(MAX_OCTETS + 1, TOKEN), 413, "invalid_request", "too large");
    send(MAX_OCTETS + 1, "/api/v2/clients").fails(413, "payload_too_large", "too large");
}

#[test]
fn what_is_not_there_says_so_in_json() {
    let world = World::new();
    let send = |method: &str, path: &str| {
        world.send(Request::builder().method(method).uri(path).body(Body::empty()).unwrap())
    };
    for path in ["/", "/oauth/par", "/oauth/device/code", "/bc-authorize", "/oauth/token/"] {
        refused(send("POST", path), 404, "invalid_request", "no such endpoint");
    }
    send("GET", "/api/v2/users").fails(404, "not_found", "no such endpoint");
    let answer = send("GET", TOKEN);
    assert_eq!(answer.headers[header::ALLOW], "POST");
    refused(answer, 405, "invalid_request", "no such method");
    let answer = send("OPTIONS", TOKEN);
    assert_eq!(
        (answer.status.as_u16(), &answer.headers[header::ALLOW]),
        (204, &"POST".parse().unwrap())
    );
    send("PUT", "/api/v2/clients").fails(405, "method_not_allowed", "no such method");
    refused(send("POST", TOKEN), 400, "invalid_request", "grant_type is missing");
    let request = Request::post(TOKEN).header(header::CONTENT_TYPE, "text/plain");
    let answer = world.send(request.body(Body::from("grant_type=a")).unwrap());
    refused(answer, 415, "invalid_request", "x-www-form-urlencoded");
}

#[test]
fn a_form_that_is_malformed_is_refused() {
    let world = World::new();
    for body in [&b"grant_type=%zz"[..], b"grant_type=%", b"grant_type=\xff", b"grant_type=%ff"] {
        let request =
            Request::post(TOKEN).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        let answer = world.send(request.body(Body::from(body.to_vec())).unwrap());
        refused(answer, 400, "invalid_request", "percent-encoded UTF-8");
    }
}

#[test]
fn both_documents_are_the_same_and_registration_is_there_when_it_is_open() {
    let mut world = World::new();
    let get = |world: &World, path: &str| {
        let answer = world.send(Request::get(path).body(Body::empty()).unwrap());
        assert_eq!(answer.status.as_u16(), 200);
        answer.body
    };
    let document = get(&world, "/.well-known/openid-configuration");
    assert_eq!(get(&world, "/.well-known/oauth-authorization-server"), document);
    assert_eq!(document["issuer"], ISSUER);
    assert_eq!(document["token_endpoint"], format!("{ISSUER}oauth/token"));
    assert_eq!(document["jwks_uri"], format!("{ISSUER}.well-known/jwks.json"));
    assert_eq!(document["registration_endpoint"], format!("{ISSUER}oidc/register"));
    let algorithms = &document["token_endpoint_auth_signing_alg_values_supported"];
    assert_eq!(*algorithms, json!(["RS256", "RS384", "PS256"]));
    world.reconfigure(|config| config.is_registration_open = false);
    let document = get(&world, "/.well-known/openid-configuration");
    assert!(document.get("registration_endpoint").is_none());
    let request = Request::post("/oidc/register").body(Body::empty()).unwrap();
    refused(world.send(request), 404, "invalid_request", "no such endpoint");
}

#[test]
fn a_rotated_key_is_published_until_its_tokens_have_expired() {
    use crate::keys::{LONGEST_LIFETIME, SigningKeys};
    use crate::management::tests::support::private;
    use crate::store::Store;

    let store = Store::in_memory().unwrap();
    let first = SigningKeys::adopt(&store, &private("rsa-2048-a"), NOW).unwrap();
    let second = SigningKeys::adopt(&store, &private("rsa-2048-b"), NOW + 10).unwrap();
    assert_ne!(first.current().kid(), second.current().kid());
    let until = NOW + 10 + LONGEST_LIFETIME;
    let kids = |keys: &SigningKeys, now: i64| -> Vec<String> {
        keys.published(now).keys().iter().map(|key| key.kid().unwrap().to_owned()).collect()
    };
    let (old, new) = (first.current().kid().unwrap(), second.current().kid().unwrap());
    assert_eq!(kids(&second, until - 1), [new, old]);
    assert_eq!(kids(&second, until), [new]);
    let mut rng =
        <rand_chacha::ChaCha20Rng as rand_chacha::rand_core::SeedableRng>::seed_from_u64(1);
    let loaded = SigningKeys::load(&store, NOW + 20, &mut rng).unwrap();
    assert_eq!(kids(&loaded, NOW + 20), [new, old]);
    for name in ["\"d\"", "\"p\"", "\"q\"", "\"dp\"", "\"dq\"", "\"qi\""] {
        assert!(!loaded.jwks(NOW + 20).contains(name), "{name}");
    }
}
