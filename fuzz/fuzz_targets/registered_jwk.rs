//! A JWK that is registered is a public RSA key.
#![no_main]

fuzz::target!("registered_jwk");
