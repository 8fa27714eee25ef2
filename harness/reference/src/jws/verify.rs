//! Verification: RFC 7515 §5.2.

use algorithms::{KeyManagement, Signature};
use rejection::Rejection;

use super::{Jws, Part, Verified, is_unencoded, primitive};
use crate::header::Header;
use crate::jwe::keep_farthest;
use crate::jwk::{Keys, Purpose, candidates};
use crate::policy::Policy;

/// Verifies a JWS in any serialization with one key or a set. One signature that holds suffices.
///
/// # Errors
/// The code says what was wrong; with several signatures or keys it is the one of the attempt that
/// came farthest.
pub fn verify<'a>(
    token: &str,
    keys: impl Into<Keys<'a>>,
    policy: &Policy,
) -> Result<Verified, Rejection> {
    Jws::parse(token, policy)?.verify(None, keys, policy)
}

/// Verifies a JWS whose payload is beside it (RFC 7515 Appendix F).
///
/// # Errors
/// As for [`verify`], and [`Rejection::PayloadPresent`].
pub fn verify_detached<'a>(
    token: &str,
    payload: &[u8],
    keys: impl Into<Keys<'a>>,
    policy: &Policy,
) -> Result<Verified, Rejection> {
    Jws::parse(token, policy)?.verify(Some(payload), keys, policy)
}

impl Jws {
    /// Verifies what was parsed; `payload` is the detached one.
    ///
    /// # Errors
    /// As for [`verify`] and [`verify_detached`].
    pub fn verify<'a>(
        &self,
        payload: Option<&[u8]>,
        keys: impl Into<Keys<'a>>,
        policy: &Policy,
    ) -> Result<Verified, Rejection> {
        let keys = keys.into();
        let headers: Vec<Header> =
            self.signatures.iter().map(Part::jose_header).collect::<Result<_, _>>()?;
        let is_plain = headers.first().map_or(Ok(false), is_unencoded)?;
        let payload = self.payload_octets(is_plain, payload)?;
        let mut farthest = None;
        for (index, (part, header)) in self.signatures.iter().zip(&headers).enumerate() {
            match part.verify(header, &payload, keys, policy) {
                Ok(()) => {
                    let header = header.clone();
                    return Ok(Verified { payload, header, signature: index });
                }
                Err(rejection) => keep_farthest(&mut farthest, rejection),
            }
        }
        Err(farthest.unwrap_or(Rejection::Serialization))
    }
}

impl Part {
    fn verify(
        &self,
        header: &Header,
        payload: &[u8],
        keys: Keys<'_>,
        policy: &Policy,
    ) -> Result<(), Rejection> {
        let alg = alg(header)?;
        if !policy.allows_signature(alg.name) {
            return Err(Rejection::AlgNotAllowed);
        }
        let input = self.signing_input(header, payload);
        let keys = candidates(keys, header.kid(), Purpose::Verify { alg }, policy)?;
        let holds = |key: &&_| primitive::holds(alg, key, &input, &self.signature, policy);
        if keys.iter().any(holds) { Ok(()) } else { Err(Rejection::SignatureInvalid) }
    }
}

/// RFC 7515 §4.1.1. `none` has a code of its own; a JWE shows by its algorithm or by `enc` (RFC
/// 7516 §9).
pub(crate) fn alg(header: &Header) -> Result<&'static Signature, Rejection> {
    let name = header.alg()?;
    if name == "none" {
        return Err(Rejection::SignatureNone);
    }
    if header.has("enc") || KeyManagement::named(name).is_some() {
        return Err(Rejection::Kind);
    }
    Signature::named(name).ok_or(Rejection::AlgUnknown)
}
