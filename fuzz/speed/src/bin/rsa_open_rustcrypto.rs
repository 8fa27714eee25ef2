//! The same with RustCrypto alone.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| speed::rsa_open_rustcrypto(data));
