//! A compact JWE that is accepted prints back identically (RFC 7516 §7.1), whatever the octets.
#![no_main]

use algorithms::base64url;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for part in text.split('.') {
        if let Ok(octets) = base64url::decode(part) {
            assert_eq!(base64url::encode(&octets), part);
        }
    }
});
