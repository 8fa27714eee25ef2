//! A PEM that becomes a credential has 2048 to 4096 bits and no private part.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("credential", data));
