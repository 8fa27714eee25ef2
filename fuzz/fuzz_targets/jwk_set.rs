//! A set that is read has keys that are read.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("jwk_set", data));
