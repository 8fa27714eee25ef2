//! `/api/v2/client-grants`: what a client may do at an API.

use axum::http::StatusCode;
use rusqlite::Connection;
use serde_json::{Value, json};

use super::fields::{Fields, conflict};
use super::page::List;
use super::request::{Reply, Request};
use super::{apis, clients, ids};
use crate::error::ManagementError;
use crate::model::{Api, ClientGrant};
use crate::state::Tenant;
use crate::store;
use crate::store::clients as table;

pub(super) fn create(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let mut fields = request.body()?;
    let client_id = fields.required_text("client_id")?;
    let audience = fields.required_text("audience")?;
    if fields.text("subject_type")?.is_some_and(|subject| subject != SUBJECT_TYPE) {
        return Err(fields.wrong("subject_type", "No enum match, expected client"));
    }
    tenant.store.transaction(|transaction| {
        table::find(transaction, &client_id)?.ok_or_else(clients::inexistent)?;
        let api = api(transaction, &audience)?;
        let scopes = scopes(&mut fields, &api)?.unwrap_or_default();
        fields.finish()?;
        if table::granted_scopes(transaction, &client_id, &audience)?.is_some() {
            return Err(conflict("A client grant for this client and audience already exists."));
        }
        let id = format!("cgr_{}", ids::alphanumeric(16, &mut tenant.rng()));
        let grant = ClientGrant { id, client_id, audience, scopes };
        table::insert_grant(transaction, &grant)?;
        Ok(Reply::Created(shown(&grant)))
    })
}

pub(super) fn list(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let query = &request.query;
    query.allow(&["client_id", "audience", "subject_type"])?;
    let grants = tenant.store.with(|connection| {
        let (client_id, audience) = (query.one("client_id"), query.one("audience"));
        Ok::<_, ManagementError>(table::grants(connection, client_id, audience)?)
    })?;
    let is_wanted = query.one("subject_type").is_none_or(|subject| subject == SUBJECT_TYPE);
    let items = grants.iter().filter(|_| is_wanted).map(shown).collect();
    query.page(&List { member: "client_grants", id: "id", items }).map(Reply::Ok)
}

pub(super) fn read(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    tenant.store.with(|connection| Ok(Reply::Ok(shown(&found(connection, request)?))))
}

pub(super) fn update(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    let mut fields = request.body()?;
    tenant.store.transaction(|transaction| {
        let mut grant = found(transaction, request)?;
        let api = api(transaction, &grant.audience)?;
        if let Some(scopes) = scopes(&mut fields, &api)? {
            grant.scopes = scopes;
        }
        fields.finish()?;
        table::update_grant(transaction, &grant)?;
        Ok(Reply::Ok(shown(&grant)))
    })
}

pub(super) fn delete(tenant: &Tenant, request: &Request) -> Result<Reply, ManagementError> {
    tenant.store.transaction(|transaction| {
        let removed = table::delete_grant(transaction, request.parameter("id"))?;
        if removed { Ok(Reply::Deleted) } else { Err(inexistent()) }
    })
}

/// The scopes of a grant, each of which the API has.
fn scopes(fields: &mut Fields, api: &Api) -> Result<Option<Vec<String>>, ManagementError> {
    let Some(scopes) = fields.texts("scope")? else { return Ok(None) };
    let is_defined = |scope: &String| api.scopes.iter().any(|own| own.value == *scope);
    if !scopes.iter().all(is_defined) {
        return Err(fields.wrong("scope", "The API does not define each of these scopes"));
    }
    Ok(Some(scopes))
}

fn api(connection: &Connection, audience: &str) -> Result<Api, ManagementError> {
    store::apis::find_by_identifier(connection, audience)?.ok_or_else(apis::inexistent)
}

fn found(connection: &Connection, request: &Request) -> Result<ClientGrant, ManagementError> {
    table::find_grant(connection, request.parameter("id"))?.ok_or_else(inexistent)
}

fn inexistent() -> ManagementError {
    let message = "The client grant does not exist.";
    ManagementError::new(StatusCode::NOT_FOUND, "inexistent_client_grant", message)
}

fn shown(grant: &ClientGrant) -> Value {
    json!({
        "id": grant.id,
        "client_id": grant.client_id,
        "audience": grant.audience,
        "scope": grant.scopes,
        "subject_type": SUBJECT_TYPE,
    })
}

/// Grants of users are not here: nobody logs in.
const SUBJECT_TYPE: &str = "client";
