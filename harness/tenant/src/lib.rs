//! The authorization server: a tenant's APIs, clients and credentials, tokens and management, over
//! HTTP. The rules are `reference`'s; this crate keeps the state and speaks OAuth.

pub mod model;
