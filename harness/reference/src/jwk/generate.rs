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

    /// The key without its private members; none for a symmetric key, which has no public part.
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

/// The private members of all asymmetric types (RFC 7518 §6.2.2, §6.3.2; RFC 8037 §2).
const PRIVATE: [&str; 7] = ["d", "p", "q", "dp", "dq", "qi", "oth"];

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_chacha::rand_core::SeedableRng as _;

    use super::*;
    use crate::{Policy, jws};

    #[test]
    fn a_new_key_signs_and_its_public_part_verifies() {
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        let policy = Policy::default();
        let key = Jwk::generate_rsa(2048, &mut rng).unwrap();
        let public = key.to_public().unwrap();
        let names: Vec<&str> = public.members().iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["kty", "n", "e"]);
        let token = jws::sign(b"{}", r#"{"alg":"PS256"}"#, &key, &policy, &mut rng).unwrap();
        assert_eq!(jws::verify(&token, &public, &policy).unwrap().payload, b"{}");
        let again = Jwk::parse(&Value::Object(key.members().clone()).to_text(), &policy).unwrap();
        assert_eq!(again.members(), key.members());
    }

    #[test]
    fn a_symmetric_key_has_no_public_part() {
        assert!(Jwk::symmetric(&[1; 32]).to_public().is_none());
    }
}
