//! Content encryption (RFC 7518 §5): one face for the rows of the table.

use algorithms::{ContentEncryption, ContentFamily, CryptoError, Provider, cbc_hmac};

/// Encrypts with a CEK and an IV of the lengths that `enc` needs; gives ciphertext and tag.
///
/// # Errors
/// Another length.
pub fn seal(
    enc: &ContentEncryption,
    cek: &[u8],
    iv: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    provider: &dyn Provider,
) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
    if cek.len() != enc.cek_octets || iv.len() != enc.iv_octets {
        return Err(CryptoError);
    }
    match enc.family {
        ContentFamily::Gcm => provider.gcm_seal(cek, iv, aad, plaintext),
        ContentFamily::CbcHmac { hash } => cbc_hmac::seal(hash, cek, iv, aad, plaintext),
    }
}

/// What is to be decrypted.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the four inputs of RFC 7516 §5.2 step 16")]
pub struct Sealed<'a> {
    /// The initialization vector.
    pub iv: &'a [u8],
    /// The additional authenticated data.
    pub aad: &'a [u8],
    /// The ciphertext.
    pub ciphertext: &'a [u8],
    /// The authentication tag.
    pub tag: &'a [u8],
}

/// Decrypts after the tag held (RFC 7516 §5.2 step 16).
///
/// # Errors
/// One error for everything.
pub fn open(
    enc: &ContentEncryption,
    cek: &[u8],
    sealed: Sealed<'_>,
    provider: &dyn Provider,
) -> Result<Vec<u8>, CryptoError> {
    let Sealed { iv, aad, ciphertext, tag } = sealed;
    if cek.len() != enc.cek_octets || iv.len() != enc.iv_octets || tag.len() != enc.tag_octets {
        return Err(CryptoError);
    }
    match enc.family {
        ContentFamily::Gcm => provider.gcm_open(cek, iv, aad, ciphertext, tag),
        ContentFamily::CbcHmac { hash } => cbc_hmac::open(hash, cek, iv, aad, ciphertext, tag),
    }
}
