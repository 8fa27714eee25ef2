//! Inflation keeps to its bound, and what it gives compresses back.
#![no_main]

fuzz::target!("inflate");
