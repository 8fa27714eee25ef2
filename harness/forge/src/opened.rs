//! Reading a token back with the primitives alone: what a server issued, opened with a test key.

use algorithms::{
    ContentEncryption, ContentFamily, KeyManagement, KeyManagementFamily, Signature, base64url,
    cbc_hmac, gcm, rsa,
};
use serde_json::{Map, Value};
use suite::Keys;

use crate::examine::signature::verify;
use crate::examine::token::Token;
use crate::key::Key;

/// A compact JWE that was opened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Opened {
    /// The protected header.
    pub header: Map<String, Value>,
    /// What was inside.
    pub plaintext: Vec<u8>,
    /// The content encryption key and the initialization vector: no two tokens share one.
    pub cek: Vec<u8>,
    /// See `cek`.
    pub iv: Vec<u8>,
}

/// Opens a compact JWE of an RSA-OAEP algorithm with a test key.
///
/// # Errors
/// Which step failed, for people.
pub fn open(token: &str, keys: &Keys, key: &str) -> Result<Opened, String> {
    let parts: Vec<&str> = token.split('.').collect();
    let [protected, encrypted_key, iv, ciphertext, tag] = parts.as_slice() else {
        return Err(format!("it has {} parts, not five", parts.len()));
    };
    let octets = |name: &str, text: &str| {
        base64url::decode(text).map_err(|_| format!("its {name} is no base64url"))
    };
    let header: Map<String, Value> = serde_json::from_slice(&octets("header", protected)?)
        .map_err(|error| format!("its header is no JSON object: {error}"))?;
    let text = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default();
    let Some(KeyManagementFamily::RsaOaep { hash }) =
        KeyManagement::named(text("alg")).map(|row| row.family)
    else {
        return Err(format!("its alg `{}` is no RSA-OAEP", text("alg")));
    };
    let Some(enc) = ContentEncryption::named(text("enc")) else {
        return Err(format!("its enc `{}` is not registered", text("enc")));
    };
    let private = Key::named(keys, key)
        .and_then(|key| key.rsa_private())
        .map_err(|error| error.to_string())?;
    let failed = || format!("it does not open with the key `{key}`");
    let cek =
        rsa::oaep_decrypt(&private, hash, hash, b"", &octets("encrypted key", encrypted_key)?)
            .map_err(|_| failed())?;
    let (iv, ciphertext, tag) =
        (octets("iv", iv)?, octets("ciphertext", ciphertext)?, octets("tag", tag)?);
    let aad = protected.as_bytes();
    let plaintext = match enc.family {
        ContentFamily::Gcm if cek.len() == enc.cek_octets => {
            gcm::open(&cek, &iv, aad, &ciphertext, &tag)
        }
        ContentFamily::CbcHmac { hash } => cbc_hmac::open(hash, &cek, &iv, aad, &ciphertext, &tag),
        ContentFamily::Gcm => return Err("its CEK has another length than enc needs".to_owned()),
    };
    Ok(Opened { header, plaintext: plaintext.map_err(|_| failed())?, cek, iv })
}

/// Whether a compact JWS verifies with a public key, by the algorithm of its header.
#[must_use]
pub fn verifies(token: &str, jwk: &str) -> bool {
    let (Ok(token), Ok(jwk)) =
        (Token::parse(token), serde_json::from_str::<Map<String, Value>>(jwk))
    else {
        return false;
    };
    let alg = token.header.get("alg").and_then(Value::as_str).unwrap_or_default();
    // A key that says what it is for is for nothing else.
    if jwk.get("alg").is_some_and(|own| own.as_str() != Some(alg)) {
        return false;
    }
    let Some(row) = Signature::named(alg) else { return false };
    row.is_asymmetric() && verify(row.family, &jwk, &token) == Some(true)
}
