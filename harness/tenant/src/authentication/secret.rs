//! `client_secret_post` and `client_secret_basic` (RFC 6749 §2.3.1).

use axum::http::{HeaderMap, header};
use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{FAILED, Failure, find};
use crate::error::OAuthError;
use crate::exchange::{Parameters, decoded};
use crate::model::{Client, Method};
use crate::state::Tenant;

/// The client of an `Authorization` header: name and secret are form-encoded, then base64.
pub(super) fn basic(
    tenant: &Tenant,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Client, Failure> {
    let malformed = || OAuthError::invalid_request("The Authorization header is malformed.");
    let (scheme, encoded) = authorization(headers).ok_or_else(malformed)?;
    // RFC 6749 §5.2: a method that is not supported fails as a wrong secret does.
    if !scheme.eq_ignore_ascii_case("Basic") {
        let error = "The Authorization header has another scheme than Basic.";
        return Err(OAuthError::invalid_client(error).into());
    }
    let (client_id, secret) = credentials(encoded).ok_or_else(malformed)?;
    if parameters.get("client_id").is_some_and(|named| named != client_id) {
        let error = "client_id names another client than the Authorization header.";
        return Err(OAuthError::invalid_request(error).into());
    }
    check(tenant, &client_id, &secret, Method::ClientSecretBasic)
}

/// The scheme of the one header, and what follows it.
fn authorization(headers: &HeaderMap) -> Option<(&str, &str)> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    value.to_str().ok()?.split_once(' ')
}

fn credentials(encoded: &str) -> Option<(String, String)> {
    let octets = BASE64.decode(encoded.trim_matches(' ').as_bytes()).ok()?;
    let text = String::from_utf8(octets).ok()?;
    let (client_id, secret) = text.split_once(':')?;
    Some((decoded(client_id)?, decoded(secret)?))
}

/// The client, if the secret is its own and the method the one it is registered for. An unknown
/// client takes the same comparison.
pub(super) fn check(
    tenant: &Tenant,
    client_id: &str,
    secret: &str,
    method: Method,
) -> Result<Client, Failure> {
    let client = find(tenant, client_id)?;
    let own = client.as_ref().map_or("", |client| client.client_secret.as_str());
    // Digests have one length, so that the comparison tells nothing about that of the secret.
    let is_same = Sha256::digest(own).ct_eq(&Sha256::digest(secret));
    let is_set = !own.is_empty() && client.as_ref().is_some_and(|known| known.method == method);
    match client {
        Some(client) if bool::from(is_same) && is_set => Ok(client),
        other => Err(Failure {
            outcome: "secret",
            client_id: other.map(|client| client.client_id),
            error: OAuthError::invalid_client(FAILED),
        }),
    }
}
