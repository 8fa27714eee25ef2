//! Keys: JWK (RFC 7517), thumbprints (RFC 7638), credentials as PEM (RFC 7468).

use algorithms::{Hash, base64url};
use reference::credential::{Registration, Use, register};
use reference::json::{Limits, Object, Value};
use reference::{Jwk, JwkSet, Policy, thumbprint};

use crate::{Became, became};

/// RFC 7518 §6.2.2, §6.3.2, §6.4.1; RFC 8037 §2.
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

pub(crate) fn jwk(data: &[u8]) -> Became {
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    let policy = Policy::default();
    let parsed = Jwk::parse(text, &policy);
    if let Ok(key) = &parsed {
        let print = thumbprint::of(key, Hash::Sha256);
        assert_eq!(base64url::decode(&print).map(|octets| octets.len()).ok(), Some(32));
        let uri = thumbprint::uri(key, Hash::Sha256);
        assert!(uri.is_some_and(|uri| uri.ends_with(&format!(":sha-256:{print}"))), "RFC 9278 §3");
        assert_ne!(thumbprint::uri(key, Hash::Sha1), thumbprint::uri(key, Hash::Sha512));
        let again = Jwk::parse(&backwards(text), &policy);
        let again = again.map(|key| thumbprint::of(&key, Hash::Sha256));
        assert_eq!(again, Ok(print.clone()), "the order of members counts");
        if let Some(public) = key.to_public() {
            assert_eq!(thumbprint::of(&public, Hash::Sha256), print, "private members count");
        }
        let shown = format!("{key:?}");
        let kid = key.kid().unwrap_or_default();
        let mut secrets = secrets(text).into_iter().filter(|secret| !kid.contains(secret));
        assert_eq!(secrets.find(|secret| shown.contains(secret)), None, "{shown}");
    }
    became(&parsed)
}

/// Values of private members that are too long to stand somewhere by chance.
fn secrets(text: &str) -> Vec<String> {
    let limits = Limits { octets: usize::MAX, depth: 64 };
    let object = Object::parse(text.as_bytes(), limits).unwrap_or_default();
    let values = PRIVATE.iter().filter_map(|name| object.text(name));
    values.filter(|value| value.len() >= 8).map(str::to_owned).collect()
}

/// The object with its members in the opposite order.
fn backwards(text: &str) -> String {
    let limits = Limits { octets: usize::MAX, depth: 64 };
    let Ok(object) = Object::parse(text.as_bytes(), limits) else { return text.to_owned() };
    let mut members: Vec<(&str, &Value)> = object.iter().collect();
    members.reverse();
    let mut turned = Object::default();
    for (name, value) in members {
        turned.set(name, value.clone());
    }
    turned.to_text()
}

pub(crate) fn jwk_set(data: &[u8]) -> Became {
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    let parsed = JwkSet::parse(text, &Policy::default());
    if let Ok(set) = &parsed {
        for key in set.keys() {
            assert_eq!(thumbprint::of(key, Hash::Sha256).len(), 43);
        }
    }
    became(&parsed)
}

pub(crate) fn credential(data: &[u8]) -> Became {
    let Ok(pem) = str::from_utf8(data) else { return Became::Unfit };
    let registration = Registration {
        usage: Use::Client,
        pem,
        name: None,
        alg: None,
        kid: None,
        expires_at: None,
        parse_expiry_from_cert: false,
        existing: 0,
        now: 1_700_000_000,
    };
    let registered = register(&registration);
    if let Ok(credential) = &registered {
        assert_eq!(credential.kid, thumbprint::of(&credential.key, Hash::Sha256));
        // The input of the thumbprint is the whole public key: {"e":…,"kty":"RSA","n":…}.
        let input = thumbprint::input(&credential.key);
        let modulus = input.split("\"n\":\"").nth(1).and_then(|rest| rest.strip_suffix("\"}"));
        let octets = modulus.and_then(|text| base64url::decode(text).ok()).unwrap_or_default();
        let bits =
            octets.len() * 8 - octets.first().map_or(0, |first| first.leading_zeros() as usize);
        assert!((2048..=4096).contains(&bits), "{bits} bits");
        assert!(!pem.contains("PRIVATE KEY-----"), "a private key became a credential");
    }
    became(&registered)
}
