//! A compact JWE that is accepted prints back identically (RFC 7516 §7.1), whatever the octets.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reference::Policy;
use reference::jwe::Jwe;

fuzz_target!(|text: &str| {
    if let Ok(token) = Jwe::parse_compact(text, &Policy::default()) {
        assert_eq!(token.to_string(), text);
    }
});
