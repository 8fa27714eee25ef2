//! Claims that are read are one JSON object, printed as received.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("claims", data));
