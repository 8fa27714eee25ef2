//! A JWE that the forge makes opens in the reference.
#![no_main]

fuzz::target!("forged_jwe");
