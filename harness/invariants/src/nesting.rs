//! Nested JWTs that the reference makes, out of choices that the input has.

use algorithms::{CONTENT_ENCRYPTION, KEY_MANAGEMENT, SIGNATURES};
use arbitrary::{Arbitrary, Unstructured};
use mutator::{ring, seal};
use reference::jwt::Expectations;
use reference::nested::{self, Layer, Recipient};
use rejection::Rejection;
use serde_json::{Map, Value, json};

use crate::making::chosen;
use crate::tokens::{POLICY, key, rng};
use crate::{Became, became};

/// What stands in the outer header (RFC 7519 §5.2).
#[derive(Arbitrary, Debug)]
enum Cty {
    Absent,
    Short,
    Long,
    Other(String),
}

impl Cty {
    fn value(&self) -> Option<&str> {
        match self {
            Self::Absent => None,
            Self::Short => Some("JWT"),
            Self::Long => Some("application/jwt"),
            Self::Other(text) => Some(text),
        }
    }
}

/// The choices of who nests.
#[derive(Arbitrary, Debug)]
struct Nesting {
    alg: u8,
    enc: u8,
    sig: u8,
    cty: Cty,
    issuer: String,
    expires_in: i16,
}

pub(crate) fn nested_made(data: &[u8]) -> Became {
    const NOW: i64 = 1_700_000_000;
    let Ok(how) = Nesting::arbitrary_take_rest(Unstructured::new(data)) else {
        return Became::Unfit;
    };
    let rows = (
        chosen(KEY_MANAGEMENT, how.alg),
        chosen(CONTENT_ENCRYPTION, how.enc),
        chosen(SIGNATURES, how.sig),
    );
    let (Some(alg), Some(enc), Some(sig)) = rows else { return Became::Unfit };
    let keys = [ring::opens(alg.name, enc.name), ring::signs(sig.name), ring::verifies(sig.name)];
    let [Some(opens), Some(signs), Some(verifies)] = keys.map(|jwk| jwk.and_then(key)) else {
        return Became::Unfit;
    };
    let mut outer = Map::from_iter([
        ("alg".to_owned(), Value::from(alg.name)),
        ("enc".to_owned(), enc.name.into()),
    ]);
    if alg.name.starts_with("PBES2") {
        outer.insert("p2c".to_owned(), 1000.into());
    }
    if let Some(cty) = how.cty.value() {
        outer.insert("cty".to_owned(), cty.into());
    }
    let exp = NOW + i64::from(how.expires_in);
    let claims = json!({ "iss": how.issuer, "exp": exp }).to_string();
    let sign = Layer { keys: (&*signs).into(), header: &json!({ "alg": sig.name }).to_string() };
    let encrypt = Layer { keys: (&*opens).into(), header: &Value::Object(outer).to_string() };
    let sealed = nested::seal(&claims, sign, encrypt, &POLICY, &mut rng());
    if let Ok(token) = &sealed {
        let expect = |issuer: String| Recipient {
            decrypt: (&*opens).into(),
            verify: (&*verifies).into(),
            expect: Expectations {
                issuer: Some(issuer),
                now: Some(NOW),
                ..Expectations::default()
            },
        };
        let opened = nested::open(token, &expect(how.issuer.clone()), &POLICY, &mut rng());
        match &opened {
            Ok(opened) => assert_eq!(opened.claims.to_text(), claims),
            Err(rejection) => assert_eq!(rejection, &Rejection::ExpPast, "exp {exp}"),
        }
        assert_eq!(opened.is_ok(), how.expires_in > 0, "exp {exp}");
        let other = nested::open(token, &expect(format!("{}x", how.issuer)), &POLICY, &mut rng());
        assert!(other.is_err(), "another issuer's");
        let inner: Vec<&str> = token.split('.').collect();
        let inner = <[&str; 5]>::try_from(inner).ok().and_then(|parts| seal::plaintext(&parts));
        assert!(
            inner.is_none_or(|inner| inner.iter().filter(|octet| **octet == b'.').count() == 2)
        );
    }
    became(&sealed)
}
