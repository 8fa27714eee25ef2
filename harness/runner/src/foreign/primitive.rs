//! Vectors of primitives: an RSA-OAEP ciphertext becomes the encrypted key of a JWE.
//!
//! RFC 7518 §4.3 names OAEP with one hash for both the label and MGF1, and with no label. A ciphertext
//! of another kind, or whose message is no CEK, is one that has to be refused.

use protocol::Operation;
use serde_json::{Map, Value, json};

use super::{Question, Want, text};

/// The request for one test of `rsa_oaep_*`.
pub(super) fn rsa_oaep(group: &Value, test: &Value) -> Result<Question, String> {
    let Some((_, alg)) = NAMES.iter().find(|(hash, _)| *hash == text(group, "sha")) else {
        return Err(format!("JOSE has no name for OAEP with {}", text(group, "sha")));
    };
    if group.get("keySize").and_then(Value::as_u64).is_none_or(|bits| bits < 2048) {
        return Err("RFC 7518 §4.3: RSA keys have 2048 bits or more".to_owned());
    }
    let ciphertext = hex(text(test, "ct")).ok_or("its ciphertext is no hexadecimal text")?;
    let message = hex(text(test, "msg")).ok_or("its message is no hexadecimal text")?;
    let is_jose = text(group, "sha") == text(group, "mgfSha") && text(test, "label").is_empty();
    let enc = ENCS.iter().find(|(_, octets)| *octets == message.len());
    let want = match enc {
        Some(_) if is_jose => Want::of(text(test, "result"), Some(CONTENT.to_vec()))?,
        // What a decryptor would use if it cut a message of another length, or filled it up.
        _ => Want::Refuse,
    };
    let (enc, octets) = enc.unwrap_or(&("A256GCM", 32));
    let mut cek = message;
    cek.resize(*octets, 0);
    let token = forge::around(alg, enc, &ciphertext, &cek, CONTENT)
        .map_err(|error| format!("no JWE can be made of it: {error}"))?;
    let input = Map::from_iter([
        ("token".to_owned(), token.into()),
        ("key".to_owned(), json!({ "jwk": private_jwk(group)?.to_string() })),
        ("allow".to_owned(), json!({ "alg": [alg], "enc": [enc] })),
    ]);
    let operation = Operation::named("jwe.decrypt").ok_or("the protocol has no `jwe.decrypt`")?;
    let abilities = vec![
        ("operations", operation.name.to_owned()),
        ("alg", (*alg).to_owned()),
        ("enc", (*enc).to_owned()),
    ];
    Ok(Question { operation, input, abilities, want })
}

/// Why vectors of another primitive cannot be asked.
pub(super) fn why_not(kind: &str) -> String {
    let is_signature = kind.ends_with("Verify");
    if is_signature {
        return "what it signs is no JWS Signing Input (RFC 7515 §5.1), and its key cannot sign one"
            .to_owned();
    }
    format!("no operation of the adapter protocol has to do with `{kind}`")
}

/// The private key of a group as a JWK (RFC 7518 §6.3.2).
fn private_jwk(group: &Value) -> Result<Value, String> {
    let key = group.get("privateKey").ok_or("it has no private key")?;
    if key.get("otherPrimeInfos").is_some() {
        return Err("RFC 7518 §6.3.2.7: keys of more than two primes are optional".to_owned());
    }
    let mut jwk = Map::from_iter([("kty".to_owned(), "RSA".into())]);
    for (member, name) in MEMBERS {
        let number = hex(text(key, name)).ok_or_else(|| format!("its `{name}` is no number"))?;
        let start = number.iter().take_while(|octet| **octet == 0).count();
        let number = number.get(start..).unwrap_or_default();
        jwk.insert((*member).to_owned(), forge::encode(number).into());
    }
    Ok(jwk.into())
}

/// The octets of a hexadecimal text.
pub(super) fn hex(text: &str) -> Option<Vec<u8>> {
    let digit =
        |octet: u8| char::from(octet).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pair = |pair: &[u8]| match pair {
        [high, low] => Some(digit(*high)? << 4 | digit(*low)?),
        _ => None,
    };
    text.as_bytes().chunks(2).map(pair).collect()
}

/// The hash of OAEP and the name of RFC 7518 §4.3 (and of the IANA registry for the longer two).
const NAMES: &[(&str, &str)] = &[
    ("SHA-1", "RSA-OAEP"),
    ("SHA-256", "RSA-OAEP-256"),
    ("SHA-384", "RSA-OAEP-384"),
    ("SHA-512", "RSA-OAEP-512"),
];

/// Content encryption by the octets of its CEK.
const ENCS: &[(&str, usize)] = &[
    ("A128GCM", 16),
    ("A192GCM", 24),
    ("A256GCM", 32),
    ("A192CBC-HS384", 48),
    ("A256CBC-HS512", 64),
];

/// The members of an RSA private JWK and what the vectors call them.
const MEMBERS: &[(&str, &str)] = &[
    ("n", "modulus"),
    ("e", "publicExponent"),
    ("d", "privateExponent"),
    ("p", "prime1"),
    ("q", "prime2"),
    ("dp", "exponent1"),
    ("dq", "exponent2"),
    ("qi", "coefficient"),
];

/// What is encrypted.
const CONTENT: &[u8] = b"foreign key, own content";
