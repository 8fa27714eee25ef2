//! Checks of JWSs.

use std::cell::RefCell;
use std::collections::BTreeMap;

use algorithms::{Signature, SignatureFamily};
use serde_json::{Map, Value};

use super::opening::octets;
use super::{Found, Produced, Trouble, each, wrong};

/// RFC 7518 §3: of an RSA key, the modulus' length; of ECDSA, two numbers of the curve's; of an HMAC,
/// the hash's.
pub(super) fn signature_length(produced: &Produced, tokens: &[&str]) -> Found {
    each(produced, tokens, |_, sealed| {
        let unproven = || Trouble::Unproven("there is no signature".to_owned());
        let signer = produced.signer.as_ref().ok_or_else(unproven)?;
        let key: Map<String, Value> = serde_json::from_str(&signer.jwk).unwrap_or_default();
        let part = |name: &str| octets(&key, name).map(|octets| octets.len());
        let want = match Signature::named(&signer.sig).ok_or_else(unproven)?.family {
            SignatureFamily::Hmac { hash } => Ok(hash.octets()),
            SignatureFamily::EdDsa => Ok(64),
            SignatureFamily::Ecdsa { .. } => part("x").map(|half| 2 * half),
            _ => part("n"),
        };
        let (have, want) = (sealed.tag.len(), want.map_err(Trouble::Unproven)?);
        if have == want {
            Ok(())
        } else {
            Err(wrong(format!("its signature has {have} octets instead of {want}")))
        }
    })
}

/// FIPS 186-5 §6.3: a number for one message alone. Two signatures of different messages that share
/// their first half give the private key away.
pub(super) fn signature_nonce(produced: &Produced, tokens: &[&str]) -> Found {
    let seen: RefCell<BTreeMap<Vec<u8>, Vec<u8>>> = RefCell::default();
    each(produced, tokens, |_, sealed| {
        let (r, _) = sealed.tag.split_at(sealed.tag.len() / 2);
        let before = seen.borrow_mut().insert(r.to_vec(), sealed.ciphertext.clone());
        match before {
            Some(payload) if payload != sealed.ciphertext => {
                Err(wrong("its R is that of another payload's signature"))
            }
            _ => Ok(()),
        }
    })
}

/// RFC 6979: the number is a function of key and message, so that one message has one signature.
pub(super) fn signature_deterministic(produced: &Produced, tokens: &[&str]) -> Found {
    let first: RefCell<Option<(Vec<u8>, Vec<u8>)>> = RefCell::default();
    each(produced, tokens, |_, sealed| {
        let mut first = first.borrow_mut();
        let (content, signature) =
            first.get_or_insert_with(|| (sealed.ciphertext.clone(), sealed.tag.clone()));
        if *content != sealed.ciphertext {
            Err(Trouble::Unproven("it signs another content than the first".to_owned()))
        } else if *signature == sealed.tag {
            Ok(())
        } else {
            Err(wrong("the same content has another signature than before"))
        }
    })
}
