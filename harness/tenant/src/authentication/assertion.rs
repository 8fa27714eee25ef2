//! `private_key_jwt`: the rules are [`reference::assertion`]'s, the ledger and the log are ours.

use reference::assertion::{self as rules, ClientKey, Form, Rules};
use reference::{Jwk, Policy};
use rejection::Rejection;

use super::{ACCEPTED, EVENT, Failure, find, rejected};
use crate::error::OAuthError;
use crate::exchange::{Exchange, Parameters};
use crate::model::{Client, Method};
use crate::state::Tenant;
use crate::store::audit::{self, Entry};
use crate::store::ledger;

/// The client whose assertion the request has, used up by this.
pub(super) fn authenticate(
    tenant: &Tenant,
    exchange: &Exchange,
    parameters: &Parameters,
) -> Result<Client, Failure> {
    let pairs = parameters.single();
    let form = Form::parse(&pairs).map_err(|rejection| rejected(rejection, None))?;
    let rules = Rules::auth0(tenant.config.assertion_audiences());
    let claimed = form.claimed_client(&rules).map_err(|rejection| rejected(rejection, None))?;
    let client = find(tenant, &claimed)?;
    let known = client.as_ref().map(|client| client.client_id.clone());
    // A stranger is a client without keys, and so is one that is registered for another method: the
    // same checks in the same order, and the same answer.
    let keys = match &client {
        Some(client) if client.method == Method::PrivateKeyJwt => keys(client)?,
        _ => Vec::new(),
    };
    let judged = rules::Client { client_id: claimed, keys };
    let mut uses = Uses { tenant, exchange, failed: None };
    let result = rules.validate(&form, &judged, tenant.now(), &mut uses);
    if let Some(error) = uses.failed {
        return Err(error.into());
    }
    match (result, client) {
        (Ok(_), Some(client)) => Ok(client),
        (Ok(_), None) => Err(rejected(Rejection::KeyNotFound, None)),
        (Err(rejection), _) => Err(rejected(rejection, known)),
    }
}

/// The credentials as the rules see them.
fn keys(client: &Client) -> Result<Vec<ClientKey>, Failure> {
    let unreadable = |rejection: Rejection| {
        eprintln!("error: a stored credential cannot be read: {rejection}");
        OAuthError::from(crate::error::Unavailable {
            status: axum::http::StatusCode::INTERNAL_SERVER_ERROR,
        })
    };
    let key = |credential: &crate::model::Credential| {
        Ok(ClientKey {
            kid: credential.kid.clone(),
            alg: credential.alg.clone(),
            key: Jwk::parse(&credential.jwk, &Policy::default()).map_err(unreadable)?,
            expires_at: credential.expires_at,
            is_associated: credential.is_associated,
        })
    };
    client.credentials.iter().map(key).collect()
}

/// The ledger of the store. A claim and its line in the log are one transaction, and both are on
/// the disk before the claim counts; a store that fails has claimed nothing.
struct Uses<'a> {
    tenant: &'a Tenant,
    exchange: &'a Exchange,
    failed: Option<OAuthError>,
}

impl rules::Ledger for Uses<'_> {
    fn claim(&mut self, issuer: &str, jti: &str, until: i64) -> bool {
        let (tenant, now) = (self.tenant, self.tenant.now());
        let entry = Entry {
            client_id: Some(issuer.to_owned()),
            jti: Some(jti.to_owned()),
            ..self.exchange.entry(tenant, EVENT, ACCEPTED)
        };
        let claimed = tenant.store.transaction(|transaction| {
            let is_first = ledger::claim(transaction, issuer, jti, until, now)?;
            if is_first {
                audit::record(transaction, &entry)?;
            }
            Ok::<_, OAuthError>(is_first)
        });
        claimed.unwrap_or_else(|error| {
            self.failed = Some(error);
            false
        })
    }
}
