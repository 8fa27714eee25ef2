//! A JWE around an encrypted key that somebody else made (RFC 7516 §5.1 from step 9 on).

use algorithms::{ContentEncryption, base64url};
use serde_json::json;

use crate::content::Content;
use crate::error::{ForgeError, unknown};

/// A compact JWE whose content is encrypted with `cek`, under a header of `alg` and `enc` alone.
///
/// The initialization vector is constant: each foreign key is used for one token.
///
/// # Errors
/// [`ForgeError`] for an unknown `enc`, or a CEK of another length than `enc` needs.
pub fn around(
    alg: &str,
    enc: &str,
    encrypted_key: &[u8],
    cek: &[u8],
    plaintext: &[u8],
) -> Result<String, ForgeError> {
    let algorithm = ContentEncryption::named(enc).ok_or_else(|| unknown("enc", enc))?;
    if cek.len() != algorithm.cek_octets {
        return Err(ForgeError::Primitive("content encryption"));
    }
    let header = base64url::encode(json!({ "alg": alg, "enc": enc }).to_string().as_bytes());
    let iv = vec![0x5A; algorithm.iv_octets];
    let content =
        Content { algorithm, cek, iv: &iv, aad: header.as_bytes(), plaintext, action: None };
    let (ciphertext, tag) = content.seal()?;
    let parts = [encrypted_key, &iv, &ciphertext, &tag].map(base64url::encode);
    Ok(format!("{header}.{}", parts.join(".")))
}
