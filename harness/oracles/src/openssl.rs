//! OpenSSL's primitives, beside those of RustCrypto.

use std::cell::RefCell;
use std::collections::BTreeMap;

use ::openssl::encrypt::Decrypter;
use ::openssl::error::ErrorStack;
use ::openssl::hash::MessageDigest;
use ::openssl::pkey::{PKey, Private};
use ::openssl::rsa::Padding;

thread_local! {
    static KEYS: RefCell<BTreeMap<String, PKey<Private>>> = RefCell::default();
}

/// RSA-OAEP (RFC 8017 §7.1.2) with one hash, `sha1` or `sha256`, an empty label and a key in PKCS #8 as PEM;
/// `None` where it fails, whyever.
#[must_use]
pub fn oaep_decrypt(pem: &str, hash: &str, ciphertext: &[u8]) -> Option<Vec<u8>> {
    let digest = MessageDigest::from_name(hash)?;
    KEYS.with_borrow_mut(|keys| {
        if !keys.contains_key(pem) {
            keys.insert(pem.to_owned(), PKey::private_key_from_pem(pem.as_bytes()).ok()?);
        }
        decrypt(keys.get(pem)?, digest, ciphertext).ok()
    })
}

fn decrypt(
    key: &PKey<Private>,
    digest: MessageDigest,
    ciphertext: &[u8],
) -> Result<Vec<u8>, ErrorStack> {
    let mut decrypter = Decrypter::new(key)?;
    decrypter.set_rsa_padding(Padding::PKCS1_OAEP)?;
    decrypter.set_rsa_oaep_md(digest)?;
    decrypter.set_rsa_mgf1_md(digest)?;
    let mut plaintext = vec![0; decrypter.decrypt_len(ciphertext)?];
    let octets = decrypter.decrypt(ciphertext, &mut plaintext)?;
    plaintext.truncate(octets);
    Ok(plaintext)
}
