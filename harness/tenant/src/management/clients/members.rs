//! The members of a client that have nothing to do with its credentials.

use serde_json::{Map, Value};

use crate::error::ManagementError;
use crate::management::fields::{Fields, Kind, Known, Nullable};
use crate::management::show::{merged, object};
use crate::model::{Client, Method};

/// At least one character, none of them `<` or `>`.
pub(super) fn name(fields: &mut Fields) -> Result<Option<String>, ManagementError> {
    let name = fields.text("name")?;
    match &name {
        Some(name) if name.is_empty() => {
            Err(fields.wrong("name", "String is too short, minimum 1"))
        }
        Some(name) if name.contains(['<', '>']) => {
            Err(fields.wrong("name", "String does not match the pattern ^[^<>]+$"))
        }
        _ => Ok(name),
    }
}

/// What kind of application it is.
pub(super) fn app_type(fields: &mut Fields) -> Result<Option<String>, ManagementError> {
    let app_type = fields.text("app_type")?;
    match &app_type {
        Some(name) if !DEFAULTS.iter().any(|row| row.0 == name) => {
            Err(fields.wrong("app_type", "No enum match"))
        }
        _ => Ok(app_type),
    }
}

/// A secret that the caller chose: printable ASCII, so that every method can send it.
pub(super) fn client_secret(fields: &mut Fields) -> Result<Option<String>, ManagementError> {
    let secret = fields.text("client_secret")?;
    match &secret {
        Some(text)
            if !(1..=256).contains(&text.len()) || !text.bytes().all(|o| o.is_ascii_graphic()) =>
        {
            Err(fields.wrong("client_secret", "Expected 1 to 256 printable characters"))
        }
        _ => Ok(secret),
    }
}

/// The method and the grants of a type of application.
pub(super) fn defaults(app_type: &str) -> (Method, &'static [&'static str]) {
    let row = DEFAULTS.iter().find(|row| row.0 == app_type);
    row.map_or((Method::ClientSecretPost, WEB), |row| (row.1, row.2))
}

/// Applies what is left of a body.
pub(super) fn apply(client: &mut Client, mut fields: Fields) -> Result<(), ManagementError> {
    if let Some(grant_types) = fields.texts("grant_types")? {
        if !grant_types.iter().all(|grant| GRANT_TYPES.contains(&grant.as_str())) {
            return Err(fields.wrong("grant_types", "No enum match"));
        }
        client.grant_types = grant_types;
    }
    let jwt = match fields.object("jwt_configuration")? {
        Nullable::Absent => None,
        Nullable::Null => return Err(fields.wrong("jwt_configuration", "Expected type object")),
        Nullable::Given(jwt) => Some(jwt),
    };
    let description = description(&mut fields)?;
    let mut changes = fields.finish_with(KNOWN)?;
    changes.extend(description.map(|description| ("description".to_owned(), description)));
    if let Some(mut jwt) = jwt {
        if let Some(alg) = jwt.text("alg")? {
            if !["RS256", "PS256", "HS256"].contains(&alg.as_str()) {
                return Err(jwt.wrong("alg", "No enum match"));
            }
            client.jwt_alg = alg;
        }
        let mut stored = match object(&client.more).remove("jwt_configuration") {
            Some(Value::Object(stored)) => stored,
            _ => Map::new(),
        };
        stored.extend(jwt.finish_with(JWT)?);
        changes.insert("jwt_configuration".to_owned(), Value::Object(stored));
    }
    client.more = merged(&client.more, changes);
    Ok(())
}

/// At most 140 characters; null removes it.
fn description(fields: &mut Fields) -> Result<Option<Value>, ManagementError> {
    match fields.nullable_text("description")? {
        Nullable::Absent => Ok(None),
        Nullable::Null => Ok(Some(Value::Null)),
        Nullable::Given(text) if text.chars().count() > 140 => {
            Err(fields.wrong("description", "String is too long, maximum 140"))
        }
        Nullable::Given(text) => Ok(Some(Value::String(text))),
    }
}

/// Type, method and grants. Auth0 has further types for products that it integrates with.
const DEFAULTS: &[(&str, Method, &[&str])] = &[
    ("non_interactive", Method::ClientSecretPost, &["client_credentials"]),
    ("regular_web", Method::ClientSecretPost, WEB),
    ("spa", Method::None, &["authorization_code", "implicit", "refresh_token"]),
    ("native", Method::None, &["authorization_code", "implicit", "refresh_token"]),
    ("resource_server", Method::ClientSecretPost, &["client_credentials"]),
];

const WEB: &[&str] = &["authorization_code", "implicit", "refresh_token", "client_credentials"];

/// What a client may be allowed; this server itself has `client_credentials` and `refresh_token`.
pub(crate) const GRANT_TYPES: &[&str] = &[
    "authorization_code",
    "implicit",
    "refresh_token",
    "client_credentials",
    "password",
    "http://auth0.com/oauth/grant-type/password-realm",
    "http://auth0.com/oauth/grant-type/mfa-oob",
    "http://auth0.com/oauth/grant-type/mfa-otp",
    "http://auth0.com/oauth/grant-type/mfa-recovery-code",
    "http://auth0.com/oauth/grant-type/passwordless/otp",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:openid:params:grant-type:ciba",
];

const JWT: Known = &[
    ("lifetime_in_seconds", Kind::Number),
    ("secret_encoded", Kind::Flag),
    ("scopes", Kind::Object),
];

/// Members of Auth0's clients that mean nothing here. Those that would carry keys are missing on
/// purpose: `encryption_key`, `signed_request_object`, `token_vault_privileged_access`.
const KNOWN: Known = &[
    ("addons", Kind::Object),
    ("allowed_clients", Kind::Texts),
    ("allowed_logout_urls", Kind::Texts),
    ("allowed_origins", Kind::Texts),
    ("callbacks", Kind::Texts),
    ("client_aliases", Kind::Texts),
    ("client_metadata", Kind::Object),
    ("compliance_level", Kind::Text),
    ("cross_origin_authentication", Kind::Flag),
    ("cross_origin_loc", Kind::Text),
    ("custom_login_page", Kind::Text),
    ("custom_login_page_on", Kind::Flag),
    ("custom_login_page_preview", Kind::Text),
    ("default_organization", Kind::Object),
    ("form_template", Kind::Text),
    ("initiate_login_uri", Kind::Text),
    ("is_first_party", Kind::Flag),
    ("is_token_endpoint_ip_header_trusted", Kind::Flag),
    ("logo_uri", Kind::Text),
    ("mobile", Kind::Object),
    ("native_social_login", Kind::Object),
    ("oidc_conformant", Kind::Flag),
    ("oidc_logout", Kind::Object),
    ("organization_discovery_methods", Kind::Texts),
    ("organization_require_behavior", Kind::Text),
    ("organization_usage", Kind::Text),
    ("par_request_expiry", Kind::Number),
    ("refresh_token", Kind::Object),
    ("require_proof_of_possession", Kind::Flag),
    ("require_pushed_authorization_requests", Kind::Flag),
    ("resource_server_identifier", Kind::Text),
    ("session_transfer", Kind::Object),
    ("skip_non_verifiable_callback_uri_confirmation_prompt", Kind::Flag),
    ("sso", Kind::Flag),
    ("sso_disabled", Kind::Flag),
    ("token_exchange", Kind::Object),
    ("token_quota", Kind::Object),
    ("web_origins", Kind::Texts),
];
