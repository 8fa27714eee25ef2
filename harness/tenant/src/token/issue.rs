//! Access tokens: signed, and encrypted where the API has a key.

use axum::http::StatusCode;
use reference::access_token::{self, AccessToken, Dialect, Encryption, Signing};
use reference::{Jwk, Policy};
use rejection::Rejection;
use serde_json::{Map, Value};

use crate::error::{OAuthError, Unavailable};
use crate::keys::LONGEST_LIFETIME;
use crate::model::{Api, Client};
use crate::state::Tenant;

/// The members of a token response (RFC 6749 §5.1).
pub(super) fn response(
    tenant: &Tenant,
    client: &Client,
    api: &Api,
    scopes: &[String],
) -> Result<Map<String, Value>, OAuthError> {
    let scope = scopes.join(" ");
    let lifetime = lifetime(api);
    let audience = [api.identifier.clone()];
    let token = AccessToken {
        scope: (!scope.is_empty()).then_some(scope.as_str()),
        lifetime,
        ..AccessToken::new(
            dialect(api),
            &tenant.config.issuer,
            &client.client_id,
            &audience,
            tenant.now(),
        )
    };
    let token = sealed(tenant, api, &token).map_err(|rejection| {
        // The code is about our keys; the sender did nothing wrong.
        eprintln!("error: no token could be made for an API: {rejection}");
        Unavailable { status: StatusCode::INTERNAL_SERVER_ERROR }
    })?;
    let mut members = Map::new();
    members.insert("access_token".to_owned(), token.into());
    members.insert("token_type".to_owned(), "Bearer".into());
    members.insert("expires_in".to_owned(), lifetime.into());
    if !scope.is_empty() {
        members.insert("scope".to_owned(), scope.into());
    }
    Ok(members)
}

fn sealed(tenant: &Tenant, api: &Api, token: &AccessToken<'_>) -> Result<String, Rejection> {
    let secret = Jwk::symmetric(api.signing_secret.as_bytes());
    let current = tenant.keys().current();
    let signing = if api.signing_alg == "HS256" {
        Signing { key: &secret, alg: "HS256", kid: None }
    } else {
        Signing { key: current, alg: &api.signing_alg, kid: current.kid() }
    };
    let mut rng = tenant.rng();
    let Some(to) = &api.encryption else {
        return access_token::issue(token, &signing, None, &mut rng);
    };
    let encryption = Encryption {
        key: &Jwk::parse(&to.jwk, &Policy::default())?,
        alg: &to.alg,
        enc: to.enc.as_deref().unwrap_or(&tenant.config.content_encryption),
        kid: to.kid.as_deref(),
    };
    access_token::issue(token, &signing, Some(&encryption), &mut rng)
}

/// Never longer than a key stays published that no longer signs.
fn lifetime(api: &Api) -> u32 {
    u32::try_from(LONGEST_LIFETIME).map_or(api.token_lifetime, |most| api.token_lifetime.min(most))
}

/// The member `token_dialect` of the API.
fn dialect(api: &Api) -> Dialect {
    let more: Value = serde_json::from_str(&api.more).unwrap_or_default();
    match more.get("token_dialect").and_then(Value::as_str) {
        Some(name) if name.starts_with("rfc9068_profile") => Dialect::Rfc9068,
        _ => Dialect::Auth0,
    }
}
