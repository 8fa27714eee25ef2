//! The tenant, the API and the tokens of the tests on access tokens.

use reference::access_token::{
    Accepted, AccessToken, Decryption, Dialect, Encryption, ResourceServer, Signing, issue,
};
use reference::{JwkSet, Policy, jwe, jws};
use rejection::Rejection;
use serde_json::{Value, json};

use crate::support::{check, private, public, rng};

pub(crate) const ISSUER: &str = "https://tenant.example/";
pub(crate) const API: &str = "https://api.example/";
pub(crate) const CLIENT: &str = "touchstone-client";
pub(crate) const NOW: i64 = 1_700_000_000;
pub(crate) const TENANT_KID: &str = "public-test-key-rsa-2048-a";
pub(crate) const API_KID: &str = "public-test-key-rsa-2048-b";
pub(crate) const ALGS: [&str; 3] = ["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"];
pub(crate) const ENCS: [&str; 6] =
    ["A128GCM", "A192GCM", "A256GCM", "A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"];

pub(crate) fn server(dialect: Dialect) -> ResourceServer {
    ResourceServer::new(dialect, ISSUER, API, JwkSet::of(vec![public("rsa-2048-a")]))
}

/// A server that agreed on encryption.
pub(crate) fn private_server(alg: &str, enc: &str) -> ResourceServer {
    let keys = JwkSet::of(vec![private("rsa-2048-b")]);
    let decryption = Decryption { keys, alg: alg.to_owned(), enc: vec![enc.to_owned()] };
    ResourceServer { decryption: Some(decryption), ..server(Dialect::Rfc9068) }
}

pub(crate) fn with_token<T>(dialect: Dialect, then: impl FnOnce(AccessToken<'_>) -> T) -> T {
    let audience = [API.to_owned()];
    then(AccessToken::new(dialect, ISSUER, CLIENT, &audience, NOW))
}

pub(crate) fn issued(
    token: &AccessToken<'_>,
    encryption: Option<(&str, &str)>,
) -> Result<String, Rejection> {
    let (tenant, api) = (private("rsa-2048-a"), public("rsa-2048-b"));
    let signing = Signing { key: &tenant, alg: "RS256", kid: Some(TENANT_KID) };
    let encryption =
        encryption.map(|(alg, enc)| Encryption { key: &api, alg, enc, kid: Some(API_KID) });
    issue(token, &signing, encryption.as_ref(), &mut rng())
}

/// The claims of a good token, with some changed, or removed where the value is null.
pub(crate) fn claims(changes: &Value) -> String {
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
pub(crate) fn signed(claims: &str, header: &str) -> String {
    jws::sign(claims.as_bytes(), header, &private("rsa-2048-a"), &Policy::default(), &mut rng())
        .unwrap()
}

pub(crate) fn sealed(inner: &str, header: &str, key: &str) -> String {
    jwe::seal(inner.as_bytes(), header, &public(key), &Policy::default(), &mut rng()).unwrap()
}

pub(crate) fn validated(server: &ResourceServer, token: &str) -> Result<Accepted, Rejection> {
    server.validate(token, NOW + 1, &mut rng())
}

#[track_caller]
pub(crate) fn check_claims(changes: &Value, code: &str) {
    let inner = signed(&claims(changes), HEADER);
    check(validated(&server(Dialect::Rfc9068), &inner), code);
    // Inside a JWE nothing is forgiven.
    let token = sealed(&inner, OUTER, "rsa-2048-b");
    check(validated(&private_server("RSA-OAEP-256", "A256GCM"), &token), code);
}

pub(crate) fn accepted(changes: &Value) -> Accepted {
    validated(&server(Dialect::Rfc9068), &signed(&claims(changes), HEADER)).unwrap()
}

pub(crate) const HEADER: &str =
    r#"{"alg":"RS256","typ":"at+jwt","kid":"public-test-key-rsa-2048-a"}"#;
pub(crate) const OUTER: &str = r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"}"#;
