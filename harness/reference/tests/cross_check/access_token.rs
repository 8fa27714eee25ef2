//! Encrypted access tokens: what the reference issues, josekit opens.

use oracles::Oracle;
use reference::access_token::{AccessToken, Dialect, Encryption, Signing, issue};
use rstest::rstest;
use serde_json::{Value, json};

use crate::bench::Bench;

const ISSUER: &str = "https://as.example/";
const API: &str = "https://api.example/";

#[rstest]
fn josekit_opens_an_issued_token(
    #[values("RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512")] alg: &str,
    #[values("A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512")]
    enc: &str,
) {
    let mut bench = Bench::new(9068);
    let (tenant, api) = (bench.key("rsa-2048-a"), bench.key("rsa-2048-b"));
    let audience = [API.to_owned(), format!("{ISSUER}userinfo")];
    let token = AccessToken {
        scope: Some("read:a write:b"),
        ..AccessToken::new(Dialect::Rfc9068, ISSUER, "client", &audience, 1000)
    };
    let signing = Signing { key: &tenant.private.jwk, alg: "RS256", kid: None };
    let encryption = Encryption { key: &api.public.jwk, alg, enc, kid: Some("api") };
    let token = issue(&token, &signing, Some(&encryption), &mut bench.rng).expect("it is issued");
    let request = json!({
        "token": token, "now": 1001,
        "decrypt": {"key": {"jwk": api.private.jwk.members().to_text()}},
        "verify": {"key": {"jwk": tenant.public.jwk.members().to_text()}},
        "expect": {"iss": ISSUER, "aud": API, "typ": ["at+jwt"]},
    });
    let Value::Object(request) = request else { unreachable!("it is an object") };
    let answer = bench.josekit.answer("nested.open", &request);
    let value = |member: &str| -> Value {
        let text = answer.accept_text(member).unwrap_or_else(|| panic!("{answer:?}"));
        serde_json::from_str(text).expect("a header or claims are JSON")
    };
    let mut claims = value("claims");
    let jti = claims.as_object_mut().and_then(|claims| claims.remove("jti"));
    assert!(jti.is_some_and(|jti| jti.as_str().is_some_and(|jti| jti.len() == 36)));
    let expected = json!({
        "iss": ISSUER, "sub": "client", "aud": audience, "iat": 1000, "exp": 87_400,
        "scope": "read:a write:b", "client_id": "client",
    });
    assert_eq!(claims, expected);
    assert_eq!(value("outer"), json!({"alg": alg, "enc": enc, "cty": "JWT", "kid": "api"}));
    assert_eq!(value("inner"), json!({"alg": "RS256", "typ": "at+jwt"}));
}
