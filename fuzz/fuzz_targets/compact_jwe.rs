//! A compact JWE that is read prints back identically.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("compact_jwe", data));
