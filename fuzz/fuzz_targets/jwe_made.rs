//! A JWE that is made opens, says what was asked, and no part can be changed.
#![no_main]

fuzz::target!("jwe_made");
