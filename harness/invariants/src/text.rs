//! Texts: what is read prints back (RFC 4648 §5, RFC 7515 §7, RFC 7516 §7, RFC 8259, RFC 1951).

use algorithms::{base64url, deflate};
use reference::Policy;
use reference::json::{Limits, Value};
use reference::jwe::Jwe;
use reference::jws::Jws;
use reference::jwt::Claims;

use crate::{Became, became};

pub(crate) fn base64url(data: &[u8]) -> Became {
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    let octets = base64url::decode(text);
    if let Ok(octets) = &octets {
        assert_eq!(base64url::encode(octets), text, "another text for the same octets");
    }
    // Whatever octets: their text is read as them.
    assert_eq!(base64url::decode(&base64url::encode(data)).ok().as_deref(), Some(data));
    if octets.is_ok() { Became::Accepted } else { Became::Refused("base64url") }
}

pub(crate) fn compact_jwe(data: &[u8]) -> Became {
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    let parsed = Jwe::parse_compact(text, &Policy::default());
    if let Ok(token) = &parsed {
        assert_eq!(token.to_string(), text, "it prints as another text");
    }
    became(&parsed)
}

pub(crate) fn compact_jws(data: &[u8]) -> Became {
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    let parsed = Jws::parse_compact(text, &Policy::default());
    if let Ok(token) = &parsed {
        assert_eq!(token.to_string(), text, "it prints as another text");
        // RFC 7515 §5.2 step 8; a payload that is empty may be a detached one.
        let signed = text.rsplit_once('.').map(|(signed, _)| signed.as_bytes().to_vec());
        let input = token.signing_input(0, None).ok();
        let is_plain = text.contains("..") || input.is_none();
        assert!(is_plain || is_unencoded(text) || input == signed, "another text is signed");
    }
    became(&parsed)
}

/// Whether the header may say `b64` false (RFC 7797 §3).
fn is_unencoded(text: &str) -> bool {
    let header = text.split('.').next().and_then(|header| base64url::decode(header).ok());
    header.is_some_and(|header| String::from_utf8_lossy(&header).contains("64"))
}

pub(crate) fn json_jwe(data: &[u8]) -> Became {
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    let policy = Policy::default();
    let parsed = Jwe::parse(text, &policy);
    if let Ok(token) = &parsed {
        let printed = token.to_string();
        let again = Jwe::parse(&printed, &policy).map(|token| token.to_string());
        assert_eq!(again.as_ref(), Ok(&printed), "its own text reads otherwise");
    }
    became(&parsed)
}

pub(crate) fn json_jws(data: &[u8]) -> Became {
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    let policy = Policy::default();
    let parsed = Jws::parse(text, &policy);
    if let Ok(token) = &parsed {
        let printed = token.to_string();
        let again = Jws::parse(&printed, &policy).map(|token| token.to_string());
        assert_eq!(again.as_ref(), Ok(&printed), "its own text reads otherwise");
    }
    became(&parsed)
}

pub(crate) fn json(data: &[u8]) -> Became {
    let limits = Limits { octets: 1 << 20, depth: 32 };
    match Value::parse(data, limits) {
        Ok(value) => {
            let printed = value.to_text();
            // The printed text may be longer than the limit: escapes are written out.
            let limits = Limits { octets: usize::MAX, ..limits };
            let again = Value::parse(printed.as_bytes(), limits);
            assert_eq!(again.as_ref(), Ok(&value), "its own text reads otherwise: {printed}");
            Became::Accepted
        }
        Err(_) => Became::Refused("json"),
    }
}

pub(crate) fn claims(data: &[u8]) -> Became {
    let parsed = Claims::parse(data, &Policy::default());
    if let Ok(claims) = &parsed {
        assert_eq!(claims.to_text().as_bytes(), data, "it is told as another text");
    }
    became(&parsed)
}

pub(crate) fn inflate(data: &[u8]) -> Became {
    const MOST: usize = 1 << 16;
    match deflate::inflate(data, MOST) {
        Ok(octets) => {
            assert!(octets.len() <= MOST, "{} octets", octets.len());
            let again = deflate::inflate(&deflate::compress(&octets), MOST);
            assert_eq!(again.as_ref().ok(), Some(&octets), "it does not compress back");
            Became::Accepted
        }
        Err(_) => Became::Refused("deflate"),
    }
}
