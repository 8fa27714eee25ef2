//! A JWS of any algorithm that verifies has the signature of its octets.
#![no_main]

fuzz::target!("jws_token");
