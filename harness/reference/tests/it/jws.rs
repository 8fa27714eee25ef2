//! Codes of JWS.

use algorithms::{SIGNATURES, base64url};
use reference::jws::{self, Signer};
use reference::{Jwk, Policy, Serialization};

use crate::support::{check, join, key_text, parts, private, public, rng, with_header};

fn key_for(alg: &str) -> (Jwk, Jwk) {
    let name = match alg {
        "HS256" | "HS384" | "HS512" => return (private("oct-512-a"), private("oct-512-a")),
        "ES256" => "ec-p256-a",
        "ES384" => "ec-p384-a",
        "ES512" => "ec-p521-a",
        "EdDSA" | "Ed25519" => "ed25519-a",
        _ => "rsa-2048-a",
    };
    (private(name), public(name))
}

fn verify(token: &str, key: &Jwk) -> Result<jws::Verified, rejection::Rejection> {
    jws::verify(token, key, &Policy::default())
}

#[test]
fn every_algorithm_goes_round_and_refuses_each_changed_octet() {
    let policy = Policy::default();
    for alg in SIGNATURES {
        let (own, theirs) = key_for(alg.name);
        let header = format!(r#"{{"alg":"{}"}}"#, alg.name);
        let token = jws::sign(b"text", &header, &own, &policy, &mut rng()).unwrap();
        assert_eq!(verify(&token, &theirs).unwrap().payload, b"text", "{header}");
        let parts = parts(&token);
        for part in [1, 2] {
            for index in (0..parts[part].len()).step_by(5) {
                let mut changed = parts.clone();
                changed[part][index] ^= 1;
                check(verify(&join(&changed), &theirs), "signature/invalid");
            }
        }
        let mut longer = parts.clone();
        longer[2].push(0);
        check(verify(&join(&longer), &theirs), "signature/invalid");
        let mut shorter = parts;
        shorter[2].pop();
        check(verify(&join(&shorter), &theirs), "signature/invalid");
    }
}

#[test]
fn keys_fit_their_algorithm() {
    for (alg, key, code) in [
        ("ES256", "ec-p521-a", "key/curve"),
        ("ES256", "rsa-2048-a", "key/type"),
        ("HS256", "rsa-2048-a", "key/type"),
        ("HS256", "oct-248bit", "key/too-small"),
        ("HS256", "oct-empty", "key/too-small"),
        ("HS512", "oct-256-a", "key/too-small"),
        ("PS256", "rsa-1024", "key/too-small"),
        ("RS256", "rsa-2040", "key/too-small"),
        ("EdDSA", "x25519-a", "key/curve"),
    ] {
        let token = with_header(&format!(r#"{{"alg":"{alg}"}}"#), "AA.AA");
        check(verify(&token, &private(key)), code);
    }
    let relaxed = Policy { allow_small_rsa: true, allow_short_hmac: true, ..Policy::default() };
    for (alg, key) in [("RS256", "rsa-1024"), ("HS256", "oct-64bit")] {
        let header = format!(r#"{{"alg":"{alg}"}}"#);
        let token = jws::sign(b"x", &header, &private(key), &relaxed, &mut rng()).unwrap();
        assert!(jws::verify(&token, &private(key), &relaxed).is_ok());
    }
}

#[test]
fn headers_of_signatures_are_checked() {
    let key = private("oct-256-a");
    for (header, code) in [
        ("{}", "header/alg-missing"),
        (r#"{"alg":null}"#, "header/alg-type"),
        (r#"{"alg":"none"}"#, "signature/none"),
        (r#"{"alg":"nOnE"}"#, "header/alg-unknown"),
        (r#"{"alg":"RS255"}"#, "header/alg-unknown"),
        (r#"{"alg":"RSA-OAEP"}"#, "header/kind"),
        (r#"{"alg":"HS256","enc":"A128GCM"}"#, "header/kind"),
        (r#"{"alg":"HS256","crit":["exp"],"exp":1}"#, "header/crit-unknown"),
        (r#"{"alg":"HS256","crit":[]}"#, "header/crit-malformed"),
        (r#"{"alg":"HS256","crit":["b64"]}"#, "header/crit-malformed"),
        (r#"{"alg":"HS256","b64":true}"#, "header/b64"),
        (r#"{"alg":"HS256","b64":0,"crit":["b64"]}"#, "header/b64"),
        (r#"{"alg":"HS256","kid":1}"#, "header/member-type"),
        (r#"{"alg":"HS256","alg":"none"}"#, "parse/duplicate-member"),
        (r#"{"alg":"HS256"}{"alg":"none"}"#, "parse/json"),
    ] {
        check(verify(&with_header(header, "AA.AA"), &key), code);
    }
    for token in ["a.b", "a.b.c.d", "a"] {
        check(verify(token, &key), "parse/part-count");
    }
    let policy = Policy::default().pin_signatures(["RS256"]);
    let token = with_header(r#"{"alg":"HS256"}"#, "AA.AA");
    check(jws::verify(&token, &key, &policy), "policy/alg-not-allowed");
}

#[test]
fn a_public_key_is_no_mac_key() {
    // The classic confusion: HS256 over the text of the public key.
    let text = key_text("rsa-2048-a", "public");
    let mac = Jwk::symmetric(text.as_bytes());
    let token =
        jws::sign(b"x", r#"{"alg":"HS256"}"#, &mac, &Policy::default(), &mut rng()).unwrap();
    check(verify(&token, &public("rsa-2048-a")), "key/type");
}

#[test]
fn payloads_stand_beside_the_token_or_in_it() {
    let policy = Policy::default();
    let key = private("oct-256-a");
    let unencoded = r#"{"alg":"HS256","b64":false,"crit":["b64"]}"#;
    for form in [Serialization::Compact, Serialization::Flattened, Serialization::General] {
        for header in [r#"{"alg":"HS256"}"#, unencoded] {
            let signer = Signer { protected: header, header: None, keys: (&key).into() };
            let signed = jws::sign_as(form, b"$02", &[signer], &policy, &mut rng()).unwrap();
            let detached = signed.to_detached();
            let verified = jws::verify_detached(&detached, b"$02", &key, &policy).unwrap();
            assert_eq!(verified.payload, b"$02");
            check(jws::verify_detached(&detached, b"$03", &key, &policy), "signature/invalid");
            let attached = signed.into_attached().unwrap();
            assert_eq!(verify(&attached, &key).unwrap().payload, b"$02");
            check(jws::verify_detached(&attached, b"$02", &key, &policy), "parse/payload-present");
            if form != Serialization::Compact {
                check(verify(&detached, &key), "parse/payload-missing");
            }
        }
    }
    check(jws::sign(b"a.b", unencoded, &key, &policy, &mut rng()), "header/b64");
}

#[test]
fn one_signature_that_holds_suffices() {
    let policy = Policy::default();
    let (a, b) = (private("oct-256-a"), private("ec-p256-a"));
    let signers = [
        Signer {
            protected: r#"{"alg":"HS256"}"#,
            header: Some(r#"{"kid":"1"}"#),
            keys: (&a).into(),
        },
        Signer { protected: "", header: Some(r#"{"alg":"ES256"}"#), keys: (&b).into() },
    ];
    let signed = jws::sign_as(Serialization::General, b"x", &signers, &policy, &mut rng()).unwrap();
    let token = signed.into_attached().unwrap();
    assert_eq!(verify(&token, &a).unwrap().signature, 0);
    assert_eq!(verify(&token, &public("ec-p256-a")).unwrap().signature, 1);
    check(verify(&token, &private("oct-256-b")), "signature/invalid");
    check(verify(&token, &public("rsa-2048-a")), "key/type");
}

#[test]
fn members_of_json_serializations_are_checked() {
    let key = private("oct-256-a");
    let protected = base64url::encode(br#"{"alg":"HS256"}"#);
    let whole = |more: &str| {
        format!(r#"{{"payload":"AA","protected":"{protected}","signature":"AA"{more}}}"#)
    };
    for (token, code) in [
        (whole(""), "signature/invalid"),
        (whole(r#","signatures":[]"#), "parse/serialization"),
        (whole(r#","ciphertext":"AA""#), "parse/serialization"),
        (whole(r#","header":{"alg":"none"}"#), "header/overlap"),
        (whole(r#","header":{"crit":["x"],"x":1}"#), "header/crit-unprotected"),
        (whole(r#","header":{"b64":true}"#), "header/b64"),
        (whole(r#","header":{}"#), "parse/empty-part"),
        (r#"{"ciphertext":"AA"}"#.to_owned(), "header/kind"),
        (r#"{"payload":"AA"}"#.to_owned(), "parse/serialization"),
        (r#"{"payload":"AA","signatures":{}}"#.to_owned(), "parse/serialization"),
        (
            r#"{"payload":7,"header":{"alg":"HS256"},"signature":"AA"}"#.to_owned(),
            "parse/serialization",
        ),
    ] {
        check(verify(&token, &key), code);
    }
}
