//! A time that is read prints to a text that reads the same.
#![no_main]

fuzz::target!("expiry");
