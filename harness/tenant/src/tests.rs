//! The OAuth endpoints through the router, at a fixed time.

mod assertion;
mod failure;
mod grants;
mod limits;
mod revocation;
mod secret;

use axum::body::Body;
use axum::http::{Request, header};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use reference::assertion::{Assertion, CLIENT_ASSERTION_TYPE};
use serde_json::{Value, json};

use crate::management::tests::support::{Answer, ISSUER, NOW, World, private, text};
use crate::store::StoreError;
use crate::store::audit::{self, Entry};

/// The API that every test world has, with the scopes `read` and `write`.
const API: &str = "https://api.example/";

const TOKEN: &str = "/oauth/token";
const REVOKE: &str = "/oauth/revoke";

/// A tenant with an API of these further members, and a client.
struct Flow {
    world: World,
    client_id: String,
    secret: String,
}

impl Flow {
    /// A client that posts a secret.
    fn with_secret() -> Self {
        Self::with(&json!({}), &json!({}))
    }

    /// A client with a secret; further members of the API and of the client.
    fn with(api: &Value, client: &Value) -> Self {
        let world = World::new();
        add_api(&world, api);
        let mut body = json!({
            "name": "a", "app_type": "non_interactive",
            "grant_types": ["client_credentials", "refresh_token"],
            "token_endpoint_auth_method": "client_secret_post",
        });
        merge(&mut body, client);
        let made = world.create("clients", &body);
        let secret = made["client_secret"].as_str().unwrap_or_default().to_owned();
        Self { world, client_id: text(&made, "client_id"), secret }
    }

    /// A client with a key.
    fn with_key() -> Self {
        let world = World::new();
        add_api(&world, &json!({}));
        let (client_id, _) = world.client_with_key();
        Self { world, client_id, secret: String::new() }
    }

    /// Sends a form.
    fn post(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        self.world.send(form(path, pairs, None))
    }

    /// Asks for a token with the secret and these further parameters.
    fn token(&self, pairs: &[(&str, &str)]) -> Answer {
        let own = [
            ("grant_type", "client_credentials"),
            ("client_id", self.client_id.as_str()),
            ("client_secret", self.secret.as_str()),
        ];
        self.post(TOKEN, &[&own, pairs].concat())
    }

    /// Asks for a token with an assertion and these further parameters.
    fn assert_with(&self, assertion: &str, pairs: &[(&str, &str)]) -> Answer {
        let own = [
            ("grant_type", "client_credentials"),
            ("audience", API),
            ("client_assertion_type", CLIENT_ASSERTION_TYPE),
            ("client_assertion", assertion),
        ];
        self.post(TOKEN, &[&own, pairs].concat())
    }

    /// An assertion of the client; `seed` decides the `jti`.
    fn assertion(&self, seed: u64) -> String {
        build(&Assertion::new(&self.client_id, ISSUER, &private("rsa-2048-a"), NOW), seed)
    }

    /// The lines of the audit log about authentication.
    fn audit(&self) -> Vec<Entry> {
        let mut entries = Vec::new();
        self.world
            .tenant
            .store
            .with(|connection| {
                audit::read(connection, |entry| {
                    entries.push(entry);
                    Ok::<_, StoreError>(())
                })
            })
            .unwrap();
        entries.retain(|entry| entry.event == crate::authentication::EVENT);
        entries
    }

    /// The outcome of the last authentication.
    #[track_caller]
    fn outcome(&self) -> String {
        self.audit().last().unwrap().outcome.clone()
    }
}

fn build(assertion: &Assertion<'_>, seed: u64) -> String {
    assertion.build(&mut ChaCha20Rng::seed_from_u64(seed)).unwrap()
}

fn add_api(world: &World, more: &Value) {
    let mut body = json!({
        "name": "api", "identifier": API,
        "scopes": [{ "value": "read" }, { "value": "write" }],
    });
    merge(&mut body, more);
    world.create("resource-servers", &body);
}

fn merge(value: &mut Value, more: &Value) {
    for (name, change) in more.as_object().unwrap() {
        value[name] = change.clone();
    }
}

/// A form, as browsers and clients encode it.
fn form(path: &str, pairs: &[(&str, &str)], authorization: Option<&str>) -> Request<Body> {
    let encoded: String =
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let mut request = Request::post(path)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded; charset=utf-8");
    if let Some(value) = authorization {
        request = request.header(header::AUTHORIZATION, value);
    }
    request.body(Body::from(encoded)).unwrap()
}

/// Checks an error of OAuth: its status, `error`, and a part of its description.
#[track_caller]
fn refused(answer: Answer, status: u16, error: &str, part: &str) {
    assert_eq!(answer.headers[header::PRAGMA], "no-cache");
    let body = answer.expect(status);
    assert_eq!(body["error"], error, "{body}");
    let description = body["error_description"].as_str().unwrap();
    assert!(description.contains(part), "{part:?} is not in {description:?}");
    assert!(body.get("access_token").is_none());
}
