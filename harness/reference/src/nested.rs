//! Nested JWTs: signed, then encrypted (RFC 7519 §5.2, §7.2; RFC 8725 §3.3).
//!
//! ```
//! use rand_chacha::ChaCha20Rng;
//! use rand_chacha::rand_core::SeedableRng;
//! use reference::jwt::Expectations;
//! use reference::{Jwk, Policy, nested};
//!
//! let mut rng = ChaCha20Rng::seed_from_u64(1); // a test; take the system's generator elsewhere
//! let policy = Policy::default();
//! let signing = Jwk::symmetric(&[1; 32]);
//! let sealing = Jwk::symmetric(&[2; 16]);
//! let sign = nested::Layer { keys: (&signing).into(), header: r#"{"alg":"HS256","typ":"at+jwt"}"# };
//! let encrypt = nested::Layer { keys: (&sealing).into(), header: r#"{"alg":"A128KW","enc":"A128GCM"}"# };
//! let token = nested::seal(r#"{"iss":"as"}"#, sign, encrypt, &policy, &mut rng).unwrap();
//!
//! let recipient = nested::Recipient {
//!     decrypt: (&sealing).into(),
//!     verify: (&signing).into(),
//!     expect: Expectations { issuer: Some("as".into()), ..Expectations::default() },
//! };
//! let opened = nested::open(&token, &recipient, &policy, &mut rng).unwrap();
//! assert_eq!(opened.claims.to_text(), r#"{"iss":"as"}"#);
//! ```

use rand::CryptoRng;
use rejection::Rejection;

use crate::encoding::check_jwt_characters;
use crate::header::{Header, is_same_media_type};
use crate::json::{Object, Value};
use crate::jwe::{self, Jwe};
use crate::jwk::Keys;
use crate::jws::{self, Jws};
use crate::jwt::{Claims, Expectations, check_type};
use crate::policy::Policy;

/// Who opens: the keys of both layers, both chosen by the application, and what it expects.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the inputs of the operation")]
pub struct Recipient<'a> {
    /// The recipient's private or symmetric keys.
    pub decrypt: Keys<'a>,
    /// The issuer's keys.
    pub verify: Keys<'a>,
    /// What the claims have to say.
    pub expect: Expectations,
}

/// A header text and the key for it.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "a layer has a key and a header")]
pub struct Layer<'a> {
    /// The key, or a set of which exactly one key has to fit.
    pub keys: Keys<'a>,
    /// The protected header, a JSON text.
    pub header: &'a str,
}

/// What came out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opened {
    /// The claims, verified and checked.
    pub claims: Claims,
    /// The header of the JWE.
    pub outer: Header,
    /// The header of the JWS.
    pub inner: Header,
}

/// Opens a nested JWT: one JWS inside one JWE, both compact.
///
/// # Errors
/// The code of the first check that failed, in the order of the stages; claims that do not hold
/// are not given out.
pub fn open(
    token: &str,
    recipient: &Recipient<'_>,
    policy: &Policy,
    rng: &mut impl CryptoRng,
) -> Result<Opened, Rejection> {
    if token.len() > policy.max_token_octets {
        return Err(Rejection::TooLarge);
    }
    check_jwt_characters(token)?;
    let opened = Jwe::parse_compact(token, policy)?.open(recipient.decrypt, policy, rng)?;
    check_content_type(&opened.header, policy)?;
    let inner = parse_inner(&opened.plaintext, policy)?;
    let (claims, inner) = check_signed(&inner, recipient.verify, &recipient.expect, policy)?;
    check_replicated(&opened.header, &claims)?;
    Ok(Opened { claims, outer: opened.header, inner })
}

/// Signs claims and encrypts the result; `cty` `JWT` is added to the outer header if absent.
///
/// # Errors
/// As for [`jws::sign`] and [`jwe::seal`], [`Rejection::NestedCty`] for another `cty`, and the
/// codes of [`Claims::parse`].
pub fn seal(
    claims: &str,
    sign: Layer<'_>,
    encrypt: Layer<'_>,
    policy: &Policy,
    rng: &mut impl CryptoRng,
) -> Result<String, Rejection> {
    let claims = Claims::parse(claims.as_bytes(), policy)?;
    let inner = jws::sign(claims.to_text().as_bytes(), sign.header, sign.keys, policy, rng)?;
    // RFC 7797 §7: never in a JWT. The signed text says whether it was.
    check_not_plain(&Jws::parse_compact(&inner, policy)?)?;
    let mut outer = Object::parse(encrypt.header.as_bytes(), policy.token_limits())?;
    let header = match outer.get("cty") {
        Some(Value::String(cty)) if is_same_media_type(cty, "JWT") => encrypt.header.to_owned(),
        Some(_) => return Err(Rejection::NestedCty),
        None => {
            outer.set("cty", Value::String("JWT".to_owned()));
            outer.to_text()
        }
    };
    jwe::seal(inner.as_bytes(), &header, encrypt.keys, policy, rng)
}

/// The claims and the header of a JWS whose signature holds and whose claims are the expected ones.
pub(crate) fn check_signed(
    jws: &Jws,
    keys: Keys<'_>,
    expect: &Expectations,
    policy: &Policy,
) -> Result<(Claims, Header), Rejection> {
    let verified = jws.verify(None, keys, policy)?;
    // RFC 7519 §7.2 step 8: an inner `cty` of JWT announces a further layer.
    if verified.header.text("cty").is_some_and(|cty| is_same_media_type(cty, "JWT")) {
        return Err(Rejection::NestingDepth);
    }
    let claims = Claims::parse(&verified.payload, policy)?;
    check_type(&verified.header, expect)?;
    claims.check(expect)?;
    Ok((claims, verified.header))
}

/// RFC 7519 §5.2: `cty` is `JWT`.
fn check_content_type(outer: &Header, policy: &Policy) -> Result<(), Rejection> {
    match outer.text("cty") {
        Some(cty) if is_same_media_type(cty, "JWT") => Ok(()),
        None if policy.allow_missing_cty => Ok(()),
        _ => Err(Rejection::NestedCty),
    }
}

/// The plaintext as a compact JWS, or [`Rejection::NestedNotJws`] for what has not its shape.
fn parse_inner(plaintext: &[u8], policy: &Policy) -> Result<Jws, Rejection> {
    let text = str::from_utf8(plaintext).map_err(|_| Rejection::NestedNotJws)?;
    if check_jwt_characters(text).is_err() || text.splitn(4, '.').count() != 3 {
        return Err(Rejection::NestedNotJws);
    }
    let inner = Jws::parse_compact(text, policy)?;
    check_not_plain(&inner)?;
    Ok(inner)
}

/// RFC 7797 §7: a JWT does not use `b64` false.
pub(crate) fn check_not_plain(jws: &Jws) -> Result<(), Rejection> {
    let plain = |part: &jws::Part| part.protected.members.get("b64") == Some(&Value::Bool(false));
    if jws.signatures.iter().any(plain) { Err(Rejection::B64) } else { Ok(()) }
}

/// RFC 7519 §5.3: a claim that is replicated in the header equals the one inside.
fn check_replicated(outer: &Header, claims: &Claims) -> Result<(), Rejection> {
    let differs = |name: &&str| outer.has(name) && outer.get(name) != claims.members().get(name);
    if ["iss", "sub", "aud"].iter().any(differs) {
        return Err(Rejection::NestedHeaderClaim);
    }
    Ok(())
}
