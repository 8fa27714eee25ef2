//! Who calls: the bearer token of the management API (RFC 6750, RFC 9068 §4).

use axum::http::{HeaderMap, StatusCode, header};
use reference::Policy;
use reference::access_token::{Dialect, ResourceServer};
use rejection::Rejection;

use crate::error::ManagementError;
use crate::state::Tenant;

/// The holder of a token.
#[derive(Debug)]
pub(super) struct Caller {
    scopes: Vec<String>,
}

impl Caller {
    /// Verifies the token of a request.
    pub(super) fn of(headers: &HeaderMap, tenant: &Tenant) -> Result<Self, ManagementError> {
        let scopes = verified(bearer(headers)?, tenant).map_err(|rejection| {
            let message =
                if rejection == Rejection::ExpPast { "Expired token" } else { "Invalid token" };
            unauthorized("invalid_token", message)
        })?;
        Ok(Self { scopes })
    }

    /// Whether the token has a scope.
    pub(super) fn has(&self, scope: &str) -> bool {
        let is_same =
            |own: &String| own == scope || (scope == "update:clients" && own == SEED_SPELLING);
        self.scopes.iter().any(is_same)
    }

    /// 403 unless the token has the scope.
    pub(super) fn require(&self, scope: &str) -> Result<(), ManagementError> {
        if self.has(scope) {
            return Ok(());
        }
        let message = format!("Insufficient scope, expected any of: {scope}");
        Err(ManagementError::new(StatusCode::FORBIDDEN, "insufficient_scope", message))
    }
}

/// The token of the one `Authorization` header (RFC 6750 §2.1).
fn bearer(headers: &HeaderMap) -> Result<&str, ManagementError> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Err(unauthorized("", "Missing authentication"));
    };
    let malformed = || unauthorized("invalid_token", "Bad HTTP authentication header format");
    let (scheme, token) =
        value.to_str().ok().and_then(|v| v.split_once(' ')).ok_or_else(malformed)?;
    if !scheme.eq_ignore_ascii_case("Bearer") || values.next().is_some() {
        return Err(malformed());
    }
    Ok(token.trim_matches(' '))
}

/// Tokens of both dialects are accepted, as an API may have either.
fn verified(token: &str, tenant: &Tenant) -> Result<Vec<String>, Rejection> {
    let now = tenant.now();
    let (issuer, audience) = (tenant.config.issuer.as_str(), tenant.config.management_audience());
    let keys = tenant.keys().published(now);
    let server = ResourceServer {
        types: [Dialect::Auth0, Dialect::Rfc9068].map(|dialect| dialect.typ().to_owned()).into(),
        skew: 0,
        policy: Policy::default().pin_signatures(["RS256"]),
        ..ResourceServer::new(Dialect::Auth0, issuer, audience, keys)
    };
    Ok(server.validate(token, now, &mut tenant.rng())?.scopes)
}

fn unauthorized(error_code: &'static str, message: &'static str) -> ManagementError {
    ManagementError::new(StatusCode::UNAUTHORIZED, error_code, message)
}

/// The documentation says `update:client` where the API has `update:clients`; both are accepted.
const SEED_SPELLING: &str = "update:client";
