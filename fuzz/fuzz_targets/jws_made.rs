//! A JWS that is made verifies, says what was asked, and its payload cannot be changed.
#![no_main]

fuzz::target!("jws_made");
