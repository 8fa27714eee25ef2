//! Any header under a right tag is honoured or refused.
#![no_main]

fuzz::target!("jwe_sealed_header");
