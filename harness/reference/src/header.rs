//! The JOSE header: the union of its parts and the rules that JWE and JWS share (RFC 7516 §4, RFC
//! 7515 §4).

use data_encoding::BASE64;
use rejection::Rejection;

use crate::json::{Object, Value};

/// The JOSE header of one recipient or signature. It never gives back a key to use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    members: Object,
    text: String,
}

/// Where the members of a header came from.
#[derive(Clone, Copy)]
pub(crate) struct Parts<'a> {
    /// The integrity-protected object.
    pub protected: &'a Object,
    /// Its JSON text, as received.
    pub protected_text: &'a str,
    /// The objects without protection: shared and per recipient.
    pub unprotected: [&'a Object; 2],
}

impl Header {
    /// Unites the parts and checks what does not depend on the kind of token.
    pub(crate) fn unite(parts: Parts<'_>, understood: &[&str]) -> Result<Self, Rejection> {
        let mut members = parts.protected.clone();
        for object in parts.unprotected {
            for (name, value) in object.iter() {
                // RFC 7516 §5.2 step 4, RFC 7515 §5.2 step 4.
                if members.has(name) {
                    return Err(Rejection::Overlap);
                }
                members.set(name, value.clone());
            }
        }
        let plain = parts.unprotected.iter().all(|object| object.is_empty());
        let text = if plain { parts.protected_text.to_owned() } else { members.to_text() };
        let header = Self { members, text };
        header.check_crit(parts, understood)?;
        header.check_registered()?;
        Ok(header)
    }

    /// The value of a member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    /// The value of a member that is a string.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.members.text(name)
    }

    /// Whether there is a member of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.members.has(name)
    }

    /// All members.
    #[must_use]
    pub const fn members(&self) -> &Object {
        &self.members
    }

    /// The JSON text: exactly as received when everything was protected, else the union.
    #[must_use]
    pub fn to_text(&self) -> &str {
        &self.text
    }

    /// The hint which key is meant.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.text("kid")
    }

    /// `alg`, a string.
    pub(crate) fn alg(&self) -> Result<&str, Rejection> {
        match self.get("alg") {
            None => Err(Rejection::AlgMissing),
            Some(Value::String(alg)) => Ok(alg),
            Some(_) => Err(Rejection::AlgType),
        }
    }

    /// RFC 7516 §4.1.13, RFC 7515 §4.1.11.
    fn check_crit(&self, parts: Parts<'_>, understood: &[&str]) -> Result<(), Rejection> {
        if parts.unprotected.iter().any(|object| object.has("crit")) {
            return Err(Rejection::CritUnprotected);
        }
        let Some(crit) = parts.protected.get("crit") else { return Ok(()) };
        let names = crit.as_array().filter(|names| !names.is_empty());
        let names: Option<Vec<&str>> =
            names.and_then(|names| names.iter().map(Value::as_text).collect());
        let names = names.ok_or(Rejection::CritMalformed)?;
        for (index, name) in names.iter().enumerate() {
            let twice = names.iter().skip(index + 1).any(|other| other == name);
            if twice || SPECIFIED.contains(name) || !self.has(name) {
                return Err(Rejection::CritMalformed);
            }
        }
        if names.iter().all(|name| understood.contains(name)) {
            Ok(())
        } else {
            Err(Rejection::CritUnknown)
        }
    }

    /// The types of the parameters that both specifications register. Unknown ones are ignored.
    fn check_registered(&self) -> Result<(), Rejection> {
        for name in ["kid", "typ", "cty", "jku", "x5u", "x5t", "x5t#S256"] {
            if self.get(name).is_some_and(|value| value.as_text().is_none()) {
                return Err(Rejection::MemberType);
            }
        }
        if let Some(chain) = self.get("x5c") {
            let chain = chain.as_array().filter(|chain| !chain.is_empty());
            let standard = |certificate: &Value| {
                certificate.as_text().is_some_and(|text| BASE64.decode(text.as_bytes()).is_ok())
            };
            if !chain.is_some_and(|chain| chain.iter().all(standard)) {
                return Err(Rejection::MemberType);
            }
        }
        if let Some(jwk) = self.get("jwk") {
            let jwk = jwk.as_object().ok_or(Rejection::MemberType)?;
            if jwk.text("kty").is_none_or(|kty| kty == "oct") || has_private_members(jwk) {
                return Err(Rejection::JwkPrivate);
            }
        }
        Ok(())
    }
}

/// Whether an object has a member that only private or symmetric keys have.
pub(crate) fn has_private_members(jwk: &Object) -> bool {
    PRIVATE.iter().any(|name| jwk.has(name))
}

/// Whether two media types are the same: RFC 7515 §4.1.9 leaves `application/` out.
pub(crate) fn is_same_media_type(a: &str, b: &str) -> bool {
    fn short(name: &str) -> &str {
        match name.split_at_checked(APPLICATION.len()) {
            Some((prefix, rest))
                if prefix.eq_ignore_ascii_case(APPLICATION) && !rest.contains('/') =>
            {
                rest
            }
            _ => name,
        }
    }
    short(a).eq_ignore_ascii_case(short(b))
}

const APPLICATION: &str = "application/";

const PRIVATE: [&str; 9] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

/// Names that JWS, JWE and JWA define, which `crit` must not list.
const SPECIFIED: [&str; 20] = [
    "alg", "enc", "zip", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty",
    "crit", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c",
];
