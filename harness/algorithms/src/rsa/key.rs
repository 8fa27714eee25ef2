//! RSA keys from the integers of a JWK (RFC 7518 §6.3).

use std::fmt;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use rsa::{BoxedUint, RsaPrivateKey, RsaPublicKey};
use zeroize::Zeroizing;

use crate::error::KeyError;
use crate::hash::Hash;

/// An RSA public key with a modulus of 1024 to 8192 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(pub(super) RsaPublicKey);

/// An RSA private key of two primes. `Debug` shows the size only.
#[derive(Clone)]
pub struct PrivateKey(pub(super) RsaPrivateKey);

impl PublicKey {
    /// A key from big-endian modulus and exponent; leading zeros do not matter here.
    ///
    /// # Errors
    /// [`KeyError::Size`] for a modulus outside 1024 to 8192 bits, [`KeyError::Malformed`] for an
    /// even modulus or an exponent below 2 or of more than 33 bits.
    pub fn from_components(n: &[u8], e: &[u8]) -> Result<Self, KeyError> {
        let n = integer(n)?;
        RsaPublicKey::new(n, integer(e)?).map(Self).map_err(|error| key_error(&error))
    }

    /// Bits of the modulus.
    #[must_use]
    pub fn bits(&self) -> usize {
        usize::try_from(self.0.n().bits()).unwrap_or(usize::MAX)
    }

    /// Octets of the modulus, and so of every ciphertext and signature.
    #[must_use]
    pub fn modulus_octets(&self) -> usize {
        self.0.size()
    }

    /// The modulus, big-endian and minimal.
    #[must_use]
    pub fn n_octets(&self) -> Vec<u8> {
        self.0.n_bytes().into_vec()
    }

    /// The public exponent, big-endian and minimal.
    #[must_use]
    pub fn e_octets(&self) -> Vec<u8> {
        self.0.e_bytes().into_vec()
    }
}

impl PrivateKey {
    /// A key from big-endian integers. Empty `p` and `q` mean that the JWK has no primes: they are
    /// then found from `d` (SP 800-56B Rev. 2 Appendix C.2, for an `e` of 17 bits and more).
    ///
    /// # Errors
    /// As for [`PublicKey::from_components`], and [`KeyError::Malformed`] when the integers do not
    /// belong together.
    pub fn from_components(
        n: &[u8],
        e: &[u8],
        d: &[u8],
        p: &[u8],
        q: &[u8],
    ) -> Result<Self, KeyError> {
        PublicKey::from_components(n, e)?;
        let primes =
            if p.is_empty() && q.is_empty() { Vec::new() } else { vec![integer(p)?, integer(q)?] };
        RsaPrivateKey::from_components(integer(n)?, integer(e)?, integer(d)?, primes)
            .map(Self)
            .map_err(|error| key_error(&error))
    }

    /// The public key.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.to_public_key())
    }

    /// Bits of the modulus.
    #[must_use]
    pub fn bits(&self) -> usize {
        usize::try_from(self.0.n().bits()).unwrap_or(usize::MAX)
    }

    /// Octets of the modulus.
    #[must_use]
    pub fn modulus_octets(&self) -> usize {
        self.0.size()
    }

    /// Whether `dp`, `dq` and `qi` are the Chinese remainder values of this key, as RFC 7518
    /// §6.3.2.4 to §6.3.2.6 define them; leading zeros do not matter here.
    #[must_use]
    pub fn has_crt_values(&self, dp: &[u8], dq: &[u8], qi: &[u8]) -> bool {
        let same = |stated: &[u8], own: Option<&BoxedUint>| {
            own.is_some_and(|own| trimmed(&own.to_be_bytes()) == trimmed(stated))
        };
        same(dp, self.0.dp())
            && same(dq, self.0.dq())
            && same(qi, self.0.crt_coefficient().as_ref())
    }

    /// The randomness that blinds one private operation: derived from key and input, so that the
    /// crate stays free of ambient randomness and equal inputs give equal work.
    pub(super) fn blinding(&self, input: &[u8]) -> ChaCha20Rng {
        let d = Zeroizing::new(self.0.d().to_be_bytes());
        let mut seed = [0; 32];
        for (to, from) in seed.iter_mut().zip(Hash::Sha256.hmac(&d, input)) {
            *to = from;
        }
        ChaCha20Rng::from_seed(seed)
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PrivateKey({} bits)", self.bits())
    }
}

/// The integer, refusing sizes that would only cost time.
fn integer(octets: &[u8]) -> Result<BoxedUint, KeyError> {
    let octets = trimmed(octets);
    if octets.len() > MAX_OCTETS {
        return Err(KeyError::Size);
    }
    if octets.is_empty() {
        return Err(KeyError::Malformed);
    }
    Ok(BoxedUint::from_be_slice_vartime(octets))
}

fn trimmed(octets: &[u8]) -> &[u8] {
    let zeros = octets.iter().take_while(|octet| **octet == 0).count();
    octets.get(zeros..).unwrap_or_default()
}

fn key_error(error: &rsa::Error) -> KeyError {
    match error {
        rsa::Error::ModulusTooSmall | rsa::Error::ModulusTooLarge => KeyError::Size,
        _ => KeyError::Malformed,
    }
}

/// Octets of the largest modulus, 8192 bits.
const MAX_OCTETS: usize = 1024;
