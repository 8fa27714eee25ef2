//! A JWS that the forge makes verifies in the reference.
#![no_main]

fuzz::target!("forged_jws");
