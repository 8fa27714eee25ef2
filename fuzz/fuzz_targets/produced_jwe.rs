//! The forge finds nothing wrong with a JWE of the reference.
#![no_main]

fuzz::target!("produced_jwe");
