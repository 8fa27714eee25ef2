//! Tokens that are opened: with right tags and signatures around whatever the input is, so that it gets
//! as far as it can (RFC 7516 §5.2, RFC 7519 §7.2).

use algorithms::{Hash, base64url, gcm};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use reference::jwt::Expectations;
use reference::nested::{self, Recipient};
use reference::{Jwk, Policy, jwe};
use rejection::Rejection;

use crate::{Became, became};

/// A public test key: everybody may know it.
const KEY: [u8; 32] = *b"public test key of 32 octets ...";
const IV: [u8; 12] = *b"public test ";
const HEADER: &str = r#"{"alg":"dir","enc":"A256GCM","cty":"JWT"}"#;
const NOW: i64 = 1_700_000_000;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(1)
}

/// A token of `dir` with A256GCM whose tag is right.
fn sealed(header: &[u8], plaintext: &[u8]) -> String {
    let protected = base64url::encode(header);
    let sealed = gcm::seal(&KEY, &IV, protected.as_bytes(), plaintext);
    let (ciphertext, tag) = sealed.unwrap_or_default();
    let part = |octets: &[u8]| base64url::encode(octets);
    format!("{protected}..{}.{}.{}", part(&IV), part(&ciphertext), part(&tag))
}

pub(crate) fn jwe_open(data: &[u8]) -> Became {
    let Ok(token) = str::from_utf8(data) else { return Became::Unfit };
    let (key, policy) = (Jwk::symmetric(&KEY), Policy::default());
    let opened = jwe::open(token, &key, &policy, &mut rng());
    if opened.is_ok()
        && let Some((front, tag)) = token.rsplit_once('.')
        && let Ok(mut octets) = base64url::decode(tag)
    {
        if let Some(first) = octets.first_mut() {
            *first ^= 1;
        }
        let other = format!("{front}.{}", base64url::encode(&octets));
        let refused = jwe::open(&other, &key, &policy, &mut rng()).err();
        assert_eq!(refused, Some(Rejection::DecryptFailed), "another tag opens too");
    }
    became(&opened)
}

/// The input is the protected header, under a right tag.
pub(crate) fn jwe_sealed_header(data: &[u8]) -> Became {
    let (key, policy) = (Jwk::symmetric(&KEY), Policy::default());
    let opened = jwe::open(&sealed(data, b"content"), &key, &policy, &mut rng());
    if let Ok(opened) = &opened {
        assert_eq!(opened.header.to_text().as_bytes(), data, "the header is told otherwise");
        assert_eq!(opened.header.text("alg"), Some("dir"), "another algorithm opened it");
        assert_eq!(opened.header.text("enc"), Some("A256GCM"), "another algorithm opened it");
        assert!(opened.header.get("crit").is_none(), "an extension was passed over");
        assert_eq!(*opened.plaintext, *b"content");
    }
    became(&opened)
}

fn recipient<'a>(decrypt: &'a Jwk, verify: &'a Jwk) -> Recipient<'a> {
    Recipient {
        decrypt: decrypt.into(),
        verify: verify.into(),
        expect: Expectations {
            issuer: Some("https://issuer.example/".to_owned()),
            audience: Some("https://api.example/".to_owned()),
            now: Some(NOW),
            is_exp_required: true,
            ..Expectations::default()
        },
    }
}

/// The input is what is inside a JWE with a right tag.
pub(crate) fn nested_inner(data: &[u8]) -> Became {
    let key = Jwk::symmetric(&KEY);
    let token = sealed(HEADER.as_bytes(), data);
    let opened = nested::open(&token, &recipient(&key, &key), &Policy::default(), &mut rng());
    if opened.is_ok() {
        assert!(is_signed(data), "it was accepted without a right signature");
    }
    became(&opened)
}

/// Whether a text is signed with the key by one of the HMACs, computed here.
fn is_signed(data: &[u8]) -> bool {
    let Some((signed, signature)) =
        str::from_utf8(data).ok().and_then(|text| text.rsplit_once('.'))
    else {
        return false;
    };
    [Hash::Sha256, Hash::Sha384, Hash::Sha512]
        .into_iter()
        .any(|hash| base64url::encode(&hash.hmac(&KEY, signed.as_bytes())) == signature)
}

/// The input is a set of claims, signed and sealed rightly.
pub(crate) fn nested_claims(data: &[u8]) -> Became {
    let key = Jwk::symmetric(&KEY);
    let header = base64url::encode(br#"{"alg":"HS256"}"#);
    let signed = format!("{header}.{}", base64url::encode(data));
    let signature = base64url::encode(&Hash::Sha256.hmac(&KEY, signed.as_bytes()));
    let token = sealed(HEADER.as_bytes(), format!("{signed}.{signature}").as_bytes());
    let opened = nested::open(&token, &recipient(&key, &key), &Policy::default(), &mut rng());
    if let Ok(opened) = &opened {
        let claims = &opened.claims;
        assert_eq!(claims.to_text().as_bytes(), data, "the claims are told otherwise");
        assert_eq!(claims.members().text("iss"), Some("https://issuer.example/"));
        assert!(claims.members().has("aud") && claims.members().has("exp"));
    }
    became(&opened)
}
