//! A nested JWT that opens has the claims that were signed.
#![no_main]

fuzz::target!("nested_token");
