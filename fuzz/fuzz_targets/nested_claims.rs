//! Claims under a right signature and tag are accepted only as expected.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("nested_claims", data));
