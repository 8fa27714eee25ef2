//! Each check passes a good specimen and finds a bad one, at its place.

use std::path::Path;

use algorithms::{Signature, base64url};
use serde_json::{Value, json};
use suite::Keys;

use super::{CHECKS, Check};
use crate::entropy::Entropy;
use crate::key::Key;
use crate::make::{Built, Sent};
use crate::signature::Signer;

const NOW: i64 = 1_700_000_000;
const ISSUER: &str = "https://tenant.example/";
const ENDPOINT: &str = "https://tenant.example/oauth/token";
const FORM: &str = "application/x-www-form-urlencoded;charset=UTF-8";
const TYPE: &str = "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

fn keys() -> Keys {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Keys::load(&root.join("vectors/keys")).unwrap()
}

fn built(check: &str, alg: &str, key: &str) -> Built {
    Built {
        check: check.to_owned(),
        client_id: "touchstone-client".to_owned(),
        audience: vec![ISSUER.to_owned(), ENDPOINT.to_owned()],
        alg: alg.to_owned(),
        key: key.to_owned(),
        jwk: Key::named(&keys(), key).unwrap().public().jwk.clone(),
        kid: Some("given".to_owned()),
        count: 2,
        now: NOW,
        sent: Vec::new(),
    }
}

fn sign(alg: &str, key: &str, header: &str, claims: &[u8]) -> String {
    let keys = keys();
    let key = Key::named(&keys, key).unwrap();
    let entropy = Entropy::new("specimen", 0);
    let input = format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(claims));
    let algorithm = Signature::named(alg).unwrap();
    let signer = Signer { algorithm, key: &key, entropy: &entropy, action: None };
    format!("{input}.{}", base64url::encode(&signer.sign(input.as_bytes()).unwrap()))
}

/// An assertion with these members over a header and claims that are right; `null` takes one out.
fn specimen(header: &Value, claims: &Value) -> String {
    let merged = |mut base: Value, other: &Value| {
        for (name, value) in other.as_object().unwrap() {
            base[name] = value.clone();
        }
        base.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        base.to_string()
    };
    let header = merged(json!({"alg": "EdDSA", "kid": "given"}), header);
    let claims = merged(
        json!({
            "iss": "touchstone-client", "sub": "touchstone-client", "aud": ISSUER,
            "jti": "0b9e4c9e-8a3c-4f5a-9a55-0d6f7d2c1e11", "iat": NOW, "exp": NOW + 60,
        }),
        claims,
    );
    sign("EdDSA", "ed25519-a", &header, claims.as_bytes())
}

fn find(check: &str, texts: &[&str]) -> Result<(), String> {
    (Check::named(check).unwrap().find)(&built(check, "EdDSA", "ed25519-a"), texts)
}

/// A good assertion passes, and beside it a bad one is found, at its place.
#[track_caller]
fn check_texts(check: &str, good: &str, bad: &str, found: &str) {
    assert_eq!(find(check, &[good]), Ok(()), "{check}");
    let have = find(check, &[good, bad]).unwrap_err();
    assert_eq!(have, format!("assertion 2 of 2: {found}"), "{check}");
}

#[track_caller]
fn check_header(check: &str, good: &Value, bad: &Value, found: &str) {
    check_texts(check, &specimen(good, &json!({})), &specimen(bad, &json!({})), found);
}

#[track_caller]
fn check_claims(check: &str, good: &Value, bad: &Value, found: &str) {
    check_texts(check, &specimen(&json!({}), good), &specimen(&json!({}), bad), found);
}

#[test]
fn names_are_unique() {
    for (index, check) in CHECKS.iter().enumerate() {
        assert!(CHECKS.iter().skip(index + 1).all(|other| other.name != check.name));
    }
}

#[test]
fn nothing_passes_by_being_absent() {
    for check in CHECKS.iter().filter(|check| check.name != "transport-untrusted") {
        assert!(find(check.name, &[]).is_err(), "{}", check.name);
    }
}

#[test]
fn a_good_assertion_passes_every_check_and_a_broken_one_none() {
    let good = specimen(&json!({"typ": "client-authentication+jwt"}), &json!({}));
    let is_about_one = |check: &&Check| !check.is_transport() && check.name != "count";
    for check in CHECKS.iter().filter(is_about_one) {
        assert_eq!(find(check.name, &[&good]), Ok(()), "{}", check.name);
        if check.name != "size-2048" {
            assert!(find(check.name, &["a.b"]).is_err(), "{}", check.name);
        }
    }
}

#[test]
fn assertions_are_counted() {
    assert_eq!(find("count", &["a", "b"]), Ok(()));
    let have = find("count", &["a"]).unwrap_err();
    assert_eq!(have, "1 assertions where 2 were asked for");
}

#[test]
fn the_form_of_a_compact_jws_is_strict() {
    let good = specimen(&json!({}), &json!({}));
    let check = |bad: &str, found: &str| check_texts("compact-jws", &good, bad, found);
    check("", "1 parts instead of the three of a compact JWS");
    check(&format!("{good}="), "signature: not canonical base64url without padding, at offset 86");
    check(&format!(" {good}"), "header: not canonical base64url without padding, at offset 0");
    check("e30.e30.", "an empty signature");
    let twice = sign("EdDSA", "ed25519-a", r#"{"alg":"EdDSA","alg":"none"}"#, b"{}");
    let found = "header: not strict JSON: the member `alg` stands twice at line 1 column 28";
    check(&twice, found);
}

#[test]
fn headers_are_examined() {
    let check = check_header;
    check(
        "header-alg",
        &json!({}),
        &json!({"alg": "none"}),
        "`alg` is \"none\", asked for was EdDSA",
    );
    let other = json!({"kid": "other"});
    check("header-kid", &json!({"kid": null}), &other, "`kid` is \"other\", given was given");
    check("header-kid-given", &json!({}), &json!({"kid": null}), "no `kid`, given was given");
    check("header-kid-given", &json!({}), &other, "`kid` is \"other\", given was given");
    check("header-typ", &json!({"typ": "JWT"}), &json!({"typ": "at+jwt"}), "`typ` is \"at+jwt\"");
    check(
        "header-typ-explicit",
        &json!({"typ": "application/client-authentication+JWT"}),
        &json!({"typ": "JWT"}),
        "`typ` is \"JWT\"",
    );
    check("header-no-key", &json!({"x5t": "x"}), &json!({"jku": "x"}), "the header has `jku`");
    check("header-crit", &json!({}), &json!({"crit": ["exp"]}), "`crit` is [\"exp\"]");
    check("header-cty", &json!({}), &json!({"cty": "JWT"}), "`cty` is \"JWT\"");
}

#[test]
fn signatures_of_every_family_are_verified() {
    let rows = [
        ("RS256", "rsa-2048-a", "rsa-2048-b"),
        ("PS384", "rsa-2048-a", "rsa-2048-b"),
        ("ES256", "ec-p256-a", "ec-p256-b"),
        ("ES384", "ec-p384-a", "ec-p384-b"),
        ("ES512", "ec-p521-a", "ec-p521-b"),
        ("EdDSA", "ed25519-a", "ed25519-b"),
        ("HS256", "oct-512-a", "oct-512-b"),
    ];
    let holds = Check::named("signature").unwrap().find;
    for (alg, key, other) in rows {
        let made = |key: &str| sign(alg, key, &format!(r#"{{"alg":"{alg}"}}"#), b"{}");
        let built = built("signature", alg, key);
        assert_eq!(holds(&built, &[&made(key)]), Ok(()), "{alg}");
        let found = format!("assertion 1 of 1: the {alg} signature does not hold with {key}");
        assert_eq!(holds(&built, &[&made(other)]), Err(found), "{alg}");
    }
    let text = sign("ES256", "ec-p256-a", r#"{"alg":"ES256"}"#, b"{}");
    let found = "assertion 1 of 1: rsa-2048-a cannot verify ES256".to_owned();
    assert_eq!(holds(&built("signature", "ES256", "rsa-2048-a"), &[&text]), Err(found));
}

#[test]
fn claims_are_one_strict_object() {
    let good = specimen(&json!({}), &json!({}));
    for (claims, found) in [
        (&br#"{"exp":1,"exp":2}"#[..], "claims: not strict JSON: the member `exp` stands twice"),
        (b"{\"iss\":\"\xff\"}", "claims: not UTF-8"),
        (b"[]", "claims: no JSON object"),
    ] {
        let bad = sign("EdDSA", "ed25519-a", r#"{"alg":"EdDSA"}"#, claims);
        let have = find("claims-object-strict", &[&good, &bad]).unwrap_err();
        assert!(have.contains(found), "{have}");
    }
}

#[test]
fn parties_are_examined() {
    let check = check_claims;
    check("iss", &json!({}), &json!({"iss": "x"}), "`iss` is \"x\", not touchstone-client");
    check("sub", &json!({}), &json!({"sub": null}), "`sub` is absent, not touchstone-client");
    check(
        "aud-names-server",
        &json!({"aud": ["https://other.example/", ENDPOINT]}),
        &json!({"aud": "https://tenant.example"}),
        "`aud` is \"https://tenant.example\", not https://tenant.example/ or \
         https://tenant.example/oauth/token",
    );
    check(
        "aud-names-server",
        &json!({}),
        &json!({"aud": [ISSUER, 7]}),
        "`aud` is [\"https://tenant.example/\",7], neither a text nor a list of texts",
    );
    let list = json!({"aud": [ISSUER]});
    check("aud-text", &json!({}), &list, "`aud` is [\"https://tenant.example/\"], no text");
    let endpoint = json!({"aud": ENDPOINT});
    let both = json!({"aud": [ISSUER, ENDPOINT]});
    check(
        "aud-issuer",
        &both,
        &endpoint,
        "`aud` is \"https://tenant.example/oauth/token\", not the issuer https://tenant.example/",
    );
    check(
        "aud-issuer-sole",
        &list,
        &both,
        "`aud` is [\"https://tenant.example/\",\"https://tenant.example/oauth/token\"], not the \
         issuer https://tenant.example/ alone",
    );
    let (fits, long) = ("x".repeat(64), "x".repeat(65));
    for name in ["iss", "sub", "jti"] {
        let found = format!("`{name}` has 65 characters");
        check(&format!("{name}-64"), &json!({name: fits}), &json!({name: long}), &found);
    }
}

#[test]
fn times_are_examined() {
    let check = check_claims;
    check("exp-present-number", &json!({}), &json!({"exp": null}), "`exp` is absent");
    check("exp-present-number", &json!({}), &json!({"exp": "60"}), "`exp` is \"60\"");
    check("exp-integer", &json!({}), &json!({"exp": 1.5}), "`exp` is 1.5");
    let exp = |seconds: i64| json!({"exp": NOW + seconds});
    check("exp-future", &exp(1), &exp(0), "`exp` is 0 s before now");
    check("lifetime-300", &exp(300), &exp(301), "it lives 301 s, and 300 are the most");
    check("lifetime-60", &exp(60), &exp(61), "it lives 61 s, and 60 are the most");
    let unbounded = "without `exp` it lives for ever";
    check("lifetime-300", &exp(300), &json!({"exp": null}), unbounded);
    let backdated = json!({"iat": NOW - 200, "exp": NOW + 200});
    check("lifetime-300", &exp(300), &backdated, "it lives 400 s, and 300 are the most");
    let without = json!({"iat": null, "exp": NOW + 301});
    check("lifetime-300", &json!({"iat": null}), &without, "it lives 301 s, and 300 are the most");
    check("iat-number", &json!({"iat": null}), &json!({"iat": "0"}), "`iat` is \"0\", no number");
    check("nbf-number", &json!({"nbf": 1.5}), &json!({"nbf": []}), "`nbf` is [], no number");
    let iat = |seconds: i64| json!({"iat": NOW + seconds});
    check("iat-not-future", &iat(10), &iat(11), "`iat` is 11 s ahead of now");
    let nbf = |seconds: i64| json!({"nbf": NOW + seconds});
    check("nbf-not-future", &nbf(1), &nbf(2), "`nbf` is 2 s ahead of now");
}

#[test]
fn a_client_that_rounds_its_clock_up_is_in_time() {
    let text = |exp: i64| specimen(&json!({}), &json!({"iat": null, "exp": NOW + exp}));
    let mut built = built("lifetime-300", "EdDSA", "ed25519-a");
    built.sent = vec![request("")];
    let find = Check::named("lifetime-300").unwrap().find;
    assert_eq!(find(&built, &[&text(301)]), Ok(()));
    assert!(find(&built, &[&text(302)]).is_err());
}

#[test]
fn each_request_has_its_own_time() {
    let text = specimen(&json!({}), &json!({}));
    let mut built = built("exp-future", "EdDSA", "ed25519-a");
    built.sent = [NOW, NOW + 60].map(|at| Sent { at, ..Sent::default() }).to_vec();
    let found = "assertion 2 of 2: `exp` is 0 s before now".to_owned();
    assert_eq!((Check::named("exp-future").unwrap().find)(&built, &[&text, &text]), Err(found));
}

#[test]
fn identifiers_are_examined() {
    let check = check_claims;
    check("jti-present", &json!({}), &json!({"jti": ""}), "`jti` is \"\"");
    check("jti-uuid", &json!({}), &json!({"jti": "x-y"}), "`jti` is \"x-y\", no UUID");
    let one = specimen(&json!({}), &json!({}));
    let again = specimen(&json!({}), &json!({"iat": NOW - 1}));
    let other = specimen(&json!({}), &json!({"jti": "other"}));
    let none = specimen(&json!({}), &json!({"jti": null}));
    assert_eq!(find("jti-fresh", &[&one, &other, &none, &none]), Ok(()));
    assert_eq!(
        find("jti-fresh", &[&one, &other, &again]).unwrap_err(),
        "assertions 1 and 3 share the `jti` \"0b9e4c9e-8a3c-4f5a-9a55-0d6f7d2c1e11\""
    );
}

#[test]
fn what_is_sent_again_is_one_assertion() {
    let one = specimen(&json!({}), &json!({}));
    let again = specimen(&json!({}), &json!({"iat": NOW - 1}));
    let mut built = built("jti-fresh", "EdDSA", "ed25519-a");
    let fresh = Check::named("jti-fresh").unwrap().find;
    let once = Check::named("transport-used-once").unwrap().find;
    assert!(fresh(&built, &[&one, &one]).is_err(), "a library was asked for two");
    built.sent = vec![request(""), request("")];
    assert_eq!(fresh(&built, &[&one, &one]), Ok(()));
    assert!(fresh(&built, &[&one, &one, &again]).unwrap_err().starts_with("assertions 1 and 3"));
    assert_eq!(once(&built, &[&one, &again]), Ok(()));
    let found = Err("requests 1 and 2 hold one assertion".to_owned());
    assert_eq!(once(&built, &[&one, &one]), found);
}

#[test]
fn sizes_and_secrets_are_examined() {
    let pad = |count: usize| json!({"https://example.com/pad": "x".repeat(count)});
    let long = specimen(&json!({}), &pad(1600));
    let found = format!("{} octets, and 2048 are the most", long.len());
    check_texts("size-2048", &specimen(&json!({}), &pad(1000)), &long, &found);
    let check = check_claims;
    check(
        "no-secrets",
        &json!({"d": "x", "cnf": {"jwk": {"kty": "RSA", "n": "x"}}}),
        &json!({"cnf": [{"jwk": {"kty": "RSA", "n": "x", "d": "x"}}]}),
        "the claims hold a JWK with the private member `d`",
    );
    let pem = "-----BEGIN PRIVATE KEY-----\nMII";
    check("no-secrets", &json!({}), &json!({"x": pem}), "the claims hold a private key as PEM");
    let text = json!({"jwk": r#"{"kty":"oct","k":"AAAA"}"#});
    let found = "the header hold a JWK with the private member `k`";
    check_header("no-secrets", &json!({}), &text, found);
}

/// A good request passes, and a bad one beside it is found.
#[track_caller]
fn check_sent(check: &str, bad: &Sent, found: &str) {
    let good = request(&format!(
        "grant_type=client_credentials&client_assertion_type={TYPE}&client_assertion=a.b.c\
         &client_id=touchstone-client"
    ));
    let find = Check::named(check).unwrap().find;
    let mut built = built(check, "EdDSA", "ed25519-a");
    built.sent = vec![good];
    assert_eq!(find(&built, &["a.b.c"]), Ok(()), "{check}");
    built.sent.push(bad.clone());
    let have = find(&built, &["a.b.c", "a.b.c"]).unwrap_err();
    assert_eq!(have, format!("assertion 2 of 2: {found}"), "{check}");
}

fn request(body: &str) -> Sent {
    Sent {
        at: NOW,
        method: "POST".to_owned(),
        target: "/oauth/token".to_owned(),
        headers: vec![("content-type".to_owned(), FORM.to_owned())],
        body: body.as_bytes().to_vec(),
    }
}

#[test]
fn requests_are_examined() {
    let check = |name: &str, body: &str, found: &str| check_sent(name, &request(body), found);
    check("transport-form", "a=%zz", "the form has `%` without two hexadecimal digits");
    check("transport-type", "a=b", "no `client_assertion_type`");
    let trailing = format!("client_assertion_type={TYPE}+");
    let found =
        "`client_assertion_type` is urn:ietf:params:oauth:client-assertion-type:jwt-bearer ";
    check("transport-type", &trailing, found);
    let name = "transport-one-assertion";
    check(name, "client_assertion=a+b", "`client_assertion` is not one JWT");
    check(name, "client_assertion=a&client_assertion=b", "`client_assertion` stands 2 times");
    check("transport-no-secret", "client_secret=", "the form has `client_secret`");
    check("transport-no-repeats", "a=1&b=1&a=1", "`a` stands more than once");
    let found = "`client_id` is other, not touchstone-client";
    check("transport-client-id", "client_id=other", found);
    check("transport-grant", "grant_type=password", "`grant_type` is password");
    check("transport-grant", "", "`grant_type` is ");
}

#[test]
fn the_outside_of_requests_is_examined() {
    let get = Sent { method: "GET".to_owned(), ..request("") };
    check_sent("transport-form", &get, "the method is GET");
    let json = vec![("content-type".to_owned(), "application/json".to_owned())];
    let json = Sent { headers: json, ..request("{}") };
    check_sent("transport-form", &json, "the media type is application/json");
    let bare = Sent { headers: Vec::new(), ..request("") };
    check_sent("transport-form", &bare, "0 fields Content-Type");
    let mut basic = request("");
    basic.headers.push(("authorization".to_owned(), "Basic YTpi".to_owned()));
    check_sent("transport-no-secret", &basic, "the request has a field Authorization");
    let query = Sent { target: "/oauth/token?client_assertion=a.b.c".to_owned(), ..request("") };
    check_sent("transport-not-in-url", &query, "the assertion stands in the request's URL");
}

#[test]
fn nothing_may_go_to_a_server_with_a_foreign_certificate() {
    let find = Check::named("transport-untrusted").unwrap().find;
    let mut built = built("transport-untrusted", "EdDSA", "ed25519-a");
    assert_eq!(find(&built, &[]), Ok(()));
    built.sent.push(request(""));
    let found = "1 assertions went to a server whose certificate is foreign".to_owned();
    assert_eq!(find(&built, &[""]), Err(found));
}

#[test]
fn the_assertion_of_a_request_is_its_form_parameter() {
    assert_eq!(request("a=1&client_assertion=a.b%2Ec&client_assertion=d").assertion(), "a.b.c");
    assert_eq!(request("a=1").assertion(), "");
    assert_eq!(request("client_assertion=%zz").assertion(), "");
}
