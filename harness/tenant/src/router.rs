//! All endpoints, and what holds for each of them: sizes, times, and the shape of errors.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use http_body_util::BodyExt as _;

use crate::body::MAX_OCTETS;
use crate::error::{ManagementError, OAuthError};
use crate::exchange::Exchange;
use crate::server::Peer;
use crate::state::Tenant;
use crate::{management, metadata, registration, revocation, token};

/// Everything that the server answers.
pub fn router(tenant: Arc<Tenant>) -> Router {
    let document = |State(tenant): State<Arc<Tenant>>| async move {
        metadata::public(metadata::document(&tenant).to_string())
    };
    let jwks = |State(tenant): State<Arc<Tenant>>| async move {
        metadata::public(tenant.keys().jwks(tenant.now()))
    };
    let mut router = Router::new()
        .route("/.well-known/openid-configuration", get(document))
        .route("/.well-known/oauth-authorization-server", get(document))
        .route("/.well-known/jwks.json", get(jwks))
        .route("/oauth/token", endpoint("/oauth/token", token::answer))
        .route("/oauth/revoke", endpoint("/oauth/revoke", revocation::answer))
        .merge(management::router());
    if tenant.config.is_registration_open {
        router = router.merge(registration::router());
    }
    router
        .fallback(|request: Request| async move {
            let path = request.uri().path();
            error(path, StatusCode::NOT_FOUND, "not_found", "There is no such endpoint.")
        })
        .method_not_allowed_fallback(|request: Request| async move {
            // Axum adds `Allow`, which is all that OPTIONS asks for.
            if request.method() == Method::OPTIONS {
                return StatusCode::NO_CONTENT.into_response();
            }
            let path = request.uri().path();
            let status = StatusCode::METHOD_NOT_ALLOWED;
            error(path, status, "method_not_allowed", "The endpoint has no such method.")
        })
        .layer(middleware::from_fn(guard))
        .with_state(tenant)
}

type Answer = fn(&Tenant, &Exchange) -> Result<Response, OAuthError>;

fn endpoint(path: &'static str, answer: Answer) -> axum::routing::MethodRouter<Arc<Tenant>> {
    post(move |State(tenant): State<Arc<Tenant>>, request: Request| async move {
        let (head, body) = request.into_parts();
        let address = head.extensions.get::<Peer>().map(|peer| peer.0.ip());
        // The guard has read it already.
        let body = axum::body::to_bytes(body, MAX_OCTETS).await.unwrap_or_default();
        let exchange = Exchange { endpoint: path, headers: head.headers, body, address };
        tenant.blocking(move |tenant| answer(tenant, &exchange)).await
    })
}

/// Reads the body and waits for the answer, both within limits; a panic is an answer too.
async fn guard(request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let deadline = tokio::time::Instant::now() + REQUEST_TIMEOUT;
    let slow = || {
        let status = StatusCode::REQUEST_TIMEOUT;
        let mut response = error(&path, status, "timeout", "The request took too long.");
        close(&mut response);
        response
    };
    let (head, body) = request.into_parts();
    let asks_first = head.headers.contains_key(header::EXPECT);
    let body = match tokio::time::timeout_at(deadline, read(body, asks_first)).await {
        Ok(Ok(body)) => body,
        Ok(Err(unread)) => {
            let mut response = match unread {
                Unread::TooLarge => {
                    let status = StatusCode::PAYLOAD_TOO_LARGE;
                    error(&path, status, "payload_too_large", "The body is too large.")
                }
                Unread::Broken => {
                    let status = StatusCode::BAD_REQUEST;
                    error(&path, status, "invalid_body", "The body is malformed or breaks off.")
                }
            };
            close(&mut response);
            return response;
        }
        Err(_) => return slow(),
    };
    let answer = tokio::spawn(next.run(Request::from_parts(head, Body::from(body))));
    match tokio::time::timeout_at(deadline, answer).await {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            error(&path, status, "server_error", "The server cannot answer this.")
        }
        Err(_) => {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            error(&path, status, "server_error", "The server cannot answer this now.")
        }
    }
}

/// Why there is no body.
enum Unread {
    TooLarge,
    Broken,
}

/// The body. Who asks first whether it may be so large is told. Of any other that is too large the
/// rest is read and forgotten, up to a limit: a client that still writes when the connection closes
/// may not see the answer (RFC 9112 §9.6).
async fn read(mut body: Body, asks_first: bool) -> Result<Bytes, Unread> {
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > MOST_FORGOTTEN || (asks_first && announced > MAX_OCTETS) {
        return Err(Unread::TooLarge);
    }
    let mut kept = Vec::new();
    let mut octets = 0_usize;
    loop {
        let frame = if octets > MAX_OCTETS {
            tokio::time::timeout(DRAIN_TIMEOUT, body.frame()).await.unwrap_or(None)
        } else {
            body.frame().await
        };
        let data = match frame {
            None if octets > MAX_OCTETS => return Err(Unread::TooLarge),
            None => return Ok(kept.into()),
            Some(Err(_)) if octets > MAX_OCTETS => return Err(Unread::TooLarge),
            Some(Err(_)) => return Err(Unread::Broken),
            Some(Ok(frame)) => frame.into_data().unwrap_or_default(),
        };
        octets = octets.saturating_add(data.len());
        if octets > MOST_FORGOTTEN {
            return Err(Unread::TooLarge);
        }
        if octets <= MAX_OCTETS {
            kept.extend_from_slice(&data);
        }
    }
}

fn close(response: &mut Response) {
    let value = axum::http::HeaderValue::from_static("close");
    response.headers_mut().insert(header::CONNECTION, value);
}

/// An error in the shape of the part of the server that it comes from.
fn error(
    path: &str,
    status: StatusCode,
    management: &'static str,
    message: &'static str,
) -> Response {
    if path.starts_with("/api/v2") {
        return ManagementError::new(status, management, message).into_response();
    }
    let oauth = if status.is_server_error() { "server_error" } else { "invalid_request" };
    OAuthError::new(status, oauth, message).into_response()
}

/// Octets of a body that is too large, and is read nevertheless.
const MOST_FORGOTTEN: usize = 4 << 20;
/// How long the rest of such a body is waited for.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(500);
/// How long a request may take, body and answer together.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
