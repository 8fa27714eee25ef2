#![doc = include_str!("../README.md")]

mod block;
mod compression;
mod content;
mod entropy;
mod epk;
mod error;
mod json_text;
mod jwe;
mod jws;
mod key;
mod key_management;
mod make;
mod nested;
mod part;
mod signature;
mod token;

pub use error::ForgeError;
pub use make::{Forge, Made, Pair, Want, decode};
