//! josekit verifies what the reference verifies, or a rule says why not.
#![no_main]

fuzz::target!("differ_josekit_jws");
