//! A set that is read has keys that are read.
#![no_main]

fuzz::target!("jwk_set");
