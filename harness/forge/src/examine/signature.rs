//! Whether the signature of an assertion holds (RFC 7515 §5.2, RFC 7518 §3).

use algorithms::{Curve, Signature, SignatureFamily, base64url, elliptic, okp, rsa};
use serde_json::{Map, Value};

use super::each;
use super::token::Token;
use crate::make::Built;

pub(super) fn holds(built: &Built, assertions: &[&str]) -> Result<(), String> {
    let family = match Signature::named(&built.alg) {
        Some(row) => row.family,
        None => return Err(format!("`{}` is no signature algorithm", built.alg)),
    };
    let jwk: Map<String, Value> = serde_json::from_str(&built.jwk)
        .map_err(|error| format!("the key {}: {error}", built.key))?;
    each(assertions, |_, text| {
        let token = Token::parse(text)?;
        match verify(family, &jwk, &token) {
            Some(true) => Ok(()),
            Some(false) => {
                Err(format!("the {} signature does not hold with {}", built.alg, built.key))
            }
            None => Err(format!("{} cannot verify {}", built.key, built.alg)),
        }
    })
}

/// `None` where the key is not of the algorithm's type.
pub(crate) fn verify(
    family: SignatureFamily,
    jwk: &Map<String, Value>,
    token: &Token<'_>,
) -> Option<bool> {
    let octets = |name: &str| base64url::decode(jwk.get(name)?.as_str()?).ok();
    let rsa_key = || rsa::PublicKey::from_components(&octets("n")?, &octets("e")?).ok();
    let (signed, signature) = (token.signed, token.signature.as_slice());
    Some(match family {
        SignatureFamily::Hmac { hash } => hash.hmac(&octets("k")?, signed) == signature,
        SignatureFamily::RsaPkcs1v15 { hash } => {
            rsa::verify_pkcs1v15(&rsa_key()?, hash, signed, signature)
        }
        SignatureFamily::RsaPss { hash } => rsa::verify_pss(&rsa_key()?, hash, signed, signature),
        SignatureFamily::Ecdsa { curve, hash } => {
            if jwk.get("crv")?.as_str() != Some(curve.name()) {
                return None;
            }
            let point = elliptic::public_point(curve, &octets("x")?, &octets("y")?).ok()?;
            elliptic::verify_ecdsa(&point, hash, signed, signature)
        }
        SignatureFamily::EdDsa => {
            if jwk.get("crv")?.as_str() != Some(Curve::Ed25519.name()) {
                return None;
            }
            okp::ed25519_verify(&octets("x")?.try_into().ok()?, signed, signature)
        }
    })
}
