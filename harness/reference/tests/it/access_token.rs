//! Access tokens: what is issued is accepted, and each rule refuses by its own code.

use std::collections::HashSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use reference::access_token::{
    Accepted, AccessToken, Decryption, Dialect, Encryption, ResourceServer, Signing, challenge,
    issue,
};
use reference::{Jwk, JwkSet, Policy, certificate, jwe, jws};
use rejection::Rejection;
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{check, file, parts, private, public, rng, with_header};

const ISSUER: &str = "https://tenant.example/";
const API: &str = "https://api.example/";
const CLIENT: &str = "touchstone-client";
const NOW: i64 = 1_700_000_000;
const TENANT_KID: &str = "public-test-key-rsa-2048-a";
const API_KID: &str = "public-test-key-rsa-2048-b";
const ALGS: [&str; 3] = ["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"];
const ENCS: [&str; 6] =
    ["A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"];

fn server(dialect: Dialect) -> ResourceServer {
    ResourceServer::new(dialect, ISSUER, API, JwkSet::of(vec![public("rsa-2048-a")]))
}

/// A server that agreed on encryption.
fn private_server(alg: &str, enc: &str) -> ResourceServer {
    let keys = JwkSet::of(vec![private("rsa-2048-b")]);
    let decryption = Decryption { keys, alg: alg.to_owned(), enc: vec![enc.to_owned()] };
    ResourceServer { decryption: Some(decryption), ..server(Dialect::Rfc9068) }
}

fn with_token<T>(dialect: Dialect, then: impl FnOnce(AccessToken<'_>) -> T) -> T {
    let audience = [API.to_owned()];
    then(AccessToken::new(dialect, ISSUER, CLIENT, &audience, NOW))
}

fn issued(token: &AccessToken<'_>, encryption: Option<(&str, &str)>) -> Result<String, Rejection> {
    let (tenant, api) = (private("rsa-2048-a"), public("rsa-2048-b"));
    let signing = Signing { key: &tenant, alg: "RS256", kid: Some(TENANT_KID) };
    let encryption =
        encryption.map(|(alg, enc)| Encryption { key: &api, alg, enc, kid: Some(API_KID) });
    issue(token, &signing, encryption.as_ref(), &mut rng())
}

/// The claims of a good token, with some changed, or removed where the value is null.
fn claims(changes: &Value) -> String {
    let mut claims = json!({
        "iss": ISSUER, "sub": CLIENT, "aud": API, "iat": NOW, "exp": NOW + 600,
        "jti": "1", "client_id": CLIENT, "scope": "read:a write:b",
    });
    let members = claims.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    claims.to_string()
}

/// Signs anything with the tenant's key.
fn signed(claims: &str, header: &str) -> String {
    jws::sign(claims.as_bytes(), header, &private("rsa-2048-a"), &Policy::default(), &mut rng())
        .unwrap()
}

fn sealed(inner: &str, header: &str, key: &str) -> String {
    jwe::seal(inner.as_bytes(), header, &public(key), &Policy::default(), &mut rng()).unwrap()
}

fn validated(server: &ResourceServer, token: &str) -> Result<Accepted, Rejection> {
    server.validate(token, NOW + 1, &mut rng())
}

#[track_caller]
fn check_claims(changes: &Value, code: &str) {
    let inner = signed(&claims(changes), HEADER);
    check(validated(&server(Dialect::Rfc9068), &inner), code);
    // Inside a JWE nothing is forgiven.
    let token = sealed(&inner, OUTER, "rsa-2048-b");
    check(validated(&private_server("RSA-OAEP-256", "A256GCM"), &token), code);
}

fn accepted(changes: &Value) -> Accepted {
    validated(&server(Dialect::Rfc9068), &signed(&claims(changes), HEADER)).unwrap()
}

const HEADER: &str = r#"{"alg":"RS256","typ":"at+jwt","kid":"public-test-key-rsa-2048-a"}"#;
const OUTER: &str = r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"}"#;

#[rstest]
fn an_encrypted_token_is_accepted(
    #[values("RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512")] alg: &str,
    #[values("A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512")]
    enc: &str,
) {
    with_token(Dialect::Rfc9068, |token| {
        let text = issued(&AccessToken { scope: Some("a b"), ..token }, Some((alg, enc))).unwrap();
        let accepted = validated(&private_server(alg, enc), &text).unwrap();
        assert_eq!(
            (accepted.subject.as_str(), accepted.client_id.as_deref()),
            (CLIENT, Some(CLIENT))
        );
        assert_eq!(accepted.scopes, ["a", "b"]);
        let outer: Value = serde_json::from_str(accepted.outer.unwrap().to_text()).unwrap();
        assert_eq!(outer, json!({"alg": alg, "enc": enc, "cty": "JWT", "kid": API_KID}));
        // What was registered is one alg and these values of enc.
        let other_alg = ALGS.into_iter().find(|other| *other != alg).unwrap();
        check(validated(&private_server(other_alg, enc), &text), "policy/alg-not-allowed");
        let other_enc = ENCS.into_iter().find(|other| *other != enc).unwrap();
        check(validated(&private_server(alg, other_enc), &text), "policy/enc-not-allowed");
    });
}

#[test]
fn a_signed_token_has_the_claims_of_its_dialect() {
    let audience = [API.to_owned()];
    let claims_of = |token: AccessToken<'_>| -> Value {
        let accepted = validated(&server(token.dialect), &issued(&token, None).unwrap()).unwrap();
        assert!(accepted.outer.is_none());
        serde_json::from_str(accepted.claims.to_text()).unwrap()
    };
    let token = |dialect| AccessToken::new(dialect, ISSUER, CLIENT, &audience, NOW);
    let mut profile = claims_of(AccessToken { scope: Some("s"), ..token(Dialect::Rfc9068) });
    let jti = profile.as_object_mut().unwrap().remove("jti").unwrap();
    assert_eq!(jti.as_str().unwrap().len(), 36);
    let expected = json!({
        "iss": ISSUER, "sub": CLIENT, "aud": API, "iat": NOW, "exp": NOW + 86_400,
        "scope": "s", "client_id": CLIENT,
    });
    assert_eq!(profile, expected);
    let expected = json!({
        "iss": ISSUER, "sub": format!("{CLIENT}@clients"), "aud": API, "iat": NOW,
        "exp": NOW + 60, "gty": "client-credentials", "azp": CLIENT,
    });
    assert_eq!(claims_of(AccessToken { lifetime: 60, ..token(Dialect::Auth0) }), expected);
    let owned = claims_of(AccessToken { subject: Some("auth0|1"), ..token(Dialect::Auth0) });
    assert_eq!((&owned["sub"], owned.get("gty")), (&json!("auth0|1"), None));
}

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
        (json!({"cnf": "x"}), "claims/cnf-malformed"),
    ] {
        check_claims(&changes, code);
    }
    assert_eq!(accepted(&json!({"aud": [ISSUER, API]})).subject, CLIENT);
}

#[test]
fn times_have_their_tolerance() {
    let at = |exp: i64, now: i64| {
        let token = signed(&claims(&json!({"exp": exp})), HEADER);
        server(Dialect::Rfc9068).validate(&token, now, &mut rng()).map(|accepted| accepted.subject)
    };
    assert_eq!(at(NOW + 10, NOW + 19).as_deref(), Ok(CLIENT));
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

/// RFC 9068 §3, Figures 1 and 2, whose `typ` is spelled `at+JWT`.
#[test]
fn the_published_token_is_accepted_by_its_server() {
    let sample: Value = serde_json::from_str(&file("rfc9068/3.json")).unwrap();
    let mut header = sample["inputs"]["header"].clone();
    header["kid"] = json!(TENANT_KID);
    let claims = &sample["inputs"]["claims"];
    let token = signed(&claims.to_string(), &header.to_string());
    let text = |name: &str| claims[name].as_str().unwrap();
    let keys = JwkSet::of(vec![public("rsa-2048-a")]);
    let server = ResourceServer::new(Dialect::Rfc9068, text("iss"), text("aud"), keys);
    let (iat, exp) = (claims["iat"].as_i64().unwrap(), claims["exp"].as_i64().unwrap());
    let accepted = server.validate(&token, iat, &mut rng()).unwrap();
    assert_eq!(accepted.client_id.as_deref(), claims["client_id"].as_str());
    assert_eq!(accepted.scopes, ["openid", "profile", "reademail"]);
    check(server.validate(&token, exp + 10, &mut rng()), "claims/exp-past");
}

#[test]
fn every_token_has_secrets_of_its_own() {
    let (tenant, api) = (private("rsa-2048-a"), public("rsa-2048-b"));
    let signing = Signing { key: &tenant, alg: "RS256", kid: None };
    let encryption = Encryption { key: &api, alg: "RSA-OAEP-256", enc: "A256GCM", kid: None };
    let (mut rng, mut seen) = (rng(), HashSet::new());
    let audience = [API.to_owned()];
    let token = AccessToken::new(Dialect::Rfc9068, ISSUER, CLIENT, &audience, NOW);
    let key: Value = serde_json::from_str(&private("rsa-2048-b").members().to_text()).unwrap();
    let member = |name: &str| algorithms::base64url::decode(key[name].as_str().unwrap()).unwrap();
    let key = algorithms::rsa::PrivateKey::from_components(
        &member("n"),
        &member("e"),
        &member("d"),
        &member("p"),
        &member("q"),
    )
    .unwrap();
    let hash = algorithms::Hash::Sha256;
    for _ in 0..50 {
        let text = issue(&token, &signing, Some(&encryption), &mut rng).unwrap();
        let parts = parts(&text);
        let cek = algorithms::rsa::oaep_decrypt(&key, hash, hash, b"", &parts[1]).unwrap();
        let server = private_server("RSA-OAEP-256", "A256GCM");
        let accepted = server.validate(&text, NOW, &mut rng).unwrap();
        let jti = accepted.claims.members().text("jti").unwrap().as_bytes().to_vec();
        assert!(seen.insert(cek) && seen.insert(parts[2].clone()) && seen.insert(jti));
        assert!(!accepted.outer.unwrap().has("kid"));
    }
}

#[test]
fn what_makes_no_token_is_not_issued() {
    with_token(Dialect::Rfc9068, |token| {
        check(issued(&AccessToken { audience: &[], ..token }, None), "claims/aud-mismatch");
        check(issued(&AccessToken { scope: Some("a  b"), ..token }, None), "claims/scope-type");
        let wrong = AccessToken { certificate: Some("x"), ..token };
        check(issued(&wrong, None), "claims/cnf-malformed");
        check(issued(&token, Some(("RSA1_5", "A256GCM"))), "policy/alg-not-allowed");
        check(issued(&token, Some(("A256GCM", "RSA-OAEP-256"))), "header/alg-unknown");
    });
}

#[test]
fn a_refusal_has_its_challenge() {
    let of = |rejection, realm, scope| {
        let challenge = challenge(rejection, realm, scope);
        (challenge.status, challenge.www_authenticate)
    };
    assert_eq!(of(None, None, None), (401, "Bearer".to_owned()));
    assert_eq!(of(None, Some("a"), Some("s")), (401, r#"Bearer realm="a""#.to_owned()));
    for rejection in [Rejection::ExpPast, Rejection::DecryptFailed, Rejection::CnfMismatch] {
        let expected = (401, r#"Bearer error="invalid_token""#.to_owned());
        assert_eq!(of(Some(rejection), None, Some("s")), expected, "{rejection}");
    }
    let expected = r#"Bearer realm="a \"b\" \\", error="insufficient_scope", scope="r w""#;
    let got = of(Some(Rejection::ScopeInsufficient), Some("a \"b\" \\\r\n"), Some("r w"));
    assert_eq!(got, (403, expected.to_owned()));
}

proptest! {
    #![proptest_config(Config {
        cases: 48, rng_seed: RngSeed::Fixed(9068), failure_persistence: None, ..Config::default()
    })]

    #[test]
    fn what_is_issued_is_what_is_accepted(
        client in "[ -~]{1,40}",
        subject in proptest::option::of("\\PC{1,40}"),
        scopes in proptest::collection::vec("[!#-\\[\\]-~]{1,12}", 0..4),
        others in proptest::collection::vec("\\PC{0,30}", 0..3),
        lifetime in 1u32..1_000_000,
        rfc9068: bool,
        enc in proptest::option::of(0usize..6),
        alg in 0usize..3,
    ) {
        let dialect = if rfc9068 { Dialect::Rfc9068 } else { Dialect::Auth0 };
        let mut audience = others;
        audience.push(API.to_owned());
        let scope = scopes.join(" ");
        let token = AccessToken {
            subject: subject.as_deref(),
            scope: Some(scope.as_str()).filter(|scope| !scope.is_empty()),
            lifetime,
            ..AccessToken::new(dialect, ISSUER, &client, &audience, NOW)
        };
        let chosen = enc.map(|enc| (ALGS[alg], ENCS[enc]));
        let text = issued(&token, chosen).unwrap();
        let decryption = chosen.and_then(|(alg, enc)| private_server(alg, enc).decryption);
        let server = ResourceServer { decryption, ..server(dialect) };
        let accepted = server.validate(&text, NOW, &mut rng()).unwrap();
        prop_assert_eq!(accepted.client_id.as_deref(), Some(client.as_str()));
        prop_assert_eq!(&accepted.subject, &token.subject());
        prop_assert_eq!(&accepted.scopes, &scopes);
        let end = NOW + i64::from(lifetime);
        prop_assert_eq!(
            server.validate(&text, end + 10, &mut rng()).unwrap_err(),
            Rejection::ExpPast
        );
        prop_assert!(server.validate(&text, end + 9, &mut rng()).is_ok());
    }

    #[test]
    fn validation_takes_any_text(text in "[A-Za-z0-9._-]{0,200}") {
        for server in [server(Dialect::Rfc9068), private_server("RSA-OAEP-256", "A256GCM")] {
            prop_assert!(server.validate(&text, NOW, &mut rng()).is_err());
        }
    }
}
