//! `expires_at` of the management API: ISO 8601 in the profile of RFC 3339, to and from NumericDate.

use std::time::Duration;

use rejection::Rejection;
use x509_cert::der::DateTime;

/// The NumericDate of a date and time with a zone, such as `2020-08-20T19:10:06.299Z`. Fractions of
/// a second are cut off, so that a credential never lives longer than it says.
///
/// # Errors
/// [`Rejection::CredentialExpiryFormat`], also before 1970, without a zone and for leap seconds.
pub fn parse_expiry(text: &str) -> Result<i64, Rejection> {
    parse(text).ok_or(Rejection::CredentialExpiryFormat)
}

/// The text of a NumericDate, in UTC and whole seconds; none before 1970 and after the year 9999.
#[must_use]
pub fn print_expiry(time: i64) -> Option<String> {
    let duration = Duration::from_secs(u64::try_from(time).ok()?);
    Some(DateTime::from_unix_duration(duration).ok()?.to_string())
}

/// RFC 3339 §5.6: `YYYY-MM-DDTHH:MM:SS`, a fraction, `Z` or an offset.
fn parse(text: &str) -> Option<i64> {
    let (local, rest) = text.split_at_checked(LOCAL.len())?;
    let time: DateTime = format!("{local}Z").parse().ok()?;
    let local = i64::try_from(time.unix_duration().as_secs()).ok()?;
    let zone = match rest.strip_prefix('.') {
        None => rest,
        Some(fraction) => {
            let zone = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            // At least one digit.
            if zone.len() == fraction.len() {
                return None;
            }
            zone
        }
    };
    let utc = local.checked_sub(offset(zone)?)?;
    (utc >= 0).then_some(utc)
}

/// Seconds east of Greenwich.
fn offset(zone: &str) -> Option<i64> {
    let (sign, rest) = match zone.split_at_checked(1)? {
        ("Z", "") => return Some(0),
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let (hours, minutes) = (two_digits(hours, 23)?, two_digits(minutes, 59)?);
    Some(sign * (hours * 3600 + minutes * 60))
}

fn two_digits(text: &str, most: i64) -> Option<i64> {
    let plain = text.len() == 2 && text.bytes().all(|octet| octet.is_ascii_digit());
    text.parse().ok().filter(|value| plain && *value <= most)
}

/// What stands before fraction and zone.
const LOCAL: &str = "YYYY-MM-DDTHH:MM:SS";
