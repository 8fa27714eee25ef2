#![doc = include_str!("../README.md")]

mod stage;
mod table;

pub use stage::Stage;
pub use table::{Rejection, UnknownCode};
