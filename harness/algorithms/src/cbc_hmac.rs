//! AES-CBC with HMAC, the composition of RFC 7518 §5.2.

use aes::{Aes128, Aes192, Aes256};
use cbc::cipher::block_padding::{NoPadding, Pkcs7};
use cbc::cipher::{BlockModeDecrypt as _, BlockModeEncrypt as _, KeyIvInit as _};
use cbc::{Decryptor, Encryptor};
use subtle::ConstantTimeEq as _;

use crate::error::CryptoError;
use crate::hash::Hash;

/// Encrypts; gives ciphertext and tag, the tag being half of the hash.
///
/// `hash` is SHA-256, SHA-384 or SHA-512, `cek` has as many octets as the hash, `iv` has 16.
///
/// # Errors
/// Another length of `cek` or `iv`.
pub fn seal(
    hash: Hash,
    cek: &[u8],
    iv: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
    // RFC 7518 §5.2.2.1 step 1: the two keys; step 3: CBC with PKCS #7 padding.
    let (mac_key, enc_key) = split(hash, cek)?;
    let ciphertext = cbc_encrypt(enc_key, iv, plaintext)?;
    // Steps 4 and 5: the MAC, and its first half as the tag.
    let mut tag = mac(hash, mac_key, aad, iv, &ciphertext);
    tag.truncate(tag_octets(hash));
    Ok((ciphertext, tag))
}

/// Decrypts after the tag held; the tag has exactly half of the octets of the hash.
///
/// # Errors
/// A wrong length, tag or padding, without telling which.
pub fn open(
    hash: Hash,
    cek: &[u8],
    iv: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    // RFC 7518 §5.2.2.2 step 1: the two keys.
    let (mac_key, enc_key) = split(hash, cek)?;
    // Step 2: the tag, in constant time, before any decryption or padding check.
    let mut want = mac(hash, mac_key, aad, iv, ciphertext);
    want.truncate(tag_octets(hash));
    if !bool::from(want.as_slice().ct_eq(tag)) {
        return Err(CryptoError);
    }
    // Step 3.
    cbc_decrypt(enc_key, iv, ciphertext)
}

/// MAC key, then encryption key: the halves of the CEK (RFC 7518 §5.2.2.1 step 1).
///
/// # Errors
/// `cek` has another length than the hash.
pub fn split(hash: Hash, cek: &[u8]) -> Result<(&[u8], &[u8]), CryptoError> {
    if hash == Hash::Sha1 || cek.len() != hash.octets() {
        return Err(CryptoError);
    }
    cek.split_at_checked(tag_octets(hash)).ok_or(CryptoError)
}

/// The whole HMAC over AAD ‖ IV ‖ ciphertext ‖ AL, AL being the bits of the AAD in 64 bits.
#[must_use]
pub fn mac(hash: Hash, mac_key: &[u8], aad: &[u8], iv: &[u8], ciphertext: &[u8]) -> Vec<u8> {
    hash.hmac(mac_key, &[aad, iv, ciphertext, &aad_length(aad)].concat())
}

/// AL: the number of bits of the AAD, big-endian in 64 bits.
#[must_use]
pub fn aad_length(aad: &[u8]) -> [u8; 8] {
    u64::try_from(aad.len()).unwrap_or(u64::MAX).saturating_mul(8).to_be_bytes()
}

/// Octets of the tag, of the MAC key and of the encryption key: half of the hash.
#[must_use]
pub const fn tag_octets(hash: Hash) -> usize {
    hash.octets() / 2
}

/// AES-CBC with PKCS #7 padding; `key` has 16, 24 or 32 octets, `iv` 16.
///
/// # Errors
/// Another length of `key` or `iv`.
pub fn cbc_encrypt(key: &[u8], iv: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, CryptoError> {
    macro_rules! encrypt {
        ($aes:ty) => {
            Encryptor::<$aes>::new_from_slices(key, iv)
                .map(|mode| mode.encrypt_padded_vec::<Pkcs7>(plaintext))
                .map_err(|_| CryptoError)
        };
    }
    match key.len() {
        16 => encrypt!(Aes128),
        24 => encrypt!(Aes192),
        32 => encrypt!(Aes256),
        _ => Err(CryptoError),
    }
}

/// AES-CBC over whole blocks without padding, for those who make wrong paddings.
///
/// # Errors
/// Another length of `key` or `iv`, or `blocks` that is no multiple of 16 octets.
pub fn cbc_encrypt_unpadded(key: &[u8], iv: &[u8], blocks: &[u8]) -> Result<Vec<u8>, CryptoError> {
    if !blocks.len().is_multiple_of(16) {
        return Err(CryptoError);
    }
    macro_rules! encrypt {
        ($aes:ty) => {
            Encryptor::<$aes>::new_from_slices(key, iv)
                .map(|mode| mode.encrypt_padded_vec::<NoPadding>(blocks))
                .map_err(|_| CryptoError)
        };
    }
    match key.len() {
        16 => encrypt!(Aes128),
        24 => encrypt!(Aes192),
        32 => encrypt!(Aes256),
        _ => Err(CryptoError),
    }
}

/// AES-CBC, padding checked and removed. Only after a MAC held: alone this is a padding oracle.
///
/// # Errors
/// A wrong length or padding.
pub fn cbc_decrypt(key: &[u8], iv: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>, CryptoError> {
    macro_rules! decrypt {
        ($aes:ty) => {
            Decryptor::<$aes>::new_from_slices(key, iv)
                .map_err(|_| CryptoError)?
                .decrypt_padded_vec::<Pkcs7>(ciphertext)
                .map_err(|_| CryptoError)
        };
    }
    match key.len() {
        16 => decrypt!(Aes128),
        24 => decrypt!(Aes192),
        32 => decrypt!(Aes256),
        _ => Err(CryptoError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAINTEXT: &[u8] = b"A cipher system must not be required to be secret, and it must be \
        able to fall into the hands of the enemy without inconvenience";
    const AAD: &[u8] = b"The second principle of Auguste Kerckhoffs";
    const IV: &str = "1af38c2dc2b96ffdd86694092341bc04";

    fn hex(text: &str) -> Vec<u8> {
        data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    /// RFC 7518 Appendix B.1 to B.3: the tags.
    #[test]
    fn the_published_tags_come_out() {
        for (hash, tag) in [
            (Hash::Sha256, "652c3fa36b0a7c5b3219fab3a30bc1c4"),
            (Hash::Sha384, "8490ac0e58949bfe51875d733f93ac2075168039ccc733d7"),
            (Hash::Sha512, "4dd3b4c088a7f45c216839645b2012bf2e6269a8c56a816dbc1b267761955bc5"),
        ] {
            let cek: Vec<u8> = (0..).take(hash.octets()).collect();
            let (ciphertext, got) = seal(hash, &cek, &hex(IV), AAD, PLAINTEXT).unwrap();
            assert_eq!(got, hex(tag));
            assert_eq!(ciphertext.len(), 144);
            assert_eq!(open(hash, &cek, &hex(IV), AAD, &ciphertext, &got).unwrap(), PLAINTEXT);
        }
        assert_eq!(aad_length(AAD), [0, 0, 0, 0, 0, 0, 1, 0x50]);
    }

    #[test]
    fn a_wrong_padding_under_a_right_tag_fails_like_a_wrong_tag() {
        let cek = [5; 32];
        let (mac_key, enc_key) = split(Hash::Sha256, &cek).unwrap();
        let iv = [6; 16];
        let ciphertext = cbc_encrypt_unpadded(enc_key, &iv, &[0; 32]).unwrap();
        let mut tag = mac(Hash::Sha256, mac_key, b"", &iv, &ciphertext);
        tag.truncate(16);
        assert_eq!(open(Hash::Sha256, &cek, &iv, b"", &ciphertext, &tag), Err(CryptoError));
        tag[0] ^= 1;
        assert_eq!(open(Hash::Sha256, &cek, &iv, b"", &ciphertext, &tag), Err(CryptoError));
        assert_eq!(cbc_encrypt_unpadded(enc_key, &iv, &[0; 31]), Err(CryptoError));
    }

    #[test]
    fn lengths_are_exact() {
        let (ciphertext, tag) = seal(Hash::Sha256, &[1; 32], &[2; 16], b"", b"x").unwrap();
        let whole = mac(Hash::Sha256, &[1; 16], b"", &[2; 16], &ciphertext);
        for (cek, iv, tag) in [
            (&[1; 31][..], &[2; 16][..], &tag[..]),
            (&[1; 32], &[2; 12], &tag),
            (&[1; 32], &[2; 16], &tag[..15]),
            (&[1; 32], &[2; 16], &whole),
        ] {
            assert_eq!(open(Hash::Sha256, cek, iv, b"", &ciphertext, tag), Err(CryptoError));
        }
    }
}
