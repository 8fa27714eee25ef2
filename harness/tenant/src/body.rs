//! The JSON bodies of requests, strictly: duplicate members, trailing data and depth are refused.

use axum::http::{HeaderMap, StatusCode, header};
use reference::json::{self, JsonError, Limits};
use serde_json::Value;

use crate::error::ManagementError;

/// Octets of a request's body.
pub const MAX_OCTETS: usize = 64 << 10;

/// The JSON value of a body.
///
/// # Errors
/// Why it is none.
pub fn parse_json(body: &[u8]) -> Result<Value, JsonError> {
    json::Value::parse(body, Limits { octets: MAX_OCTETS, depth: MAX_DEPTH })?;
    // What is left to refuse is a number beyond the largest double.
    serde_json::from_slice(body).map_err(|_| JsonError::Malformed)
}

/// The JSON value of a body of the management API.
///
/// # Errors
/// 400 `invalid_body` with the reason.
pub fn json(body: &[u8]) -> Result<Value, ManagementError> {
    parse_json(body).map_err(|error| ManagementError::bad_request("invalid_body", reason(error)))
}

/// Whether the body says it is JSON; parameters such as `charset` do not matter.
#[must_use]
pub fn is_json(headers: &HeaderMap) -> bool {
    media_type(headers).is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"))
}

/// 415 unless the body says it is JSON.
///
/// # Errors
/// 415 `unsupported_media_type`.
pub fn require_json(headers: &HeaderMap) -> Result<(), ManagementError> {
    if is_json(headers) {
        return Ok(());
    }
    let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
    Err(ManagementError::new(status, "unsupported_media_type", "The body has to be JSON."))
}

/// The media type without its parameters.
#[must_use]
pub fn media_type(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(str::trim)
}

/// Why a text is not accepted, for people.
#[must_use]
pub const fn reason(error: JsonError) -> &'static str {
    match error {
        JsonError::Utf8 => "The body is not UTF-8, or starts with a byte order mark.",
        JsonError::Malformed => "The body is not JSON, or something follows it.",
        JsonError::Duplicate => "The body has two members of the same name.",
        JsonError::TooDeep => "The body is nested too deeply.",
        JsonError::TooLarge => "The body is too large.",
        JsonError::NotAnObject => "The body is no JSON object.",
    }
}

/// Objects and arrays inside each other; what clients send needs six.
const MAX_DEPTH: usize = 16;
