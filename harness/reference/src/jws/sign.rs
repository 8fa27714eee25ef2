//! Signing: RFC 7515 §5.1, RFC 7797.

use algorithms::base64url;
use rand::CryptoRng;
use rejection::Rejection;

use super::{Jws, Part, Payload, is_unencoded, primitive, verify};
use crate::Serialization;
use crate::json::Object;
use crate::jwe::Protected;
use crate::jwk::{Keys, Purpose};
use crate::policy::Policy;

/// Who signs, with which headers.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a signature has two headers and a key")]
pub struct Signer<'a> {
    /// The protected header, a JSON text that is kept octet by octet; empty for none.
    pub protected: &'a str,
    /// The unprotected header, a JSON text; JSON serializations only.
    pub header: Option<&'a str>,
    /// The key, or a set of which exactly one key has to fit.
    pub keys: Keys<'a>,
}

/// Signs in the compact serialization. `header` is the protected header.
///
/// # Errors
/// What [`verify()`](super::verify()) would refuse is not made: the codes are the same.
pub fn sign<'a>(
    payload: &[u8],
    header: &str,
    keys: impl Into<Keys<'a>>,
    policy: &Policy,
    rng: &mut impl CryptoRng,
) -> Result<String, Rejection> {
    let signer = Signer { protected: header, header: None, keys: keys.into() };
    sign_as(Serialization::Compact, payload, &[signer], policy, rng)?.into_attached()
}

/// A signed JWS of which the payload is still known.
#[derive(Clone, Debug)]
pub struct Signed {
    jws: Jws,
    payload: Vec<u8>,
}

/// Signs in any serialization; whether the payload stands in the token is said of the result.
///
/// # Errors
/// As for [`sign`], and [`Rejection::Serialization`] for what the serialization cannot hold.
pub fn sign_as(
    form: Serialization,
    payload: &[u8],
    signers: &[Signer<'_>],
    policy: &Policy,
    rng: &mut impl CryptoRng,
) -> Result<Signed, Rejection> {
    let is_compact = form == Serialization::Compact;
    let one = signers.len() == 1;
    if signers.is_empty()
        || (form != Serialization::General && !one)
        || (is_compact && signers.iter().any(|signer| signer.header.is_some()))
    {
        return Err(Rejection::Serialization);
    }
    let parts: Vec<Part> =
        signers.iter().map(|signer| signer.sign(payload, policy, rng)).collect::<Result<_, _>>()?;
    let jws = Jws { payload: Payload::Absent, signatures: parts, form };
    Ok(Signed { jws, payload: payload.to_vec() })
}

impl Signed {
    /// The token with its payload.
    ///
    /// # Errors
    /// [`Rejection::B64`] when an unencoded payload cannot stand in it (RFC 7797 §5.2, §5.3), or
    /// when the signatures do not agree on `b64`.
    pub fn into_attached(mut self) -> Result<String, Rejection> {
        let headers: Vec<bool> = self
            .jws
            .signatures
            .iter()
            .map(|part| part.jose_header().and_then(|header| is_unencoded(&header)))
            .collect::<Result<_, _>>()?;
        let is_plain = headers.first().copied().unwrap_or(false);
        if headers.iter().any(|plain| *plain != is_plain) {
            return Err(Rejection::B64);
        }
        self.jws.payload = if is_plain {
            let text = String::from_utf8(self.payload).map_err(|_| Rejection::B64)?;
            let printable = |octet: u8| matches!(octet, 0x20..=0x2d | 0x2f..=0x7e);
            if self.jws.form == Serialization::Compact && !text.bytes().all(printable) {
                return Err(Rejection::B64);
            }
            Payload::Plain(text)
        } else {
            Payload::Encoded(base64url::encode(&self.payload))
        };
        Ok(self.jws.to_string())
    }

    /// The token without its payload (RFC 7515 Appendix F).
    #[must_use]
    pub fn to_detached(&self) -> String {
        self.jws.to_string()
    }
}

impl Signer<'_> {
    fn sign(
        &self,
        payload: &[u8],
        policy: &Policy,
        rng: &mut dyn CryptoRng,
    ) -> Result<Part, Rejection> {
        let parse = |text: &str| Object::parse(text.as_bytes(), policy.token_limits());
        let mut protected = Protected::default();
        if !self.protected.is_empty() {
            protected.members = parse(self.protected)?;
            self.protected.clone_into(&mut protected.text);
            protected.encoded = base64url::encode(self.protected.as_bytes());
        }
        let header = self.header.map(parse).transpose()?.unwrap_or_default();
        let mut part = Part { protected, header, signature: Vec::new() };
        let header = part.jose_header()?;
        let alg = verify::alg(&header)?;
        if !policy.allows_signature(alg.name) {
            return Err(Rejection::AlgNotAllowed);
        }
        let key = self.keys.single(header.kid(), Purpose::Sign { alg }, policy)?;
        let input = part.signing_input(&header, payload);
        part.signature = primitive::make(alg, key, &input, policy, rng)?;
        Ok(part)
    }
}
