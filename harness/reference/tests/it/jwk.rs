//! Codes of keys and sets, and what thumbprints are made of.

use algorithms::Hash;
use reference::{Jwk, JwkSet, Policy, certificate, jwe, jws, thumbprint};
use serde_json::{Value, json};

use crate::support::{check, key_text, rng};

fn parse(text: &str) -> Result<Jwk, rejection::Rejection> {
    Jwk::parse(text, &Policy::default())
}

/// A test key with some members set, or removed where the value is null.
fn changed(name: &str, half: &str, changes: &Value) -> String {
    let mut jwk: Value = serde_json::from_str(&key_text(name, half)).unwrap();
    let members = jwk.as_object_mut().unwrap();
    for (member, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.remove(member);
        } else {
            members.insert(member.clone(), value.clone());
        }
    }
    jwk.to_string()
}

#[test]
fn every_test_key_is_read_and_has_one_thumbprint() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/keys");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let file: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let private = parse(file["private"]["jwk"].as_str().unwrap());
        let private = private.unwrap_or_else(|rejection| panic!("{path:?}: {rejection}"));
        if let Some(public) = file["public"]["jwk"].as_str() {
            let public = parse(public).unwrap();
            assert_eq!(
                thumbprint::of(&public, Hash::Sha256),
                thumbprint::of(&private, Hash::Sha256),
                "{path:?}"
            );
        }
        read += 1;
    }
    assert!(read >= 30, "{read}");
}

#[test]
fn members_must_belong_together() {
    let cases = [
        ("rsa-2048-a", "private", json!({"p": null}), "key/malformed"),
        ("rsa-2048-a", "private", json!({"d": null}), "key/malformed"),
        ("rsa-2048-a", "private", json!({"oth": []}), "key/malformed"),
        ("rsa-2048-a", "private", json!({"dp": "AQ"}), "key/malformed"),
        ("rsa-2048-a", "public", json!({"e": "AAEAAQ"}), "key/malformed"),
        ("rsa-2048-a", "public", json!({"e": null}), "key/malformed"),
        ("rsa-2048-a", "public", json!({"e": "AQAB="}), "key/malformed"),
        ("rsa-2048-a", "public", json!({"n": "AQAB"}), "key/too-small"),
        ("rsa-2048-a", "public", json!({"kty": "rsa"}), "key/type"),
        ("rsa-2048-a", "public", json!({"kty": null}), "key/malformed"),
        ("rsa-2048-a", "public", json!({"kid": 7}), "key/malformed"),
        ("rsa-2048-a", "public", json!({"key_ops": ["verify", "verify"]}), "key/malformed"),
        ("rsa-2048-a", "public", json!({"x5c": []}), "key/x5c-mismatch"),
        ("rsa-2048-a", "public", json!({"x5c": ["AAAA"]}), "key/x5c-mismatch"),
        ("ec-p256-a", "public", json!({"crv": "P-384"}), "key/malformed"),
        ("ec-p256-a", "public", json!({"crv": "secp256k1"}), "key/curve"),
        ("ec-p256-a", "public", json!({"crv": "X25519"}), "key/curve"),
        ("ec-p256-a", "public", json!({"y": null}), "key/malformed"),
        ("ec-p256-a", "private", json!({"d": "AQ"}), "key/malformed"),
        ("x25519-a", "public", json!({"x": "AAAA"}), "key/malformed"),
        ("x25519-a", "public", json!({"crv": "X448"}), "key/curve"),
        ("oct-256-a", "private", json!({"k": null}), "key/malformed"),
    ];
    for (name, half, changes, code) in cases {
        check(parse(&changed(name, half, &changes)), code);
    }
    let other: Value = serde_json::from_str(&key_text("ec-p256-b", "private")).unwrap();
    check(parse(&changed("ec-p256-a", "private", &json!({"d": other["d"]}))), "key/malformed");
    check(parse("[]"), "parse/not-an-object");
    check(parse(r#"{"kty":"oct","kty":"oct"}"#), "parse/duplicate-member");
}

#[test]
fn a_private_rsa_key_needs_no_primes() {
    let gone = json!({"p": null, "q": null, "dp": null, "dq": null, "qi": null});
    let key = parse(&changed("rsa-2048-a", "private", &gone)).unwrap();
    let policy = Policy::default();
    let token = jws::sign(b"x", r#"{"alg":"RS256"}"#, &key, &policy, &mut rng()).unwrap();
    assert!(jws::verify(&token, &key, &policy).is_ok());
}

#[test]
fn a_certificate_holds_the_key_of_its_jwk() {
    let folder =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/certificates");
    for name in ["rsa-2048-a", "ec-p256-a"] {
        let pem = std::fs::read_to_string(folder.join(format!("{name}.pem"))).unwrap();
        let stated: Value = serde_json::from_str(
            &std::fs::read_to_string(folder.join(format!("{name}.json"))).unwrap(),
        )
        .unwrap();
        let text = stated.to_string();
        let thumbprint = certificate::thumbprint_of_pem(&pem).unwrap();
        assert!(text.contains(&thumbprint), "{thumbprint} is not in {text}");
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        assert!(parse(&changed(name, "public", &json!({"x5c": [body]}))).is_ok());
        let other = if name == "rsa-2048-a" { "rsa-2048-b" } else { "ec-p256-b" };
        check(parse(&changed(other, "public", &json!({"x5c": [body]}))), "key/x5c-mismatch");
        check(certificate::thumbprint_of_pem(&format!("{pem}{pem}")), "parse/certificate");
        check(
            certificate::thumbprint_of_pem(&pem.replace("CERTIFICATE", "PUBLIC KEY")),
            "parse/certificate",
        );
    }
    check(certificate::thumbprint_of_der(b"0"), "parse/certificate");
}

#[test]
fn a_key_is_for_what_it_says() {
    let policy = Policy::default();
    let seal = |changes: Value| {
        let key = parse(&changed("oct-128-a", "private", &changes)).unwrap();
        jwe::seal(b"", r#"{"alg":"A128KW","enc":"A128GCM"}"#, &key, &policy, &mut rng())
    };
    check(seal(json!({"alg": "A128GCMKW"})), "policy/key-alg");
    check(seal(json!({"use": "sig"})), "policy/key-use");
    check(seal(json!({"key_ops": ["unwrapKey"]})), "policy/key-ops");
    check(seal(json!({"use": "enc", "key_ops": ["verify"]})), "policy/key-ops");
    assert!(seal(json!({"alg": "A128KW", "use": "enc", "key_ops": ["wrapKey"]})).is_ok());
    let verify = |changes: Value| {
        let key = parse(&changed("oct-256-a", "private", &changes)).unwrap();
        jws::verify("eyJhbGciOiJIUzI1NiJ9.AA.AA", &key, &policy)
    };
    check(verify(json!({"alg": "HS512"})), "policy/key-alg");
    check(verify(json!({"use": "enc"})), "policy/key-use");
    check(verify(json!({"key_ops": ["sign"]})), "policy/key-ops");
    check(verify(json!({"key_ops": ["verify"]})), "signature/invalid");
}

#[test]
fn a_set_skips_what_it_does_not_understand() {
    let policy = Policy::default();
    let text = format!(
        r#"{{"keys":[{{"kty":"AKP"}},{},7,{{"kty":"RSA"}}],"more":1}}"#,
        key_text("rsa-2048-a", "public")
    );
    let set = JwkSet::parse(&text, &policy).unwrap();
    assert_eq!((set.keys().len(), set.skipped()), (1, 3));
    for wrong in [r#"{"keys":{}}"#, "{}"] {
        check(JwkSet::parse(wrong, &policy), "key/malformed");
    }
    check(JwkSet::parse("[]", &policy), "parse/not-an-object");
}

#[test]
fn a_new_rsa_key_signs_and_its_public_half_verifies() {
    let key = Jwk::generate_rsa(2048, &mut rng()).unwrap().labelled("new", "RS256");
    assert_eq!((key.kid(), key.alg()), (Some("new"), Some("RS256")));
    let read = parse(&key.members().to_text()).unwrap();
    let token =
        jws::sign(b"text", r#"{"alg":"RS256"}"#, &read, &Policy::default(), &mut rng()).unwrap();
    let public = key.to_public().unwrap();
    assert_eq!(jws::verify(&token, &public, &Policy::default()).unwrap().payload, b"text");
    check(
        jws::sign(b"", r#"{"alg":"RS256"}"#, &public, &Policy::default(), &mut rng()),
        "key/private-missing",
    );
    let names: Vec<&str> = public.members().iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["kty", "n", "e", "kid", "alg"]);
    check(Jwk::generate_rsa(2047, &mut rng()), "key/too-small");
    check(Jwk::generate_rsa(8193, &mut rng()), "key/malformed");
}

#[test]
fn the_public_half_of_a_test_key_is_the_published_one() {
    for name in ["rsa-2048-a", "ec-p256-a", "ec-p521-a", "ed25519-a", "x25519-a"] {
        let half = parse(&key_text(name, "private")).unwrap().to_public().unwrap();
        let (half, public): (Value, Value) = (
            serde_json::from_str(&half.members().to_text()).unwrap(),
            serde_json::from_str(&key_text(name, "public")).unwrap(),
        );
        assert_eq!(half, public, "{name}");
    }
    let signing = changed("rsa-2048-a", "private", &json!({"key_ops": ["sign"], "use": "sig"}));
    let public = parse(&signing).unwrap().to_public().unwrap();
    assert!(!public.members().has("key_ops") && public.members().has("use"));
    assert!(Jwk::symmetric(&[1]).to_public().is_none());
}
