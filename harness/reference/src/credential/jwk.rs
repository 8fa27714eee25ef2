//! From the text of a JWK to a credential (RFC 7591 §2 `jwks`, RFC 7517).

use data_encoding::BASE64;
use rejection::Rejection;

use super::key::{self, Held, rsa_jwk};
use super::{CLIENT_ALGORITHMS, Credential, MAX_CREDENTIALS, digest, kid_of};
use crate::encoding::decode;
use crate::json::{Limits, Object, Value};
use crate::jwk::Jwk;

/// Registers a key of a client from the text of one JWK, as dynamic client registration does with
/// each element of `jwks`. `alg` is the `token_endpoint_auth_signing_alg` of the request; without
/// it, the key's own `alg` counts, and without both RS256. `existing` is the number of credentials
/// that the client has already. What comes out never expires and has no private member.
///
/// # Errors
/// A code that starts with `credential/`; the first in the order that the manual gives.
pub fn register_jwk(
    text: &str,
    alg: Option<&str>,
    existing: usize,
) -> Result<Credential, Rejection> {
    if existing >= MAX_CREDENTIALS {
        return Err(Rejection::CredentialTooMany);
    }
    let members =
        Object::parse(text.as_bytes(), LIMITS).map_err(|_| Rejection::CredentialJwkMalformed)?;
    // Whatever else is wrong: a private key that travelled is what its owner has to hear of.
    if PRIVATE.iter().any(|name| members.has(name)) {
        return Err(Rejection::CredentialJwkPrivate);
    }
    match members.text("kty") {
        Some("RSA") => {}
        Some(_) => return Err(Rejection::CredentialKeyType),
        None => return Err(Rejection::CredentialJwkMalformed),
    }
    let jwk = rsa_jwk(&integer(&members, "n")?, &integer(&members, "e")?).map_err(of_jwk)?;
    // Types of members and `x5c`, as for every JWK.
    let whole = Jwk::from_object(members.clone()).map_err(|_| Rejection::CredentialJwkMalformed)?;
    check_operations(&members)?;
    let alg = algorithm(alg, whole.alg())?;
    let kid = whole.kid();
    if kid.is_some_and(|kid| !(1..=MAX_KID).contains(&kid.chars().count())) {
        return Err(Rejection::CredentialKid);
    }
    let certificate = certificate(&members)?;
    Ok(Credential {
        kid: kid_of(kid, &jwk),
        is_kid_given: kid.is_some(),
        alg,
        key: jwk,
        expires_at: None,
        thumbprint_sha256: certificate.as_ref().map(|held| digest(&held.der)),
        subject_dn: certificate.map(|held| held.subject),
    })
}

/// What is no RSA key came in a JWK here, not in DER.
const fn of_jwk(rejection: Rejection) -> Rejection {
    match rejection {
        Rejection::CredentialDerMalformed => Rejection::CredentialJwkMalformed,
        other => other,
    }
}

/// Base64urlUInt (RFC 7518 §2), which has no leading zero.
fn integer(members: &Object, name: &str) -> Result<Vec<u8>, Rejection> {
    let text = members.text(name).ok_or(Rejection::CredentialJwkMalformed)?;
    let octets = decode(text).map_err(|_| Rejection::CredentialJwkMalformed)?;
    match octets.first() {
        None | Some(0) => Err(Rejection::CredentialJwkMalformed),
        Some(_) => Ok(octets),
    }
}

/// RFC 7517 §4.2 and §4.3: the key may verify.
fn check_operations(members: &Object) -> Result<(), Rejection> {
    let is_for_signatures = members.text("use").is_none_or(|usage| usage == "sig");
    let verify = |operation: &Value| operation.as_text() == Some("verify");
    let operations = members.get("key_ops").and_then(Value::as_array);
    if is_for_signatures && operations.is_none_or(|list| list.iter().any(verify)) {
        Ok(())
    } else {
        Err(Rejection::CredentialJwkUse)
    }
}

/// The one algorithm: what the request says and what the key says agree.
fn algorithm(asked: Option<&str>, own: Option<&str>) -> Result<&'static str, Rejection> {
    let [default, ..] = CLIENT_ALGORITHMS;
    let name = asked.or(own).unwrap_or(default);
    if own.is_some_and(|own| own != name) {
        return Err(Rejection::CredentialAlg);
    }
    CLIENT_ALGORITHMS.into_iter().find(|known| *known == name).ok_or(Rejection::CredentialAlg)
}

/// The first certificate of `x5c`, of which is known that it holds the key.
fn certificate(members: &Object) -> Result<Option<Held>, Rejection> {
    let chain = members.get("x5c").and_then(Value::as_array);
    let Some(first) = chain.and_then(|chain| chain.first()).and_then(Value::as_text) else {
        return Ok(None);
    };
    let der = BASE64.decode(first.as_bytes()).map_err(|_| Rejection::CredentialJwkMalformed)?;
    key::open(der).map(|(_, held)| Some(held)).map_err(of_jwk)
}

/// Private members of every type (RFC 7518 §6.2.2, §6.3.2, §6.4.1; RFC 8037 §2).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// Room for a key of 4096 bits with a chain of certificates.
const LIMITS: Limits = Limits { octets: 1 << 15, depth: 4 };

/// Characters of a `kid`, as for the keys of APIs.
const MAX_KID: usize = 128;
