//! Decryption: RFC 7516 §5.2.

use algorithms::Hash;
use algorithms::deflate::{InflateError, inflate};
use rand::CryptoRng;
use rejection::Rejection;
use zeroize::Zeroizing;

use super::content::Sealed;
use super::plan::{Plan, check_iterations, check_whole};
use super::{Jwe, Opened, Recipient, content, key_management};
use crate::header::Header;
use crate::jwk::{Jwk, Keys, Purpose, candidates};
use crate::policy::Policy;

/// Opens a JWE in any serialization with one key or a set.
///
/// `rng` gives the random CEK with which a wrong encrypted key goes on (RFC 7516 §11.5).
///
/// # Errors
/// The code says what was wrong; from the decryption on there is but [`Rejection::DecryptFailed`].
/// With several recipients or keys the code is the one of the attempt that came farthest.
pub fn open<'a>(
    token: &str,
    keys: impl Into<Keys<'a>>,
    policy: &Policy,
    rng: &mut impl CryptoRng,
) -> Result<Opened, Rejection> {
    Jwe::parse(token, policy)?.open(keys, policy, rng)
}

impl Jwe {
    /// Opens what was parsed. See [`open()`].
    ///
    /// # Errors
    /// As there.
    pub fn open<'a>(
        &self,
        keys: impl Into<Keys<'a>>,
        policy: &Policy,
        rng: &mut impl CryptoRng,
    ) -> Result<Opened, Rejection> {
        let keys = keys.into();
        let headers: Vec<Header> = self
            .recipients
            .iter()
            .map(|recipient| self.header_of(recipient))
            .collect::<Result<_, _>>()?;
        check_whole(self, &headers)?;
        check_iterations(&headers, policy)?;
        let mut farthest = None;
        for (index, (recipient, header)) in self.recipients.iter().zip(&headers).enumerate() {
            match self.open_for(recipient, header, keys, policy, rng) {
                Ok(plaintext) => {
                    return Ok(Opened { plaintext, header: header.clone(), recipient: index });
                }
                Err(rejection) => keep_farthest(&mut farthest, rejection),
            }
        }
        Err(farthest.unwrap_or(Rejection::Serialization))
    }

    fn open_for(
        &self,
        recipient: &Recipient,
        header: &Header,
        keys: Keys<'_>,
        policy: &Policy,
        rng: &mut dyn CryptoRng,
    ) -> Result<Zeroizing<Vec<u8>>, Rejection> {
        let plan = Plan::make(self, recipient, header)?;
        plan.check_policy(policy)?;
        let purpose = Purpose::Decrypt { alg: plan.alg, enc: plan.enc };
        let mut farthest = None;
        for key in candidates(keys, header.kid(), purpose, policy)? {
            match self.open_with(&plan, recipient, key, policy, rng) {
                Ok(plaintext) => return Ok(plaintext),
                Err(rejection) => keep_farthest(&mut farthest, rejection),
            }
        }
        Err(farthest.unwrap_or(Rejection::KeyNotFound))
    }

    fn open_with(
        &self,
        plan: &Plan,
        recipient: &Recipient,
        key: &Jwk,
        policy: &Policy,
        rng: &mut dyn CryptoRng,
    ) -> Result<Zeroizing<Vec<u8>>, Rejection> {
        // RFC 7516 §11.5: made before the encrypted key is looked at, whatever comes of it.
        let random = random_cek(plan.enc.cek_octets, rng);
        let cek = match key_management::unwrap(plan, key, &recipient.encrypted_key, policy) {
            // RFC 7516 §5.2 step 9: exactly the length that `enc` needs.
            Ok(cek) if cek.len() == plan.enc.cek_octets => cek,
            Ok(_) | Err(Rejection::DecryptFailed) => random,
            Err(rejection) => return Err(rejection),
        };
        let sealed = Sealed {
            iv: &self.iv,
            aad: &self.additional_data(),
            ciphertext: &self.ciphertext,
            tag: &self.tag,
        };
        let plaintext = content::open(plan.enc, &cek, sealed, policy.provider)
            .map_err(|_| Rejection::DecryptFailed)?;
        if plan.is_compressed { decompress(&plaintext, policy) } else { Ok(plaintext.into()) }
    }
}

/// A CEK that nobody knows. It is hashed once more, so that a caller who seals and opens with the same
/// state of the same generator (a test, mostly) does not draw the sealer's CEK again.
fn random_cek(octets: usize, rng: &mut dyn CryptoRng) -> Zeroizing<Vec<u8>> {
    let mut seed = Zeroizing::new([0; 64]);
    rng.fill_bytes(seed.as_mut_slice());
    let mut cek = Zeroizing::new(Hash::Sha512.hmac(seed.as_slice(), b"wrong encrypted key"));
    cek.truncate(octets);
    cek
}

/// RFC 7516 §5.2 step 17, only after the tag held.
fn decompress(octets: &[u8], policy: &Policy) -> Result<Zeroizing<Vec<u8>>, Rejection> {
    inflate(octets, policy.max_inflated_octets).map(Zeroizing::new).map_err(|error| match error {
        InflateError::TooLarge => Rejection::InflatedTooLarge,
        InflateError::Malformed | InflateError::TrailingOctets => Rejection::DecryptInflate,
    })
}

/// Keeps the rejection of the later stage, the earlier attempt's among equals.
pub(crate) fn keep_farthest(farthest: &mut Option<Rejection>, rejection: Rejection) {
    if farthest.is_none_or(|kept| kept.stage() < rejection.stage()) {
        *farthest = Some(rejection);
    }
}
