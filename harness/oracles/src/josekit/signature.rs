//! JWS with josekit (RFC 7515): verification and signing.

use std::cell::RefCell;

use ::josekit::jws::{JwsContext, JwsHeader, JwsHeaderSet};

use crate::face::{Refusal, Verified};
use crate::input::{self, Allow, KeySource, Serialization};

use super::{Josekit, algorithms};

impl Josekit {
    /// Verifies a JWS, compact or JSON.
    ///
    /// # Errors
    /// [`Refusal::Rejected`] with josekit's error, or `adapter-allow-list`.
    pub fn verify(
        &mut self,
        token: &[u8],
        keys: &KeySource,
        allow: &Allow,
    ) -> Result<Verified, Refusal> {
        let ring = self.rings.verifiers(keys)?;
        let is_json = input::is_json(token);
        let refused = RefCell::new(None);
        let select = |header: &JwsHeader| {
            let (kid, alg) = (header.key_id(), header.algorithm());
            let found = ring.select_allowed(allow.sig.as_ref(), &refused, kid, alg);
            // josekit's own selector for JSON passes over what the key is not for.
            if is_json { found.or(Ok(None)) } else { found }
        };
        let context = JwsContext::new();
        let outcome = if is_json {
            context.deserialize_json_with_selector(token, select)
        } else {
            context.deserialize_compact_with_selector(token, select)
        };
        match outcome {
            Ok((octets, header)) => Ok(Verified { octets, header: header.to_string() }),
            Err(error) => Err(refused.take().unwrap_or_else(|| error.into())),
        }
    }

    /// Signs; `header` is the text of the protected header, which names `alg`.
    ///
    /// # Errors
    /// [`Refusal::Rejected`] with josekit's error, [`Refusal::Unsupported`] for an algorithm that
    /// it lacks.
    pub fn sign(
        &mut self,
        payload: &[u8],
        header: &str,
        key: &KeySource,
        serialization: Serialization,
    ) -> Result<String, Refusal> {
        let header = checked(header)?;
        let ring = self.rings.signers(key)?;
        let signer = header.algorithm().map_or(Ok(None), |alg| ring.select(None, alg))?;
        let context = JwsContext::new();
        let mut set = JwsHeaderSet::new();
        for (name, value) in header.claims_set() {
            set.set_claim(name, Some(value.clone()), true)?;
        }
        // Without a signer josekit says that there is none.
        Ok(match serialization {
            Serialization::Compact => {
                context.serialize_compact_with_selector(payload, &header, |_| signer)?
            }
            Serialization::Flattened => {
                context.serialize_flattened_json_with_selector(payload, &set, |_| signer)?
            }
            Serialization::General => {
                context.serialize_general_json_with_selecter(payload, &[&set], |_, _| signer)?
            }
        })
    }
}

/// A header whose algorithm josekit has; what else is wrong with it josekit says.
pub(super) fn checked(text: &str) -> Result<JwsHeader, Refusal> {
    let header = JwsHeader::from_bytes(text.as_bytes())?;
    match header.algorithm() {
        Some(alg) if !algorithms::SIGNATURES.iter().any(|row| row.name == alg) => {
            Err(Refusal::unsupported("sig", alg))
        }
        _ => Ok(header),
    }
}
