#![doc = include_str!("../README.md")]

pub mod face;
#[cfg(any(feature = "josekit", feature = "jsonwebtoken"))]
pub mod input;
#[cfg(feature = "josekit")]
pub mod josekit;
#[cfg(feature = "jsonwebtoken")]
pub mod jsonwebtoken;
#[cfg(feature = "josekit")]
pub mod openssl;

pub use face::{Oracle, Refusal, Verified};
#[cfg(any(feature = "josekit", feature = "jsonwebtoken"))]
pub use input::{Allow, KeyForm, KeySource, Serialization};
