#![doc = include_str!("../README.md")]

pub mod model;

pub mod config;
pub mod keys;
pub mod state;
pub mod store;

pub mod body;
pub mod error;
pub mod exchange;

pub mod authentication;
pub mod metadata;
pub mod revocation;
pub mod token;

pub mod management;
pub mod registration;
pub mod scopes;

mod files;
pub mod program;
pub mod router;
pub mod server;

pub use config::Config;
pub use router::router;
pub use state::Tenant;

#[cfg(test)]
mod tests;
