//! A tenant at a fixed time, its tokens, and one way to ask.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use reference::{Jwk, Policy, jws};
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt as _;

use crate::config::Config;
use crate::keys::SigningKeys;
use crate::state::Tenant;
use crate::store::{Store, StoreError, apis};

pub(crate) const NOW: i64 = 1_700_000_000;
pub(crate) const ISSUER: &str = "https://tenant.example/";
pub(crate) const AUDIENCE: &str = "https://tenant.example/api/v2/";

/// A tenant with the management API and nothing else.
pub(crate) struct World {
    pub(crate) tenant: Arc<Tenant>,
    clock: Arc<AtomicI64>,
    runtime: Runtime,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl World {
    pub(crate) fn new() -> Self {
        let store = Store::in_memory().unwrap();
        store
            .with(|connection| {
                apis::ensure_management(connection, AUDIENCE).map_err(StoreError::from)
            })
            .unwrap();
        let keys = SigningKeys::adopt(&store, &private("rsa-2048-a"), NOW).unwrap();
        let config = Config { is_registration_open: true, ..Config::new(ISSUER) };
        let clock = Arc::new(AtomicI64::new(NOW));
        let told = Arc::clone(&clock);
        let time = Arc::new(move || told.load(Ordering::Relaxed));
        let tenant = Tenant::new(store, config, keys, time, ChaCha20Rng::seed_from_u64(7));
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { tenant, clock, runtime }
    }

    /// Moves the clock to so many seconds after [`NOW`].
    pub(crate) fn after(&self, seconds: i64) {
        self.clock.store(NOW + seconds, Ordering::Relaxed);
    }

    /// The same tenant, told something else at its start.
    pub(crate) fn reconfigure(&mut self, change: impl FnOnce(&mut Config)) {
        change(&mut Arc::get_mut(&mut self.tenant).unwrap().config);
    }

    /// Asks with a token of every scope.
    pub(crate) fn ask(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.ask_with(method, path, body, &token_of(&crate::scopes::MANAGEMENT.join(" ")))
    }

    /// Asks with a token of these scopes.
    pub(crate) fn ask_as(
        &self,
        scopes: &str,
        method: &str,
        path: &str,
        body: Option<&Value>,
    ) -> Answer {
        self.ask_with(method, path, body, &token_of(scopes))
    }

    fn ask_with(&self, method: &str, path: &str, body: Option<&Value>, token: &str) -> Answer {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v2/{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let request = match body {
            None => request.body(Body::empty()),
            Some(body) => {
                let request = request.header(header::CONTENT_TYPE, "application/json");
                request.body(Body::from(body.to_string()))
            }
        };
        self.send(request.unwrap())
    }

    /// Sends a request as it is.
    #[track_caller]
    pub(crate) fn send(&self, request: Request<Body>) -> Answer {
        let is_registration = request.uri().path() == "/oidc/register";
        let (head, body) = self.runtime.block_on(async {
            let router = crate::router(Arc::clone(&self.tenant));
            let (head, body) = router.oneshot(request).await.unwrap().into_parts();
            (head, to_bytes(body, 1 << 20).await.unwrap())
        });
        let text = str::from_utf8(&body).unwrap();
        assert!(!text.contains(KEY_START), "{text}");
        // RFC 7591 §3.2.1 returns the public keys to whoever sent them.
        for trace in TRACES {
            assert!(is_registration || !text.contains(trace), "{trace} in {text}");
        }
        let body = if text.is_empty() { Value::Null } else { serde_json::from_str(text).unwrap() };
        Answer { status: head.status, headers: head.headers, body }
    }

    /// POSTs what has to succeed.
    #[track_caller]
    pub(crate) fn create(&self, path: &str, body: &Value) -> Value {
        self.ask("POST", path, Some(body)).expect(201)
    }

    /// A client with one associated credential; its id and that of the credential.
    #[track_caller]
    pub(crate) fn client_with_key(&self) -> (String, String) {
        let client = self.create("clients", &with_credentials(&[credential("rsa-2048-a")]));
        let methods = &client["client_authentication_methods"]["private_key_jwt"];
        (text(&client, "client_id"), text(&methods["credentials"][0], "id"))
    }

    /// A client with a secret; its id.
    #[track_caller]
    pub(crate) fn client_with_secret(&self) -> String {
        let body = json!({ "name": "a", "app_type": "non_interactive" });
        text(&self.create("clients", &body), "client_id")
    }
}

impl Answer {
    /// The body, when the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        if status != 204 {
            assert_eq!(self.headers[header::CACHE_CONTROL], "no-store");
            assert_eq!(self.headers[header::CONTENT_TYPE], "application/json");
        }
        self.body
    }

    /// Checks an error: its status, its code and a part of its message.
    #[track_caller]
    pub(crate) fn fails(self, status: u16, error_code: &str, part: &str) {
        let reason = self.status.canonical_reason();
        let body = self.expect(status);
        assert_eq!(body["statusCode"], status, "{body}");
        assert_eq!(body["error"].as_str(), reason, "{body}");
        assert_eq!(body["errorCode"], error_code, "{body}");
        let message = body["message"].as_str().unwrap();
        assert!(message.contains(part), "{part:?} is not in {message:?}");
    }

    /// Checks a bad body.
    #[track_caller]
    pub(crate) fn invalid(self, part: &str) {
        let message = self.body["message"].as_str().unwrap_or_default();
        assert!(message.starts_with("Payload validation error: '"), "{message}");
        self.fails(400, "invalid_body", part);
    }
}

/// The member of an object that is a text.
#[track_caller]
pub(crate) fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap_or_else(|| panic!("no {name} in {value}")).to_owned()
}

/// A file of vectors/.
pub(crate) fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors").join(name);
    std::fs::read_to_string(path).unwrap()
}

/// A key of vectors/keys in a form.
pub(crate) fn key(name: &str, half: &str, form: &str) -> String {
    let key: Value = serde_json::from_str(&file(&format!("keys/{name}.json"))).unwrap();
    text(&key[half], form)
}

pub(crate) fn pem(name: &str) -> String {
    key(name, "public", "pem")
}

pub(crate) fn private(name: &str) -> Jwk {
    Jwk::parse(&key(name, "private", "jwk"), &Policy::default()).unwrap()
}

/// A credential to register, with the required members.
pub(crate) fn credential(name: &str) -> Value {
    json!({ "credential_type": "public_key", "pem": pem(name) })
}

/// A client to create with credentials.
pub(crate) fn with_credentials(credentials: &[Value]) -> Value {
    json!({
        "name": "a",
        "app_type": "non_interactive",
        "client_authentication_methods": { "private_key_jwt": { "credentials": credentials } },
    })
}

/// An object with members set or, where they are null, removed.
pub(crate) fn changed(mut value: Value, changes: &Value) -> Value {
    for (name, change) in changes.as_object().unwrap() {
        if change.is_null() {
            value.as_object_mut().unwrap().remove(name);
        } else {
            value[name] = change.clone();
        }
    }
    value
}

/// A management token of these scopes.
pub(crate) fn token_of(scopes: &str) -> String {
    let claims = json!({
        "iss": ISSUER, "sub": "a@clients", "aud": AUDIENCE, "iat": NOW, "exp": NOW + 86_400,
        "jti": "1", "client_id": "a", "scope": scopes,
    });
    signed(&claims, &private("rsa-2048-a"), "RS256")
}

/// Claims under a signature.
pub(crate) fn signed(claims: &Value, key: &Jwk, alg: &str) -> String {
    let header = json!({ "alg": alg, "typ": "at+jwt" }).to_string();
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    jws::sign(claims.to_string().as_bytes(), &header, key, &Policy::default(), &mut rng).unwrap()
}

/// Members that hold keys, and how keys begin in base64.
const TRACES: &[&str] = &[
    "\"pem\":",
    "\"n\":",
    "\"x5c\":",
    "\"jwk\":",
    "\"d\":",
    "-0kFqZYv2zbKD8CjlVaZ",
    "MIIBI",
    "MIICI",
    "MIIC",
    "MIID",
];
const KEY_START: &str = "-----BEGIN";
