//! What decodes is what encoding gives.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("base64url", data));
