//! Encryption with OAEP (RFC 8017 §7.1) and PKCS #1 v1.5 (§7.2), and the bare permutation (§5.1).

use rand::CryptoRng;
use rsa::hazmat::{rsa_decrypt_and_check, rsa_encrypt};
use rsa::traits::{PaddingScheme, PublicKeyParts};
use rsa::{BoxedUint, Oaep, Pkcs1v15Encrypt};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::key::{PrivateKey, PublicKey};
use crate::error::CryptoError;
use crate::hash::Hash;

/// Encrypts with OAEP. JWA takes one hash for both roles and an empty label (RFC 7518 §4.3); other
/// values are for those who make wrong tokens.
///
/// # Errors
/// The message is longer than the modulus allows.
pub fn oaep_encrypt(
    key: &PublicKey,
    rng: &mut (impl CryptoRng + ?Sized),
    hash: Hash,
    mgf: Hash,
    label: &[u8],
    message: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    oaep!(hash, mgf, label, |padding| key.0.encrypt(rng, padding, message).map_err(|_| CryptoError))
}

/// Decrypts OAEP; the ciphertext has exactly the octets of the modulus and is below it.
///
/// # Errors
/// Any of it is wrong.
pub fn oaep_decrypt(
    key: &PrivateKey,
    hash: Hash,
    mgf: Hash,
    label: &[u8],
    ciphertext: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    if ciphertext.len() != key.modulus_octets() {
        return Err(CryptoError);
    }
    oaep!(hash, mgf, label, |padding| decrypt(key, padding, ciphertext))
}

/// Encrypts with the padding of PKCS #1 v1.5.
///
/// # Errors
/// The message is longer than the modulus allows.
pub fn pkcs1v15_encrypt(
    key: &PublicKey,
    rng: &mut (impl CryptoRng + ?Sized),
    message: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    key.0.encrypt(rng, Pkcs1v15Encrypt, message).map_err(|_| CryptoError)
}

/// Decrypts PKCS #1 v1.5 with implicit rejection: a wrong padding gives octets that depend on key
/// and ciphertext only, of a length that means nothing, and no error. What the octets are good for
/// shows when something is authenticated with them.
///
/// # Errors
/// The ciphertext has another length than the modulus or is not below it.
pub fn pkcs1v15_decrypt(key: &PrivateKey, ciphertext: &[u8]) -> Result<Vec<u8>, CryptoError> {
    if ciphertext.len() != key.modulus_octets() {
        return Err(CryptoError);
    }
    decrypt(key, Pkcs1v15Encrypt, ciphertext)
}

/// block^e mod n, of exactly the octets of the modulus: for padded blocks that are built by hand.
///
/// # Errors
/// The block is not below the modulus.
pub fn raw_public(key: &PublicKey, block: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let representative = representative(&key.0, block)?;
    rsa_encrypt(&key.0, &representative)
        .map(|result| fixed_width(&result, key.modulus_octets()))
        .map_err(|_| CryptoError)
}

/// block^d mod n, of exactly the octets of the modulus.
///
/// # Errors
/// The block is not below the modulus.
pub fn raw_private(key: &PrivateKey, block: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let representative = representative(&key.0, block)?;
    rsa_decrypt_and_check(&key.0, Some(&mut key.blinding(block)), &representative)
        .map(|result| fixed_width(&result, key.modulus_octets()))
        .map_err(|_| CryptoError)
}

/// Builds the padding for a hash and a mask hash that are known at run time only.
macro_rules! oaep {
    ($hash:expr, $mgf:expr, $label:expr, |$padding:ident| $body:expr) => {
        match $hash {
            Hash::Sha1 => oaep!(Sha1, $mgf, $label, |$padding| $body; mgf),
            Hash::Sha256 => oaep!(Sha256, $mgf, $label, |$padding| $body; mgf),
            Hash::Sha384 => oaep!(Sha384, $mgf, $label, |$padding| $body; mgf),
            Hash::Sha512 => oaep!(Sha512, $mgf, $label, |$padding| $body; mgf),
        }
    };
    ($digest:ty, $mgf:expr, $label:expr, |$padding:ident| $body:expr; mgf) => {
        match $mgf {
            Hash::Sha1 => oaep!($digest, Sha1, $label, |$padding| $body; both),
            Hash::Sha256 => oaep!($digest, Sha256, $label, |$padding| $body; both),
            Hash::Sha384 => oaep!($digest, Sha384, $label, |$padding| $body; both),
            Hash::Sha512 => oaep!($digest, Sha512, $label, |$padding| $body; both),
        }
    };
    ($digest:ty, $mask:ty, $label:expr, |$padding:ident| $body:expr; both) => {{
        let $padding = Oaep::<$digest, $mask>::new_with_mgf_hash_and_label($label.to_vec());
        $body
    }};
}
use oaep;

fn decrypt(
    key: &PrivateKey,
    padding: impl PaddingScheme,
    ciphertext: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    key.0
        .decrypt_blinded(&mut key.blinding(ciphertext), padding, ciphertext)
        .map_err(|_| CryptoError)
}

fn representative(key: &impl PublicKeyParts, block: &[u8]) -> Result<BoxedUint, CryptoError> {
    let value = BoxedUint::from_be_slice(block, key.n_bits_precision()).map_err(|_| CryptoError)?;
    if value >= *key.n().as_ref() { Err(CryptoError) } else { Ok(value) }
}

fn fixed_width(value: &BoxedUint, octets: usize) -> Vec<u8> {
    let all = value.to_be_bytes();
    let from = all.len().saturating_sub(octets);
    let mut out = vec![0; octets.saturating_sub(all.len())];
    out.extend_from_slice(all.get(from..).unwrap_or_default());
    out
}
