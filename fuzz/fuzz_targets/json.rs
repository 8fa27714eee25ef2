//! What is read as JSON prints to a text that reads the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("json", data));
