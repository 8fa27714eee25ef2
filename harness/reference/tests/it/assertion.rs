//! Client assertions: the request, the header, the key, the one use.

use algorithms::base64url;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use reference::assertion::{CLIENT_ASSERTION_TYPE, Client, ClientKey, Form, Rules};
use reference::credential::{Registration, Use, register};
use reference::{Jwk, Policy, jws};

use crate::assertion_support::{
    CLIENT, Memory, NOW, PRIVATE, RS256, auth0, check_token, claims, client, good, pair, request,
    signed, unsigned, validate, validate_form,
};
use crate::support::{check, key_form, key_text, private, public, rng};

#[track_caller]
fn check_form(parameters: &[(String, String)], code: &str) {
    check(validate_form(parameters, &client(), &auth0()), code);
}

/// The good request with a parameter replaced, or removed by an empty list, or repeated.
fn with(name: &str, values: &[&str]) -> Vec<(String, String)> {
    let mut parameters = request(&good());
    parameters.retain(|(own, _)| own != name);
    parameters.extend(values.iter().map(|value| pair(name, value)));
    parameters
}

#[test]
fn a_good_assertion_says_who_it_is() {
    let who = validate(&good(), &client(), &auth0()).unwrap();
    assert_eq!((who.client_id.as_str(), who.kid.as_str()), (CLIENT, "credential-1"));
    assert_eq!((who.jti.as_deref(), who.until), (Some("jti-1"), NOW + 60));
}

#[test]
fn the_request_has_exactly_the_parameters_of_one_assertion() {
    let assertion = good();
    check_form(&with("client_assertion", &[]), "form/client-assertion-missing");
    check_form(&with("client_assertion", &[""]), "form/client-assertion-missing");
    check_form(&with("client_assertion_type", &[]), "form/client-assertion-type-missing");
    check_form(&with("client_assertion_type", &[""]), "form/client-assertion-type-missing");
    for other in [
        "jwt-bearer",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
        "URN:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "urn:ietf:params:oauth:client-assertion-type:jwt-bearer ",
        " urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer",
    ] {
        check_form(&with("client_assertion_type", &[other]), "form/client-assertion-type");
    }
    check_form(&with("client_assertion", &[&assertion, &assertion]), "form/parameter-repeated");
    check_form(&with("client_assertion", &[&assertion, ""]), "form/parameter-repeated");
    let twice = [CLIENT_ASSERTION_TYPE, CLIENT_ASSERTION_TYPE];
    check_form(&with("client_assertion_type", &twice), "form/parameter-repeated");
    check_form(&with("grant_type", &["a", "a"]), "form/parameter-repeated");
    check_form(&with("unknown", &["", ""]), "form/parameter-repeated");
    check_form(&with("client_secret", &["s"]), "form/several-methods");
    assert!(validate_form(&with("client_secret", &[""]), &client(), &auth0()).is_ok());
    assert!(validate_form(&with("unknown", &["1"]), &client(), &auth0()).is_ok());
}

#[test]
fn a_client_id_names_the_same_client() {
    for same in [CLIENT, ""] {
        assert!(validate_form(&with("client_id", &[same]), &client(), &auth0()).is_ok());
    }
    for other in ["client-2", "Client-1", "client-1 "] {
        check_form(&with("client_id", &[other]), "form/client-id-mismatch");
    }
}

#[test]
fn the_claimed_client_is_read_without_trust() {
    let rules = auth0();
    let claimed =
        |parameters: &[(String, String)]| Form::parse(parameters).unwrap().claimed_client(&rules);
    assert_eq!(claimed(&request(&good())).as_deref(), Ok(CLIENT));
    assert_eq!(claimed(&request(&unsigned("{}", r#"{"sub":"x"}"#))).as_deref(), Ok("x"));
    assert_eq!(claimed(&with("client_id", &["other"])).as_deref(), Ok("other"));
    check(claimed(&request(&unsigned("{}", "{}"))), "claims/sub-mismatch");
    check(claimed(&request(&unsigned("{}", r#"{"sub":1}"#))), "claims/string-type");
    check(claimed(&request(&unsigned("{}", "x"))), "claims/json");
    check(claimed(&request("a.b")), "parse/part-count");
    check(claimed(&request(&"a".repeat(2049))), "limits/token-too-long");
}

#[test]
fn an_assertion_is_one_compact_jws() {
    let token = good();
    let parts: Vec<&str> = token.split('.').collect();
    let flattened = format!(
        r#"{{"protected":"{}","payload":"{}","signature":"{}"}}"#,
        parts[0], parts[1], parts[2]
    );
    let two = signed(RS256, r#"{"a":1}"#);
    for text in [
        flattened,
        format!("[\"{token}\"]"),
        format!("{two} {two}"),
        format!("{two},{two}"),
        format!(" {token}"),
        format!("{token}\n"),
        format!("{token}="),
        format!("Bearer {token}"),
        token.replace('.', "%2E"),
    ] {
        check_token(&text, Err("parse/base64url"));
    }
    check_token(&parts[..2].join("."), Err("parse/part-count"));
    check_token(&format!("{token}."), Err("parse/part-count"));
    check_token(&format!("{two}.{two}"), Err("parse/part-count"));
    check_token(&format!(".{}.{}", parts[1], parts[2]), Err("parse/empty-part"));
    // A trailing bit that is not zero: another text for the same signature.
    let last = token.chars().last().unwrap();
    let other = char::from(u8::try_from(last).unwrap() + 1);
    check_token(&format!("{}{other}", &token[..token.len() - 1]), Err("parse/base64url"));
}

#[test]
fn an_encrypted_assertion_is_refused() {
    let key = public("rsa-2048-a");
    let header = r#"{"alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"}"#;
    let jwe = reference::jwe::seal(b"x", header, &key, &Policy::default(), &mut rng()).unwrap();
    check_token(&jwe, Err("parse/part-count"));
    check_token(&unsigned(header, &claims(&[])), Err("header/kind"));
    let nested = signed(r#"{"alg":"RS256","cty":"jwt"}"#, &claims(&[]));
    check_token(&nested, Err("policy/nesting-depth"));
}

#[test]
fn the_header_has_the_algorithm_of_the_credential() {
    let body = claims(&[]);
    for (header, code) in [
        ("{}", "header/alg-missing"),
        (r#"{"alg":null}"#, "header/alg-type"),
        (r#"{"alg":["RS256"]}"#, "header/alg-type"),
        (r#"{"alg":"none"}"#, "signature/none"),
        (r#"{"alg":"None"}"#, "header/alg-unknown"),
        (r#"{"alg":"rs256"}"#, "header/alg-unknown"),
        (r#"{"alg":"RS256\u0000"}"#, "header/alg-unknown"),
        (r#"{"alg":""}"#, "header/alg-unknown"),
        (r#"{"alg":"RSA-OAEP-256"}"#, "header/kind"),
        (r#"{"alg":"HS256"}"#, "policy/alg-not-allowed"),
        (r#"{"alg":"RS512"}"#, "policy/alg-not-allowed"),
        (r#"{"alg":"PS384"}"#, "policy/alg-not-allowed"),
        (r#"{"alg":"ES256"}"#, "policy/alg-not-allowed"),
        (r#"{"alg":"EdDSA"}"#, "policy/alg-not-allowed"),
        (r#"{"alg":"RS384"}"#, "policy/alg-not-allowed"),
        (r#"{"alg":"PS256"}"#, "policy/alg-not-allowed"),
        (r#"{"alg":"RS256","alg":"RS256"}"#, "parse/duplicate-member"),
        (r#"{"alg":"RS256","kid":1}"#, "header/member-type"),
        (r#"{"alg":"RS256","typ":null}"#, "header/member-type"),
        (r#"{"alg":"RS256","crit":["exp"],"exp":1}"#, "header/crit-unknown"),
        (r#"{"alg":"RS256","crit":[]}"#, "header/crit-malformed"),
        (r#"{"alg":"RS256","crit":["b64"],"b64":false}"#, "header/b64"),
        (r#"{"alg":"RS256","b64":true}"#, "header/b64"),
        (r#"["alg"]"#, "parse/not-an-object"),
        ("RS256", "parse/json"),
    ] {
        check_token(&unsigned(header, &body), Err(code));
    }
    check_token(&signed(r#"{"alg":"RS384"}"#, &body), Err("policy/alg-not-allowed"));
    check_token(&signed(r#"{"alg":"PS256"}"#, &body), Err("policy/alg-not-allowed"));
    check_token(&signed(r#"{"x":{"y":[1]},"typ":"at+jwt","alg":"RS256"}"#, &body), Ok(()));
}

#[test]
fn an_hmac_with_the_public_key_is_no_signature() {
    for form in ["pem", "jwk", "der"] {
        let secret = Jwk::symmetric(key_form("rsa-2048-a", "public", form).as_bytes());
        let header = r#"{"alg":"HS256"}"#;
        let policy = Policy::default();
        let token =
            jws::sign(claims(&[]).as_bytes(), header, &secret, &policy, &mut rng()).unwrap();
        check_token(&token, Err("policy/alg-not-allowed"));
        // Not even when the credential itself is of that algorithm.
        let mut weak = client();
        weak.keys[0].alg = "HS256".to_owned();
        check(validate(&token, &weak, &Rules::rfc7523(["a"])), "policy/alg-not-allowed");
        // And before it is asked which credential is meant, or whether it lives.
        weak.keys[0].expires_at = Some(NOW);
        check(validate(&token, &weak, &Rules::rfc7523(["a"])), "policy/alg-not-allowed");
    }
}

#[test]
fn keys_inside_the_header_are_ignored() {
    let stranger = private("rsa-2048-b");
    let jwk = key_text("rsa-2048-b", "public");
    for header in [
        format!(r#"{{"alg":"RS256","jwk":{jwk}}}"#),
        r#"{"alg":"RS256","jku":"https://evil.example/jwks"}"#.to_owned(),
        r#"{"alg":"RS256","x5u":"https://evil.example/x5u"}"#.to_owned(),
    ] {
        let sign = |key: &Jwk| {
            jws::sign(claims(&[]).as_bytes(), &header, key, &Policy::default(), &mut rng()).unwrap()
        };
        let padded = Rules {
            limits: reference::assertion::Limits { token_octets: 4096, ..auth0().limits },
            ..auth0()
        };
        check(validate(&sign(&stranger), &client(), &padded), "signature/invalid");
        assert!(validate(&sign(&PRIVATE), &client(), &padded).is_ok());
    }
}

#[test]
fn each_part_is_under_the_signature() {
    let token = good();
    let parts: Vec<&str> = token.split('.').collect();
    let others = [
        base64url::encode(br#"{"alg":"RS256","a":1}"#),
        base64url::encode(claims(&[("jti", r#""jti-2""#)]).as_bytes()),
        base64url::encode(&[7; 256]),
    ];
    for (index, other) in others.iter().enumerate() {
        let mut changed = parts.clone();
        changed[index] = other;
        check_token(&changed.join("."), Err("signature/invalid"));
    }
    for signature in ["", "AA"] {
        check_token(&format!("{}.{}.{signature}", parts[0], parts[1]), Err("signature/invalid"));
    }
}

#[test]
fn a_kid_names_a_credential_of_the_client() {
    let token = |kid: &str| signed(&format!(r#"{{"alg":"RS256","kid":"{kid}"}}"#), &claims(&[]));
    check_token(&token("credential-1"), Ok(()));
    for kid in ["credential-2", "", "Credential-1"] {
        check_token(&token(kid), Err("key/not-found"));
    }
    let mut two = client();
    two.keys.push(ClientKey::new("credential-2", "RS256", public("rsa-2048-b")));
    assert_eq!(validate(&token("credential-1"), &two, &auth0()).unwrap().kid, "credential-1");
    check(validate(&token("credential-2"), &two, &auth0()), "signature/invalid");
    // Without `kid` both are tried.
    two.keys.reverse();
    assert_eq!(validate(&good(), &two, &auth0()).unwrap().kid, "credential-1");
    let nobody = Client { keys: Vec::new(), ..client() };
    check(validate(&good(), &nobody, &auth0()), "key/not-found");
}

#[test]
fn two_credentials_keep_their_algorithms_apart() {
    let mut two = client();
    two.keys.push(ClientKey::new("credential-2", "PS256", public("rsa-2048-a")));
    let token =
        |alg: &str, kid: &str| signed(&format!(r#"{{"alg":"{alg}","kid":"{kid}"}}"#), &claims(&[]));
    for (alg, kid) in [("RS256", "credential-1"), ("PS256", "credential-2")] {
        assert_eq!(validate(&token(alg, kid), &two, &auth0()).unwrap().kid, kid);
    }
    for (alg, kid) in [("PS256", "credential-1"), ("RS256", "credential-2")] {
        check(validate(&token(alg, kid), &two, &auth0()), "policy/alg-not-allowed");
    }
}

#[test]
fn a_credential_has_to_be_associated_and_alive() {
    let mut one = client();
    one.keys[0].is_associated = false;
    check(validate(&good(), &one, &auth0()), "credential/not-associated");
    for (expires_at, want) in
        [(NOW + 1, Ok(())), (NOW, Err("credential/expired")), (NOW - 1, Err("credential/expired"))]
    {
        let mut one = client();
        one.keys[0].expires_at = Some(expires_at);
        let got = validate(&good(), &one, &auth0());
        assert_eq!(got.map(|_| ()).map_err(|rejection| rejection.code()), want);
    }
    // A second credential does not lend its life to the first.
    let mut two = client();
    two.keys[0].expires_at = Some(NOW);
    two.keys.push(ClientKey::new("credential-2", "RS256", public("rsa-2048-b")));
    check(validate(&good(), &two, &auth0()), "signature/invalid");
    two.keys[0].expires_at = None;
    two.keys[0].is_associated = false;
    check(validate(&good(), &two, &auth0()), "signature/invalid");
    let by_name = signed(r#"{"alg":"RS256","kid":"credential-1"}"#, &claims(&[]));
    check(validate(&by_name, &two, &auth0()), "credential/not-associated");
}

#[test]
fn a_registered_credential_authenticates_once_it_is_associated() {
    let pem = key_form("rsa-2048-a", "public", "pem");
    let credential = register(&Registration::new(Use::Client, &pem, NOW)).unwrap();
    let key = ClientKey::from(&credential);
    let mut one = Client { client_id: CLIENT.to_owned(), keys: vec![key] };
    check(validate(&good(), &one, &auth0()), "credential/not-associated");
    one.keys[0].is_associated = true;
    assert_eq!(validate(&good(), &one, &auth0()).unwrap().kid, credential.kid);
}

#[test]
fn a_key_too_small_for_its_algorithm_is_refused() {
    let small = private("rsa-2047");
    let lax = Policy { allow_small_rsa: true, ..Policy::default() };
    let token = jws::sign(claims(&[]).as_bytes(), RS256, &small, &lax, &mut rng()).unwrap();
    let mut weak = client();
    weak.keys[0].key = public("rsa-2047");
    check(validate(&token, &weak, &auth0()), "key/too-small");
    weak.keys[0].key = public("ec-p256-a");
    check(validate(&token, &weak, &auth0()), "key/type");
}

#[test]
fn an_assertion_is_used_once_by_its_issuer() {
    let (rules, mut memory) = (auth0(), Memory::default());
    let mut attempt = |assertion: &str, client: &Client, now: i64| {
        let parameters = request(assertion);
        let form = Form::parse(&parameters).unwrap();
        rules.validate(&form, client, now, &mut memory).map(|who| who.jti.unwrap())
    };
    let token = good();
    // What is refused is not used up.
    check(attempt(&token, &client(), NOW + 60), "claims/exp-past");
    check(attempt(&token, &client(), NOW - 11), "claims/iat-future");
    let (rest, _) = token.rsplit_once('.').unwrap();
    check(attempt(&format!("{rest}.AA"), &client(), NOW), "signature/invalid");
    assert_eq!(attempt(&token, &client(), NOW).as_deref(), Ok("jti-1"));
    check(attempt(&token, &client(), NOW), "replay/jti-seen");
    check(attempt(&token, &client(), NOW + 59), "replay/jti-seen");
    check(attempt(&token, &client(), NOW + 60), "claims/exp-past");
    // The same jti in another token, spelled otherwise.
    let again = signed(RS256, &claims(&[("jti", r#""\u006Ati-1""#), ("exp", "1700000061")]));
    check(attempt(&again, &client(), NOW), "replay/jti-seen");
    // jti is compared as a plain string.
    for other in [r#""JTI-1""#, r#""jti-1 ""#, r#""jti-2""#] {
        let token = signed(RS256, &claims(&[("jti", other)]));
        assert!(attempt(&token, &client(), NOW).is_ok(), "{other}");
    }
    // Another issuer has a ledger of its own.
    let second = Client { client_id: "client-2".to_owned(), ..client() };
    let name = r#""client-2""#;
    let token = signed(RS256, &claims(&[("iss", name), ("sub", name)]));
    assert_eq!(attempt(&token, &second, NOW).as_deref(), Ok("jti-1"));
}

#[test]
fn the_checks_come_in_the_order_of_the_manual() {
    // Everything is wrong; each step mends the first thing.
    let everything = claims(&[("iss", "1"), ("exp", "1"), ("jti", "")]);
    let mut parameters =
        vec![pair("client_assertion", ""), pair("client_id", "x"), pair("x", ""), pair("x", "")];
    check_form(&parameters, "form/parameter-repeated");
    parameters.pop();
    check_form(&parameters, "form/client-assertion-type-missing");
    parameters.push(pair("client_assertion_type", CLIENT_ASSERTION_TYPE));
    check_form(&parameters, "form/client-assertion-missing");
    parameters[0].1 = "!".repeat(2049);
    check_form(&parameters, "form/client-id-mismatch");
    parameters[1].1 = CLIENT.to_owned();
    check_form(&parameters, "limits/token-too-long");
    parameters[0].1 = "!".to_owned();
    check_form(&parameters, "parse/base64url");
    for (header, code) in [
        (r#"{"alg":"12345678901234567","crit":["x"]}"#, "header/crit-malformed"),
        (r#"{"alg":"12345678901234567","kid":"x"}"#, "limits/alg-too-long"),
        (r#"{"alg":"1234567890123456","kid":"x"}"#, "header/alg-unknown"),
        (r#"{"alg":"RS384","kid":"x"}"#, "policy/alg-not-allowed"),
        (r#"{"alg":"RS256","kid":"x"}"#, "key/not-found"),
        (r#"{"alg":"RS256"}"#, "signature/invalid"),
    ] {
        parameters[0].1 = unsigned(header, &everything);
        check_form(&parameters, code);
    }
    parameters[0].1 = signed(RS256, &everything);
    check_form(&parameters, "claims/string-type");
}

proptest! {
    #![proptest_config(Config {
        cases: 256, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default()
    })]

    #[test]
    fn another_character_is_refused_and_uses_nothing_up(
        index in any::<prop::sample::Index>(),
        character in prop::char::any(),
    ) {
        let token = good();
        let at = index.index(token.len());
        let mut changed = token.clone();
        changed.replace_range(at..=at, &character.to_string());
        prop_assume!(changed != token);
        prop_assert!(validate(&changed, &client(), &auth0()).is_err());
    }

    #[test]
    fn no_request_makes_it_panic(
        pairs in prop::collection::vec((
            prop_oneof![Just("client_assertion".to_owned()), Just("client_id".to_owned()), "\\PC{0,4}"],
            prop_oneof![Just(CLIENT_ASSERTION_TYPE.to_owned()), "[A-Za-z0-9_.-]{0,40}", "\\PC{0,9}"],
        ), 0..4),
        header in "\\{(\"alg\":\"(RS256|none)\",?)?(\"kid\":\\PC{0,4})?\\}?",
        body in "\\{(\"sub\":\"client-1\",?)?(\"exp\":-?[0-9.eE]{0,9})?\\}?",
    ) {
        let _ = validate_form(&pairs, &client(), &auth0());
        let token = unsigned(&header, &body);
        prop_assert!(validate(&token, &client(), &auth0()).is_err());
        let parameters = request(&token);
        let _ = Form::parse(&parameters).unwrap().claimed_client(&auth0());
    }
}
