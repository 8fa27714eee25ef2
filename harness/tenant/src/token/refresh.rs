//! `refresh_token` (RFC 6749 §6), with rotation and detection of reuse (RFC 9700 §4.14.2).

use axum::http::StatusCode;
use data_encoding::BASE64URL_NOPAD;
use rand_chacha::rand_core::Rng as _;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::grant::{OFFLINE_ACCESS, invalid_scope};
use super::issue;
use crate::error::OAuthError;
use crate::exchange::Parameters;
use crate::model::{Api, Client};
use crate::state::Tenant;
use crate::store::refresh::{self, RefreshToken};
use crate::store::{apis, clients};

/// The first token of a family.
pub(super) fn first(
    tenant: &Tenant,
    client: &Client,
    api: &Api,
    scopes: &[String],
) -> Result<String, OAuthError> {
    let (token, digest) = fresh(tenant);
    let now = tenant.now();
    let kept = RefreshToken {
        family: digest.clone(),
        digest,
        client_id: client.client_id.clone(),
        audience: api.identifier.clone(),
        scope: scopes.join(" "),
        expires_at: now.saturating_add(LIFETIME),
        is_used: false,
    };
    tenant.store.transaction(|transaction| {
        Ok::<_, OAuthError>(refresh::insert(transaction, &kept, now)?)
    })?;
    Ok(token)
}

pub(super) fn refresh(
    tenant: &Tenant,
    client: &Client,
    parameters: &Parameters,
) -> Result<Value, OAuthError> {
    let digest = digest(parameters.required("refresh_token")?);
    let now = tenant.now();
    let old = tenant
        .store
        .with(|connection| Ok::<_, OAuthError>(refresh::find(connection, &digest)?))?
        .filter(|token| token.client_id == client.client_id && now < token.expires_at)
        .ok_or_else(invalid_grant)?;
    if old.is_used {
        return end(tenant, &old);
    }
    let scopes = narrowed(&old, parameters)?;
    let api = check_still_allowed(tenant, &old, &scopes)?;
    let mut response = issue::response(tenant, client, &api, &scopes)?;
    let (token, digest) = fresh(tenant);
    let next = RefreshToken { digest, is_used: false, ..old.clone() };
    let is_first = tenant.store.transaction(|transaction| {
        let is_first = refresh::consume(transaction, &old.digest)?;
        if is_first {
            refresh::insert(transaction, &next, now)?;
        }
        Ok::<_, OAuthError>(is_first)
    })?;
    if !is_first {
        return end(tenant, &old);
    }
    response.insert("refresh_token".to_owned(), token.into());
    Ok(Value::Object(response))
}

/// Two hold the token, and one of them stole it: nobody goes on with it.
fn end(tenant: &Tenant, old: &RefreshToken) -> Result<Value, OAuthError> {
    tenant
        .store
        .transaction(|transaction| Ok::<_, OAuthError>(refresh::end(transaction, &old.family)?))?;
    Err(invalid_grant())
}

/// RFC 6749 §6: no more than was granted. `offline_access` is what the token itself stands for.
fn narrowed(old: &RefreshToken, parameters: &Parameters) -> Result<Vec<String>, OAuthError> {
    let granted: Vec<String> =
        old.scope.split(' ').filter(|scope| !scope.is_empty()).map(str::to_owned).collect();
    let Some(asked) = parameters.get("scope") else { return Ok(granted) };
    let asked: Vec<String> =
        asked.split(' ').filter(|scope| *scope != OFFLINE_ACCESS).map(str::to_owned).collect();
    if asked.iter().all(|scope| granted.contains(scope)) { Ok(asked) } else { Err(invalid_scope()) }
}

/// The API may be gone, forbid offline access, or have lost a scope; the grant may have shrunk.
fn check_still_allowed(
    tenant: &Tenant,
    old: &RefreshToken,
    scopes: &[String],
) -> Result<Api, OAuthError> {
    let (api, granted) = tenant.store.with(|connection| {
        let api = apis::find_by_identifier(connection, &old.audience)?;
        let granted = clients::granted_scopes(connection, &old.client_id, &old.audience)?;
        Ok::<_, OAuthError>((api, granted))
    })?;
    let api = api.filter(|api| api.allow_offline_access).ok_or_else(invalid_grant)?;
    let is_known = |scope: &String| api.scopes.iter().any(|known| known.value == *scope);
    let is_granted =
        |scope: &String| granted.as_ref().is_none_or(|granted| granted.contains(scope));
    if scopes.iter().all(|scope| is_known(scope) && is_granted(scope)) {
        Ok(api)
    } else {
        Err(invalid_grant())
    }
}

/// What the store knows a token by.
pub(crate) fn digest(token: &str) -> Vec<u8> {
    Sha256::digest(token).to_vec()
}

fn fresh(tenant: &Tenant) -> (String, Vec<u8>) {
    let mut octets = [0; 32];
    tenant.rng().fill_bytes(&mut octets);
    let token = BASE64URL_NOPAD.encode(&octets);
    let digest = digest(&token);
    (token, digest)
}

/// Unknown, expired, used or another client's: one answer.
fn invalid_grant() -> OAuthError {
    let description = "Unknown or invalid refresh token.";
    // Auth0 answers 403 here; RFC 6749 §5.2 wants 400.
    OAuthError::new(StatusCode::BAD_REQUEST, "invalid_grant", description)
}

/// Seconds after which a family ends, however often it was exchanged: 30 days.
const LIFETIME: i64 = 2_592_000;
