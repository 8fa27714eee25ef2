//! Nothing: what the engine itself takes.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| speed::empty(data));
