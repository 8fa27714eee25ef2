#![doc = include_str!("../README.md")]

pub mod adapter;
pub mod budget;
pub mod child;
pub mod client;
pub mod clock;
pub mod conduct;
pub mod contact;
pub mod coverage;
pub mod differ;
pub mod error;
pub mod exit;
pub mod explain;
pub mod foreign;
pub mod grid;
mod in_order;
pub mod judge;
pub mod meter;
pub mod outcome;
pub mod plan;
pub mod produce;
pub mod progress;
mod records;
pub mod referees;
pub mod regress;
pub mod repro;
pub mod server;
pub mod timing;

pub use error::RunError;
