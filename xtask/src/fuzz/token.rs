//! An input as a person reads it: a token by its parts, anything else as escaped text.

/// What the input is, part by part, one a line; without control characters.
pub(super) fn describe(octets: &[u8]) -> String {
    let Some(parts) = parts(octets) else {
        return format!("{} octets: {}", octets.len(), text(octets));
    };
    let names: &[&str] = if parts.len() == 3 { &JWS } else { &JWE };
    let mut lines = format!("a compact {}", if parts.len() == 3 { "JWS" } else { "JWE" });
    for (name, part) in names.iter().zip(parts) {
        let shown = match base64url(part) {
            Some(octets) => format!("{} octets: {}", octets.len(), text(&octets)),
            None => format!("not base64url: {}", text(part.as_bytes())),
        };
        lines.push_str(&format!("\n  {name:<14} {shown}"));
    }
    lines
}

/// The parts of what looks like a compact token.
pub(super) fn parts(octets: &[u8]) -> Option<Vec<&str>> {
    let parts: Vec<_> = str::from_utf8(octets).ok()?.split('.').collect();
    matches!(parts.len(), 3 | 5).then_some(parts)
}

/// Text as it is, octets as `\xff`, up to [`MOST_LETTERS`].
pub(super) fn text(octets: &[u8]) -> String {
    let text = match str::from_utf8(octets) {
        Ok(text) => text.chars().flat_map(printable).collect::<String>(),
        Err(_) => octets.escape_ascii().to_string(),
    };
    let mut shown: String = text.chars().take(MOST_LETTERS).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// A letter, or its escape where a terminal would not show it as one letter.
fn printable(letter: char) -> Vec<char> {
    let is_plain = letter == ' ' || letter.is_alphanumeric() || letter.is_ascii_graphic();
    if is_plain { vec![letter] } else { letter.escape_default().collect() }
}

/// RFC 4648 §5 without padding; bits that are left over may be anything.
fn base64url(text: &str) -> Option<Vec<u8>> {
    if text.len() % 4 == 1 {
        return None;
    }
    let mut octets = Vec::with_capacity(text.len() * 3 / 4);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            octets.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(octets)
}

const JWS: [&str; 3] = ["header", "payload", "signature"];
const JWE: [&str; 5] = ["header", "encrypted_key", "iv", "ciphertext", "tag"];
const MOST_LETTERS: usize = 600;

#[cfg(test)]
mod tests;
