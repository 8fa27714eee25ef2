//! New RSA keys (RFC 8017 §3), and their integers for a JWK (RFC 7518 §6.3).

use rand::CryptoRng;
use rsa::RsaPrivateKey;
use rsa::traits::PrivateKeyParts as _;
use zeroize::Zeroizing;

use super::PrivateKey;
use crate::error::KeyError;

/// The private integers of a key of two primes, big-endian and minimal.
#[expect(clippy::exhaustive_structs, reason = "the members of RFC 7518 §6.3.2")]
pub struct PrivateIntegers {
    /// The private exponent.
    pub d: Zeroizing<Vec<u8>>,
    /// The first prime.
    pub p: Zeroizing<Vec<u8>>,
    /// The second prime.
    pub q: Zeroizing<Vec<u8>>,
    /// `d` modulo `p - 1`.
    pub dp: Zeroizing<Vec<u8>>,
    /// `d` modulo `q - 1`.
    pub dq: Zeroizing<Vec<u8>>,
    /// The inverse of `q` modulo `p`.
    pub qi: Zeroizing<Vec<u8>>,
}

impl PrivateKey {
    /// A new key of two primes, with the exponent 65537.
    ///
    /// # Errors
    /// [`KeyError::Size`] outside 1024 to 8192 bits.
    pub fn generate(bits: usize, rng: &mut impl CryptoRng) -> Result<Self, KeyError> {
        if !(1024..=8192).contains(&bits) {
            return Err(KeyError::Size);
        }
        RsaPrivateKey::new(rng, bits).map(Self).map_err(|_| KeyError::Malformed)
    }

    /// The private integers; none for a key that was not precomputed.
    #[must_use]
    pub fn integers(&self) -> Option<PrivateIntegers> {
        let octets = |integer: &rsa::BoxedUint| {
            Zeroizing::new(integer.to_be_bytes_trimmed_vartime().into_vec())
        };
        let [p, q] = self.0.primes() else { return None };
        Some(PrivateIntegers {
            d: octets(self.0.d()),
            p: octets(p),
            q: octets(q),
            dp: octets(self.0.dp()?),
            dq: octets(self.0.dq()?),
            qi: octets(&self.0.crt_coefficient()?),
        })
    }
}
