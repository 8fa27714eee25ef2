//! A PEM that becomes a credential has 2048 to 4096 bits and no private part.
#![no_main]

fuzz::target!("credential");
