//! A key does what its JWK declares, and nothing else.
#![no_main]

fuzz::target!("key_used");
