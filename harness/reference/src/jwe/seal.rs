//! Encryption: RFC 7516 §5.1.

use algorithms::{KeyManagement, deflate};
use rand::CryptoRng;
use rejection::Rejection;
use zeroize::Zeroizing;

use super::key_management::{Request, wrap};
use super::{Jwe, Protected, Recipient, content, plan};
use crate::Serialization;
use crate::header::Header;
use crate::json::Object;
use crate::jwk::{Keys, Purpose};
use crate::policy::Policy;

/// Iterations of PBES2 when the header does not say.
pub const DEFAULT_P2C: u32 = 600_000;

/// What is sealed, and the headers that all recipients share.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "the inputs of RFC 7516 §5.1")]
pub struct Content<'a> {
    /// The plaintext.
    pub plaintext: &'a [u8],
    /// The protected header, a JSON text; empty for none. It is kept octet by octet, unless the
    /// algorithm adds parameters to it.
    pub protected: &'a str,
    /// The shared unprotected header, a JSON text.
    pub unprotected: Option<&'a str>,
    /// Additional authenticated data; JSON serializations only.
    pub aad: Option<&'a [u8]>,
}

/// One recipient.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a recipient has a header and a key")]
pub struct To<'a> {
    /// The recipient's own unprotected header, a JSON text.
    pub header: Option<&'a str>,
    /// The recipient's key, or a set of which exactly one key has to fit.
    pub keys: Keys<'a>,
}

/// Seals to one recipient in the compact serialization. `header` is the protected header.
///
/// # Errors
/// What [`super::open()`] would refuse is not made: the codes are the same.
pub fn seal<'a>(
    plaintext: &[u8],
    header: &str,
    keys: impl Into<Keys<'a>>,
    policy: &Policy,
    rng: &mut impl CryptoRng,
) -> Result<String, Rejection> {
    let content = Content { plaintext, protected: header, ..Content::default() };
    let to = To { header: None, keys: keys.into() };
    seal_as(Serialization::Compact, &content, &[to], policy, rng)
}

/// Seals in any serialization. The direct algorithms have one recipient only.
///
/// # Errors
/// As for [`seal`], and [`Rejection::Serialization`] for what the serialization cannot hold.
pub fn seal_as(
    form: Serialization,
    content: &Content<'_>,
    recipients: &[To<'_>],
    policy: &Policy,
    rng: &mut impl CryptoRng,
) -> Result<String, Rejection> {
    let mut jwe = draft(form, content, recipients, policy)?;
    let headers: Vec<Header> = jwe
        .recipients
        .iter()
        .map(|recipient| jwe.header_of(recipient))
        .collect::<Result<_, _>>()?;
    plan::check_whole(&jwe, &headers)?;
    let first = headers.first().ok_or(Rejection::Serialization)?;
    plan::alg(first)?;
    let (enc, is_compressed) = (plan::enc(first)?, plan::is_compressed(first)?);
    if !policy.allows_content_encryption(enc.name) {
        return Err(Rejection::EncNotAllowed);
    }
    // RFC 7516 §5.1 step 2: a random CEK; steps 3 to 6: for each recipient.
    let mut cek = Zeroizing::new(vec![0; enc.cek_octets]);
    rng.fill_bytes(&mut cek);
    let is_single = recipients.len() == 1;
    for (index, (to, header)) in recipients.iter().zip(&headers).enumerate() {
        let alg = plan::alg(header)?;
        check_alg(alg, is_single, policy)?;
        let key = to.keys.single(header.kid(), Purpose::Encrypt { alg, enc }, policy)?;
        let wrapped = wrap(Request { alg, enc, header, key, cek: &cek }, policy, rng)?;
        if let Some(agreed) = wrapped.cek {
            cek = agreed;
        }
        let into_protected = is_single && jwe.protected.members.has("alg");
        let Some(recipient) = jwe.recipients.get_mut(index) else { continue };
        recipient.encrypted_key = wrapped.encrypted_key;
        for (name, value) in wrapped.added {
            if into_protected {
                jwe.protected.members.set(name, value);
                jwe.protected.text = jwe.protected.members.to_text();
            } else {
                recipient.header.set(name, value);
            }
        }
    }
    // Steps 11 to 15: compress, IV, AAD, encrypt.
    let compressed = is_compressed.then(|| deflate::compress(content.plaintext));
    let plaintext = compressed.as_deref().unwrap_or(content.plaintext);
    jwe.protected.encoded = algorithms::base64url::encode(jwe.protected.text.as_bytes());
    jwe.iv = vec![0; enc.iv_octets];
    rng.fill_bytes(&mut jwe.iv);
    let aad = jwe.additional_data();
    let sealed = content::seal(enc, &cek, &jwe.iv, &aad, plaintext, policy.provider);
    (jwe.ciphertext, jwe.tag) = sealed.map_err(|_| Rejection::KeyLength)?;
    Ok(jwe.to_string())
}

/// The token without its cryptographic parts.
fn draft(
    form: Serialization,
    content: &Content<'_>,
    recipients: &[To<'_>],
    policy: &Policy,
) -> Result<Jwe, Rejection> {
    let parse = |text: &str| Object::parse(text.as_bytes(), policy.token_limits());
    let shared = content.unprotected.map(parse).transpose()?.unwrap_or_default();
    let own: Vec<Object> = recipients
        .iter()
        .map(|to| Ok(to.header.map(parse).transpose()?.unwrap_or_default()))
        .collect::<Result<_, Rejection>>()?;
    let is_compact = form == Serialization::Compact;
    let unprotected = !shared.is_empty() || own.iter().any(|header| !header.is_empty());
    // RFC 7516 §7.1: neither unprotected headers nor AAD; §7.2.2: one recipient.
    if (is_compact && (unprotected || content.aad.is_some()))
        || (form != Serialization::General && recipients.len() != 1)
        || recipients.is_empty()
    {
        return Err(Rejection::Serialization);
    }
    let mut protected = Protected::default();
    if !content.protected.is_empty() {
        protected.members = parse(content.protected)?;
        if !protected.members.is_empty() || is_compact {
            content.protected.clone_into(&mut protected.text);
        }
    }
    let aad = content.aad.filter(|aad| !aad.is_empty()).map(algorithms::base64url::encode);
    let recipients =
        own.into_iter().map(|header| Recipient { header, encrypted_key: Vec::new() }).collect();
    let (iv, ciphertext, tag) = (Vec::new(), Vec::new(), Vec::new());
    Ok(Jwe { protected, shared, recipients, aad, iv, ciphertext, tag, form })
}

fn check_alg(alg: &KeyManagement, is_single: bool, policy: &Policy) -> Result<(), Rejection> {
    if !policy.allows_key_management(alg.name) {
        return Err(Rejection::AlgNotAllowed);
    }
    // Their CEK is determined by one key, so it cannot be everybody's.
    if plan::is_direct(alg) && !is_single {
        return Err(Rejection::Serialization);
    }
    Ok(())
}
