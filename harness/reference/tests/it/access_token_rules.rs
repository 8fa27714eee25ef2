//! Access tokens: each rule of RFC 9068 §4 and RFC 8705 §3 refuses by its own code.

use reference::access_token::{AccessToken, Dialect, ResourceServer};
use reference::{Jwk, Policy, certificate, jws};
use rejection::Rejection;
use serde_json::{Value, json};

use crate::access_token_support::*;
use crate::support::{check, file, private, public, rng, with_header};

#[test]
fn one_dialect_is_not_the_other() {
    for (issue_as, read_as) in
        [(Dialect::Rfc9068, Dialect::Auth0), (Dialect::Auth0, Dialect::Rfc9068)]
    {
        let token = with_token(issue_as, |token| issued(&token, None).unwrap());
        check(validated(&server(read_as), &token), "claims/typ-mismatch");
    }
}

#[test]
fn the_type_is_compared_as_a_media_type() {
    let typed = |typ: &str| {
        let header = json!({"alg": "RS256", "typ": typ}).to_string();
        validated(&server(Dialect::Rfc9068), &signed(&claims(&json!({})), &header))
    };
    for typ in ["at+jwt", "at+JWT", "AT+JWT", "application/at+jwt", "Application/At+Jwt"] {
        assert!(typed(typ).is_ok(), "{typ}");
    }
    for typ in ["JWT", "jwt", "secevent+jwt", "at+jwt ", "text/at+jwt", "application/x/at+jwt", ""]
    {
        check(typed(typ), "claims/typ-mismatch");
    }
    let bare = signed(&claims(&json!({})), r#"{"alg":"RS256"}"#);
    check(validated(&server(Dialect::Rfc9068), &bare), "claims/typ-mismatch");
}

#[test]
fn each_claim_is_checked() {
    for (changes, code) in [
        (json!({"iss": null}), "claims/iss-mismatch"),
        (json!({"iss": "https://tenant.example"}), "claims/iss-mismatch"),
        (json!({"iss": "https://other.example/"}), "claims/iss-mismatch"),
        (json!({"iss": [ISSUER]}), "claims/string-type"),
        (json!({"aud": null}), "claims/aud-mismatch"),
        (json!({"aud": []}), "claims/aud-mismatch"),
        (json!({"aud": "https://api.example"}), "claims/aud-mismatch"),
        (json!({"aud": [ISSUER]}), "claims/aud-mismatch"),
        (json!({"aud": {"a": API}}), "claims/aud-type"),
        (json!({"exp": null}), "claims/exp-missing"),
        (json!({"exp": NOW - 600}), "claims/exp-past"),
        (json!({"exp": "2000000000"}), "claims/exp-type"),
        (json!({"nbf": NOW + 600}), "claims/nbf-future"),
        (json!({"iat": NOW + 600}), "claims/iat-future"),
        (json!({"iat": null}), "claims/missing"),
        (json!({"iat": true}), "claims/iat-type"),
        (json!({"sub": null}), "claims/missing"),
        (json!({"sub": ""}), "claims/missing"),
        (json!({"sub": 7}), "claims/string-type"),
        (json!({"client_id": null}), "claims/missing"),
        (json!({"client_id": [CLIENT]}), "claims/client-id-type"),
        (json!({"jti": null}), "claims/jti-missing"),
        (json!({"jti": ""}), "claims/jti-missing"),
        (json!({"jti": 1}), "claims/string-type"),
        (json!({"scope": ["read:a"]}), "claims/scope-type"),
        (json!({"scope": "a  b"}), "claims/scope-type"),
        (json!({"scope": ""}), "claims/scope-type"),
        (json!({"scope": "a\tb"}), "claims/scope-type"),
        (json!({"scope": "a\"b"}), "claims/scope-type"),
        (json!({"scope": "a\\b"}), "claims/scope-type"),
        (json!({"scope": "\u{e9}"}), "claims/scope-type"),
        (json!({"cnf": "x"}), "claims/cnf-malformed"),
    ] {
        check_claims(&changes, code);
    }
    assert_eq!(accepted(&json!({"aud": [ISSUER, API]})).subject.as_deref(), Some(CLIENT));
}

#[test]
fn times_have_their_tolerance() {
    let at = |exp: i64, now: i64| {
        let token = signed(&claims(&json!({"exp": exp})), HEADER);
        server(Dialect::Rfc9068)
            .validate(&token, now, &mut rng())
            .map(|accepted| accepted.client_id)
    };
    assert_eq!(at(NOW + 10, NOW + 19), Ok(Some(CLIENT.to_owned())));
    check(at(NOW + 10, NOW + 20), "claims/exp-past");
}

#[test]
fn only_the_tenant_s_keys_verify() {
    let server = server(Dialect::Rfc9068);
    let policy = Policy::default();
    let other = private("rsa-2048-b");
    let by_other = |header: &str| {
        jws::sign(claims(&json!({})).as_bytes(), header, &other, &policy, &mut rng()).unwrap()
    };
    // Another tenant's key under this tenant's name, under its own, and in the header.
    check(validated(&server, &by_other(HEADER)), "signature/invalid");
    let own = json!({"alg": "RS256", "typ": "at+jwt", "kid": API_KID}).to_string();
    check(validated(&server, &by_other(&own)), "key/not-found");
    let jwk: Value = serde_json::from_str(&public("rsa-2048-b").members().to_text()).unwrap();
    let embedded = json!({"alg": "RS256", "typ": "at+jwt", "jwk": jwk}).to_string();
    check(validated(&server, &by_other(&embedded)), "signature/invalid");
    // Unsecured, alone and inside.
    let unsecured = with_header(
        r#"{"alg":"none","typ":"at+jwt"}"#,
        &format!("{}.", algorithms::base64url::encode(claims(&json!({})).as_bytes())),
    );
    check(validated(&server, &unsecured), "signature/none");
    let private_server = private_server("RSA-OAEP-256", "A256GCM");
    check(validated(&private_server, &sealed(&unsecured, OUTER, "rsa-2048-b")), "signature/none");
    check(
        validated(&private_server, &sealed(&by_other(HEADER), OUTER, "rsa-2048-b")),
        "signature/invalid",
    );
    // A public key is no secret of an HMAC.
    let secret = Jwk::symmetric(public("rsa-2048-a").members().to_text().as_bytes());
    let hmac = r#"{"alg":"HS256","typ":"at+jwt"}"#;
    let hmac =
        jws::sign(claims(&json!({})).as_bytes(), hmac, &secret, &policy, &mut rng()).unwrap();
    check(validated(&server, &hmac), "policy/alg-not-allowed");
}

/// RFC 7797 §7: a JWT's payload is always encoded, signed or not.
#[test]
fn an_unencoded_payload_is_refused() {
    let header = r#"{"alg":"RS256","typ":"at+jwt","b64":false,"crit":["b64"]}"#;
    check(validated(&server(Dialect::Rfc9068), &signed("e30", header)), "header/b64");
}

#[test]
fn encryption_is_as_it_was_agreed() {
    let server = private_server("RSA-OAEP-256", "A256GCM");
    let inner = signed(&claims(&json!({})), HEADER);
    check(validated(&server, &inner), "policy/not-encrypted");
    let token = sealed(&inner, OUTER, "rsa-2048-b");
    assert!(validated(&server, &token).is_ok());
    check(validated(&self::server(Dialect::Rfc9068), &token), "key/not-found");
    check(validated(&server, &sealed(&inner, OUTER, "rsa-3072")), "decrypt/failed");
    let named = json!({"alg": "RSA-OAEP-256", "enc": "A256GCM", "cty": "JWT", "kid": "other"});
    check(validated(&server, &sealed(&inner, &named.to_string(), "rsa-2048-b")), "key/not-found");
    // The sample of the vendor's page has the two names swapped.
    let (_, rest) = token.split_once('.').unwrap();
    let swapped = with_header(r#"{"alg":"A256GCM","enc":"RSA-OAEP-256","cty":"JWT"}"#, rest);
    check(validated(&server, &swapped), "header/alg-unknown");
    check(validated(&server, &sealed(&claims(&json!({})), OUTER, "rsa-2048-b")), "nested/not-jws");
    for garbage in ["", "a", "a.b", "a.b.c.d", "a.b.c.d.e.f"] {
        check(validated(&server, garbage), "parse/part-count");
        check(validated(&self::server(Dialect::Rfc9068), garbage), "parse/part-count");
    }
    check(validated(&server, "a b"), "parse/base64url");
}

#[test]
fn the_outer_content_type_is_demanded_by_rfc_9068_alone() {
    let bare = r#"{"alg":"RSA-OAEP-256","enc":"A256GCM"}"#;
    let inner = signed(&claims(&json!({})), HEADER);
    let rfc9068 = private_server("RSA-OAEP-256", "A256GCM");
    check(validated(&rfc9068, &sealed(&inner, bare, "rsa-2048-b")), "nested/cty");
    let auth0 = ResourceServer { decryption: rfc9068.decryption, ..server(Dialect::Auth0) };
    let inner = signed(&claims(&json!({})), r#"{"alg":"RS256","typ":"JWT"}"#);
    assert!(validated(&auth0, &sealed(&inner, bare, "rsa-2048-b")).is_ok());
}

#[test]
fn scopes_are_whole_words() {
    let token = accepted(&json!({}));
    assert!(token.has_scope("read:a") && token.has_scope("write:b"));
    assert!(!token.has_scope("read") && !token.has_scope("READ:A") && !token.has_scope(""));
    assert_eq!(token.check_scope(&["write:b", "read:a"]), Ok(()));
    assert_eq!(token.check_scope(&["read:a", "read:b"]), Err(Rejection::ScopeInsufficient));
    assert!(accepted(&json!({"scope": null})).scopes.is_empty());
}

/// RFC 8705 Appendix A and §3.1.
#[test]
fn a_bound_token_needs_its_certificate() {
    let sample: Value = serde_json::from_str(&file("rfc8705/a.json")).unwrap();
    let pem = sample["inputs"]["certificate_pem"].as_str().unwrap();
    let thumbprint = certificate::thumbprint_of_pem(pem).unwrap();
    let issued = with_token(Dialect::Rfc9068, |token| {
        issued(&AccessToken { certificate: Some(&thumbprint), ..token }, None).unwrap()
    });
    let bound = validated(&server(Dialect::Rfc9068), &issued).unwrap();
    let claims: Value = serde_json::from_str(bound.claims.to_text()).unwrap();
    assert_eq!(claims["cnf"], sample["outputs"]["cnf"]);
    assert_eq!(bound.check_binding(Some(&thumbprint)), Ok(()));
    let other = certificate::thumbprint_of_pem(&file("certificates/rsa-2048-a.pem")).unwrap();
    for wrong in [None, Some(other.as_str()), Some(""), Some(&thumbprint[..42])] {
        assert_eq!(bound.check_binding(wrong), Err(Rejection::CnfMismatch), "{wrong:?}");
    }
    let unbound = accepted(&json!({"cnf": {"jkt": "x"}}));
    assert_eq!(
        (unbound.check_binding(None), unbound.check_binding(Some(&other))),
        (Ok(()), Ok(()))
    );
    // The sample of §3.1 has unused bits set: it can be read, and no certificate has it.
    let printed: Value = serde_json::from_str(&file("rfc8705/3.1.json")).unwrap();
    let printed_token = accepted(&json!({"cnf": printed["inputs"]["claims"]["cnf"]}));
    let canonical = printed["derived"]["x5t_S256_canonical"].as_str().unwrap();
    assert_eq!(printed_token.check_binding(Some(canonical)), Err(Rejection::CnfMismatch));
    let hex = "ab".repeat(32);
    for wrong in [
        json!(format!("{thumbprint}=")),
        json!(format!("{}\n", &thumbprint[..42])),
        json!(format!("{thumbprint} ")),
        json!(hex),
        json!("bwcK0esc3ACC3DB2Y5/lESsXE8o9ltc05O89jdN+dg0"),
        json!(""),
        json!(7),
    ] {
        check_claims(&json!({"cnf": {"x5t#S256": wrong}}), "claims/cnf-malformed");
    }
}
