#![doc = include_str!("../README.md")]

pub mod tables;

pub mod base64url;
pub mod cbc_hmac;
pub mod concat_kdf;
pub mod deflate;
pub mod elliptic;
pub mod gcm;
pub mod key_wrap;
pub mod okp;
pub mod pbes2;
pub mod rsa;

mod curve;
mod error;
mod hash;
mod provider;

pub use curve::Curve;
pub use error::{CryptoError, KeyError};
pub use hash::Hash;
pub use provider::{Provider, RustCrypto};
pub use tables::{
    CONTENT_ENCRYPTION, ContentEncryption, ContentFamily, KEY_MANAGEMENT, KeyManagement,
    KeyManagementFamily, SIGNATURES, Signature, SignatureFamily,
};
