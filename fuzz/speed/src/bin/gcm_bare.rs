//! The same ciphertext and tag for the primitive alone.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| speed::gcm_bare(data));
