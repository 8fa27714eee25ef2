//! An assertion that the draft rfc7523bis takes is taken by RFC 7523, with a fitting `typ`.
#![no_main]

fuzz::target!("assertion_token");
