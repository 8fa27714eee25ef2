//! The management API through the router. Every answer is searched for key material.

mod access;
mod apis;
mod clients;
mod credentials;
mod grants;
mod lists;
mod methods;
pub(crate) mod support;
