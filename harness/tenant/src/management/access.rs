//! Who calls: the bearer token of the management API (RFC 6750, RFC 9068 §4).

use axum::http::{HeaderMap, StatusCode, header};
use reference::jwt::{Claims, Expectations};
use reference::{Policy, jws};
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
        let claims = verified(bearer(headers)?, tenant).map_err(|rejection| {
            let message =
                if rejection == Rejection::ExpPast { "Expired token" } else { "Invalid token" };
            unauthorized("invalid_token", message)
        })?;
        let scopes = claims.members().text("scope").unwrap_or_default();
        Ok(Self { scopes: scopes.split(' ').map(str::to_owned).collect() })
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

fn verified(token: &str, tenant: &Tenant) -> Result<Claims, Rejection> {
    let policy = Policy::default().pin_signatures(["RS256"]);
    let now = tenant.now();
    let verified = jws::Jws::parse_compact(token, &policy)?.verify(
        None,
        &tenant.keys().published(now),
        &policy,
    )?;
    let claims = Claims::parse(&verified.payload, &policy)?;
    claims.check(&Expectations {
        issuer: Some(tenant.config.issuer.clone()),
        audience: Some(tenant.config.management_audience()),
        now: Some(now),
        is_exp_required: true,
        ..Expectations::default()
    })?;
    Ok(claims)
}

fn unauthorized(error_code: &'static str, message: &'static str) -> ManagementError {
    ManagementError::new(StatusCode::UNAUTHORIZED, error_code, message)
}

/// The documentation says `update:client` where the API has `update:clients`; both are accepted.
const SEED_SPELLING: &str = "update:client";
