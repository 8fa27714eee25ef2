//! The management API: clients, credentials, client grants and APIs, as Auth0 documents them.
//!
//! What the documentation leaves open is decided so:
//! - A third credential is a bad body (400), a second of the same `kid` a conflict (409).
//! - An associated credential can be deleted; it stops authenticating.
//! - `expires_at` of a PATCH lies in the future, as at registration.
//! - A new client signs with RS256 unless it says otherwise, so that it can get credentials.
//! - Whoever deletes what is not there hears so (404).
//! - The system's own API can be read, not changed.
//! - `signing_secret` is only in the answer to the request that brought it about, `client_secret`
//!   in those to POST and to a rotation, elsewhere with the scope `read:client_keys`.
//! - Members that would carry keys, or filters that we do not have, are refused, not ignored.

mod access;
mod apis;
pub(crate) mod clients;
mod credentials;
pub(crate) mod fields;
mod grants;
pub(crate) mod ids;
mod methods;
mod page;
mod request;
pub(crate) mod show;

use std::sync::Arc;

use axum::Router;
use axum::routing::MethodFilter;

use request::Operation;

use crate::state::Tenant;

/// Its routes.
pub fn router() -> Router<Arc<Tenant>> {
    request::routes(OPERATIONS)
}

macro_rules! operations {
    ($($method:ident $path:literal $scope:literal $run:path;)+) => {
        &[$(Operation {
            method: MethodFilter::$method,
            path: concat!("/api/v2/", $path),
            scope: $scope,
            run: $run,
        }),+]
    };
}

const OPERATIONS: &[Operation] = operations! {
    POST "clients" "create:clients" clients::create;
    GET "clients" "read:clients" clients::list;
    GET "clients/{client_id}" "read:clients" clients::read;
    PATCH "clients/{client_id}" "update:clients" clients::update;
    DELETE "clients/{client_id}" "delete:clients" clients::delete;
    POST "clients/{client_id}/rotate-secret" "update:client_keys" clients::rotate_secret;

    POST "clients/{client_id}/credentials" "create:credentials" credentials::create;
    GET "clients/{client_id}/credentials" "read:credentials" credentials::list;
    GET "clients/{client_id}/credentials/{credential_id}" "read:credentials" credentials::read;
    PATCH "clients/{client_id}/credentials/{credential_id}" "update:credentials" credentials::update;
    DELETE "clients/{client_id}/credentials/{credential_id}" "delete:credentials" credentials::delete;

    POST "resource-servers" "create:resource_servers" apis::create;
    GET "resource-servers" "read:resource_servers" apis::list;
    GET "resource-servers/{id}" "read:resource_servers" apis::read;
    PATCH "resource-servers/{id}" "update:resource_servers" apis::update;
    DELETE "resource-servers/{id}" "delete:resource_servers" apis::delete;

    POST "client-grants" "create:client_grants" grants::create;
    GET "client-grants" "read:client_grants" grants::list;
    GET "client-grants/{id}" "read:client_grants" grants::read;
    PATCH "client-grants/{id}" "update:client_grants" grants::update;
    DELETE "client-grants/{id}" "delete:client_grants" grants::delete;
};

#[cfg(test)]
pub(crate) mod tests;
