//! The same encrypted key for OpenSSL alone.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| speed::rsa_openssl(data));
