#![doc = include_str!("../README.md")]

pub mod manual;

pub mod access_token;
pub mod assertion;
pub mod certificate;
pub mod credential;
pub mod json;
pub mod jwe;
pub mod jws;
pub mod jwt;
pub mod nested;
pub mod thumbprint;

mod encoding;
mod header;
mod jwk;
mod policy;
mod serialization;
mod uuid;

pub use encoding::text;
pub use header::Header;
pub use jwk::{Jwk, JwkSet, Keys};
pub use policy::Policy;
pub use serialization::Serialization;
