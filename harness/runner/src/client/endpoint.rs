//! The authorization server that a builder talks to: discovery, an empty key set, and a token
//! endpoint that keeps every request and grants each. It is as open to a hostile client as to others,
//! so everything has a bound.

use std::convert::Infallible;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use forge::Sent;
use hyper::body::Incoming;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE};
use hyper::http::request::Parts;
use hyper::rt::{Read, Write};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::clock;

/// A listener on the loopback, until it is dropped.
#[derive(Debug)]
pub(super) struct Endpoint {
    pub(super) issuer: String,
    pub(super) token_endpoint: String,
    shared: Arc<Shared>,
    /// Runs the listener.
    _runtime: Runtime,
}

#[derive(Debug)]
struct Shared {
    issuer: String,
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    sent: Vec<Sent>,
    /// Why no more is kept.
    excess: Option<String>,
}

impl Endpoint {
    /// Listens on a free port; keeps at most `most` token requests.
    ///
    /// # Errors
    /// There is no port or no thread to be had.
    pub(super) fn open(most: usize, tls: Option<Arc<ServerConfig>>) -> std::io::Result<Self> {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let issuer = format!("{scheme}://{}/", listener.local_addr()?);
        let shared = Arc::new(Shared { issuer: issuer.clone(), most, kept: Mutex::default() });
        runtime.spawn(listen(listener, tls.map(TlsAcceptor::from), Arc::clone(&shared)));
        let token_endpoint = format!("{issuer}{}", TOKEN.trim_start_matches('/'));
        Ok(Self { issuer, token_endpoint, shared, _runtime: runtime })
    }

    /// How many token requests came.
    pub(super) fn count(&self) -> usize {
        self.shared.kept().sent.len()
    }

    /// Why the client must be stopped, if it must.
    pub(super) fn excess(&self) -> Option<String> {
        self.shared.kept().excess.clone()
    }

    /// Closes, and gives the token requests in the order in which they came.
    pub(super) fn close(self) -> Vec<Sent> {
        std::mem::take(&mut self.shared.kept().sent)
    }
}

impl Shared {
    /// A thread that panicked while it held the lock left whole requests behind.
    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let (parts, body) = request.into_parts();
        match parts.uri.path() {
            TOKEN => match to_bytes(Body::new(body), LARGEST_BODY).await {
                Ok(body) => self.token(&parts, body.to_vec()),
                Err(_) => {
                    let text = format!("a body of more than {LARGEST_BODY} octets, or half of one");
                    self.kept().excess.get_or_insert(text);
                    answer(StatusCode::PAYLOAD_TOO_LARGE, &json!({"error": "invalid_request"}))
                }
            },
            "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server" => {
                answer(StatusCode::OK, &self.metadata())
            }
            "/.well-known/jwks.json" => answer(StatusCode::OK, &json!({"keys": []})),
            _ => answer(StatusCode::NOT_FOUND, &json!({"error": "not_found"})),
        }
    }

    fn token(&self, parts: &Parts, body: Vec<u8>) -> Response<Body> {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let target = parts.uri.path_and_query().map_or(TOKEN, |target| target.as_str());
        let sent = Sent {
            at: clock::now(),
            method: parts.method.to_string(),
            target: target.to_owned(),
            headers: parts
                .headers
                .iter()
                .map(|(name, value)| (name.to_string(), text(value.as_bytes())))
                .collect(),
            body,
        };
        let mut kept = self.kept();
        if kept.sent.len() >= self.most {
            kept.excess.get_or_insert(format!("more than {} token requests", self.most));
            return answer(StatusCode::TOO_MANY_REQUESTS, &json!({"error": "slow_down"}));
        }
        kept.sent.push(sent);
        let token = format!("touchstone-{}", kept.sent.len());
        // It expires at once, so that nobody keeps it in place of the next one.
        let granted = json!({"access_token": token, "token_type": "Bearer", "expires_in": 1});
        answer(StatusCode::OK, &granted)
    }

    /// RFC 8414 §2 and OpenID Connect Discovery 1.0 §3.
    fn metadata(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        let algorithms: Vec<&str> = algorithms_of_clients().collect();
        json!({
            "issuer": self.issuer,
            "token_endpoint": at(TOKEN.trim_start_matches('/')),
            "jwks_uri": at(".well-known/jwks.json"),
            "authorization_endpoint": at("authorize"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": algorithms,
        })
    }
}

fn algorithms_of_clients() -> impl Iterator<Item = &'static str> {
    suite::sets::named("sig", "asymmetric").into_iter().flatten().copied()
}

fn answer(status: StatusCode, body: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(body.to_string()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, hyper::header::HeaderValue::from_static("application/json"));
    headers.insert(CACHE_CONTROL, hyper::header::HeaderValue::from_static("no-store"));
    response
}

async fn listen(listener: TcpListener, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    let permits = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    while let Ok(permit) = Arc::clone(&permits).acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            // No descriptor is free; one is when a connection ends.
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let (tls, shared) = (tls.clone(), Arc::clone(&shared));
        tokio::spawn(async move {
            // What a connection says when it breaks is the client's affair.
            let _ = timeout(LONGEST_CONNECTION, connection(stream, tls, shared)).await;
            drop(permit);
        });
    }
}

async fn connection(stream: TcpStream, tls: Option<TlsAcceptor>, shared: Arc<Shared>) {
    match tls {
        None => serve(TokioIo::new(stream), shared).await,
        Some(tls) => {
            if let Ok(stream) = tls.accept(stream).await {
                serve(TokioIo::new(stream), shared).await;
            }
        }
    }
}

async fn serve(stream: impl Read + Write + Unpin, shared: Arc<Shared>) {
    let service = service_fn(|request| {
        let shared = Arc::clone(&shared);
        async move { Ok::<_, Infallible>(shared.answer(request).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_HEADER)
        .max_buf_size(LARGEST_HEADER)
        .serve_connection(stream, service)
        .await;
    // The client closed in the middle, or sent what is no HTTP: it lacks an answer, we nothing.
    drop(served);
}

/// The token endpoint's path.
const TOKEN: &str = "/oauth/token";
/// Octets of the largest body that is read.
const LARGEST_BODY: usize = 64 << 10;
/// Octets of the largest header.
const LARGEST_HEADER: usize = 64 << 10;
/// How long a header may take.
const LONGEST_HEADER: Duration = Duration::from_secs(10);
/// How long a connection lives.
const LONGEST_CONNECTION: Duration = Duration::from_secs(120);
/// Connections at a time.
const MOST_CONNECTIONS: usize = 64;
