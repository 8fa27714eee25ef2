//! The parameters of a request that authenticates a client (RFC 6749 §3.2, RFC 7521 §4.2).

use std::collections::HashSet;

use rejection::Rejection;

use super::rules::Rules;
use crate::encoding::check_jwt_characters;
use crate::jws::Jws;
use crate::jwt::Claims;
use crate::nested::check_not_plain;

/// A request whose parameters authenticate a client with one assertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form<'a> {
    pub(super) assertion: &'a str,
    pub(super) client_id: Option<&'a str>,
}

impl<'a> Form<'a> {
    /// Looks at the decoded parameters, in any order. Unknown ones are ignored, and so are those
    /// without a value, but no name may occur twice. An `Authorization` header is not looked at:
    /// with one, the caller refuses by [`Rejection::FormSeveralMethods`].
    ///
    /// # Errors
    /// A code that starts with `form/`.
    pub fn parse(parameters: &'a [(String, String)]) -> Result<Self, Rejection> {
        let mut names = HashSet::new();
        if !parameters.iter().all(|(name, _)| names.insert(name)) {
            return Err(Rejection::FormRepeated);
        }
        // RFC 6749 §3.2: a parameter without a value is treated as if it were omitted.
        let value = |wanted: &str| {
            let sent = parameters.iter().find(|(name, _)| name == wanted);
            sent.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
        };
        if value("client_secret").is_some() {
            return Err(Rejection::FormSeveralMethods);
        }
        match value("client_assertion_type") {
            None => return Err(Rejection::FormAssertionTypeMissing),
            Some(CLIENT_ASSERTION_TYPE) => {}
            Some(_) => return Err(Rejection::FormAssertionType),
        }
        let assertion = value("client_assertion").ok_or(Rejection::FormAssertionMissing)?;
        Ok(Self { assertion, client_id: value("client_id") })
    }

    /// The assertion as it was sent.
    #[must_use]
    pub const fn assertion(&self) -> &'a str {
        self.assertion
    }

    /// Which client it claims to be: `client_id`, else the `sub` of the assertion. Nothing is
    /// verified, so this is good for finding the client's keys and for nothing else.
    ///
    /// # Errors
    /// What [`Rules::validate`] would say of a token that has no readable `sub`.
    pub fn claimed_client(&self, rules: &Rules) -> Result<String, Rejection> {
        if let Some(client_id) = self.client_id {
            return Ok(client_id.to_owned());
        }
        let payload = self.token(rules)?.payload_octets(false, None)?;
        let claims = Claims::parse(&payload, &rules.policy)?;
        match claims.members().get("sub") {
            None => Err(Rejection::SubMismatch),
            Some(sub) => sub.as_text().map(str::to_owned).ok_or(Rejection::StringType),
        }
    }

    /// The assertion as a compact JWS: bounded, of the characters of a JWT, three parts.
    pub(super) fn token(&self, rules: &Rules) -> Result<Jws, Rejection> {
        if self.assertion.len() > rules.limits.token_octets {
            return Err(Rejection::TokenTooLong);
        }
        check_jwt_characters(self.assertion)?;
        let token = Jws::parse_compact(self.assertion, &rules.policy)?;
        // RFC 7797 §7: never in a JWT.
        check_not_plain(&token)?;
        Ok(token)
    }
}

/// RFC 7523 §2.2.
pub const CLIENT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
