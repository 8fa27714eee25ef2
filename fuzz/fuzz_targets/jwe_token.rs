//! A JWE of any algorithm that opens has right lengths and no part that can be changed.
#![no_main]

fuzz::target!("jwe_token");
