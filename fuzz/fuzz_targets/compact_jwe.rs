//! A compact JWE that is read prints back identically.
#![no_main]

fuzz::target!("compact_jwe");
