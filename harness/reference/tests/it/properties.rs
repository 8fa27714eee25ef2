//! Properties over random inputs: nothing panics, printing undoes parsing, JSON agrees with
//! `serde_json`.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use reference::json::{JsonError, Limits, Value};
use reference::jwe::Jwe;
use reference::jws::Jws;
use reference::jwt::Expectations;
use reference::nested::{self, Recipient};
use reference::{Jwk, JwkSet, Policy, jwe, jws};

use crate::support::{header, private, rng};

const LIMITS: Limits = Limits { octets: 1 << 20, depth: 100 };

/// Always the same cases, so that a failure is one for everybody.
fn config(cases: u32) -> Config {
    Config { cases, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default() }
}

/// Texts that come near to being tokens: fragments of JSON, base64url and dots.
fn near_token() -> impl Strategy<Value = String> {
    let fragment = prop_oneof![
        Just("eyJhbGciOiJkaXIiLCJlbmMiOiJBMTI4R0NNIn0".to_owned()),
        Just("eyJhbGciOiJIUzI1NiJ9".to_owned()),
        Just(".".to_owned()),
        Just(
            "{\"protected\":\"eyJhbGciOiJIUzI1NiJ9\",\"payload\":\"AA\",\"signature\":\"AA\"}"
                .to_owned()
        ),
        Just("{\"ciphertext\":\"\",\"recipients\":[{\"header\":{\"alg\":\"A128KW\"}}]}".to_owned()),
        Just("{\"kty\":\"oct\",\"k\":\"AA\"}".to_owned()),
        "[A-Za-z0-9_-]{0,24}",
        "[\\{\\}\\[\\]\",:.\\\\ud0-9]{0,12}",
        "\\PC{0,8}",
    ];
    prop::collection::vec(fragment, 0..8).prop_map(|fragments| fragments.concat())
}

fn json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        "\\PC{0,8}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::btree_map("\\PC{0,6}", inner, 0..6)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #![proptest_config(config(512))]

    #[test]
    fn no_text_makes_a_parser_panic(text in near_token()) {
        let policy = Policy::default();
        let key = private("oct-128-a");
        let _ = jwe::open(&text, &key, &policy, &mut rng());
        let _ = jws::verify(&text, &key, &policy);
        let _ = Jwk::parse(&text, &policy);
        let _ = JwkSet::parse(&text, &policy);
        let keys = (&key).into();
        let recipient = Recipient { decrypt: keys, verify: keys, expect: Expectations::default() };
        let _ = nested::open(&text, &recipient, &policy, &mut rng());
    }

    #[test]
    fn printing_undoes_parsing(text in near_token()) {
        let policy = Policy::default();
        if let Ok(jwe) = Jwe::parse(&text, &policy) {
            prop_assert_eq!(Jwe::parse(&jwe.to_string(), &policy), Ok(jwe));
        }
        if let Ok(jws) = Jws::parse(&text, &policy) {
            prop_assert_eq!(Jws::parse(&jws.to_string(), &policy), Ok(jws));
        }
    }

    #[test]
    fn json_agrees_with_serde_json(value in json(), pretty in any::<bool>()) {
        let text = if pretty {
            serde_json::to_string_pretty(&value).unwrap()
        } else {
            value.to_string()
        };
        let ours = Value::parse(text.as_bytes(), LIMITS).unwrap();
        let back: serde_json::Value = serde_json::from_str(&ours.to_text()).unwrap();
        prop_assert_eq!(back, value);
    }

    #[test]
    fn whoever_refuses_it_serde_json_does_too(octets in prop::collection::vec(
        prop_oneof![
            prop::sample::select(b"{}[]\",:\\u0123dDeE+-. \n\ttruefalsn".to_vec()),
            any::<u8>(),
        ], 0..24)) {
        let ours = Value::parse(&octets, LIMITS);
        let theirs = serde_json::from_slice::<serde_json::Value>(&octets);
        match ours {
            // Numbers beyond the largest double are JSON all the same.
            Ok(value) => prop_assert!(theirs.is_ok() || value.to_text().contains(['e', 'E'])),
            Err(JsonError::Duplicate) => prop_assert!(theirs.is_ok()),
            Err(_) => prop_assert!(theirs.is_err()),
        }
    }
}

proptest! {
    #![proptest_config(config(64))]

    #[test]
    fn payloads_and_header_members_survive(
        plaintext in prop::collection::vec(any::<u8>(), 0..300),
        members in prop::collection::btree_map("x-[a-z\u{e9}\"\\\\]{1,6}", json(), 0..3),
        enc in prop::sample::select(algorithms::CONTENT_ENCRYPTION),
        alg in prop::sample::select(vec!["A128KW", "A128GCMKW", "ECDH-ES", "PBES2-HS256+A128KW"]),
        is_compressed in any::<bool>(),
    ) {
        let policy = Policy::default();
        let key = private(if alg == "ECDH-ES" { "x25519-a" } else { "oct-128-a" });
        let mut text: serde_json::Value =
            serde_json::from_str(&header(alg, enc.name)).unwrap();
        let object = text.as_object_mut().unwrap();
        object.extend(members);
        if is_compressed {
            object.insert("zip".to_owned(), "DEF".into());
        }
        let token = jwe::seal(&plaintext, &text.to_string(), &key, &policy, &mut rng()).unwrap();
        let opened = jwe::open(&token, &key, &policy, &mut rng()).unwrap();
        prop_assert_eq!(opened.plaintext.as_slice(), &plaintext);
        let header: serde_json::Value = serde_json::from_str(opened.header.to_text()).unwrap();
        for (name, value) in text.as_object().unwrap() {
            prop_assert_eq!(header.get(name), Some(value));
        }
        let jwe = Jwe::parse(&token, &policy).unwrap();
        prop_assert_eq!(jwe.to_string(), token);
    }

    #[test]
    fn another_character_in_a_token_is_refused(
        index in any::<prop::sample::Index>(),
        character in prop::char::any(),
    ) {
        let policy = Policy::default();
        let key = private("oct-128-a");
        let token =
            jwe::seal(b"text", &header("dir", "A128GCM"), &key, &policy, &mut rng()).unwrap();
        let at = index.index(token.len());
        let mut changed = token.clone();
        changed.replace_range(at..=at, &character.to_string());
        prop_assume!(changed != token);
        prop_assert!(jwe::open(&changed, &key, &policy, &mut rng()).is_err());
    }
}
