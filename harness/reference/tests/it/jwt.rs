//! Codes of claims.

use reference::Policy;
use reference::jwt::{Claims, Expectations};

use crate::support::check;

fn expectations() -> Expectations {
    Expectations {
        issuer: Some("https://as".to_owned()),
        audience: Some("api".to_owned()),
        now: Some(1000),
        skew: 10,
        ..Expectations::default()
    }
}

#[track_caller]
fn check_claims(more: &str, want: Result<(), &str>) {
    let text = format!(r#"{{"iss":"https://as","aud":"api"{more}}}"#);
    check_text(&text, want);
}

#[track_caller]
fn check_text(text: &str, want: Result<(), &str>) {
    let got = Claims::parse(text.as_bytes(), &Policy::default())
        .and_then(|claims| claims.check(&expectations()));
    assert_eq!(got.map_err(|rejection| rejection.code()), want, "{text}");
}

#[test]
fn times_are_compared_with_the_skew() {
    check_claims(r#","exp":991"#, Ok(()));
    check_claims(r#","exp":990.5"#, Ok(()));
    check_claims(r#","exp":990"#, Err("claims/exp-past"));
    check_claims(r#","exp":1e300"#, Ok(()));
    check_claims(r#","nbf":1010"#, Ok(()));
    check_claims(r#","nbf":1011"#, Err("claims/nbf-future"));
    check_claims(r#","iat":1010.0"#, Ok(()));
    check_claims(r#","iat":1011"#, Err("claims/iat-future"));
}

#[test]
fn types_come_before_values() {
    for (member, code) in [
        (r#""exp":"2000""#, "claims/exp-type"),
        (r#""exp":1e400"#, "claims/exp-type"),
        (r#""exp":null"#, "claims/exp-type"),
        (r#""nbf":"0""#, "claims/nbf-type"),
        (r#""iat":{}"#, "claims/iat-type"),
        (r#""sub":[]"#, "claims/string-type"),
        (r#""jti":12"#, "claims/string-type"),
    ] {
        check_claims(&format!(",{member}"), Err(code));
    }
}

#[test]
fn issuer_and_audience_are_exact() {
    for (text, want) in [
        (r#"{"iss":"https://as","aud":["x","api"]}"#, Ok(())),
        (r#"{"iss":"https:\/\/as","aud":"\u0061pi"}"#, Ok(())),
        (r#"{"iss":"https://AS","aud":"api"}"#, Err("claims/iss-mismatch")),
        (r#"{"aud":"api"}"#, Err("claims/iss-mismatch")),
        (r#"{"iss":1,"aud":"api"}"#, Err("claims/string-type")),
        (r#"{"iss":"https://as"}"#, Err("claims/aud-mismatch")),
        (r#"{"iss":"https://as","aud":[]}"#, Err("claims/aud-mismatch")),
        (r#"{"iss":"https://as","aud":"API"}"#, Err("claims/aud-mismatch")),
        (r#"{"iss":"https://as","aud":["api",1]}"#, Err("claims/aud-type")),
        (r#"{"iss":"https://as","aud":{}}"#, Err("claims/aud-type")),
    ] {
        check_text(text, want);
    }
}

#[test]
fn claims_are_one_object_of_utf8() {
    let parse = |octets: &[u8]| Claims::parse(octets, &Policy::default());
    check(parse(b"[]"), "claims/not-an-object");
    check(parse(b"{}{}"), "claims/json");
    check(parse(b"{\"a\":\"\xff\"}"), "claims/utf8");
    check(parse(br#"{"exp":1,"\u0065xp":2}"#), "claims/duplicate-member");
    check(parse(b"{\0}\0"), "claims/json");
}

#[test]
fn a_missing_exp_is_refused_where_it_is_required() {
    let claims = Claims::parse(b"{}", &Policy::default()).unwrap();
    assert_eq!(claims.check(&Expectations::default()), Ok(()));
    let required = Expectations { is_exp_required: true, ..Expectations::default() };
    check(claims.check(&required), "claims/exp-missing");
}
