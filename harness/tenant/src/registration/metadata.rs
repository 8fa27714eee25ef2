//! Client metadata (RFC 7591 §2). Members that are not known are ignored, as it says.

use rand::CryptoRng;
use reference::credential::register_jwk;
use serde_json::{Value, json};
use url::Url;

use crate::error::OAuthError;
use crate::management::clients::{GRANT_TYPES, fresh};
use crate::management::fields::sentence;
use crate::management::ids;
use crate::management::show::object;
use crate::model::{Client, Credential, Method};

/// The client that is asked for.
pub(super) fn client(
    request: &Value,
    now: i64,
    rng: &mut impl CryptoRng,
) -> Result<Client, OAuthError> {
    if !request.is_object() {
        return Err(invalid("The body is no JSON object."));
    }
    let mut client = fresh(now, rng);
    let name = text(request, "client_name")?;
    client.name = name.map_or_else(|| client.client_id.clone(), str::to_owned);
    let redirects = texts(request, "redirect_uris")?.unwrap_or_default();
    check_redirects(&redirects)?;
    client.grant_types = grant_types(request, &redirects)?;
    client.method = method(request)?;
    client.app_type = app_type(&client, &redirects).to_owned();
    client.more = json!({ "callbacks": redirects, "is_first_party": false }).to_string();
    if text(request, "jwks_uri")?.is_some() {
        return Err(invalid("jwks_uri is not supported: send the keys as jwks."));
    }
    if client.method == Method::PrivateKeyJwt {
        client.credentials = credentials(request, now, rng)?;
    }
    Ok(client)
}

/// The redirect URIs that were registered.
pub(super) fn redirects(client: &Client) -> Vec<String> {
    let more = object(&client.more);
    let list = more.get("callbacks").and_then(Value::as_array);
    let texts = list.into_iter().flatten().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}

/// 400 `invalid_client_metadata`.
pub(super) fn invalid(description: impl Into<String>) -> OAuthError {
    refused("invalid_client_metadata", description)
}

/// RFC 6749 §3.1.2: absolute, and without a fragment.
fn check_redirects(redirects: &[String]) -> Result<(), OAuthError> {
    let fits = |text: &String| Url::parse(text).is_ok_and(|url| url.fragment().is_none());
    if redirects.iter().all(fits) {
        return Ok(());
    }
    Err(refused("invalid_redirect_uri", "A redirect URI is no absolute URI without a fragment."))
}

fn grant_types(request: &Value, redirects: &[String]) -> Result<Vec<String>, OAuthError> {
    let Some(grant_types) = texts(request, "grant_types")? else {
        let default =
            if redirects.is_empty() { "client_credentials" } else { "authorization_code" };
        return Ok(vec![default.to_owned()]);
    };
    if !grant_types.iter().all(|grant| GRANT_TYPES.contains(&grant.as_str())) {
        return Err(invalid("grant_types has a grant that is not known."));
    }
    let needs_redirect = |grant: &String| grant == "authorization_code" || grant == "implicit";
    if redirects.is_empty() && grant_types.iter().any(needs_redirect) {
        return Err(refused("invalid_redirect_uri", "These grants need redirect_uris."));
    }
    Ok(grant_types)
}

/// RFC 7591 §2: `client_secret_basic` by default.
fn method(request: &Value) -> Result<Method, OAuthError> {
    let Some(name) = text(request, "token_endpoint_auth_method")? else {
        return Ok(Method::ClientSecretBasic);
    };
    let unknown = || invalid("token_endpoint_auth_method is not supported.");
    Method::named(name).ok_or_else(unknown)
}

fn app_type(client: &Client, redirects: &[String]) -> &'static str {
    match client.method {
        _ if redirects.is_empty() => "non_interactive",
        Method::None => "spa",
        _ => "regular_web",
    }
}

/// The keys of `jwks`, all of which authenticate. The rules are `reference::credential`'s.
fn credentials(
    request: &Value,
    now: i64,
    rng: &mut impl CryptoRng,
) -> Result<Vec<Credential>, OAuthError> {
    let alg = text(request, "token_endpoint_auth_signing_alg")?;
    let keys = request.get("jwks").and_then(|jwks| jwks.get("keys")).and_then(Value::as_array);
    let keys = keys.filter(|keys| !keys.is_empty());
    let keys = keys.ok_or_else(|| invalid("private_key_jwt needs jwks with a key."))?;
    let mut credentials: Vec<Credential> = Vec::with_capacity(keys.len().min(2));
    for key in keys {
        let registered = register_jwk(&key.to_string(), alg, credentials.len())
            .map_err(|rejection| invalid(format!("jwks: {}.", sentence(rejection))))?;
        if credentials.iter().any(|other| other.kid == registered.kid) {
            let rejection = rejection::Rejection::CredentialKidTaken;
            return Err(invalid(format!("jwks: {}.", sentence(rejection))));
        }
        credentials.push(Credential {
            id: format!("cred_{}", ids::alphanumeric(22, rng)),
            name: None,
            kid: registered.kid,
            alg: registered.alg.to_owned(),
            jwk: registered.key.members().to_text(),
            subject_dn: registered.subject_dn,
            thumbprint_sha256: registered.thumbprint_sha256,
            created_at: now,
            updated_at: now,
            expires_at: None,
            is_associated: true,
        });
    }
    Ok(credentials)
}

fn text<'a>(request: &'a Value, name: &str) -> Result<Option<&'a str>, OAuthError> {
    match request.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(invalid(format!("{name} is no string."))),
    }
}

fn texts(request: &Value, name: &str) -> Result<Option<Vec<String>>, OAuthError> {
    match request.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let list = value.as_array().map(|list| list.iter().map(Value::as_str));
            let list = list.and_then(Iterator::collect::<Option<Vec<_>>>);
            let list = list.ok_or_else(|| invalid(format!("{name} is no list of strings.")))?;
            Ok(Some(list.into_iter().map(str::to_owned).collect()))
        }
    }
}

fn refused(error: &'static str, description: impl Into<String>) -> OAuthError {
    OAuthError { error, ..OAuthError::invalid_request(description.into()) }
}
