//! A public key has no private member, and its thumbprint no order.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("jwk", data));
