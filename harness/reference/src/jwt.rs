//! Claims and what is expected of them (RFC 7519 §4, RFC 8725 §3.8 to §3.11).

use rejection::Rejection;

use crate::header::{Header, is_same_media_type};
use crate::json::{JsonError, Object, Value};
use crate::policy::Policy;

/// A claims set: one JSON object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claims {
    members: Object,
    text: String,
}

/// What a recipient expects. The default expects nothing and knows no time, but the types of the
/// registered claims are checked all the same.
///
/// ```
/// use reference::Policy;
/// use reference::jwt::{Claims, Expectations};
/// use rejection::Rejection;
///
/// let claims = Claims::parse(br#"{"iss":"a","exp":100}"#, &Policy::default()).unwrap();
/// let expect = Expectations { now: Some(100), ..Expectations::default() };
/// assert_eq!(claims.check(&expect), Err(Rejection::ExpPast));
/// ```
#[derive(Clone, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "the knobs of the adapter protocol")]
pub struct Expectations {
    /// The only acceptable `iss`.
    pub issuer: Option<String>,
    /// The recipient, which `aud` has to name.
    pub audience: Option<String>,
    /// Acceptable values of the inner header's `typ`; empty for any.
    pub types: Vec<String>,
    /// The time, in NumericDate seconds; without it nothing expires.
    pub now: Option<i64>,
    /// Tolerance of every comparison of times, in seconds.
    pub skew: u32,
    /// Whether a token without `exp` is refused.
    pub is_exp_required: bool,
}

impl Claims {
    /// Parses the octets of a payload or plaintext.
    ///
    /// # Errors
    /// A code of the stage `claims`: here the octets are already authentic.
    pub fn parse(octets: &[u8], policy: &Policy) -> Result<Self, Rejection> {
        let members =
            Object::parse(octets, policy.token_limits()).map_err(|error| match error {
                JsonError::Utf8 => Rejection::ClaimsUtf8,
                JsonError::Duplicate => Rejection::ClaimsDuplicate,
                JsonError::NotAnObject => Rejection::ClaimsNotAnObject,
                JsonError::Malformed | JsonError::TooDeep | JsonError::TooLarge => {
                    Rejection::ClaimsJson
                }
            })?;
        let text = str::from_utf8(octets).map_err(|_| Rejection::ClaimsUtf8)?.to_owned();
        Ok(Self { members, text })
    }

    /// The members.
    #[must_use]
    pub const fn members(&self) -> &Object {
        &self.members
    }

    /// The JSON text, exactly as received.
    #[must_use]
    pub fn to_text(&self) -> &str {
        &self.text
    }

    /// Checks types, then `iss`, `aud`, `exp`, `nbf` and `iat`.
    ///
    /// # Errors
    /// A code of the stage `claims`.
    pub fn check(&self, expect: &Expectations) -> Result<(), Rejection> {
        self.check_text_types()?;
        let audience = self.audience()?;
        let times = self.times()?;
        let [exp, ..] = times;
        // RFC 8725 §3.8: an expected issuer has to be there.
        if expect.issuer.is_some() && self.members.text("iss") != expect.issuer.as_deref() {
            return Err(Rejection::IssMismatch);
        }
        // RFC 7519 §4.1.3, RFC 8725 §3.9.
        if let Some(own) = expect.audience.as_deref()
            && !audience.contains(&own)
        {
            return Err(Rejection::AudMismatch);
        }
        if exp.is_none() && expect.is_exp_required {
            return Err(Rejection::ExpMissing);
        }
        let Some(now) = expect.now else { return Ok(()) };
        check_times(seconds(now), f64::from(expect.skew), times)
    }

    /// RFC 7519 §4.1.1, §4.1.2 and §4.1.7: strings where they are present.
    pub(crate) fn check_text_types(&self) -> Result<(), Rejection> {
        for name in ["iss", "sub", "jti"] {
            if self.members.get(name).is_some_and(|value| value.as_text().is_none()) {
                return Err(Rejection::StringType);
            }
        }
        Ok(())
    }

    /// RFC 7519 §4.1.3: one string or a list of strings.
    pub(crate) fn audience(&self) -> Result<Vec<&str>, Rejection> {
        match self.members.get("aud") {
            None => Ok(Vec::new()),
            Some(Value::String(one)) => Ok(vec![one]),
            Some(Value::Array(list)) => {
                list.iter().map(|value| value.as_text().ok_or(Rejection::AudType)).collect()
            }
            Some(_) => Err(Rejection::AudType),
        }
    }

    /// `exp`, `nbf` and `iat`.
    pub(crate) fn times(&self) -> Result<[Option<f64>; 3], Rejection> {
        Ok([
            self.time("exp", Rejection::ExpType)?,
            self.time("nbf", Rejection::NbfType)?,
            self.time("iat", Rejection::IatType)?,
        ])
    }

    /// RFC 7519 §2: a NumericDate is a number, fractions allowed.
    fn time(&self, name: &str, rejection: Rejection) -> Result<Option<f64>, Rejection> {
        match self.members.get(name) {
            None => Ok(None),
            Some(Value::Number(number)) => number.to_f64().map(Some).ok_or(rejection),
            Some(_) => Err(rejection),
        }
    }
}

/// Checks the inner header's `typ` against the expected types (RFC 8725 §3.11).
///
/// # Errors
/// [`Rejection::TypMismatch`], also when there is none.
pub fn check_type(header: &Header, expect: &Expectations) -> Result<(), Rejection> {
    let fits = |typ: &str| expect.types.iter().any(|wanted| is_same_media_type(wanted, typ));
    if expect.types.is_empty() || header.text("typ").is_some_and(fits) {
        Ok(())
    } else {
        Err(Rejection::TypMismatch)
    }
}

/// RFC 7519 §4.1.4 to §4.1.6: `exp` excludes its own second, `nbf` includes it.
fn check_times(now: f64, skew: f64, [exp, nbf, iat]: [Option<f64>; 3]) -> Result<(), Rejection> {
    if exp.is_some_and(|exp| now - skew >= exp) {
        return Err(Rejection::ExpPast);
    }
    if nbf.is_some_and(|nbf| now + skew < nbf) {
        return Err(Rejection::NbfFuture);
    }
    if iat.is_some_and(|iat| now + skew < iat) {
        return Err(Rejection::IatFuture);
    }
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "exact below 2^53 seconds, 285 million years")]
pub(crate) const fn seconds(now: i64) -> f64 {
    now as f64
}
