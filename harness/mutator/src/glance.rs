//! What a reader without knowledge of the rules sees first in a token, so that it meets the key of its header
//! however broken the rest is.

use algorithms::base64url;

use crate::{Json, ring};

/// A first look at a token.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Glance {
    /// The protected header, if it is JSON.
    pub header: Option<Json>,
    /// Whether the token is an object and no compact serialization.
    pub is_json: bool,
    /// Whether it looks like a JWE: five parts, or a member `ciphertext`.
    pub is_jwe: bool,
}

impl Glance {
    /// Looks.
    #[must_use]
    pub fn at(token: &str) -> Self {
        let json = token.trim_start().starts_with('{').then(|| Json::parse(token.as_bytes()));
        let (encoded, is_jwe) = match &json {
            Some(Some(json)) => (json.text("protected"), json.get("ciphertext").is_some()),
            Some(None) => (None, false),
            None => (token.split('.').next(), token.split('.').count() == 5),
        };
        let header = encoded.and_then(|text| base64url::decode(text).ok());
        let header = header.and_then(|octets| Json::parse(&octets));
        Self { header, is_json: json.is_some(), is_jwe }
    }

    /// Whether a token has more than one recipient or signature.
    #[must_use]
    pub fn has_several(token: &str) -> bool {
        let json = Json::parse(token.as_bytes());
        ["recipients", "signatures"].iter().any(|name| {
            matches!(json.as_ref().and_then(|json| json.get(name)), Some(Json::Array(all)) if all.len() > 1)
        })
    }

    /// A member of the header that is a string; else nothing.
    #[must_use]
    pub fn name(&self, member: &str) -> &str {
        self.header.as_ref().and_then(|header| header.text(member)).unwrap_or_default()
    }

    /// The JWK that decrypts it; one that does not suit where no key does.
    #[must_use]
    pub fn opens(&self) -> &'static str {
        let key = ring::opens(self.name("alg"), self.name("enc"));
        key.or_else(|| ring::opens("A256KW", "")).unwrap_or_default()
    }

    /// The JWK that verifies it; one that does not suit where no key does.
    #[must_use]
    pub fn verifies(&self) -> &'static str {
        let key = ring::verifies(self.name("alg"));
        key.or_else(|| ring::verifies("HS256")).unwrap_or_default()
    }

    /// Whether a `p2c` asks for more than 10,000 iterations, which a peer without a bound would carry out.
    #[must_use]
    pub fn has_many_iterations(&self) -> bool {
        let Some(Json::Object(members)) = &self.header else { return false };
        members.iter().any(|(name, value)| match value {
            Json::Number(text) => name == "p2c" && text.parse().is_ok_and(|p2c: f64| p2c > 1e4),
            _ => false,
        })
    }
}
