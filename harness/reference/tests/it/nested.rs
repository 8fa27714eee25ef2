//! Codes of nested tokens.

use reference::jwt::Expectations;
use reference::nested::{self, Layer, Recipient};
use reference::{Policy, jwe, jws};

use crate::support::{check, private, public, rng};

const OUTER: &str = r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"}"#;
const INNER: &str = r#"{"alg":"ES256","typ":"at+jwt"}"#;
const CLAIMS: &str = r#"{"iss":"as","aud":"api","sub":"me","exp":2000}"#;

/// Seals by hand, so that each layer may be anything.
fn wrap(inner: &str, outer: &str) -> String {
    let policy = Policy::default();
    jwe::seal(inner.as_bytes(), outer, &public("rsa-2048-a"), &policy, &mut rng()).unwrap()
}

fn sign(payload: &str, header: &str) -> String {
    let key = private("ec-p256-a");
    jws::sign(payload.as_bytes(), header, &key, &Policy::default(), &mut rng()).unwrap()
}

fn open_with(
    token: &str,
    expect: Expectations,
    policy: &Policy,
) -> Result<nested::Opened, rejection::Rejection> {
    let (decrypt, verify) = (private("rsa-2048-a"), public("ec-p256-a"));
    let recipient = Recipient { decrypt: (&decrypt).into(), verify: (&verify).into(), expect };
    nested::open(token, &recipient, policy, &mut rng())
}

fn open(token: &str) -> Result<nested::Opened, rejection::Rejection> {
    open_with(token, Expectations::default(), &Policy::default())
}

#[test]
fn a_nested_token_goes_round() {
    let (signing, sealing) = (private("ec-p256-a"), public("rsa-2048-a"));
    let layers = |outer: &'static str| {
        let sign = Layer { keys: (&signing).into(), header: INNER };
        let encrypt = Layer { keys: (&sealing).into(), header: outer };
        nested::seal(CLAIMS, sign, encrypt, &Policy::default(), &mut rng())
    };
    let expect = Expectations {
        issuer: Some("as".to_owned()),
        audience: Some("api".to_owned()),
        types: vec!["application/AT+jwt".to_owned()],
        now: Some(1000),
        ..Expectations::default()
    };
    let bare = r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#;
    let opened = open_with(&layers(bare).unwrap(), expect, &Policy::default()).unwrap();
    assert_eq!(opened.claims.to_text(), CLAIMS);
    assert_eq!(opened.inner.to_text(), INNER);
    assert_eq!(opened.outer.to_text(), OUTER);
    check(layers(r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"jwk+json"}"#), "nested/cty");
}

#[test]
fn the_inner_token_is_one_signed_compact_jws() {
    for (inner, code) in [
        (CLAIMS.to_owned(), "nested/not-jws"),
        (wrap("x", OUTER), "nested/not-jws"),
        (format!(" {}", sign(CLAIMS, INNER)), "nested/not-jws"),
        (format!("{}\n", sign(CLAIMS, INNER)), "nested/not-jws"),
        ("eyJhbGciOiJub25lIn0.e30.".to_owned(), "signature/none"),
        ("eyJhbGciOiJIUzI1NiJ9.e30.AA".to_owned(), "key/type"),
        (sign(CLAIMS, r#"{"alg":"ES256","cty":"jwt"}"#), "policy/nesting-depth"),
        (sign(CLAIMS, r#"{"alg":"ES256","b64":true,"crit":["b64"]}"#), ""),
        (sign("[]", INNER), "claims/not-an-object"),
        (sign("{}", INNER), ""),
    ] {
        let got = open(&wrap(&inner, OUTER));
        if code.is_empty() {
            assert!(got.is_ok(), "{got:?}");
        } else {
            check(got, code);
        }
    }
    let mut damaged = sign(CLAIMS, INNER);
    damaged.replace_range(damaged.len() - 4.., "AAAA");
    check(open(&wrap(&damaged, OUTER)), "signature/invalid");
    let key = private("ec-p256-a");
    let header = r#"{"alg":"ES256","b64":false,"crit":["b64"]}"#;
    let plain = jws::sign(b"{}", header, &key, &Policy::default(), &mut rng()).unwrap();
    check(open(&wrap(&plain, OUTER)), "nested/not-jws");
}

#[test]
fn the_outer_content_type_is_jwt() {
    let inner = sign(CLAIMS, INNER);
    let outer = |cty: &str| format!(r#"{{"alg":"RSA-OAEP-256","enc":"A256GCM"{cty}}}"#);
    for cty in [r#","cty":"JWT""#, r#","cty":"jwt""#, r#","cty":"application/jwt""#] {
        assert!(open(&wrap(&inner, &outer(cty))).is_ok(), "{cty}");
    }
    for cty in ["", r#","cty":"at+jwt""#, r#","cty":"""#] {
        check(open(&wrap(&inner, &outer(cty))), "nested/cty");
    }
    let relaxed = Policy { allow_missing_cty: true, ..Policy::default() };
    let expect = Expectations::default;
    assert!(open_with(&wrap(&inner, &outer("")), expect(), &relaxed).is_ok());
    let other = wrap(&inner, &outer(r#","cty":"JWS""#));
    check(open_with(&other, expect(), &relaxed), "nested/cty");
}

#[test]
fn replicated_claims_are_equal() {
    let inner = sign(CLAIMS, INNER);
    let outer =
        |more: &str| format!(r#"{{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT",{more}}}"#);
    assert!(open(&wrap(&inner, &outer(r#""iss":"as","sub":"me""#))).is_ok());
    for more in [r#""iss":"other""#, r#""aud":["api"]"#, r#""sub":"you""#] {
        check(open(&wrap(&inner, &outer(more))), "nested/header-claim-mismatch");
    }
}

#[test]
fn expectations_are_checked_last() {
    let token = wrap(&sign(CLAIMS, INNER), OUTER);
    let check_expect = |expect: Expectations, code: &str| {
        check(open_with(&token, expect, &Policy::default()), code);
    };
    let none = Expectations::default;
    check_expect(Expectations { types: vec!["JWT".to_owned()], ..none() }, "claims/typ-mismatch");
    check_expect(Expectations { now: Some(2000), ..none() }, "claims/exp-past");
    check_expect(Expectations { issuer: Some("AS".to_owned()), ..none() }, "claims/iss-mismatch");
    check_expect(Expectations { audience: Some("x".to_owned()), ..none() }, "claims/aud-mismatch");
}

#[test]
fn the_token_is_plain_text_of_five_parts() {
    check(open("{\"protected\":\"a.b.c.d\"}"), "parse/base64url");
    check(open(&sign(CLAIMS, INNER)), "parse/part-count");
    check(open(""), "parse/part-count");
}
