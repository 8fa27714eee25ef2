//! One request to an OAuth endpoint: what was sent, from where, and the parameters in it.

use std::borrow::Cow;
use std::net::IpAddr;

use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use reference::json::{JsonError, Limits, Object, Value};

use crate::body;
use crate::error::OAuthError;
use crate::state::Tenant;
use crate::store::audit::{self, Entry};

/// A request whose body has arrived.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "what the transport knows")]
pub struct Exchange {
    /// The path of the endpoint.
    pub endpoint: &'static str,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
    /// The peer's address, where there is a peer.
    pub address: Option<IpAddr>,
}

/// The parameters of a request, decoded, in their order. `Debug` shows no values.
#[derive(Clone)]
pub struct Parameters(Vec<(String, String)>);

impl Exchange {
    /// The parameters, from a form (RFC 6749 Appendix B) or from a JSON object of strings. The query
    /// of the URL is not looked at: secrets do not belong there (RFC 6749 §2.3.1).
    ///
    /// # Errors
    /// 415 for another type, 400 `invalid_request` for what is malformed or sent twice.
    pub fn parameters(&self) -> Result<Parameters, OAuthError> {
        let is_form = body::media_type(&self.headers)
            .is_some_and(|essence| essence.eq_ignore_ascii_case(FORM));
        let is_empty = self.body.is_empty() && body::media_type(&self.headers).is_none();
        let pairs = if is_form || is_empty {
            form(&self.body)?
        } else if body::is_json(&self.headers) {
            members(&self.body)?
        } else {
            return Err(OAuthError::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "invalid_request",
                "The body has to be application/x-www-form-urlencoded or application/json.",
            ));
        };
        let parameters = Parameters(pairs);
        parameters.check_single()?;
        Ok(parameters)
    }

    /// A line for the audit log.
    #[must_use]
    pub fn entry(&self, tenant: &Tenant, event: &str, outcome: impl Into<String>) -> Entry {
        Entry {
            time: tenant.now(),
            event: event.to_owned(),
            endpoint: self.endpoint.to_owned(),
            outcome: outcome.into(),
            address: self.address.map(|address| address.to_string()),
            ..Entry::default()
        }
    }

    /// Writes a line about a client of ours, or about nobody we know.
    ///
    /// # Errors
    /// A failing store: what cannot be recorded is not done.
    pub fn record(
        &self,
        tenant: &Tenant,
        event: &str,
        outcome: &str,
        client_id: Option<&str>,
    ) -> Result<(), OAuthError> {
        let client_id = client_id.map(str::to_owned);
        let entry = Entry { client_id, ..self.entry(tenant, event, outcome) };
        tenant.store.with(|connection| Ok(audit::record(connection, &entry)?))
    }
}

impl Parameters {
    /// A parameter that has a value. RFC 6749 §3.2: without one it counts as omitted.
    #[must_use]
    pub fn get(&self, wanted: &str) -> Option<&str> {
        let sent = self.0.iter().find(|(name, _)| name == wanted);
        sent.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// A parameter that has to be there.
    ///
    /// # Errors
    /// 400 `invalid_request`.
    pub fn required(&self, name: &'static str) -> Result<&str, OAuthError> {
        self.get(name)
            .ok_or_else(|| OAuthError::invalid_request(format!("The parameter {name} is missing.")))
    }

    /// Every value of `resource`, the one parameter that may be repeated (RFC 8707 §2).
    #[must_use]
    pub fn resources(&self) -> Vec<&str> {
        let is_resource = |pair: &&(String, String)| pair.0 == RESOURCE && !pair.1.is_empty();
        self.0.iter().filter(is_resource).map(|(_, value)| value.as_str()).collect()
    }

    /// All but `resource`, for the rules of client authentication.
    #[must_use]
    pub fn single(&self) -> Vec<(String, String)> {
        self.0.iter().filter(|(name, _)| name != RESOURCE).cloned().collect()
    }

    /// RFC 6749 §3.2: no parameter more than once, whether known or not.
    fn check_single(&self) -> Result<(), OAuthError> {
        let mut names: Vec<&str> =
            self.0.iter().map(|(name, _)| name.as_str()).filter(|name| *name != RESOURCE).collect();
        names.sort_unstable();
        if names.is_sorted_by(|one, next| one < next) {
            return Ok(());
        }
        Err(OAuthError::invalid_request(rejection::Rejection::FormRepeated.explanation()))
    }
}

impl std::fmt::Debug for Parameters {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Parameters({})", self.0.len())
    }
}

/// The pairs of `application/x-www-form-urlencoded`, strictly: each `%` starts two hexadecimal
/// digits, and the octets are UTF-8.
fn form(body: &[u8]) -> Result<Vec<(String, String)>, OAuthError> {
    let malformed = || OAuthError::invalid_request("The form is not percent-encoded UTF-8.");
    let text = str::from_utf8(body).map_err(|_| malformed())?;
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(name)?, decoded(value)?))
        })
        .map(|pair| pair.ok_or_else(malformed))
        .collect()
}

/// A name or value of a form, decoded; none if it is malformed.
pub(crate) fn decoded(text: &str) -> Option<String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'+' => b' ',
            b'%' => hexadecimal(rest.next()?)? << 4 | hexadecimal(rest.next()?)?,
            plain => plain,
        });
    }
    String::from_utf8(octets).ok()
}

fn hexadecimal(octet: u8) -> Option<u8> {
    char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

fn members(body: &[u8]) -> Result<Vec<(String, String)>, OAuthError> {
    let limits = Limits { octets: body::MAX_OCTETS, depth: 2 };
    let object = Object::parse(body, limits).map_err(|error| {
        OAuthError::invalid_request(match error {
            // The one reason for depth here is a value that is an object or a list.
            JsonError::TooDeep => STRINGS,
            other => body::reason(other),
        })
    })?;
    object
        .iter()
        .map(|(name, value)| match value {
            Value::String(text) => Ok((name.to_owned(), text.clone())),
            _ => Err(OAuthError::invalid_request(STRINGS)),
        })
        .collect()
}

/// `text` as an `error_description` can hold it (RFC 6749 §5.2), and not without end.
pub(crate) fn printable(text: &str) -> Cow<'_, str> {
    let is_allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
    if text.len() <= MAX_DESCRIPTION && text.chars().all(is_allowed) {
        return Cow::Borrowed(text);
    }
    let shown = |c: char| if is_allowed(c) { c } else { '?' };
    Cow::Owned(text.chars().take(MAX_DESCRIPTION).map(shown).collect())
}

/// Octets of an `error_description`.
const MAX_DESCRIPTION: usize = 300;

const FORM: &str = "application/x-www-form-urlencoded";
const RESOURCE: &str = "resource";
const STRINGS: &str = "Each member of the JSON object has to be a string.";

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(body: &str, expected: Option<&[(&str, &str)]>) {
        let expected = expected.map(|pairs| {
            let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            pairs.iter().map(owned).collect::<Vec<_>>()
        });
        assert_eq!(form(body.as_bytes()).ok(), expected, "{body}");
    }

    #[test]
    fn forms_are_decoded_strictly() {
        check("a=1&b=x+y%20z%2B&&c", Some(&[("a", "1"), ("b", "x y z+"), ("c", "")]));
        check("a%3Db=%C3%A4", Some(&[("a=b", "ä")]));
        for malformed in ["a=%", "a=%4", "a=%zz", "a=%+1", "a=%ff", "%=1"] {
            check(malformed, None);
        }
    }

    #[test]
    fn descriptions_keep_to_their_characters() {
        assert_eq!(printable("no \"quotes\" \\ ä\n"), "no ?quotes? ? ??");
        assert_eq!(printable(&"a".repeat(5000)).len(), MAX_DESCRIPTION);
    }
}
