//! AES Key Wrap with the default initial value (RFC 3394, RFC 7518 §4.4).

use aes_kw::{IV_LEN, KwAes128, KwAes192, KwAes256};

use crate::error::CryptoError;

/// Wraps `key` under a `kek` of 16, 24 or 32 octets.
///
/// `key` may have any positive multiple of 8 octets; RFC 3394 starts at 16, and one block of 8 is
/// here for those who make wrong tokens.
///
/// # Errors
/// Another length of `kek` or `key`.
pub fn wrap(kek: &[u8], key: &[u8]) -> Result<Vec<u8>, CryptoError> {
    if key.is_empty() {
        return Err(CryptoError);
    }
    let mut wrapped = vec![0; key.len().saturating_add(IV_LEN)];
    match kek.len() {
        16 => cipher::<KwAes128>(kek)?.wrap_key(key, &mut wrapped).map_err(|_| CryptoError)?,
        24 => cipher::<KwAes192>(kek)?.wrap_key(key, &mut wrapped).map_err(|_| CryptoError)?,
        32 => cipher::<KwAes256>(kek)?.wrap_key(key, &mut wrapped).map_err(|_| CryptoError)?,
        _ => return Err(CryptoError),
    };
    Ok(wrapped)
}

/// Unwraps what [`wrap`] made; the integrity value is checked.
///
/// # Errors
/// A `kek` of another length than 16, 24 or 32 octets, a `wrapped` that is shorter than 24 octets
/// or no multiple of 8, or a wrong integrity value.
pub fn unwrap(kek: &[u8], wrapped: &[u8]) -> Result<Vec<u8>, CryptoError> {
    // `aes-kw` takes 8 and 16 octets as well; RFC 3394 §2 has no key of fewer than two blocks.
    if wrapped.len() < 24 || !wrapped.len().is_multiple_of(IV_LEN) {
        return Err(CryptoError);
    }
    let mut key = vec![0; wrapped.len().saturating_sub(IV_LEN)];
    match kek.len() {
        16 => cipher::<KwAes128>(kek)?.unwrap_key(wrapped, &mut key).map_err(|_| CryptoError)?,
        24 => cipher::<KwAes192>(kek)?.unwrap_key(wrapped, &mut key).map_err(|_| CryptoError)?,
        32 => cipher::<KwAes256>(kek)?.unwrap_key(wrapped, &mut key).map_err(|_| CryptoError)?,
        _ => return Err(CryptoError),
    };
    Ok(key)
}

fn cipher<C: aes_kw::KeyInit>(kek: &[u8]) -> Result<C, CryptoError> {
    C::new_from_slice(kek).map_err(|_| CryptoError)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        data_encoding::HEXUPPER.decode(text.as_bytes()).unwrap()
    }

    /// RFC 3394 §4.1 to §4.6.
    #[test]
    fn the_published_vectors_wrap_and_unwrap() {
        let kek = "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F";
        let key = "00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F";
        for (kek_octets, key_octets, wrapped) in [
            (16, 16, "1FA68B0A8112B447AEF34BD8FB5A7B829D3E862371D2CFE5"),
            (24, 16, "96778B25AE6CA435F92B5B97C050AED2468AB8A17AD84E5D"),
            (32, 16, "64E8C3F9CE0F5BA263E9777905818A2A93C8191E7D6E8AE7"),
            (24, 24, "031D33264E15D33268F24EC260743EDCE1C6C7DDEE725A936BA814915C6762D2"),
            (32, 24, "A8F9BC1612C68B3FF6E6F4FBE30E71E4769C8B80A32CB8958CD5D17D6B254DA1"),
            (
                32,
                32,
                "28C9F404C4B810F4CBCCB35CFB87F8263F5786E2D80ED326CBC7F0E71A99F43BFB988B9B7A02DD21",
            ),
        ] {
            let kek = hex(&kek[..kek_octets * 2]);
            // The 192-bit key of §4.4 and §4.5 goes on with 0001020304050607.
            let key = hex(&key[..key_octets * 2]);
            assert_eq!(wrap(&kek, &key).unwrap(), hex(wrapped));
            assert_eq!(unwrap(&kek, &hex(wrapped)).unwrap(), key);
        }
    }

    #[test]
    fn short_and_odd_lengths_are_refused() {
        let kek = [7; 16];
        for octets in [0, 8, 16, 23, 25, 31] {
            assert_eq!(unwrap(&kek, &vec![0; octets]), Err(CryptoError), "{octets}");
        }
        let eight = wrap(&kek, &[1; 8]).unwrap();
        assert_eq!(unwrap(&kek, &eight), Err(CryptoError));
        assert_eq!(wrap(&kek, &[1; 12]), Err(CryptoError));
        assert_eq!(wrap(&[7; 20], &[1; 16]), Err(CryptoError));
    }

    #[test]
    fn each_changed_octet_is_refused() {
        let wrapped = wrap(&[7; 32], &[9; 32]).unwrap();
        for index in 0..wrapped.len() {
            let mut changed = wrapped.clone();
            changed[index] ^= 1;
            assert_eq!(unwrap(&[7; 32], &changed), Err(CryptoError), "{index}");
        }
    }
}
