//! Inflation keeps to its bound, and what it gives compresses back.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("inflate", data));
