//! Tokens of every algorithm, each opened with the public test key that belongs to its header
//! ([`mutator::ring`]), so that a change of the header still meets a key.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::LazyLock;

use algorithms::{ContentEncryption, Signature, SignatureFamily, base64url};
use mutator::{Glance, ring, seal};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use reference::jwt::Expectations;
use reference::nested::{self, Recipient};
use reference::{Jwk, Policy, jwe, jws};
use rejection::Rejection;

use crate::{Became, became};

/// A caller who allows everything that there is, RSA1_5 too, and little work.
pub(crate) static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    let mut policy = Policy::default()
        .pin_key_management(algorithms::KEY_MANAGEMENT.iter().map(|row| row.name))
        .pin_content_encryption(algorithms::CONTENT_ENCRYPTION.iter().map(|row| row.name))
        .pin_signatures(algorithms::SIGNATURES.iter().map(|row| row.name));
    policy.max_p2c = 10_000;
    #[cfg(feature = "peers")]
    {
        policy.provider = &crate::OpenSslFirst;
    }
    policy
});

thread_local! {
    static KEYS: RefCell<BTreeMap<&'static str, Rc<Jwk>>> = RefCell::default();
}

/// The key, read once.
pub(crate) fn key(jwk: &'static str) -> Option<Rc<Jwk>> {
    KEYS.with_borrow_mut(|keys| {
        if !keys.contains_key(jwk) {
            keys.insert(jwk, Rc::new(Jwk::parse(jwk, &Policy::default()).ok()?));
        }
        keys.get(jwk).map(Rc::clone)
    })
}

pub(crate) fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}

pub(crate) fn jwe_token(data: &[u8]) -> Became {
    let Ok(token) = str::from_utf8(data) else { return Became::Unfit };
    let Some(key) = key(Glance::at(token).opens()) else { return Became::Unfit };
    let opened = jwe::open(token, &*key, &POLICY, &mut rng());
    if let Ok(opened) = &opened {
        let parts: Vec<&str> = token.split('.').collect();
        if let Ok(parts) = <[&str; 5]>::try_from(parts)
            && !token.trim_start().starts_with('{')
        {
            check_parts(&parts, opened, &key);
        }
    }
    became(&opened)
}

/// What is accepted has parts of the right lengths, says what another opener finds in it, and nothing of it can
/// be changed.
pub(crate) fn check_parts(parts: &[&str; 5], opened: &jwe::Opened, key: &Jwk) {
    let octets = parts.map(|part| base64url::decode(part).unwrap_or_default());
    for (part, octets) in parts.iter().zip(&octets) {
        assert_eq!(base64url::encode(octets), **part, "a part has another spelling");
    }
    let enc = opened.header.text("enc").and_then(ContentEncryption::named);
    let [_, _, iv, _, tag] = &octets;
    assert_eq!(Some(iv.len()), enc.map(|enc| enc.iv_octets), "octets of the IV");
    assert_eq!(Some(tag.len()), enc.map(|enc| enc.tag_octets), "octets of the tag");
    if let Some(plaintext) = seal::plaintext(parts) {
        assert!(*opened.plaintext == plaintext, "another content than another opener finds");
    }
    // RSA costs a hundred times as much as all the others: damage of its tokens is for the suites.
    if opened.header.text("alg").is_some_and(|alg| alg.starts_with("RSA")) {
        return;
    }
    for (at, octets) in octets.iter().enumerate() {
        let mut changed = octets.clone();
        match changed.last_mut() {
            // White space: the header says the same, and is another one.
            Some(_) if at == 0 => changed.push(b' '),
            Some(last) => *last ^= 1,
            None => continue,
        }
        let mut other = parts.map(str::to_owned);
        if let Some(place) = other.get_mut(at) {
            *place = base64url::encode(&changed);
        }
        let refused = jwe::open(&other.join("."), key, &POLICY, &mut rng()).is_err();
        assert!(refused, "part {at} can be changed");
    }
}

pub(crate) fn jws_token(data: &[u8]) -> Became {
    let Ok(token) = str::from_utf8(data) else { return Became::Unfit };
    let Some(key) = key(Glance::at(token).verifies()) else { return Became::Unfit };
    let verified = jws::verify(token, &*key, &POLICY);
    if let Ok(verified) = &verified {
        let alg = verified.header.text("alg").and_then(Signature::named);
        assert!(alg.is_some(), "it was verified by no algorithm");
        if let Some((input, signature)) = token.rsplit_once('.')
            && !token.trim_start().starts_with('{')
        {
            let octets = base64url::decode(signature).unwrap_or_default();
            assert_eq!(base64url::encode(&octets), signature, "the signature has another spelling");
            if let Some(SignatureFamily::Hmac { hash }) = alg.map(|alg| alg.family) {
                assert_eq!(hash.hmac(ring::SECRET, input.as_bytes()), octets, "another signature");
            }
            let other = format!("{input}A.{signature}");
            assert!(jws::verify(&other, &*key, &POLICY).is_err(), "the payload can be changed");
        }
    }
    became(&verified)
}

pub(crate) fn nested_token(data: &[u8]) -> Became {
    let Ok(token) = str::from_utf8(data) else { return Became::Unfit };
    let parts: Vec<&str> = token.split('.').collect();
    let inner = <[&str; 5]>::try_from(parts).ok().and_then(|parts| seal::plaintext(&parts));
    let inner = inner.and_then(|inner| String::from_utf8(inner).ok()).unwrap_or_default();
    let (outer_key, inner_key) = (Glance::at(token).opens(), Glance::at(&inner).verifies());
    let (Some(decrypt), Some(verify)) = (key(outer_key), key(inner_key)) else {
        return Became::Unfit;
    };
    let recipient = Recipient {
        decrypt: (&*decrypt).into(),
        verify: (&*verify).into(),
        expect: Expectations { now: Some(1_700_000_000), ..Expectations::default() },
    };
    let opened = nested::open(token, &recipient, &POLICY, &mut rng());
    if let Ok(opened) = &opened {
        assert!(opened.inner.text("alg").and_then(Signature::named).is_some(), "it is not signed");
        let verified = jws::verify(&inner, &*verify, &POLICY).map(|verified| verified.payload);
        let claims = opened.claims.to_text().as_bytes().to_vec();
        assert_eq!(verified, Ok::<_, Rejection>(claims), "other claims than were signed");
    }
    became(&opened)
}
