//! A token that opens does not open with another bit in its tag.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("jwe_open", data));
