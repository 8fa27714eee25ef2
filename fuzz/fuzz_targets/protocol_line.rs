//! An answer that is read is written to a line that reads the same.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| invariants::check("protocol_line", data));
