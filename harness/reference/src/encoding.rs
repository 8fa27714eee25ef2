//! Texts of tokens: characters, parts and base64url.

use algorithms::base64url;
use rejection::Rejection;

/// Decodes canonical base64url.
pub(crate) fn decode(text: &str) -> Result<Vec<u8>, Rejection> {
    base64url::decode(text).map_err(|_| Rejection::Base64url)
}

/// The text of a token that came as octets.
///
/// # Errors
/// [`Rejection::Utf8`]: every token is ASCII or JSON.
pub fn text(octets: &[u8]) -> Result<&str, Rejection> {
    str::from_utf8(octets).map_err(|_| Rejection::Utf8)
}

/// Checks that a text holds base64url characters and dots only, as a JWT does (RFC 7519 §3).
pub(crate) fn check_jwt_characters(text: &str) -> Result<(), Rejection> {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'_' | b'.');
    if text.bytes().all(plain) { Ok(()) } else { Err(Rejection::Base64url) }
}

/// Whether a text is to be read as a JSON serialization: nothing compact starts like this.
pub(crate) fn is_json(text: &str) -> bool {
    text.trim_start_matches([' ', '\t', '\n', '\r']).starts_with('{')
}
