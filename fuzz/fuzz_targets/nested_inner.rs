//! Any text under a right tag is a signed JWT or refused.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("nested_inner", data));
