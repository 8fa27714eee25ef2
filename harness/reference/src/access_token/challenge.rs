//! How a protected resource refuses (RFC 6750 §3).

use rejection::Rejection;

/// A refusal in HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Challenge {
    /// The status code: 401 or 403.
    pub status: u16,
    /// The value of `WWW-Authenticate`.
    pub www_authenticate: String,
}

/// The challenge for a request that is refused: without a `rejection` it had no token at all, and
/// then there is no error code (RFC 6750 §3.1). A missing scope is `insufficient_scope`, with the
/// `scope` that is needed; everything else is `invalid_token` (RFC 9068 §4, RFC 8705 §3).
///
/// ```
/// use reference::access_token::challenge;
/// use rejection::Rejection;
///
/// let refusal = challenge(Some(Rejection::ExpPast), Some("things"), None);
/// assert_eq!(refusal.status, 401);
/// assert_eq!(refusal.www_authenticate, r#"Bearer realm="things", error="invalid_token""#);
/// ```
#[must_use]
pub fn challenge(
    rejection: Option<Rejection>,
    realm: Option<&str>,
    scope: Option<&str>,
) -> Challenge {
    let (status, error) = match rejection {
        None => (401, None),
        Some(Rejection::ScopeInsufficient) => (403, Some("insufficient_scope")),
        Some(_) => (401, Some("invalid_token")),
    };
    let attributes = [
        realm.map(|realm| ("realm", realm)),
        error.map(|error| ("error", error)),
        scope.filter(|_| status == 403).map(|scope| ("scope", scope)),
    ];
    let attributes: Vec<String> = attributes
        .into_iter()
        .flatten()
        .map(|(name, value)| format!("{name}=\"{}\"", quoted(value)))
        .collect();
    let www_authenticate = match attributes.as_slice() {
        [] => "Bearer".to_owned(),
        several => format!("Bearer {}", several.join(", ")),
    };
    Challenge { status, www_authenticate }
}

/// The inside of a quoted-string (RFC 9110 §5.6.4), of printable ASCII: what else a value has would
/// end the header or belongs to no attribute here.
fn quoted(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for character in value.chars().filter(|character| matches!(character, ' '..='~')) {
        if matches!(character, '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
