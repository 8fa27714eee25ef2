//! AES-GCM with a tag of 128 bits (RFC 7518 §5.3, NIST SP 800-38D).

use aes_gcm::aead::array::ArraySize;
use aes_gcm::aead::{AeadInOut, consts};
use aes_gcm::aes::{Aes128, Aes192, Aes256};
use aes_gcm::{AesGcm, KeyInit, Nonce, Tag};

use crate::error::CryptoError;

/// Encrypts; gives ciphertext and tag (16 octets).
///
/// `key` has 16, 24 or 32 octets. `iv` may have 1 to 64 octets: JWE allows 12 only (RFC 7518
/// §5.3), the others are for those who make wrong tokens.
///
/// # Errors
/// Another length of `key` or `iv`.
pub fn seal(
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
    match key.len() {
        16 => seal_any!(Aes128, key, iv, aad, plaintext),
        24 => seal_any!(Aes192, key, iv, aad, plaintext),
        32 => seal_any!(Aes256, key, iv, aad, plaintext),
        _ => Err(CryptoError),
    }
}

/// Decrypts after the tag held. `key` has 16, 24 or 32 octets, `iv` 12 and `tag` 16, exactly.
///
/// # Errors
/// Another length, or a tag that does not hold.
pub fn open(
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    match key.len() {
        16 => open_with::<AesGcm<Aes128, consts::U12>>(key, iv, aad, ciphertext, tag),
        24 => open_with::<AesGcm<Aes192, consts::U12>>(key, iv, aad, ciphertext, tag),
        32 => open_with::<AesGcm<Aes256, consts::U12>>(key, iv, aad, ciphertext, tag),
        _ => Err(CryptoError),
    }
}

macro_rules! seal_any {
    ($aes:ty, $key:expr, $iv:expr, $aad:expr, $plaintext:expr) => {
        seal_any!($aes, $key, $iv, $aad, $plaintext,
            1 U1, 2 U2, 3 U3, 4 U4, 5 U5, 6 U6, 7 U7, 8 U8, 9 U9, 10 U10, 11 U11, 12 U12, 13 U13,
            14 U14, 15 U15, 16 U16, 17 U17, 18 U18, 19 U19, 20 U20, 21 U21, 22 U22, 23 U23,
            24 U24, 25 U25, 26 U26, 27 U27, 28 U28, 29 U29, 30 U30, 31 U31, 32 U32, 33 U33,
            34 U34, 35 U35, 36 U36, 37 U37, 38 U38, 39 U39, 40 U40, 41 U41, 42 U42, 43 U43,
            44 U44, 45 U45, 46 U46, 47 U47, 48 U48, 49 U49, 50 U50, 51 U51, 52 U52, 53 U53,
            54 U54, 55 U55, 56 U56, 57 U57, 58 U58, 59 U59, 60 U60, 61 U61, 62 U62, 63 U63,
            64 U64)
    };
    ($aes:ty, $key:expr, $iv:expr, $aad:expr, $plaintext:expr, $($octets:literal $size:ident),+) => {
        match $iv.len() {
            $($octets => {
                seal_with::<AesGcm<$aes, consts::$size>, consts::$size>($key, $iv, $aad, $plaintext)
            })+
            _ => Err(CryptoError),
        }
    };
}
use seal_any;

fn seal_with<C, N>(
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    plaintext: &[u8],
) -> Result<(Vec<u8>, Vec<u8>), CryptoError>
where
    C: AeadInOut<NonceSize = N> + KeyInit,
    N: ArraySize,
{
    let cipher = C::new_from_slice(key).map_err(|_| CryptoError)?;
    let nonce = Nonce::<N>::try_from(iv).map_err(|_| CryptoError)?;
    let mut buffer = plaintext.to_vec();
    let tag = cipher
        .encrypt_inout_detached(&nonce, aad, buffer.as_mut_slice().into())
        .map_err(|_| CryptoError)?;
    Ok((buffer, tag.to_vec()))
}

fn open_with<C>(
    key: &[u8],
    iv: &[u8],
    aad: &[u8],
    ciphertext: &[u8],
    tag: &[u8],
) -> Result<Vec<u8>, CryptoError>
where
    C: AeadInOut<NonceSize = consts::U12, TagSize = consts::U16> + KeyInit,
{
    let cipher = C::new_from_slice(key).map_err(|_| CryptoError)?;
    let nonce = Nonce::<consts::U12>::try_from(iv).map_err(|_| CryptoError)?;
    let tag = Tag::<consts::U16>::try_from(tag).map_err(|_| CryptoError)?;
    let mut buffer = ciphertext.to_vec();
    cipher
        .decrypt_inout_detached(&nonce, aad, buffer.as_mut_slice().into(), &tag)
        .map_err(|_| CryptoError)?;
    Ok(buffer)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap()
    }

    const KEY: &str = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
    const PLAINTEXT: &str = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c9\
                             5956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
    const AAD: &str = "feedfacedeadbeeffeedfacedeadbeefabaddad2";

    /// McGrew and Viega, test cases 4 to 6 (AES-128), 10 (AES-192) and 16 to 17 (AES-256): the
    /// tags, with IVs of 12, 8 and 60 octets.
    #[test]
    fn the_published_tags_come_out() {
        let long = "9313225df88406e555909c5aff5269aa6a7a9538534f7da1e4c303d2a318a728c3c0c95156809539\
                    fcf0e2429a6b525416aedbf5a0de6a57a637b39b";
        for (key_octets, iv, tag) in [
            (16, "cafebabefacedbaddecaf888", "5bc94fbc3221a5db94fae95ae7121a47"),
            (16, "cafebabefacedbad", "3612d2e79e3b0785561be14aaca2fccb"),
            (16, long, "619cc5aefffe0bfa462af43c1699d050"),
            (24, "cafebabefacedbaddecaf888", "2519498e80f1478f37ba55bd6d27618c"),
            (32, "cafebabefacedbaddecaf888", "76fc6ece0f4e1768cddf8853bb2d551b"),
            (32, "cafebabefacedbad", "3a337dbf46a792c45e454913fe2ea8f2"),
        ] {
            let key = hex(&KEY[..key_octets * 2]);
            let (ciphertext, got) = seal(&key, &hex(iv), &hex(AAD), &hex(PLAINTEXT)).unwrap();
            assert_eq!(got, hex(tag), "{key_octets} {iv}");
            let opened = open(&key, &hex(iv), &hex(AAD), &ciphertext, &got);
            if iv.len() == 24 {
                assert_eq!(opened.unwrap(), hex(PLAINTEXT));
            } else {
                assert_eq!(opened, Err(CryptoError));
            }
        }
    }

    #[test]
    fn every_iv_of_1_to_64_octets_seals() {
        for octets in 1..=64 {
            assert!(seal(&[0; 16], &vec![1; octets], b"", b"x").is_ok(), "{octets}");
        }
        assert_eq!(seal(&[0; 16], &[], b"", b"x"), Err(CryptoError));
        assert_eq!(seal(&[0; 16], &[0; 65], b"", b"x"), Err(CryptoError));
        assert_eq!(seal(&[0; 17], &[0; 12], b"", b"x"), Err(CryptoError));
    }

    #[test]
    fn a_shortened_tag_is_refused() {
        let (ciphertext, tag) = seal(&[3; 32], &[4; 12], b"aad", b"text").unwrap();
        for keep in 0..16 {
            let got = open(&[3; 32], &[4; 12], b"aad", &ciphertext, &tag[..keep]);
            assert_eq!(got, Err(CryptoError), "{keep}");
        }
        assert_eq!(open(&[3; 32], &[4; 12], b"aad", &ciphertext, &tag).unwrap(), b"text");
    }
}
