//! base64url without padding (RFC 7515 §2), canonical form only.

use data_encoding::BASE64URL_NOPAD;
use thiserror::Error;

/// Why a text is not canonical base64url.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not canonical base64url without padding, at offset {offset}")]
pub struct DecodeError {
    /// Octets from the start of the text to the fault.
    pub offset: usize,
}

/// Encodes without padding.
#[must_use]
pub fn encode(octets: &[u8]) -> String {
    BASE64URL_NOPAD.encode(octets)
}

/// Decodes strictly: the URL alphabet, no padding, no white space, no length of 1 modulo 4, and
/// unused trailing bits zero, so that each octet string has exactly one text.
///
/// # Errors
/// [`DecodeError`] says where.
pub fn decode(text: &str) -> Result<Vec<u8>, DecodeError> {
    BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|error| DecodeError { offset: error.position })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_octet_string_has_one_text() {
        for (text, octets) in [("", &b""[..]), ("Zg", b"f"), ("Zm8", b"fo"), ("-_8", b"\xfb\xff")] {
            assert_eq!(decode(text).unwrap(), octets);
            assert_eq!(encode(octets), text);
        }
    }

    #[test]
    fn what_is_not_canonical_is_refused_where_it_is() {
        for (text, offset) in
            [("Z", 0), ("Zh", 1), ("Zg==", 2), ("Zm9\n", 3), (" Zg", 0), ("+/8", 0), ("Zm9v\0", 4)]
        {
            assert_eq!(decode(text), Err(DecodeError { offset }), "{text:?}");
        }
    }
}
