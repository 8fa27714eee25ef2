//! Signatures: RSASSA-PKCS1-v1_5 (RFC 8017 §8.2) and RSASSA-PSS (§8.1).

use rand::CryptoRng;
use rsa::{Pkcs1v15Sign, Pss};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};

use super::encrypt::raw_private;
use super::key::{PrivateKey, PublicKey};
use crate::error::CryptoError;
use crate::hash::Hash;

/// Signs; the signature has the octets of the modulus.
///
/// # Errors
/// The modulus is too short for the hash.
pub fn sign_pkcs1v15(key: &PrivateKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let digest = hash.digest(message);
    key.0
        .sign_with_rng(&mut key.blinding(&digest), pkcs1v15(hash), &digest)
        .map_err(|_| CryptoError)
}

/// Whether `signature` holds; it must have exactly the octets of the modulus.
#[must_use]
pub fn verify_pkcs1v15(key: &PublicKey, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
    signature.len() == key.modulus_octets()
        && key.0.verify(pkcs1v15(hash), &hash.digest(message), signature).is_ok()
}

/// Signs with PSS. JWA takes the same hash for the mask and as many octets of salt as the hash has
/// (RFC 7518 §3.5); other values are for those who make wrong tokens.
///
/// # Errors
/// The modulus is too short for hash and salt.
pub fn sign_pss(
    key: &PrivateKey,
    rng: &mut (impl CryptoRng + ?Sized),
    hash: Hash,
    mgf: Hash,
    salt_octets: usize,
    message: &[u8],
) -> Result<Vec<u8>, CryptoError> {
    let digest = hash.digest(message);
    if hash != mgf {
        let mut salt = vec![0; salt_octets];
        rng.fill_bytes(&mut salt);
        let block = pss_block(hash, mgf, &salt, &digest, key.bits().saturating_sub(1))?;
        return raw_private(key, &block);
    }
    macro_rules! sign {
        ($digest:ty) => {
            key.0.sign_with_rng(rng, Pss::<$digest>::new_with_salt(salt_octets), &digest)
        };
    }
    match hash {
        Hash::Sha1 => sign!(Sha1),
        Hash::Sha256 => sign!(Sha256),
        Hash::Sha384 => sign!(Sha384),
        Hash::Sha512 => sign!(Sha512),
    }
    .map_err(|_| CryptoError)
}

/// Whether `signature` holds with the mask over the same hash and a salt of exactly the octets of
/// the hash; it must have exactly the octets of the modulus.
#[must_use]
pub fn verify_pss(key: &PublicKey, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
    let digest = hash.digest(message);
    signature.len() == key.modulus_octets()
        && match hash {
            Hash::Sha1 => key.0.verify(Pss::<Sha1>::new(), &digest, signature),
            Hash::Sha256 => key.0.verify(Pss::<Sha256>::new(), &digest, signature),
            Hash::Sha384 => key.0.verify(Pss::<Sha384>::new(), &digest, signature),
            Hash::Sha512 => key.0.verify(Pss::<Sha512>::new(), &digest, signature),
        }
        .is_ok()
}

fn pkcs1v15(hash: Hash) -> Pkcs1v15Sign {
    match hash {
        Hash::Sha1 => Pkcs1v15Sign::new::<Sha1>(),
        Hash::Sha256 => Pkcs1v15Sign::new::<Sha256>(),
        Hash::Sha384 => Pkcs1v15Sign::new::<Sha384>(),
        Hash::Sha512 => Pkcs1v15Sign::new::<Sha512>(),
    }
}

/// EMSA-PSS-ENCODE (RFC 8017 §9.1.1) with a mask hash of its own, which the library does not offer.
fn pss_block(
    hash: Hash,
    mgf: Hash,
    salt: &[u8],
    digest: &[u8],
    em_bits: usize,
) -> Result<Vec<u8>, CryptoError> {
    let em_octets = em_bits.div_ceil(8);
    let db_octets = em_octets.checked_sub(hash.octets() + 1).ok_or(CryptoError)?;
    // Steps 5 to 8: H and DB = PS || 0x01 || salt.
    let h = hash.digest(&[&[0; 8], digest, salt].concat());
    let padding = db_octets.checked_sub(salt.len() + 1).ok_or(CryptoError)?;
    let mut block = [&vec![0; padding], &[1][..], salt].concat();
    // Steps 9 to 11: the mask, and the leading bits cleared.
    for (octet, mask) in block.iter_mut().zip(mgf1(mgf, &h, db_octets)) {
        *octet ^= mask;
    }
    if let Some(first) = block.first_mut() {
        *first &=
            0xff_u8.checked_shr(u32::try_from(8 * em_octets - em_bits).unwrap_or(0)).unwrap_or(0);
    }
    // Step 12.
    block.extend(h);
    block.push(0xbc);
    Ok(block)
}

/// MGF1 (RFC 8017 §B.2.1).
fn mgf1(hash: Hash, seed: &[u8], octets: usize) -> Vec<u8> {
    let mut mask = Vec::with_capacity(octets);
    let mut counter: u32 = 0;
    while mask.len() < octets {
        mask.extend(hash.digest(&[seed, &counter.to_be_bytes()].concat()));
        counter = counter.saturating_add(1);
    }
    mask.truncate(octets);
    mask
}

#[cfg(test)]
mod tests {
    use rsa::traits::SignatureScheme as _;

    use super::*;
    use crate::rsa::encrypt::raw_public;
    use crate::rsa::tests::private_key;

    /// With equal hashes the block built here is one that the library accepts.
    #[test]
    fn the_block_is_the_one_of_the_rfc() {
        let key = private_key();
        let digest = Hash::Sha256.digest(b"message");
        let block =
            pss_block(Hash::Sha256, Hash::Sha256, &[7; 32], &digest, key.bits() - 1).unwrap();
        let signature = raw_private(&key, &block).unwrap();
        assert!(verify_pss(&key.public(), Hash::Sha256, b"message", &signature));
        assert_eq!(raw_public(&key.public(), &signature).unwrap(), block);
        assert!(Pss::<Sha256>::new().verify(&key.public().0, &digest, &signature).is_ok());
    }
}
