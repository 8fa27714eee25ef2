//! Any header under a right tag is honoured or refused.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("jwe_sealed_header", data));
