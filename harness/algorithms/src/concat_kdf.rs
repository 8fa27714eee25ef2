//! Concat KDF with SHA-256 as ECDH-ES uses it (RFC 7518 §4.6.2, NIST SP 800-56A §5.8.1).

use crate::hash::Hash;

/// Derives `octets` octets from the agreed secret `z`.
///
/// `algorithm_id` is the `enc` name for direct agreement and the `alg` name with key wrapping;
/// `apu` and `apv` are the decoded octets, empty when the header has none.
#[must_use]
pub fn derive(z: &[u8], algorithm_id: &str, apu: &[u8], apv: &[u8], octets: usize) -> Vec<u8> {
    let other_info = other_info(algorithm_id, apu, apv, octets);
    let mut derived = Vec::with_capacity(octets);
    let mut round: u32 = 1;
    while derived.len() < octets {
        let input = [&round.to_be_bytes(), z, &other_info].concat();
        derived.extend(Hash::Sha256.digest(&input));
        round = round.saturating_add(1);
    }
    derived.truncate(octets);
    derived
}

/// AlgorithmID ‖ PartyUInfo ‖ PartyVInfo ‖ SuppPubInfo, the last being the key length in bits.
#[must_use]
pub fn other_info(algorithm_id: &str, apu: &[u8], apv: &[u8], octets: usize) -> Vec<u8> {
    let mut info = Vec::new();
    for field in [algorithm_id.as_bytes(), apu, apv] {
        info.extend(word(field.len()));
        info.extend_from_slice(field);
    }
    info.extend(word(octets.saturating_mul(8)));
    info
}

/// A 32-bit big-endian integer.
fn word(value: usize) -> [u8; 4] {
    u32::try_from(value).unwrap_or(u32::MAX).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7518 Appendix C.
    #[test]
    fn the_published_example_is_derived() {
        let z = [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49,
            110, 163, 218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196,
        ];
        let info = other_info("A128GCM", b"Alice", b"Bob", 16);
        let want = [
            &[0, 0, 0, 7][..],
            b"A128GCM",
            &[0, 0, 0, 5],
            b"Alice",
            &[0, 0, 0, 3],
            b"Bob",
            &[0, 0, 0, 128],
        ]
        .concat();
        assert_eq!(info, want);
        let derived = derive(&z, "A128GCM", b"Alice", b"Bob", 16);
        assert_eq!(crate::base64url::encode(&derived), "VqqN6vgjbSBcIijNcacQGg");
    }

    #[test]
    fn a_long_key_takes_two_rounds_with_one_length_field() {
        let long = derive(b"z", "A256CBC-HS512", b"", b"", 64);
        let other_info = other_info("A256CBC-HS512", b"", b"", 64);
        let second = Hash::Sha256.digest(&[&[0, 0, 0, 2], &b"z"[..], &other_info].concat());
        assert_eq!(long.get(32..).unwrap(), second);
    }
}
