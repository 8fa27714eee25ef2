#![doc = include_str!("../README.md")]

pub mod answer;
pub mod hello;
pub mod operation;
pub mod request;
pub mod serve;

pub use answer::{Answer, Malformed};
pub use hello::{Hello, Implementation};
pub use operation::Operation;
pub use request::Request;

/// The version of the protocol that this crate speaks.
pub const VERSION: u64 = 1;
