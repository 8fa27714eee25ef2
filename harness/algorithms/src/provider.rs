//! The operations that a campaign or a benchmark may want done by another library.

use rand::CryptoRng;

use crate::error::CryptoError;
use crate::hash::Hash;
use crate::{gcm, rsa};

/// RSA and AES-GCM, the operations that cost most, behind one object-safe trait. Every method has
/// RustCrypto as its default; [`RustCrypto`] takes them all.
///
/// Whatever stands in must keep the contracts of [`rsa`] and [`gcm`], above all that a tag is
/// checked before a plaintext is released.
pub trait Provider: Sync {
    /// [`rsa::oaep_encrypt`] with one hash and an empty label.
    ///
    /// # Errors
    /// As there.
    fn oaep_encrypt(
        &self,
        key: &rsa::PublicKey,
        rng: &mut dyn CryptoRng,
        hash: Hash,
        message: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        rsa::oaep_encrypt(key, rng, hash, hash, b"", message)
    }

    /// [`rsa::oaep_decrypt`] with one hash and an empty label.
    ///
    /// # Errors
    /// As there.
    fn oaep_decrypt(
        &self,
        key: &rsa::PrivateKey,
        hash: Hash,
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        rsa::oaep_decrypt(key, hash, hash, b"", ciphertext)
    }

    /// [`rsa::pkcs1v15_encrypt`].
    ///
    /// # Errors
    /// As there.
    fn pkcs1v15_encrypt(
        &self,
        key: &rsa::PublicKey,
        rng: &mut dyn CryptoRng,
        message: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        rsa::pkcs1v15_encrypt(key, rng, message)
    }

    /// [`rsa::pkcs1v15_decrypt`]. A provider without implicit rejection may fail instead.
    ///
    /// # Errors
    /// As there.
    fn pkcs1v15_decrypt(
        &self,
        key: &rsa::PrivateKey,
        ciphertext: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        rsa::pkcs1v15_decrypt(key, ciphertext)
    }

    /// [`rsa::sign_pkcs1v15`].
    ///
    /// # Errors
    /// As there.
    fn sign_pkcs1v15(
        &self,
        key: &rsa::PrivateKey,
        hash: Hash,
        message: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        rsa::sign_pkcs1v15(key, hash, message)
    }

    /// [`rsa::verify_pkcs1v15`].
    fn verify_pkcs1v15(
        &self,
        key: &rsa::PublicKey,
        hash: Hash,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        rsa::verify_pkcs1v15(key, hash, message, signature)
    }

    /// [`rsa::sign_pss`] with the mask and the salt that JWA asks for.
    ///
    /// # Errors
    /// As there.
    fn sign_pss(
        &self,
        key: &rsa::PrivateKey,
        rng: &mut dyn CryptoRng,
        hash: Hash,
        message: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        rsa::sign_pss(key, rng, hash, hash, hash.octets(), message)
    }

    /// [`rsa::verify_pss`].
    fn verify_pss(
        &self,
        key: &rsa::PublicKey,
        hash: Hash,
        message: &[u8],
        signature: &[u8],
    ) -> bool {
        rsa::verify_pss(key, hash, message, signature)
    }

    /// [`gcm::seal`].
    ///
    /// # Errors
    /// As there.
    fn gcm_seal(
        &self,
        key: &[u8],
        iv: &[u8],
        aad: &[u8],
        plaintext: &[u8],
    ) -> Result<(Vec<u8>, Vec<u8>), CryptoError> {
        gcm::seal(key, iv, aad, plaintext)
    }

    /// [`gcm::open`].
    ///
    /// # Errors
    /// As there.
    fn gcm_open(
        &self,
        key: &[u8],
        iv: &[u8],
        aad: &[u8],
        ciphertext: &[u8],
        tag: &[u8],
    ) -> Result<Vec<u8>, CryptoError> {
        gcm::open(key, iv, aad, ciphertext, tag)
    }
}

/// The default provider.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "a unit by design")]
pub struct RustCrypto;

impl Provider for RustCrypto {}
