//! Names and secrets drawn at random.

use rand::CryptoRng;

/// So many letters and digits, 5.95 bits each.
pub(crate) fn alphanumeric(length: usize, rng: &mut impl CryptoRng) -> String {
    draw(ALPHANUMERIC, length, rng)
}

/// So many hexadecimal digits.
pub(crate) fn hexadecimal(length: usize, rng: &mut impl CryptoRng) -> String {
    draw(HEXADECIMAL, length, rng)
}

/// Octets beyond the largest multiple of the alphabet's size are thrown away, so that every
/// character is equally likely.
fn draw(alphabet: &[u8], length: usize, rng: &mut impl CryptoRng) -> String {
    let usable = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    let mut octets = [0; 64];
    while text.len() < length {
        rng.fill_bytes(&mut octets);
        let usable = octets.iter().map(|octet| usize::from(*octet)).filter(|o| *o < usable);
        let drawn = usable.filter_map(|octet| alphabet.get(octet % alphabet.len()));
        text.extend(drawn.take(length - text.len()).map(|octet| char::from(*octet)));
    }
    text
}

const ALPHANUMERIC: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEXADECIMAL: &[u8] = b"0123456789abcdef";
