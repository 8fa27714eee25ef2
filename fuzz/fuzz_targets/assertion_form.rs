//! A form body of any pairs is read or refused.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("assertion_form", data));
