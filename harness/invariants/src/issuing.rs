//! What an authorization server and its clients issue, out of choices that the input has, and what a resource
//! server makes of claims under a right signature.

use std::collections::BTreeSet;

use arbitrary::{Arbitrary, Unstructured};
use mutator::{Json, ring, seal};
use reference::access_token::{
    Accepted, AccessToken, Decryption, Dialect, Encryption, ResourceServer, Signing, challenge,
    issue,
};
use reference::assertion::{Assertion, Client, ClientKey, Form, Rules};
use reference::credential::{parse_expiry, print_expiry};
use reference::{Jwk, JwkSet};
use rejection::Rejection;

use crate::tokens::{key, rng};
use crate::{Became, became};

const NOW: i64 = 1_700_000_000;
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The choices of a client.
#[derive(Arbitrary, Debug)]
struct Asserting {
    alg: u8,
    kid: Option<String>,
    client: String,
    audience: String,
    lifetime: u16,
    later: i16,
}

pub(crate) fn assertion_made(data: &[u8]) -> Became {
    const ALGORITHMS: [&str; 5] = ["EdDSA", "ES256", "RS256", "PS256", "HS256"];
    let Ok(how) = Asserting::arbitrary_take_rest(Unstructured::new(data)) else {
        return Became::Unfit;
    };
    let alg = ALGORITHMS.get(usize::from(how.alg) % ALGORITHMS.len()).copied().unwrap_or("EdDSA");
    let keys = [ring::signs(alg), ring::verifies(alg)].map(|jwk| jwk.and_then(key));
    let [Some(signs), Some(verifies)] = keys else { return Became::Unfit };
    let assertion = Assertion {
        alg,
        kid: how.kid.as_deref(),
        lifetime: u32::from(how.lifetime),
        ..Assertion::new(&how.client, &how.audience, &signs, NOW)
    };
    let built = assertion.build_many(2, &mut rng());
    if alg == "HS256" {
        assert_eq!(
            built.as_ref().err(),
            Some(&Rejection::AlgNotAllowed),
            "a secret is no key pair"
        );
    } else {
        assert!(built.is_ok(), "it is not built: {built:?}");
    }
    let Some([one, other]) =
        built.as_deref().ok().and_then(|all| <&[String; 2]>::try_from(all).ok())
    else {
        return became(&built);
    };
    let kid = how.kid.clone().unwrap_or_default();
    let keys = vec![ClientKey::new(&kid, alg, (*verifies).clone())];
    let client = Client { client_id: how.client.clone(), keys };
    let mut used = BTreeSet::new();
    let mut ask = |token: &str, client: &Client, audience: &str, now: i64| {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let pairs = [pair("client_assertion_type", TYPE), pair("client_assertion", token)];
        let mut ledger = |_: &str, jti: &str, _: i64| used.insert(jti.to_owned());
        let form = Form::parse(&pairs)?;
        Rules::rfc7523([audience]).validate(&form, client, now, &mut ledger)
    };
    // What is wrong does not use it up.
    assert!(ask(one, &client, &format!("{}x", how.audience), NOW).is_err(), "another audience");
    let stranger = Client { client_id: format!("{}x", how.client), ..client.clone() };
    assert!(ask(one, &stranger, &how.audience, NOW).is_err(), "another client");
    let late = NOW + i64::from(how.lifetime) + 10;
    assert!(ask(one, &client, &how.audience, late).is_err(), "it has expired");
    let now = NOW + i64::from(how.later);
    let first = ask(one, &client, &how.audience, now);
    let is_due = now >= NOW - 10 && now < late;
    assert!(first.is_err() || is_due, "{how:?}");
    if first.is_ok() {
        assert!(ask(one, &client, &how.audience, now).is_err(), "it is used twice");
        assert!(ask(other, &client, &how.audience, now).is_ok(), "two have one `jti`");
    } else if is_due && one.len() < 1 << 14 {
        assert!(how.client.is_empty() || how.audience.is_empty(), "refused: {first:?}");
    }
    became(&first)
}

/// The choices of an authorization server.
#[derive(Arbitrary, Debug)]
struct Issuing {
    auth0: bool,
    encrypted: bool,
    subject: Option<String>,
    client: String,
    audience: Vec<String>,
    scope: Option<String>,
    lifetime: u16,
    later: i16,
    certificate: Option<[u8; 32]>,
    kid: Option<String>,
}

pub(crate) fn access_token_made(data: &[u8]) -> Became {
    let Ok(how) = Issuing::arbitrary_take_rest(Unstructured::new(data)) else {
        return Became::Unfit;
    };
    let keys = [ring::signs("EdDSA"), ring::opens("ECDH-ES", "A128GCM"), ring::verifies("EdDSA")];
    let [Some(signs), Some(opens), Some(verifies)] = keys.map(|jwk| jwk.and_then(key)) else {
        return Became::Unfit;
    };
    let dialect = if how.auth0 { Dialect::Auth0 } else { Dialect::Rfc9068 };
    let certificate = how.certificate.map(|octets| algorithms::base64url::encode(&octets));
    let token = AccessToken {
        subject: how.subject.as_deref(),
        scope: how.scope.as_deref(),
        lifetime: u32::from(how.lifetime),
        certificate: certificate.as_deref(),
        ..AccessToken::new(dialect, "https://as.example/", &how.client, &how.audience, NOW)
    };
    let signing = Signing { key: &signs, alg: "EdDSA", kid: None };
    let encryption =
        Encryption { key: &opens, alg: "ECDH-ES", enc: "A128GCM", kid: how.kid.as_deref() };
    let issued = issue(&token, &signing, how.encrypted.then_some(&encryption), &mut rng());
    let Ok(text) = &issued else {
        assert!(how.audience.is_empty() || how.scope.is_some(), "not issued: {issued:?}");
        return became(&issued);
    };
    let server = |audience: &str, dialect| {
        let keys = JwkSet::of(vec![(*verifies).clone()]);
        let decryption = how.encrypted.then(|| decryption(&opens, how.kid.as_deref()));
        ResourceServer {
            decryption,
            ..ResourceServer::new(dialect, "https://as.example/", audience, keys)
        }
    };
    let now = NOW + i64::from(how.later);
    for audience in &how.audience {
        let accepted = server(audience, dialect).validate(text, now, &mut rng());
        let is_due = now < NOW + i64::from(how.lifetime) + 10 && now >= NOW - 10;
        assert!(accepted.is_err() || is_due, "{how:?}");
        match &accepted {
            Ok(accepted) => check_accepted(accepted, &token),
            Err(rejection) => check_refused(*rejection, &how, is_due),
        }
    }
    let stranger: String = how.audience.concat() + "x";
    assert!(
        server(&stranger, dialect).validate(text, NOW, &mut rng()).is_err(),
        "another audience"
    );
    if how.encrypted {
        let bare = ResourceServer { decryption: None, ..server(&stranger, dialect) };
        assert_eq!(bare.validate(text, NOW, &mut rng()).err(), Some(Rejection::KeyNotFound));
    }
    became(&issued)
}

/// The API's key has the name that the server was told.
fn decryption(key: &Jwk, kid: Option<&str>) -> Decryption {
    let key = match kid {
        Some(kid) => key.clone().labelled(kid, "ECDH-ES"),
        None => key.clone(),
    };
    let keys = JwkSet::of(vec![key]);
    Decryption { keys, alg: "ECDH-ES".to_owned(), enc: vec!["A128GCM".to_owned()] }
}

fn check_accepted(accepted: &Accepted, token: &AccessToken<'_>) {
    assert_eq!(accepted.subject.as_deref(), Some(&*token.subject()));
    assert_eq!(accepted.client_id.as_deref(), Some(token.client_id));
    let scopes: Vec<&str> = token.scope.map(|scope| scope.split(' ').collect()).unwrap_or_default();
    assert_eq!(accepted.scopes, scopes);
    assert!(accepted.check_scope(&scopes).is_ok());
    let more = scopes.concat() + "x";
    assert_eq!(accepted.check_scope(&[&more]), Err(Rejection::ScopeInsufficient));
    assert!(accepted.check_binding(token.certificate).is_ok(), "its own certificate");
    let is_bound = accepted.check_binding(Some("another")).is_err();
    assert_eq!(is_bound, token.certificate.is_some(), "somebody else's certificate");
}

/// What was issued is refused out of time, or because a name is empty.
fn check_refused(rejection: Rejection, how: &Issuing, is_due: bool) {
    let is_empty = how.client.is_empty() || how.subject.as_deref() == Some("");
    assert!(!is_due || is_empty, "{rejection:?}: {how:?}");
}

/// The claims are the input; signature and `typ` are right.
pub(crate) fn access_token_claims(data: &[u8]) -> Became {
    let Some(verifies) = ring::verifies("EdDSA").and_then(key) else { return Became::Unfit };
    let text = |text: &str| Json::Text(text.to_owned());
    let header =
        Json::Object(vec![("alg".to_owned(), text("EdDSA")), ("typ".to_owned(), text("at+jwt"))]);
    let token = seal::jws(&header, data);
    let keys = JwkSet::of(vec![(*verifies).clone()]);
    let (issuer, audience) = ("https://issuer.example/", "https://api.example/");
    let server = ResourceServer::new(Dialect::Rfc9068, issuer, audience, keys);
    let accepted = server.validate(&token, NOW, &mut rng());
    match &accepted {
        Ok(accepted) => {
            let claims = accepted.claims.members();
            assert_eq!(claims.text("iss"), Some(issuer));
            for name in ["sub", "client_id", "jti"] {
                assert!(claims.get(name).is_some(), "`{name}` is missing");
            }
            assert!(accepted.scopes.iter().all(|scope| !scope.is_empty()));
        }
        Err(rejection) => {
            let refusal = challenge(Some(*rejection), Some("a \"realm\""), None);
            assert_eq!(refusal.status, 401, "{rejection:?}");
        }
    }
    became(&accepted)
}

/// The input is what an attribute of a challenge is told.
pub(crate) fn bearer_challenge(data: &[u8]) -> Became {
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    for rejection in [None, Some(Rejection::ScopeInsufficient), Some(Rejection::ExpPast)] {
        let refusal = challenge(rejection, Some(text), Some(text));
        let value = &refusal.www_authenticate;
        assert!(value.bytes().all(|octet| matches!(octet, b' '..=b'~')), "{value}");
        // Quotation marks that are not escaped come in pairs: one pair an attribute.
        let bare = value.replace("\\\\", "").replace("\\\"", "");
        let attributes = match (rejection, refusal.status) {
            (None, 401) => 1,
            (Some(Rejection::ScopeInsufficient), 403) => 3,
            (Some(_), 401) => 2,
            _ => 0,
        };
        assert_eq!(bare.matches('"').count(), 2 * attributes, "{value}");
    }
    Became::Accepted
}

/// RFC 3339: what is read is a time that is printed and read alike.
pub(crate) fn expiry(data: &[u8]) -> Became {
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    let parsed = parse_expiry(text);
    if let Ok(time) = parsed {
        assert!(time >= 0, "before 1970");
        if let Some(printed) = print_expiry(time) {
            assert_eq!(parse_expiry(&printed), Ok(time), "{printed}");
            if let Some(seconds) = text.strip_suffix('Z') {
                let whole = seconds.split('.').next().unwrap_or_default();
                assert_eq!(printed.strip_suffix('Z'), Some(whole), "another time");
            }
        }
    }
    became(&parsed)
}
