//! Client authentication (RFC 6749 §2.3, OpenID Connect Core 1.0 §9), the same at every endpoint.
//!
//! A client authenticates by the method it is registered for and by no other. What fails because of
//! a key, a secret or the registration is said in one sentence, so that nobody learns which.

mod assertion;
mod secret;

use axum::http::header;
use rejection::Rejection;

use crate::error::OAuthError;
use crate::exchange::{Exchange, Parameters};
use crate::model::{Client, Method};
use crate::state::Tenant;
use crate::store::clients;

/// Why it failed, before it is said to anybody.
pub(crate) struct Failure {
    /// For the audit log: a rejection code, or one of our words.
    pub outcome: &'static str,
    /// The client that was claimed, if we know it.
    pub client_id: Option<String>,
    /// For the sender.
    pub error: OAuthError,
}

impl From<OAuthError> for Failure {
    fn from(error: OAuthError) -> Self {
        Self { outcome: error.error, client_id: None, error }
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        OAuthError::from(error).into()
    }
}

impl From<crate::store::StoreError> for Failure {
    fn from(error: crate::store::StoreError) -> Self {
        OAuthError::from(error).into()
    }
}

/// The client that sends a request. The audit log has who it was, or why it was nobody; an
/// assertion is used up by this.
///
/// # Errors
/// 400 `invalid_request` for a malformed request, 401 `invalid_client` for everything that is wrong
/// with the client's proof, 503 when the store fails.
pub fn authenticate(
    tenant: &Tenant,
    exchange: &Exchange,
    parameters: &Parameters,
) -> Result<Client, OAuthError> {
    let is_basic = exchange.headers.contains_key(header::AUTHORIZATION);
    attempt(tenant, exchange, parameters, is_basic).or_else(|failure| {
        let Failure { outcome, client_id, error } = failure;
        exchange.record(tenant, EVENT, outcome, client_id.as_deref())?;
        Err(OAuthError { is_basic, ..error })
    })
}

fn attempt(
    tenant: &Tenant,
    exchange: &Exchange,
    parameters: &Parameters,
    is_basic: bool,
) -> Result<Client, Failure> {
    let has = |name: &str| parameters.get(name).is_some();
    let is_assertion = has("client_assertion") || has("client_assertion_type");
    let methods = [is_basic, is_assertion, has("client_secret")];
    if methods.into_iter().filter(|used| *used).count() > 1 {
        return Err(rejected(Rejection::FormSeveralMethods, None));
    }
    if is_assertion {
        // Accepted is recorded with the claim of its `jti`, in one transaction.
        return assertion::authenticate(tenant, exchange, parameters);
    }
    let client = if is_basic {
        secret::basic(tenant, &exchange.headers, parameters)?
    } else if let Some(secret) = parameters.get("client_secret") {
        let client_id = parameters.required("client_id")?;
        secret::check(tenant, client_id, secret, Method::ClientSecretPost)?
    } else {
        public(tenant, parameters)?
    };
    exchange.record(tenant, EVENT, ACCEPTED, Some(&client.client_id))?;
    Ok(client)
}

/// A client that is registered to have no proof (RFC 6749 §2.1).
fn public(tenant: &Tenant, parameters: &Parameters) -> Result<Client, Failure> {
    let missing = || Failure {
        outcome: "none",
        client_id: None,
        error: OAuthError::invalid_client("The request has no client authentication."),
    };
    let client_id = parameters.get("client_id").ok_or_else(missing)?;
    let client = find(tenant, client_id)?;
    client.filter(|client| client.method == Method::None).ok_or_else(missing)
}

fn find(tenant: &Tenant, client_id: &str) -> Result<Option<Client>, Failure> {
    tenant.store.with(|connection| Ok(clients::find(connection, client_id)?))
}

/// What the sender hears of a rejection: malformed requests are 400; of the rest, what it sees in
/// its own assertion is explained, and what depends on keys and registrations is not.
fn rejected(rejection: Rejection, client_id: Option<String>) -> Failure {
    use rejection::Stage;
    let outcome = rejection.code();
    let error = if outcome.starts_with("form/") {
        OAuthError::invalid_request(rejection.explanation())
    } else {
        match rejection.stage() {
            Stage::Parse | Stage::Header | Stage::Claims | Stage::Replay => {
                OAuthError::invalid_client(rejection.explanation())
            }
            Stage::Policy | Stage::Key | Stage::Decrypt | Stage::Inner | Stage::Signature => {
                OAuthError::invalid_client(FAILED)
            }
        }
    };
    Failure { outcome, client_id, error }
}

/// The event of the audit log.
pub const EVENT: &str = "authentication";

/// The outcome of the audit log when there is a client.
pub const ACCEPTED: &str = "accepted";

/// One sentence for all that depends on what only the client and we know.
const FAILED: &str = "Client authentication failed: the client is unknown, registered for another \
                      method, or its proof does not hold.";
