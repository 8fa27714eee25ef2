//! `client_credentials` (RFC 6749 §4.4): which API, which scopes.

use axum::http::StatusCode;
use serde_json::Value;

use super::{issue, refresh};
use crate::error::OAuthError;
use crate::exchange::Parameters;
use crate::model::{Api, Client, Method};
use crate::state::Tenant;
use crate::store::{apis, clients};

pub(super) fn client_credentials(
    tenant: &Tenant,
    client: &Client,
    parameters: &Parameters,
) -> Result<Value, OAuthError> {
    // RFC 6749 §4.4: confidential clients only.
    if client.method == Method::None {
        let description = "A client without a secret or key cannot act for itself.";
        return Err(OAuthError::new(StatusCode::BAD_REQUEST, "unauthorized_client", description));
    }
    let api = api(tenant, parameters)?;
    let allowed = allowed(tenant, client, &api)?;
    let (scopes, is_offline) = asked(parameters.get("scope"), client, &api, &allowed)?;
    let mut response = issue::response(tenant, client, &api, &scopes)?;
    if is_offline {
        let token = refresh::first(tenant, client, &api, &scopes)?;
        response.insert("refresh_token".to_owned(), token.into());
    }
    Ok(Value::Object(response))
}

/// The API that `audience`, or the `resource` of RFC 8707, names.
fn api(tenant: &Tenant, parameters: &Parameters) -> Result<Api, OAuthError> {
    let invalid_target = |description: &'static str| {
        OAuthError::new(StatusCode::BAD_REQUEST, "invalid_target", description)
    };
    let audience = parameters.get("audience");
    let resources = parameters.resources();
    let resource = match resources.as_slice() {
        [] => None,
        [one] => Some(*one),
        _ => return Err(invalid_target("A token is for one resource; ask for each by itself.")),
    };
    if let (Some(audience), Some(resource)) = (audience, resource)
        && audience != resource
    {
        return Err(invalid_target("audience and resource name different APIs."));
    }
    let default = tenant.config.default_audience.as_deref();
    // Auth0 answers 403 when there is no default; a missing parameter is a malformed request.
    let Some(identifier) = audience.or(resource).or(default) else {
        return Err(OAuthError::invalid_request("The parameter audience is missing."));
    };
    let found: Option<Api> = tenant.store.with(|connection| {
        Ok::<_, OAuthError>(apis::find_by_identifier(connection, identifier)?)
    })?;
    found.ok_or_else(|| match audience {
        // As Auth0 says it.
        Some(_) => OAuthError::new(
            StatusCode::FORBIDDEN,
            "access_denied",
            format!("Service not enabled within domain: {identifier}"),
        ),
        None => invalid_target("No API has this identifier."),
    })
}

/// The scopes that the client may have: those of its grant for this API; without a grant all, but
/// none at all of the management API.
fn allowed(tenant: &Tenant, client: &Client, api: &Api) -> Result<Vec<String>, OAuthError> {
    let granted = tenant.store.with(|connection| {
        Ok::<_, OAuthError>(clients::granted_scopes(
            connection,
            &client.client_id,
            &api.identifier,
        )?)
    })?;
    let own = |scope: &String| api.scopes.iter().any(|known| known.value == *scope);
    match granted {
        Some(granted) => Ok(granted.into_iter().filter(own).collect()),
        None if api.is_system => {
            let description = format!(
                "Client is not authorized to access {}. Create a client-grant for it.",
                api.identifier
            );
            Err(OAuthError::new(StatusCode::FORBIDDEN, "access_denied", description))
        }
        None => Ok(api.scopes.iter().map(|scope| scope.value.clone()).collect()),
    }
}

/// The scopes that were asked for, or all that are allowed (RFC 6749 §3.3), and whether a refresh
/// token is due.
fn asked(
    scope: Option<&str>,
    client: &Client,
    api: &Api,
    allowed: &[String],
) -> Result<(Vec<String>, bool), OAuthError> {
    let Some(scope) = scope else { return Ok((allowed.to_vec(), false)) };
    let may_refresh = client.grant_types.iter().any(|own| own == "refresh_token");
    let mut scopes: Vec<String> = Vec::new();
    let mut is_offline = false;
    for word in scope.split(' ') {
        if word == OFFLINE_ACCESS && api.allow_offline_access && may_refresh {
            is_offline = true;
        } else if !allowed.iter().any(|known| known == word) {
            return Err(invalid_scope());
        } else if !scopes.iter().any(|known| known == word) {
            scopes.push(word.to_owned());
        }
    }
    Ok((scopes, is_offline))
}

pub(super) fn invalid_scope() -> OAuthError {
    let description = "A scope is unknown, malformed, or not allowed for this client and API.";
    OAuthError::new(StatusCode::BAD_REQUEST, "invalid_scope", description)
}

/// OpenID Connect Core 1.0 §11.
pub(super) const OFFLINE_ACCESS: &str = "offline_access";
