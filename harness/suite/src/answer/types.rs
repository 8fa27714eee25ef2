//! Types of members of an answer: what cannot be compared, but recognized.

use serde_json::Value;

/// What a member can be recognized as.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Type {
    /// Its name in suite files.
    pub name: &'static str,
    /// What it is, for messages.
    pub title: &'static str,
    /// Whether a value is one; `None` is a member that is not there.
    pub has: fn(Option<&Value>) -> bool,
}

impl Type {
    /// Whether the member is of the type with this name, which may have a `?` behind it; nothing
    /// where there is no such type.
    #[must_use]
    pub fn is(name: &str, member: Option<&Value>) -> Option<bool> {
        let required = name.strip_suffix('?');
        let row = TYPES.iter().find(|row| row.name == required.unwrap_or(name))?;
        Some((required.is_some() && member.is_none()) || (row.has)(member))
    }
}

/// Every type.
pub const TYPES: &[Type] = &[
    Type { name: "string", title: "a string", has: |member| text(member).is_some() },
    Type { name: "number", title: "a number", has: |member| member.is_some_and(Value::is_number) },
    Type {
        name: "boolean",
        title: "a boolean",
        has: |member| member.is_some_and(Value::is_boolean),
    },
    Type { name: "array", title: "a list", has: |member| member.is_some_and(Value::is_array) },
    Type { name: "object", title: "an object", has: |member| member.is_some_and(Value::is_object) },
    Type {
        name: "absent",
        title: "absent or null",
        has: |member| member.is_none_or(Value::is_null),
    },
    Type {
        name: "thumbprint",
        title: "43 characters of base64url for 256 bits",
        has: |member| text(member).is_some_and(is_thumbprint),
    },
    Type {
        name: "compact-jws",
        title: "three parts of base64url",
        has: |member| text(member).is_some_and(|text| is_compact(text, 3)),
    },
    Type {
        name: "compact-jwe",
        title: "five parts of base64url",
        has: |member| text(member).is_some_and(|text| is_compact(text, 5)),
    },
    Type {
        name: "secure-url",
        title: "a URL with https, or with http on a loopback host",
        has: |member| text(member).is_some_and(is_secure),
    },
    Type {
        name: "date-time",
        title: "a date and time of RFC 3339 with a zone",
        has: |member| text(member).is_some_and(is_date_time),
    },
    Type {
        name: "public-keys",
        title: "a list of JWKs without private or symmetric members",
        has: |member| {
            member.and_then(Value::as_array).is_some_and(|keys| keys.iter().all(is_public_key))
        },
    },
];

fn text(member: Option<&Value>) -> Option<&str> {
    member.and_then(Value::as_str)
}

/// Six bits a character, the last one with two unused bits that are zero (RFC 4648 §3.5).
fn is_thumbprint(text: &str) -> bool {
    let is_alphabet = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.len() == 43
        && text.chars().all(is_alphabet)
        && text.ends_with(|c| "AEIMQUYcgkosw048".contains(c))
}

fn is_compact(text: &str, parts: usize) -> bool {
    let is_alphabet = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.split('.').count() == parts
        && text.split('.').all(|part| !part.is_empty() && part.chars().all(is_alphabet))
}

fn is_secure(text: &str) -> bool {
    if let Some(rest) = text.strip_prefix("https://") {
        return !rest.is_empty();
    }
    let Some(rest) = text.strip_prefix("http://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next(),
        None => host.split(':').next(),
    };
    matches!(name, Some("127.0.0.1" | "localhost" | "::1"))
}

/// `YYYY-MM-DDTHH:MM:SS`, a fraction, `Z` or an offset.
fn is_date_time(text: &str) -> bool {
    let Some((local, rest)) = text.split_at_checked("YYYY-MM-DDTHH:MM:SS".len()) else {
        return false;
    };
    let rest = match rest.strip_prefix('.') {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let zone = rest.trim_start_matches(['+', '-']);
    is_like(local, "0000-00-00T00:00:00")
        && (rest == "Z" || (rest.len() == zone.len() + 1 && is_like(zone, "00:00")))
}

/// Whether a text has digits where the pattern has `0`, and otherwise the pattern's characters.
fn is_like(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.chars().zip(pattern.chars()).all(|(have, want)| match want {
            '0' => have.is_ascii_digit(),
            _ => have == want,
        })
}

/// RFC 7518 §6: private members of RSA, EC and OKP keys, and those of symmetric ones.
fn is_public_key(key: &Value) -> bool {
    let private = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];
    key.get("kty").is_some_and(|kty| kty.is_string() && kty != "oct")
        && private.iter().all(|name| key.get(name).is_none())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(name: &str, member: &Value, want: bool) {
        assert_eq!(Type::is(name, Some(member)), Some(want), "{name}: {member}");
    }

    #[test]
    fn members_are_recognized() {
        check("thumbprint", &json!("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0"), true);
        // The example of RFC 8705 §3.1, whose unused bits are not zero.
        check("thumbprint", &json!("bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2"), false);
        check("thumbprint", &json!("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0="), false);
        check("compact-jws", &json!("e30.e30.AQ"), true);
        check("compact-jws", &json!("e30.e30."), false);
        check("compact-jwe", &json!("e30.AQ.AQ.AQ.AQ"), true);
        check("compact-jwe", &json!("e30.e30.AQ"), false);
        check("secure-url", &json!("https://tenant.example/"), true);
        check("secure-url", &json!("http://127.0.0.1:3000/"), true);
        check("secure-url", &json!("http://[::1]:3000/"), true);
        check("secure-url", &json!("http://localhost.example/"), false);
        check("date-time", &json!("2020-08-20T19:10:06.299Z"), true);
        check("date-time", &json!("2020-08-20T19:10:06+02:00"), true);
        check("date-time", &json!("2020-08-20T19:10:06"), false);
        check("date-time", &json!(1_700_000_000), false);
        check("public-keys", &json!([{"kty": "RSA", "n": "AQ", "e": "AQAB"}]), true);
        check("public-keys", &json!([{"kty": "RSA", "n": "AQ", "e": "AQAB", "d": "AQ"}]), false);
        check("public-keys", &json!([{"kty": "oct"}]), false);
        check("absent", &Value::Null, true);
        check("string", &json!(1), false);
    }

    #[test]
    fn a_member_may_be_absent_where_the_type_says_so() {
        assert_eq!(Type::is("string?", None), Some(true));
        assert_eq!(Type::is("string?", Some(&json!(1))), Some(false));
        assert_eq!(Type::is("string", None), Some(false));
        assert_eq!(Type::is("absent", None), Some(true));
        assert_eq!(Type::is("text", None), None);
    }
}
