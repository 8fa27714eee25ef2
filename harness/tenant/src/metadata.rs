//! What the server says of itself: metadata (RFC 8414) and keys (RFC 7517 §5).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};

use crate::state::Tenant;
use crate::token::GRANT_TYPES;

/// The metadata of RFC 8414 §2. OpenID Connect's document is the same: nobody logs in here, so that
/// it has no authorization endpoint and no ID tokens to announce.
#[must_use]
pub fn document(tenant: &Tenant) -> Value {
    let config = &tenant.config;
    let mut document = json!({
        "issuer": config.issuer,
        "token_endpoint": config.url("oauth/token"),
        "revocation_endpoint": config.url("oauth/revoke"),
        "jwks_uri": config.url(".well-known/jwks.json"),
        "response_types_supported": [],
        "grant_types_supported": GRANT_TYPES,
        "token_endpoint_auth_methods_supported": METHODS,
        "token_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
        "revocation_endpoint_auth_methods_supported": METHODS,
        "revocation_endpoint_auth_signing_alg_values_supported": ALGORITHMS,
    });
    if config.is_registration_open
        && let Some(members) = document.as_object_mut()
    {
        members.insert("registration_endpoint".to_owned(), config.url("oidc/register").into());
    }
    document
}

/// A document that everybody may read and keep for a moment; a rotation is seen soon.
pub(crate) fn public(body: String) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=15")];
    (StatusCode::OK, headers, body).into_response()
}

const METHODS: [&str; 4] = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/// Of client assertions.
const ALGORITHMS: [&str; 3] = ["RS256", "RS384", "PS256"];
