//! What the claims have to say: RFC 7523 §3 items 1 to 7, OpenID Connect Core 1.0 §9.

use rejection::Rejection;

use super::Client;
use super::rules::{AudienceForm, Rules};
use crate::header::{Header, is_same_media_type};
use crate::json::Value;
use crate::jwt::{Claims, seconds};

/// What is left to do with claims that hold.
pub(super) struct Checked {
    /// To be claimed.
    pub jti: Option<String>,
    /// Until when it has to be remembered, in NumericDate seconds.
    pub until: i64,
}

/// Types, sizes, `typ`, who, for whom, what has to be there, when.
pub(super) fn check(
    claims: &Claims,
    header: &Header,
    client: &Client,
    rules: &Rules,
    now: i64,
) -> Result<Checked, Rejection> {
    claims.check_text_types()?;
    let audience = claims.audience()?;
    let [exp, nbf, iat] = claims.times()?;
    check_sizes(claims, rules)?;
    check_type(header, rules)?;
    // Items 1 and 2: both are the client, compared as plain strings.
    if claims.members().text("iss") != Some(&client.client_id) {
        return Err(Rejection::IssMismatch);
    }
    if claims.members().text("sub") != Some(&client.client_id) {
        return Err(Rejection::SubMismatch);
    }
    check_audience(claims, &audience, rules)?;
    // Item 4.
    let exp = exp.ok_or(Rejection::ExpMissing)?;
    let jti = claims.members().text("jti").filter(|jti| !jti.is_empty());
    for name in &rules.required {
        match name.as_str() {
            "jti" if jti.is_none() => return Err(Rejection::JtiMissing),
            other if !claims.members().has(other) => return Err(Rejection::ClaimMissing),
            _ => {}
        }
    }
    let now = seconds(now);
    if now - f64::from(rules.exp_skew) >= exp {
        return Err(Rejection::ExpPast);
    }
    // Item 5.
    let latest = now + f64::from(rules.skew);
    if nbf.is_some_and(|nbf| latest < nbf) {
        return Err(Rejection::NbfFuture);
    }
    // Item 6.
    if iat.is_some_and(|iat| latest < iat) {
        return Err(Rejection::IatFuture);
    }
    let lifetime = exp - iat.unwrap_or(now);
    if rules.lifetime.is_some_and(|most| lifetime > f64::from(most)) {
        return Err(Rejection::LifetimeTooLong);
    }
    Ok(Checked { jti: jti.map(str::to_owned), until: until(exp + f64::from(rules.exp_skew)) })
}

fn check_sizes(claims: &Claims, rules: &Rules) -> Result<(), Rejection> {
    let limits = rules.limits;
    for (name, most, rejection) in [
        ("iss", limits.iss, Rejection::IssTooLong),
        ("sub", limits.sub, Rejection::SubTooLong),
        ("jti", limits.jti, Rejection::JtiTooLong),
    ] {
        if claims.members().text(name).is_some_and(|text| text.chars().count() > most) {
            return Err(rejection);
        }
    }
    Ok(())
}

/// draft-ietf-oauth-rfc7523bis: an assertion without `typ` is not refused for that.
fn check_type(header: &Header, rules: &Rules) -> Result<(), Rejection> {
    let fits = |typ: &str| rules.types.iter().any(|wanted| is_same_media_type(wanted, typ));
    if rules.types.is_empty() || header.text("typ").is_none_or(fits) {
        Ok(())
    } else {
        Err(Rejection::TypMismatch)
    }
}

/// Item 3: plain strings, none of them normalized.
fn check_audience(claims: &Claims, audience: &[&str], rules: &Rules) -> Result<(), Rejection> {
    let is_own = |name: &&str| rules.audience.iter().any(|own| own == name);
    if !audience.iter().any(is_own) {
        return Err(Rejection::AudMismatch);
    }
    let is_text = matches!(claims.members().get("aud"), Some(Value::String(_)));
    match rules.audience_form {
        AudienceForm::Sole if audience.len() != 1 => Err(Rejection::AudNotSole),
        AudienceForm::Text if !is_text => Err(Rejection::AudNotText),
        AudienceForm::AnyOf | AudienceForm::Sole | AudienceForm::Text => Ok(()),
    }
}

/// The first whole second at which it need not be remembered.
#[expect(clippy::cast_possible_truncation, reason = "saturates for times nobody will see")]
fn until(time: f64) -> i64 {
    time.ceil() as i64
}
