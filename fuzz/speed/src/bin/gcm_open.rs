//! A token with A256GCM is opened, whose ciphertext has 512 octets of the input and whose tag is wrong.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| speed::gcm_open(data));
