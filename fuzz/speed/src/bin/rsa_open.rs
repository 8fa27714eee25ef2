//! A token with RSA-OAEP-256 is opened, whose encrypted key is the input.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| speed::rsa_open(data));
