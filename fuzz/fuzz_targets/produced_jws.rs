//! The forge finds nothing wrong with a JWS of the reference.
#![no_main]

fuzz::target!("produced_jws");
