#![doc = include_str!("../README.md")]

mod around;
mod block;
mod compression;
mod content;
mod entropy;
mod epk;
mod error;
pub mod examine;
mod exchange;
mod json_text;
mod jwe;
mod jws;
mod key;
mod key_management;
mod make;
mod nested;
pub mod opened;
mod part;
mod presented;
pub mod produced;
mod public_text;
mod setting;
mod signature;
mod token;

pub use around::around;
pub use error::ForgeError;
pub use make::{Built, Forge, Made, Pair, Related, Sent, Want, decode, encode};
pub use presented::{Attempt, ClientSpec, CredentialSpec, Presented};
pub use setting::Setting;
