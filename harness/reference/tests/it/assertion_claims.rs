//! Client assertions: claims and limits, one step below, on and above each bound.

use reference::assertion::{AudienceForm, Client, Limits, Rules};

use crate::assertion_support::{
    NOW, RS256, TENANT, auth0, check_token, check_under, claims, client, signed, validate,
};
use crate::support::check;

#[track_caller]
fn check_claims(changes: &[(&str, &str)], want: Result<(), &str>) {
    check_token(&signed(RS256, &claims(changes)), want);
}

#[track_caller]
fn check_text(text: &str, code: &str) {
    check_token(&signed(RS256, text), Err(code));
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

#[test]
fn the_claims_are_one_object_without_duplicates() {
    check_text("", "claims/json");
    check_text("[]", "claims/not-an-object");
    check_text("{}{}", "claims/json");
    check_text("\u{feff}{}", "claims/utf8");
    check_text(r#"{"iss":"client-1","\u0069ss":"client-1"}"#, "claims/duplicate-member");
    check_text(&claims(&[("x", r#"{"a":1,"a":2}"#)]), "claims/duplicate-member");
    check_claims(&[("x", r#"{"a":[1,{"b":null}]}"#), ("scope", "[]")], Ok(()));
}

#[test]
fn each_required_claim_is_missed() {
    for (name, code) in [
        ("iss", "claims/iss-mismatch"),
        ("sub", "claims/sub-mismatch"),
        ("aud", "claims/aud-mismatch"),
        ("exp", "claims/exp-missing"),
        ("jti", "claims/jti-missing"),
    ] {
        check_claims(&[(name, "")], Err(code));
    }
    check_claims(&[("iat", "")], Ok(()));
    check_claims(&[("jti", r#""""#)], Err("claims/jti-missing"));
    check_claims(&[("iss", r#""""#)], Err("claims/iss-mismatch"));
    check_claims(&[("sub", r#""""#)], Err("claims/sub-mismatch"));
    let rules = Rules { required: vec!["iat".to_owned(), "nbf".to_owned()], ..auth0() };
    let token = signed(RS256, &claims(&[]));
    check_under(&rules, &token, Err("claims/missing"));
    let token = signed(RS256, &claims(&[("nbf", "1700000000"), ("jti", "")]));
    check_under(&rules, &token, Ok(()));
}

#[test]
fn each_claim_has_its_type() {
    for (name, value, code) in [
        ("iss", "null", "claims/string-type"),
        ("iss", r#"["client-1"]"#, "claims/string-type"),
        ("sub", "1", "claims/string-type"),
        ("jti", "1", "claims/string-type"),
        ("jti", "{}", "claims/string-type"),
        ("aud", "1", "claims/aud-type"),
        ("aud", "null", "claims/aud-type"),
        ("aud", r#"["https://tenant.example/",null]"#, "claims/aud-type"),
        ("exp", r#""1700000060""#, "claims/exp-type"),
        ("exp", r#""2023-11-14T22:14:20Z""#, "claims/exp-type"),
        ("exp", "null", "claims/exp-type"),
        ("exp", "true", "claims/exp-type"),
        ("exp", "1e999", "claims/exp-type"),
        ("nbf", r#""0""#, "claims/nbf-type"),
        ("iat", "[]", "claims/iat-type"),
    ] {
        check_claims(&[(name, value)], Err(code));
    }
    check_claims(&[("exp", "1700000060.5"), ("iat", "1.7e9"), ("nbf", "0")], Ok(()));
}

#[test]
fn issuer_and_subject_are_the_client() {
    for other in ["client-2", "Client-1", "client-1/", "client%2D1", " client-1"] {
        check_claims(&[("iss", &quoted(other))], Err("claims/iss-mismatch"));
        check_claims(&[("sub", &quoted(other))], Err("claims/sub-mismatch"));
    }
    check_claims(&[("iss", r#""\u0063lient-1""#)], Ok(()));
}

#[test]
fn the_audience_is_the_tenant_to_the_letter() {
    for own in [TENANT, "https://login.example/"] {
        check_claims(&[("aud", &quoted(own))], Ok(()));
        check_claims(&[("aud", &format!("[\"{own}\"]"))], Ok(()));
    }
    for other in [
        "",
        "https://tenant.example",
        "https://tenant.example//",
        "http://tenant.example/",
        "https://Tenant.example/",
        "https://tenant.example:443/",
        "https://tenant.example/oauth/token",
        "https://other.example/",
        "https://api.example/",
        "https://tenant.example/ ",
    ] {
        check_claims(&[("aud", &quoted(other))], Err("claims/aud-mismatch"));
        check_claims(&[("aud", &format!("[\"{other}\"]"))], Err("claims/aud-mismatch"));
    }
    check_claims(&[("aud", "[]")], Err("claims/aud-mismatch"));
}

#[test]
fn the_profiles_differ_about_lists() {
    let both = r#"["https://tenant.example/","https://tenant.example/oauth/token"]"#;
    let other = r#"["https://evil.example/","https://tenant.example/"]"#;
    let twice = r#"["https://tenant.example/","https://tenant.example/"]"#;
    let sole = r#"["https://tenant.example/"]"#;
    let endpoint = r#""https://tenant.example/oauth/token""#;
    let rfc7523 = Rules::rfc7523([TENANT, "https://tenant.example/oauth/token"]);
    let text = Rules { audience_form: AudienceForm::Text, ..auth0() };
    let not_sole = Err("claims/aud-not-sole");
    for (rules, value, want) in [
        (&rfc7523, both, Ok(())),
        (&rfc7523, other, Ok(())),
        (&rfc7523, endpoint, Ok(())),
        (&Rules::rfc7523bis(TENANT), sole, Ok(())),
        (&Rules::rfc7523bis(TENANT), both, not_sole),
        (&Rules::rfc7523bis(TENANT), other, not_sole),
        (&Rules::rfc7523bis(TENANT), twice, not_sole),
        (&Rules::rfc7523bis(TENANT), endpoint, Err("claims/aud-mismatch")),
        (&auth0(), sole, Ok(())),
        (&auth0(), both, not_sole),
        (&auth0(), endpoint, Err("claims/aud-mismatch")),
        (&text, sole, Err("claims/aud-not-text")),
        (&text, r#""https://tenant.example/""#, Ok(())),
    ] {
        check_under(rules, &signed(RS256, &claims(&[("aud", value)])), want);
    }
}

#[test]
fn the_profiles_differ_about_typ() {
    let bis = Rules::rfc7523bis(TENANT);
    let typed = |typ: &str| signed(&format!(r#"{{"alg":"RS256","typ":"{typ}"}}"#), &claims(&[]));
    for typ in ["client-authentication+jwt", "application/client-authentication+JWT", "JWT"] {
        check_under(&bis, &typed(typ), Ok(()));
    }
    for typ in ["at+jwt", "dpop+jwt", "", "secevent+jwt", "client-authentication"] {
        check_under(&bis, &typed(typ), Err("claims/typ-mismatch"));
        check_token(&typed(typ), Ok(()));
        check_under(&Rules::rfc7523([TENANT]), &typed(typ), Ok(()));
    }
    check_under(&bis, &signed(RS256, &claims(&[])), Ok(()));
}

fn at(offset: i64) -> String {
    (NOW + offset).to_string()
}

#[test]
fn exp_has_no_skew_at_auth0() {
    for (exp, want) in [(1, Ok(())), (0, Err("claims/exp-past")), (-1, Err("claims/exp-past"))] {
        check_claims(&[("exp", &at(exp))], want);
        check_claims(&[("exp", &at(exp)), ("iat", "")], want);
    }
    check_claims(&[("exp", "1700000000.25")], Ok(()));
    for (exp, want) in [(-9, Ok(())), (-10, Err("claims/exp-past")), (-11, Err("claims/exp-past"))]
    {
        let token = signed(RS256, &claims(&[("exp", &at(exp)), ("iat", &at(-30))]));
        check_under(&Rules::rfc7523([TENANT]), &token, want);
    }
}

#[test]
fn iat_and_nbf_lie_ten_seconds_ahead_at_most() {
    for (ahead, iat, nbf) in [
        (9, Ok(()), Ok(())),
        (10, Ok(()), Ok(())),
        (11, Err("claims/iat-future"), Err("claims/nbf-future")),
    ] {
        check_claims(&[("iat", &at(ahead))], iat);
        check_claims(&[("nbf", &at(ahead))], nbf);
    }
    let exact = Rules { skew: 0, ..auth0() };
    for (ahead, want) in [(-1, Ok(())), (0, Ok(())), (1, Err("claims/iat-future"))] {
        check_under(&exact, &signed(RS256, &claims(&[("iat", &at(ahead))])), want);
    }
}

#[test]
fn the_lifetime_is_counted_from_the_issue() {
    let too_long = Err("limits/lifetime-too-long");
    // From `iat`; from arrival without it.
    for (lifetime, want) in [(299, Ok(())), (300, Ok(())), (301, too_long)] {
        check_claims(&[("exp", &at(lifetime))], want);
        check_claims(&[("exp", &at(lifetime)), ("iat", "")], want);
        check_claims(&[("exp", &at(lifetime + 10)), ("iat", &at(10))], want);
        check_claims(&[("exp", &at(lifetime - 200)), ("iat", &at(-200))], want);
    }
    check_claims(&[("exp", &at(3600))], too_long);
    check_claims(&[("exp", "1e300")], too_long);
    check_claims(&[("exp", &at(60)), ("iat", &at(-31_536_000))], too_long);
    // `nbf` is no issue.
    check_claims(&[("exp", &at(301)), ("nbf", &at(10))], too_long);
    let unbounded = Rules::rfc7523([TENANT]);
    let got = validate(&signed(RS256, &claims(&[("exp", "1e300")])), &client(), &unbounded);
    assert_eq!(got.unwrap().until, i64::MAX);
}

#[test]
fn a_used_jti_is_remembered_until_the_assertion_ends() {
    let until = |rules: &Rules, exp: &str| {
        validate(&signed(RS256, &claims(&[("exp", exp)])), &client(), rules).unwrap().until
    };
    assert_eq!(until(&auth0(), "1700000060"), NOW + 60);
    assert_eq!(until(&auth0(), "1700000060.5"), NOW + 61);
    assert_eq!(until(&Rules::rfc7523([TENANT]), "1700000060"), NOW + 70);
}

#[test]
fn the_assertion_has_2048_octets_at_most() {
    for (octets, want) in [(2047, Ok(())), (2048, Ok(())), (2049, Err("limits/token-too-long"))] {
        let token = of_length(octets);
        assert_eq!(token.len(), octets);
        check_token(&token, want);
    }
    let larger = Limits { token_octets: 2049, ..auth0().limits };
    check_under(&Rules { limits: larger, ..auth0() }, &of_length(2049), Ok(()));
}

/// A good assertion of so many octets; the parts take turns, as none has a length of 4n + 1.
fn of_length(octets: usize) -> String {
    let padded = |header: usize, body: usize| {
        let header = format!(r#"{{"alg":"RS256","x":"{}"}}"#, "x".repeat(header));
        signed(&header, &claims(&[("x", &quoted(&"x".repeat(body)))]))
    };
    let rest = (octets - padded(0, 0).len()) * 3 / 4;
    (0..3)
        .flat_map(|header| (rest - 6..rest + 3).map(move |body| (header, body)))
        .map(|(header, body)| padded(header, body))
        .find(|token| token.len() == octets)
        .unwrap()
}

#[test]
fn issuer_subject_and_jti_have_64_characters_at_most() {
    for (length, is_ok) in [(63, true), (64, true), (65, false)] {
        // Characters, not octets: the second name has four octets for each.
        for character in ["c", "\u{1f600}"] {
            let name = character.repeat(length);
            let named = Client { client_id: name.clone(), ..client() };
            let own = quoted(&name);
            let token = signed(RS256, &claims(&[("iss", &own), ("sub", &own)]));
            let jti = signed(RS256, &claims(&[("jti", &own)]));
            if is_ok {
                assert!(validate(&token, &named, &auth0()).is_ok(), "{length}");
                check_token(&jti, Ok(()));
            } else {
                check(validate(&token, &named, &auth0()), "limits/iss-too-long");
                let limits = Limits { iss: 65, ..auth0().limits };
                let rules = Rules { limits, ..auth0() };
                check(validate(&token, &named, &rules), "limits/sub-too-long");
                let rules = Rules { limits: Limits { sub: 65, ..limits }, ..rules };
                assert!(validate(&token, &named, &rules).is_ok());
                check_token(&jti, Err("limits/jti-too-long"));
            }
        }
    }
    // Sizes come before values.
    check_claims(&[("sub", &quoted(&"x".repeat(65)))], Err("limits/sub-too-long"));
    check_claims(&[("sub", &quoted(&"x".repeat(64)))], Err("claims/sub-mismatch"));
    // An escape is one character.
    let escaped = "\\u0063".repeat(64);
    check_claims(&[("jti", &quoted(&escaped))], Ok(()));
    check_claims(&[("jti", &quoted(&format!("{escaped}c")))], Err("limits/jti-too-long"));
}

#[test]
fn alg_has_16_characters_at_most() {
    use crate::assertion_support::unsigned;
    for (length, code) in
        [(15, "header/alg-unknown"), (16, "header/alg-unknown"), (17, "limits/alg-too-long")]
    {
        let header = format!(r#"{{"alg":"{}"}}"#, "A".repeat(length));
        check_token(&unsigned(&header, &claims(&[])), Err(code));
    }
    for (alg, want) in [(4, Err("limits/alg-too-long")), (5, Ok(())), (6, Ok(()))] {
        let limits = Limits { alg, ..auth0().limits };
        let rules = Rules { limits, ..auth0() };
        check_under(&rules, &signed(RS256, &claims(&[])), want);
    }
}
