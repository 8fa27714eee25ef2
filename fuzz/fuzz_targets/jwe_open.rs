//! A token that opens does not open with another bit in its tag.
#![no_main]

fuzz::target!("jwe_open");
