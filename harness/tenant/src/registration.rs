//! Dynamic client registration (RFC 7591). Keys come by value: this server asks nobody.
//!
//! Unless it names grants, a client gets `client_credentials` when it has no redirect URI: a server
//! may replace what a client asks for (RFC 7591 §3.2.1).

mod metadata;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use axum::routing;
use serde_json::Value;

use crate::body;
use crate::error::{OAuthError, no_store};
use crate::management::show::members;
use crate::model::{Client, Method};
use crate::state::Tenant;
use crate::store::clients;

/// Its routes; merged only when registration is open.
pub fn router() -> Router<Arc<Tenant>> {
    Router::new().route("/oidc/register", routing::post(register))
}

async fn register(
    State(tenant): State<Arc<Tenant>>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, OAuthError> {
    let work = move |tenant: &Tenant| {
        let body = body.map_err(|rejection| {
            OAuthError::new(rejection.status(), "invalid_client_metadata", "The body is too large.")
        })?;
        if !body::is_json(&headers) {
            return Err(metadata::invalid("The body has to be JSON."));
        }
        let value =
            body::parse_json(&body).map_err(|error| metadata::invalid(body::reason(error)))?;
        let client = metadata::client(&value, tenant.now(), &mut tenant.rng())?;
        tenant.store.transaction(|transaction| {
            Ok::<_, OAuthError>(clients::insert(transaction, &client)?)
        })?;
        Ok(no_store(StatusCode::CREATED, &shown(&client, &value)))
    };
    tenant.blocking(work).await
}

/// RFC 7591 §3.2.1: all that was registered. Public keys are no secret, and whoever reads this sent
/// them, so `jwks` is returned as it came.
fn shown(client: &Client, request: &Value) -> Value {
    let redirects = metadata::redirects(client);
    let has_secret = matches!(client.method, Method::ClientSecretBasic | Method::ClientSecretPost);
    let first = client.credentials.first();
    members([
        ("client_id", Some(client.client_id.as_str().into())),
        ("client_id_issued_at", Some(client.created_at.into())),
        ("client_name", Some(client.name.as_str().into())),
        ("grant_types", Some(client.grant_types.clone().into())),
        ("token_endpoint_auth_method", Some(client.method.name().into())),
        ("redirect_uris", (!redirects.is_empty()).then(|| redirects.into())),
        ("client_secret", has_secret.then(|| client.client_secret.as_str().into())),
        // It does not expire.
        ("client_secret_expires_at", has_secret.then(|| 0.into())),
        ("jwks", first.and_then(|_| request.get("jwks").cloned())),
        ("token_endpoint_auth_signing_alg", first.map(|key| key.alg.as_str().into())),
    ])
}

#[cfg(test)]
mod tests;
