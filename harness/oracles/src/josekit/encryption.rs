//! JWE with josekit (RFC 7516): decryption and encryption.

use std::cell::RefCell;

use ::josekit::jwe::{JweContext, JweEncrypter, JweHeader, JweHeaderSet};

use crate::face::{Refusal, Verified};
use crate::input::{self, Allow, KeySource, Serialization};

use super::{Josekit, algorithms, ring};

impl Josekit {
    /// Decrypts a JWE, compact or JSON.
    ///
    /// # Errors
    /// [`Refusal::Rejected`] with josekit's error, or `adapter-allow-list`.
    ///
    /// # Panics
    /// Where josekit does: for one on an empty IV.
    pub fn decrypt(
        &mut self,
        token: &[u8],
        keys: &KeySource,
        allow: &Allow,
    ) -> Result<Verified, Refusal> {
        self.decrypt_as(token, keys, allow, input::is_json(token))
    }

    /// Decrypts what is a JWE in JSON or a compact one: a JWT is always compact (RFC 7519 §1).
    pub(super) fn decrypt_as(
        &mut self,
        token: &[u8],
        keys: &KeySource,
        allow: &Allow,
        is_json: bool,
    ) -> Result<Verified, Refusal> {
        let ring = self.rings.decrypters(keys)?;
        let refused = RefCell::new(None);
        let select = |header: &JweHeader| {
            let (kid, alg) = (header.key_id(), header.algorithm());
            let found = ring.select_allowed(allow.alg.as_ref(), &refused, kid, alg);
            // josekit's own selector for JSON passes over what the key is not for.
            if is_json { found.or(Ok(None)) } else { found }
        };
        let context = context(allow);
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

    /// Encrypts; `header` is the text of the JOSE header, which names `alg` and `enc`.
    ///
    /// # Errors
    /// [`Refusal::Rejected`] with josekit's error, [`Refusal::Unsupported`] for an algorithm that
    /// it lacks.
    pub fn encrypt(
        &mut self,
        plaintext: &[u8],
        header: &str,
        key: &KeySource,
        serialization: Serialization,
    ) -> Result<String, Refusal> {
        let header = checked(header)?;
        let ring = self.rings.encrypters(key)?;
        let encrypter = header.algorithm().map_or(Ok(None), |alg| ring.select(None, alg))?;
        serialize(plaintext, &header, encrypter, serialization, None)
    }

    /// [`Josekit::encrypt`] with additional authenticated data, which a JSON serialization carries.
    ///
    /// # Errors
    /// As for [`Josekit::encrypt`]; the compact serialization is unsupported.
    pub fn encrypt_with_aad(
        &mut self,
        plaintext: &[u8],
        header: &str,
        key: &KeySource,
        serialization: Serialization,
        aad: &[u8],
    ) -> Result<String, Refusal> {
        if serialization == Serialization::Compact {
            return Err(Refusal::unsupported("knob", "aad"));
        }
        let header = checked(header)?;
        let ring = self.rings.encrypters(key)?;
        let encrypter = header.algorithm().map_or(Ok(None), |alg| ring.select(None, alg))?;
        serialize(plaintext, &header, encrypter, serialization, Some(aad))
    }
}

/// A header whose algorithms josekit has; what else is wrong with it josekit says.
fn checked(text: &str) -> Result<JweHeader, Refusal> {
    let header = JweHeader::from_bytes(text.as_bytes())?;
    if let Some(alg) = header.algorithm()
        && !algorithms::KEY_MANAGEMENT.iter().any(|row| row.name == alg)
    {
        return Err(Refusal::unsupported("alg", alg));
    }
    if let Some(enc) = header.content_encryption()
        && !algorithms::CONTENT_ENCRYPTION.contains(&enc)
    {
        return Err(Refusal::unsupported("enc", enc));
    }
    Ok(header)
}

/// Without an encrypter josekit says that there is none.
fn serialize(
    plaintext: &[u8],
    header: &JweHeader,
    encrypter: Option<&dyn JweEncrypter>,
    serialization: Serialization,
    aad: Option<&[u8]>,
) -> Result<String, Refusal> {
    let context = JweContext::new();
    let mut shared = JweHeaderSet::new();
    let mut recipient = JweHeader::new();
    for (name, value) in header.claims_set() {
        // josekit wants a member in each header of a recipient: `alg` goes there.
        if serialization == Serialization::General && name == "alg" {
            recipient.set_claim(name, Some(value.clone()))?;
        } else {
            shared.set_claim(name, Some(value.clone()), true)?;
        }
    }
    Ok(match serialization {
        Serialization::Compact => {
            context.serialize_compact_with_selector(plaintext, header, |_| encrypter)?
        }
        Serialization::Flattened => context.serialize_flattened_json_with_selector(
            plaintext,
            Some(&shared),
            None,
            aad,
            |_| encrypter,
        )?,
        Serialization::General => context.serialize_general_json_with_selector(
            plaintext,
            Some(&shared),
            &[Some(&recipient)],
            aad,
            |_, _| encrypter,
        )?,
    })
}

/// josekit's registry of content encryptions, cut down to what is allowed.
fn context(allow: &Allow) -> JweContext {
    let mut context = JweContext::new();
    for enc in algorithms::CONTENT_ENCRYPTION {
        if !ring::is_allowed(allow.enc.as_ref(), enc) {
            context.remove_content_encryption(enc);
        }
    }
    context
}
