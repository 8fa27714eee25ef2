//! Random UUIDs (RFC 9562 §5.4).

use rand::CryptoRng;

/// A UUID of version 4.
pub(crate) fn uuid(rng: &mut impl CryptoRng) -> String {
    let mut octets = [0; 16];
    rng.fill_bytes(&mut octets);
    let random = u128::from_be_bytes(octets);
    let bits = random & !(0xf << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62;
    let field = |shift: u32, width: u32| (bits >> shift) & ((1 << width) - 1);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        field(96, 32),
        field(80, 16),
        field(64, 16),
        field(48, 16),
        field(0, 48)
    )
}
