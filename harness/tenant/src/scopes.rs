//! The scopes of the management API.

use crate::model::Scope;

/// Every scope, as Auth0 spells them. Where a seed writes `update:client`, that is taken for
/// `update:clients` when a request is judged, but never issued.
pub const MANAGEMENT: &[&str] = &[
    "create:clients",
    "read:clients",
    "update:clients",
    "delete:clients",
    "read:client_keys",
    "update:client_keys",
    "create:credentials",
    "read:credentials",
    "update:credentials",
    "delete:credentials",
    "create:resource_servers",
    "read:resource_servers",
    "update:resource_servers",
    "delete:resource_servers",
    "create:client_grants",
    "read:client_grants",
    "update:client_grants",
    "delete:client_grants",
];

/// The same as the scopes of an API.
#[must_use]
pub fn management() -> Vec<Scope> {
    MANAGEMENT.iter().map(|value| Scope { value: (*value).to_owned(), description: None }).collect()
}
