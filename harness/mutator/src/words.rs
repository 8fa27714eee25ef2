//! Names and values that mean something where they stand (RFC 7515 §4.1, RFC 7516 §4.1, RFC 7517 §4, RFC 7519
//! §4.1, and what parsers like to get wrong).

use algorithms::{CONTENT_ENCRYPTION, KEY_MANAGEMENT, SIGNATURES};
use rand::{Rng, RngExt};

use crate::Json;

const NAMES: &[&str] = &[
    "alg",
    "enc",
    "zip",
    "jku",
    "jwk",
    "kid",
    "x5u",
    "x5c",
    "x5t",
    "x5t#S256",
    "typ",
    "cty",
    "crit",
    "epk",
    "apu",
    "apv",
    "iv",
    "tag",
    "p2s",
    "p2c",
    "b64",
    "kty",
    "crv",
    "x",
    "y",
    "n",
    "e",
    "d",
    "k",
    "use",
    "key_ops",
    "keys",
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "payload",
    "signature",
    "signatures",
    "protected",
    "header",
    "unprotected",
    "recipients",
    "encrypted_key",
    "ciphertext",
    "aad",
    "http://openid.net/specs/jwt/1.0",
];

const TEXTS: &[&str] = &[
    "none",
    "DEF",
    "JWT",
    "jwt",
    "JOSE",
    "application/jwt",
    "at+jwt",
    "RSA",
    "EC",
    "OKP",
    "oct",
    "P-256",
    "P-384",
    "P-521",
    "X25519",
    "Ed25519",
    "sig",
    "enc",
    "sign",
    "verify",
    "encrypt",
    "decrypt",
    "wrapKey",
    "unwrapKey",
    "deriveKey",
    "EdDSA",
    "https://issuer.example/",
    "https://api.example/",
    "AQAB",
    "AA",
    "AAAAAAAAAAAAAAAA",
    "",
    "\u{0}",
    "\u{feff}",
    "\u{10ffff}",
    "a.b.c",
    "../../etc/passwd",
];

const NUMBERS: &[&str] = &[
    "0",
    "1",
    "-1",
    "-0",
    "1.0",
    "1e3",
    "1E400",
    "0.1",
    "1000",
    "1200000",
    "1200001",
    "2147483647",
    "2147483648",
    "4294967296",
    "9007199254740993",
    "18446744073709551616",
    "1700000000",
    "1700000300",
    "4102444800",
];

/// A name of a member.
pub(crate) fn name(rng: &mut impl Rng) -> String {
    pick(NAMES, rng).to_owned()
}

/// A value that fits a member of this name, more often than not.
pub(crate) fn value(name: &str, rng: &mut impl Rng) -> Json {
    if rng.random_ratio(1, 4) {
        return any(rng);
    }
    match name {
        "alg" if rng.random_ratio(1, 8) => Json::Text("none".to_owned()),
        "alg" => Json::Text(algorithm(rng).to_owned()),
        "enc" => Json::Text(content_encryption(rng).to_owned()),
        "crit" => Json::Array(vec![Json::Text(pick(NAMES, rng).to_owned())]),
        "zip" => Json::Text("DEF".to_owned()),
        "typ" | "cty" => Json::Text(pick(&["JWT", "application/jwt", "at+jwt"], rng).to_owned()),
        "kty" => Json::Text(pick(&["RSA", "EC", "OKP", "oct"], rng).to_owned()),
        "p2c" | "exp" | "nbf" | "iat" => number(rng),
        "b64" => Json::Bool(rng.random()),
        "aud" | "key_ops" | "x5c" if rng.random() => {
            Json::Array((0..rng.random_range(0..3_u32)).map(|_| text(rng)).collect())
        }
        _ => text(rng),
    }
}

fn any(rng: &mut impl Rng) -> Json {
    match rng.random_range(0..8_u32) {
        0 => Json::Null,
        1 => Json::Bool(rng.random()),
        2 | 3 => number(rng),
        4 => Json::Array(vec![any_leaf(rng)]),
        5 => Json::Object(vec![(name(rng), any_leaf(rng))]),
        _ => text(rng),
    }
}

fn any_leaf(rng: &mut impl Rng) -> Json {
    if rng.random() { number(rng) } else { text(rng) }
}

fn number(rng: &mut impl Rng) -> Json {
    Json::Number(pick(NUMBERS, rng).to_owned())
}

fn text(rng: &mut impl Rng) -> Json {
    Json::Text(match rng.random_range(0..8_u32) {
        0 => algorithm(rng).to_owned(),
        1 => content_encryption(rng).to_owned(),
        _ => pick(TEXTS, rng).to_owned(),
    })
}

/// The text over and over, as long as limits are, or a character more or less.
pub(crate) fn resized(text: &str, rng: &mut impl Rng) -> String {
    let length = LENGTHS.get(rng.random_range(0..LENGTHS.len())).copied().unwrap_or(0);
    let length = rng.random_range(length.saturating_sub(1)..=length + 1);
    let source = if text.is_empty() { "a" } else { text };
    source.chars().cycle().take(length).collect()
}

/// Another text that a lax comparison takes for this one.
pub(crate) fn alike(text: &str, rng: &mut impl Rng) -> String {
    match rng.random_range(0..8_u32) {
        0 => text.to_lowercase(),
        1 => text.to_uppercase(),
        2 => format!(" {text}"),
        3 => format!("{text} "),
        4 => format!("{text}\0"),
        5 => text.strip_suffix('/').map_or_else(|| format!("{text}/"), str::to_owned),
        6 => format!("{text}{text}"),
        _ => text.chars().take(text.chars().count() / 2).collect(),
    }
}

/// Characters that something is limited to somewhere.
const LENGTHS: &[usize] = &[0, 1, 8, 10, 16, 32, 64, 128, 256];

fn algorithm(rng: &mut impl Rng) -> &'static str {
    let (keys, signatures) = (KEY_MANAGEMENT.len(), SIGNATURES.len());
    // One beyond the tables: `none`.
    let at = rng.random_range(0..=keys + signatures);
    let key = KEY_MANAGEMENT.get(at).map(|row| row.name);
    let signature = SIGNATURES.get(at.wrapping_sub(keys)).map(|row| row.name);
    key.or(signature).unwrap_or("none")
}

fn content_encryption(rng: &mut impl Rng) -> &'static str {
    let at = rng.random_range(0..CONTENT_ENCRYPTION.len());
    CONTENT_ENCRYPTION.get(at).map_or("A256GCM", |row| row.name)
}

fn pick(from: &[&'static str], rng: &mut impl Rng) -> &'static str {
    from.get(rng.random_range(0..from.len())).copied().unwrap_or_default()
}
