//! PBES2 key derivation (RFC 7518 §4.8) on PBKDF2 (RFC 8018 §5.2).

use pbkdf2::pbkdf2_hmac;
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use crate::hash::Hash;

/// The key encryption key of `octets` octets: PBKDF2 with the salt `alg` ‖ 0x00 ‖ `p2s`.
#[must_use]
pub fn derive(
    hash: Hash,
    password: &[u8],
    alg: &str,
    p2s: &[u8],
    p2c: u32,
    octets: usize,
) -> Vec<u8> {
    // RFC 7518 §4.8.1.1: the salt value.
    let salt = [alg.as_bytes(), &[0], p2s].concat();
    pbkdf2(hash, password, &salt, p2c, octets)
}

/// PBKDF2 with HMAC; a `count` of 0 counts as 1.
#[must_use]
pub fn pbkdf2(hash: Hash, password: &[u8], salt: &[u8], count: u32, octets: usize) -> Vec<u8> {
    let mut key = vec![0; octets];
    let count = count.max(1);
    match hash {
        Hash::Sha1 => pbkdf2_hmac::<Sha1>(password, salt, count, &mut key),
        Hash::Sha256 => pbkdf2_hmac::<Sha256>(password, salt, count, &mut key),
        Hash::Sha384 => pbkdf2_hmac::<Sha384>(password, salt, count, &mut key),
        Hash::Sha512 => pbkdf2_hmac::<Sha512>(password, salt, count, &mut key),
    }
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6070, the second test vector.
    #[test]
    fn the_published_sha1_vector_is_derived() {
        let key = pbkdf2(Hash::Sha1, b"password", b"salt", 2, 20);
        assert_eq!(
            data_encoding::HEXLOWER.encode(&key),
            "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957"
        );
    }

    /// RFC 7517 Appendix C.4.
    #[test]
    fn the_key_of_rfc_7517_appendix_c_is_derived() {
        let password = b"Thus from my lips, by yours, my sin is purged.";
        let p2s = [217, 96, 147, 112, 150, 117, 70, 247, 127, 8, 155, 137, 174, 42, 80, 215];
        let key = derive(Hash::Sha256, password, "PBES2-HS256+A128KW", &p2s, 4096, 16);
        let want = [110, 171, 169, 92, 129, 92, 109, 117, 233, 242, 116, 233, 170, 14, 24, 75];
        assert_eq!(key, want);
    }
}
