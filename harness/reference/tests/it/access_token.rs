//! Access tokens: what is issued is accepted by the server that it is for.

use std::collections::HashSet;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use reference::JwkSet;
use reference::access_token::{
    AccessToken, Dialect, Encryption, ResourceServer, Signing, challenge, issue,
};
use rejection::Rejection;
use rstest::rstest;
use serde_json::{Value, json};

use crate::access_token_support::*;
use crate::support::{check, file, parts, private, public, rng};

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
            (accepted.subject.as_deref(), accepted.client_id.as_deref()),
            (Some(CLIENT), Some(CLIENT))
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
        prop_assert_eq!(accepted.subject, Some(token.subject()));
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
