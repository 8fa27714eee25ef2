//! The token endpoint (RFC 6749 §3.2): `client_credentials` and `refresh_token`.
//!
//! Refresh tokens need somebody to hand out the first one, and this server has no authorization
//! endpoint. Its own extension: `client_credentials` with the scope `offline_access` issues one, if
//! the API allows offline access and the client is registered for the grant `refresh_token`.

mod grant;
mod issue;
mod refresh;

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::Value;

use crate::authentication::authenticate;
use crate::error::{OAuthError, no_store};
use crate::exchange::Exchange;
use crate::model::Client;
use crate::state::Tenant;

pub(crate) use refresh::digest;

/// Answers a token request.
///
/// # Errors
/// As RFC 6749 §5.2 and RFC 8707 §2 name them.
pub fn answer(tenant: &Tenant, exchange: &Exchange) -> Result<Response, OAuthError> {
    let parameters = exchange.parameters()?;
    let grant = parameters.required("grant_type")?;
    let Some((name, run)) = GRANTS.iter().find(|(name, _)| *name == grant) else {
        let error = "unsupported_grant_type";
        return Err(OAuthError::new(StatusCode::BAD_REQUEST, error, "No such grant_type here."));
    };
    let client = authenticate(tenant, exchange, &parameters)?;
    let result = check_registered(&client, name).and_then(|()| run(tenant, &client, &parameters));
    let outcome = result.as_ref().map_or_else(|error| error.error, |_| "issued");
    exchange.record(tenant, "token", outcome, Some(&client.client_id))?;
    Ok(no_store(StatusCode::OK, &result?))
}

fn check_registered(client: &Client, grant: &str) -> Result<(), OAuthError> {
    if client.grant_types.iter().any(|own| own == grant) {
        return Ok(());
    }
    let description = format!("Grant type '{grant}' not allowed for the client.");
    Err(OAuthError::new(StatusCode::BAD_REQUEST, "unauthorized_client", description))
}

/// A grant: from an authenticated client's parameters to the members of the response.
type Grant = fn(&Tenant, &Client, &crate::exchange::Parameters) -> Result<Value, OAuthError>;

/// The grants by their names.
const GRANTS: &[(&str, Grant)] =
    &[("client_credentials", grant::client_credentials), ("refresh_token", refresh::refresh)];

/// The names of the grants, for the metadata.
pub(crate) const GRANT_TYPES: [&str; 2] = ["client_credentials", "refresh_token"];
