//! Where the profiles differ: what an assertion has to say, and how large it may be.

use algorithms::SIGNATURES;

use crate::credential::CLIENT_ALGORITHMS;
use crate::policy::Policy;

/// What a server demands of client assertions. Start from a profile and change single fields.
///
/// ```
/// use reference::assertion::{AudienceForm, Rules};
///
/// let rules = Rules { skew: 0, ..Rules::auth0(["https://tenant.example/"]) };
/// assert_eq!((rules.lifetime, rules.audience_form), (Some(300), AudienceForm::Sole));
/// ```
#[derive(Clone)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers write `Rules { field, ..Rules::auth0(audience) }`"
)]
pub struct Rules {
    /// The names of the server, compared as plain strings.
    pub audience: Vec<String>,
    /// How `aud` names it.
    pub audience_form: AudienceForm,
    /// Acceptable values of `typ` where there is one; empty for any.
    pub types: Vec<String>,
    /// Claims that have to be there besides `iss`, `sub`, `aud` and `exp`.
    pub required: Vec<String>,
    /// The longest lifetime, in seconds from `iat`, or from arrival without one.
    pub lifetime: Option<u32>,
    /// How far `iat` and `nbf` may lie ahead, in seconds.
    pub skew: u32,
    /// How long `exp` may have passed, in seconds.
    pub exp_skew: u32,
    /// How large the assertion and its members may be.
    pub limits: Limits,
    /// Which signatures are allowed at all, and the limits of parsing.
    pub policy: Policy,
}

/// How `aud` may name the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new form changes every profile")]
pub enum AudienceForm {
    /// A string, or a list that has one of the names among others (RFC 7519 §4.1.3).
    AnyOf,
    /// A string, or a list of exactly one (draft-ietf-oauth-rfc7523bis).
    Sole,
    /// A string.
    Text,
}

/// Sizes; [`usize::MAX`] for no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the limits of the adapter protocol")]
pub struct Limits {
    /// Octets of the assertion, after form decoding.
    pub token_octets: usize,
    /// Characters (Unicode scalar values, after unescaping) of `iss`.
    pub iss: usize,
    /// Characters of `sub`.
    pub sub: usize,
    /// Characters of `jti`.
    pub jti: usize,
    /// Characters of `alg`.
    pub alg: usize,
}

impl Rules {
    /// The documented rules of Auth0: a short life, no tolerance for `exp`, `jti` required, narrow
    /// limits. The audience is the tenant's URL with its trailing slash, and the custom domain.
    #[must_use]
    pub fn auth0<T: Into<String>>(audience: impl IntoIterator<Item = T>) -> Self {
        Self {
            audience_form: AudienceForm::Sole,
            required: vec!["jti".to_owned()],
            lifetime: Some(300),
            exp_skew: 0,
            limits: Limits { token_octets: 2048, iss: 64, sub: 64, jti: 64, alg: 16 },
            policy: Policy::default().pin_signatures(CLIENT_ALGORITHMS),
            ..Self::rfc7523(audience)
        }
    }

    /// RFC 7523 §3 and nothing beyond it, for asymmetric signatures. The audience may hold the URL
    /// of the token endpoint.
    #[must_use]
    pub fn rfc7523<T: Into<String>>(audience: impl IntoIterator<Item = T>) -> Self {
        let asymmetric = SIGNATURES.iter().filter(|row| row.is_asymmetric()).map(|row| row.name);
        Self {
            audience: audience.into_iter().map(Into::into).collect(),
            audience_form: AudienceForm::AnyOf,
            types: Vec::new(),
            required: Vec::new(),
            lifetime: None,
            skew: 10,
            exp_skew: 10,
            limits: Limits {
                token_octets: 1 << 14,
                iss: usize::MAX,
                sub: usize::MAX,
                jti: usize::MAX,
                alg: usize::MAX,
            },
            policy: Policy::default().pin_signatures(asymmetric),
        }
    }

    /// draft-ietf-oauth-rfc7523bis: the audience is the issuer identifier alone, and a `typ` that
    /// says another kind of JWT is refused.
    #[must_use]
    pub fn rfc7523bis(issuer: impl Into<String>) -> Self {
        Self {
            audience_form: AudienceForm::Sole,
            types: vec!["client-authentication+jwt".to_owned(), "JWT".to_owned()],
            ..Self::rfc7523([issuer])
        }
    }
}
