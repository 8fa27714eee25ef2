//! The groups of each dictionary: from the tables where there is one, else from [`names`].

use algorithms::{CONTENT_ENCRYPTION, Curve, KEY_MANAGEMENT, SIGNATURES, base64url};
use protocol::operation::OPERATIONS;
use reference::Policy;
use reference::assertion::CLIENT_ASSERTION_TYPE;
use rejection::{Rejection, Stage};

use crate::{Group, names};

pub(crate) fn jose() -> Vec<Group> {
    vec![
        Group {
            title: "alg of a JWE: algorithms::KEY_MANAGEMENT",
            words: texts(KEY_MANAGEMENT.iter().map(|row| row.name)),
        },
        Group {
            title: "enc: algorithms::CONTENT_ENCRYPTION",
            words: texts(CONTENT_ENCRYPTION.iter().map(|row| row.name)),
        },
        Group {
            title: "alg of a JWS: algorithms::SIGNATURES",
            words: texts(SIGNATURES.iter().map(|row| row.name)),
        },
        Group { title: "crv: algorithms::Curve", words: texts(CURVES.map(Curve::name)) },
        Group { title: "members of a header", words: members(names::HEADER) },
        Group { title: "members of the JSON serializations", words: members(names::SERIALIZATION) },
        Group { title: "members of keys and sets", words: members(names::KEY) },
        Group {
            title: "values of kty, use and key_ops",
            words: texts(names::KEY_VALUES.iter().copied()),
        },
        Group { title: "other values", words: texts(names::VALUES.iter().copied()) },
        Group { title: "limits of reference::Policy, and one more", words: limits() },
        Group { title: "whole headers as segments", words: segments() },
        Group { title: "segments that open with a member", words: openings(names::HEADER) },
        Group { title: "dots", words: raw(names::DOTS) },
        Group { title: "edges of base64url", words: raw(names::BASE64URL) },
        json(),
        Group { title: "octets that are no text", words: octets() },
        Group { title: "DEFLATE: final and empty, stored, of a reserved type", words: deflate() },
    ]
}

pub(crate) fn claims() -> Vec<Group> {
    vec![
        Group { title: "claims", words: members(names::CLAIMS) },
        Group { title: "segments that open with a claim", words: openings(names::CLAIMS) },
        Group { title: "times", words: raw(names::TIMES) },
        Group { title: "parameters of a form", words: raw(names::FORM) },
        Group {
            title: "client_assertion_type",
            words: vec![CLIENT_ASSERTION_TYPE.into(), encoded(CLIENT_ASSERTION_TYPE)],
        },
        Group { title: "edges of form encoding", words: raw(&["&", "=", "+", "%", "%00", "%25"]) },
        Group {
            title: "alg of a JWS: algorithms::SIGNATURES",
            words: texts(SIGNATURES.iter().map(|row| row.name)),
        },
        Group { title: "values of a header", words: texts(names::VALUES.iter().copied()) },
        Group { title: "dots", words: raw(names::DOTS) },
        json(),
        Group { title: "octets that are no text", words: octets() },
    ]
}

pub(crate) fn pem() -> Vec<Group> {
    let lines = |begin: &str| {
        names::LABELS
            .iter()
            .map(|label| format!("-----{begin} {label}-----").into_bytes())
            .collect()
    };
    vec![
        Group { title: "first lines", words: lines("BEGIN") },
        Group { title: "last lines", words: lines("END") },
        Group {
            title: "pieces of a block",
            words: raw(&["-----", "-----BEGIN ", "-----END ", "Proc-Type: 4,ENCRYPTED\n"]),
        },
        Group {
            title: "how public keys begin: RSA with 2048, 3072 and 4096 bits, P-256, Ed25519",
            words: raw(&[
                "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
                "MIIBojANBgkqhkiG9w0BAQEFAAOCAY8A",
                "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8A",
                "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
                "MCowBQYDK2VwAyEA",
            ]),
        },
        Group {
            title: "the exponents 3 and 65537 at the end of a key",
            words: raw(&["IBAw==", "IDAQAB", "CAwEAAQ==", "AgMBAAE="]),
        },
        Group { title: "edges of base64", words: raw(names::BASE64URL) },
        Group { title: "octets that are no text", words: octets() },
    ]
}

pub(crate) fn der() -> Vec<Group> {
    vec![
        Group { title: "object identifiers", words: octets_of(names::IDENTIFIERS) },
        Group { title: "tags, lengths and short values", words: octets_of(names::DER) },
        Group { title: "times", words: raw(names::DER_TIMES) },
        Group { title: "octets that are no text", words: octets() },
    ]
}

pub(crate) fn protocol() -> Vec<Group> {
    let words_of = |operation: &'static protocol::Operation| {
        operation.texts.iter().chain(operation.arrays).copied()
    };
    let accepted: Vec<_> = OPERATIONS.iter().flat_map(words_of).collect();
    vec![
        Group { title: "members of an answer", words: members(names::ANSWER) },
        Group { title: "what is unsupported", words: texts(names::WHAT.iter().copied()) },
        Group { title: "members of accept: protocol::OPERATIONS", words: members(&accepted) },
        Group { title: "operations", words: texts(OPERATIONS.iter().map(|row| row.name)) },
        Group {
            title: "stages: rejection::Stage",
            words: texts(Stage::ALL.iter().map(|stage| stage.name())),
        },
        Group {
            title: "codes: rejection::Rejection",
            words: texts(Rejection::ALL.iter().map(|rejection| rejection.code())),
        },
        json(),
        Group { title: "octets that are no text", words: octets() },
    ]
}

fn json() -> Group {
    Group { title: "pieces of JSON", words: raw(names::JSON) }
}

fn raw(words: &[&str]) -> Vec<Vec<u8>> {
    words.iter().map(|word| word.as_bytes().to_vec()).collect()
}

fn octets_of(words: &[&[u8]]) -> Vec<Vec<u8>> {
    words.iter().map(|word| word.to_vec()).collect()
}

/// `"name":`, as it stands before a value.
fn members(names: &[&str]) -> Vec<Vec<u8>> {
    names.iter().map(|name| format!("\"{name}\":").into_bytes()).collect()
}

/// `"value"`.
fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> Vec<Vec<u8>> {
    values.into_iter().map(|value| format!("\"{value}\"").into_bytes()).collect()
}

/// `{"name":` as the begin of a segment: the letters that no octet behind it changes.
fn openings(names: &[&str]) -> Vec<Vec<u8>> {
    let opening = |name: &&str| {
        let octets = format!("{{\"{name}\":");
        let mut letters = base64url::encode(octets.as_bytes());
        letters.truncate(octets.len() * 8 / 6);
        letters.into_bytes()
    };
    names.iter().map(opening).collect()
}

fn segments() -> Vec<Vec<u8>> {
    let jwe = |alg: &str, enc: &str| format!(r#"{{"alg":"{alg}","enc":"{enc}"}}"#);
    let wrapped = KEY_MANAGEMENT.iter().map(|row| jwe(row.name, "A128GCM"));
    let direct = CONTENT_ENCRYPTION.iter().map(|row| jwe("dir", row.name));
    let names = SIGNATURES.iter().map(|row| row.name).chain(["none"]);
    let signed = names.map(|name| format!(r#"{{"alg":"{name}"}}"#));
    let headers = wrapped.chain(direct).chain(signed);
    headers.map(|header| base64url::encode(header.as_bytes()).into_bytes()).collect()
}

fn limits() -> Vec<Vec<u8>> {
    let policy = Policy::default();
    let most = u64::from(policy.max_p2c);
    // RFC 7518 §4.8.1.2 names 1000 as the least count.
    let counts = [0, 1, 999, 1000, most, most + 1].map(|count| count.to_string().into_bytes());
    let deepest = ["[", "]"].map(|bracket| bracket.repeat(policy.max_json_depth).into_bytes());
    counts.into_iter().chain(deepest).collect()
}

/// NUL, a byte order mark, and what is no UTF-8: a lone continuation, a surrogate, an overlong NUL (RFC 3629 §3).
fn octets() -> Vec<Vec<u8>> {
    octets_of(&[b"\0", b"\xEF\xBB\xBF", b"\x80", b"\xED\xA0\x80", b"\xC0\x80"])
}

/// RFC 1951 §3.2.3.
fn deflate() -> Vec<Vec<u8>> {
    octets_of(&[b"\x03\0", b"\x01\0\0\xFF\xFF", b"\0\0\0\xFF\xFF", b"\x07"])
}

/// RFC 3986 §2.1: how a form spells it.
fn encoded(text: &str) -> Vec<u8> {
    text.replace(':', "%3A").into_bytes()
}

const CURVES: [Curve; 5] = [Curve::P256, Curve::P384, Curve::P521, Curve::X25519, Curve::Ed25519];
