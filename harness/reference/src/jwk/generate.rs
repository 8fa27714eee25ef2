//! New RSA keys, and the public part of a key (RFC 7518 §6.3).

use algorithms::{base64url, rsa};
use rand::CryptoRng;
use rejection::Rejection;

use super::{Jwk, Material};
use crate::json::{Object, Value};

impl Jwk {
    /// A new private RSA key with the exponent 65537: `kty`, the public and the private integers.
    ///
    /// ```
    /// use rand_chacha::ChaCha20Rng;
    /// use rand_chacha::rand_core::SeedableRng;
    /// use reference::Jwk;
    /// use rejection::Rejection;
    ///
    /// let mut rng = ChaCha20Rng::seed_from_u64(1); // a test; take the system's generator elsewhere
    /// assert_eq!(Jwk::generate_rsa(1024, &mut rng).unwrap_err(), Rejection::KeyTooSmall);
    /// ```
    ///
    /// # Errors
    /// [`Rejection::KeyTooSmall`] below 2048 bits, [`Rejection::KeyMalformed`] above 8192.
    pub fn generate_rsa(bits: usize, rng: &mut impl CryptoRng) -> Result<Self, Rejection> {
        // RFC 7518 §3.3, §3.5, §4.2 and §4.3.
        if bits < 2048 {
            return Err(Rejection::KeyTooSmall);
        }
        let malformed = |_| Rejection::KeyMalformed;
        let private = rsa::PrivateKey::generate(bits, rng).map_err(malformed)?;
        let integers = private.integers().ok_or(Rejection::KeyMalformed)?;
        let public = private.public();
        let mut members = Object::default();
        members.set("kty", Value::String("RSA".to_owned()));
        for (name, octets) in [
            ("n", &public.n_octets()),
            ("e", &public.e_octets()),
            ("d", &*integers.d),
            ("p", &*integers.p),
            ("q", &*integers.q),
            ("dp", &*integers.dp),
            ("dq", &*integers.dq),
            ("qi", &*integers.qi),
        ] {
            members.set(name, Value::String(base64url::encode(octets)));
        }
        Self::from_object(members)
    }

    /// The key with a name and the one algorithm that it is for (RFC 7517 §4.4, §4.5).
    #[must_use]
    pub fn labelled(mut self, kid: &str, alg: &str) -> Self {
        self.members.set("kid", Value::String(kid.to_owned()));
        self.members.set("alg", Value::String(alg.to_owned()));
        self
    }

    /// The key without its private members, and without `key_ops`, which says what the private key
    /// does; none for a symmetric key, which has no public part.
    #[must_use]
    pub fn to_public(&self) -> Option<Self> {
        if matches!(self.material, Material::Symmetric(_)) {
            return None;
        }
        let mut members = Object::default();
        for (name, value) in self.members.iter().filter(|(name, _)| !PRIVATE.contains(name)) {
            members.set(name, value.clone());
        }
        Self::from_object(members).ok()
    }
}

/// The private members of all asymmetric types (RFC 7518 §6.2.2, §6.3.2; RFC 8037 §2), and `key_ops`.
const PRIVATE: [&str; 8] = ["key_ops", "d", "p", "q", "dp", "dq", "qi", "oth"];
