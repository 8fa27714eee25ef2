//! A compact JWE is parsed.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| speed::compact_parse(data));
