//! The revocation endpoint (RFC 7009).

use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use crate::authentication::authenticate;
use crate::error::{OAuthError, no_store};
use crate::exchange::Exchange;
use crate::state::Tenant;
use crate::store::refresh;
use crate::token::digest;

/// Revokes a refresh token and all of its family. What is no token of ours needs no revocation, so
/// it is a success too (RFC 7009 §2.2). `token_type_hint` is not needed.
///
/// # Errors
/// 400 `unsupported_token_type` for an access token: resource servers verify those by themselves,
/// so that nothing could be undone. 400 `invalid_grant` for the token of another client (§2.1).
pub fn answer(tenant: &Tenant, exchange: &Exchange) -> Result<Response, OAuthError> {
    let parameters = exchange.parameters()?;
    let token = parameters.required("token")?;
    let client = authenticate(tenant, exchange, &parameters)?;
    let outcome = revoke(tenant, token, &client.client_id)?;
    exchange.record(tenant, "revocation", outcome.name(), Some(&client.client_id))?;
    let refused = |error, description: &'static str| {
        Err(OAuthError::new(StatusCode::BAD_REQUEST, error, description))
    };
    match outcome {
        Outcome::Revoked | Outcome::Unknown => Ok(no_store(StatusCode::OK, &json!({}))),
        Outcome::Foreign => refused("invalid_grant", "The token was issued to another client."),
        Outcome::AccessToken => {
            refused("unsupported_token_type", "Access tokens cannot be revoked.")
        }
    }
}

enum Outcome {
    Revoked,
    Unknown,
    Foreign,
    AccessToken,
}

impl Outcome {
    const fn name(&self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Unknown => "unknown",
            Self::Foreign => "invalid_grant",
            Self::AccessToken => "unsupported_token_type",
        }
    }
}

fn revoke(tenant: &Tenant, token: &str, client_id: &str) -> Result<Outcome, OAuthError> {
    // A compact JWS or JWE; our refresh tokens have no dots.
    if token.starts_with("eyJ") && matches!(token.split('.').count(), 3 | 5) {
        return Ok(Outcome::AccessToken);
    }
    tenant.store.transaction(|transaction| {
        Ok(match refresh::find(transaction, &digest(token))? {
            None => Outcome::Unknown,
            Some(found) if found.client_id != client_id => Outcome::Foreign,
            Some(found) => {
                refresh::end(transaction, &found.family)?;
                Outcome::Revoked
            }
        })
    })
}
