//! Registering keys: each way to be wrong has its code, and each bound is tried on both sides.

use algorithms::base64url;
use data_encoding::BASE64;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use reference::credential::{
    Credential, Registration, Use, parse_expiry, print_expiry, register, register_jwk,
};
use reference::{Jwk, Policy, certificate};

use serde_json::json;

use crate::support::{check, file, key_form, key_text};

const NOW: i64 = 1_700_000_000;
/// `not_after` of vectors/certificates/rsa-2048-a.json.
const NOT_AFTER: i64 = 4_102_444_799;
/// The kid that follows from the sample key of the documentation.
const SAMPLE_KID: &str = "LWd8xEOrXZOm6jUL6mcw0j6LxHz_YvhEi7AmjcQDiCs";

fn sample() -> serde_json::Value {
    serde_json::from_str(&file("auth0/sample-key.json")).unwrap()
}

fn spki(name: &str) -> String {
    key_form(name, "public", "pem")
}

fn client(pem: &str) -> Registration<'_> {
    Registration::new(Use::Client, pem, NOW)
}

fn api(pem: &str) -> Registration<'_> {
    Registration { alg: Some("RSA-OAEP-256"), ..Registration::new(Use::Api, pem, NOW) }
}

#[track_caller]
fn check_pem(pem: &str, code: &str) {
    check(register(&client(pem)), code);
    check(register(&api(pem)), code);
}

#[track_caller]
fn accepted(registration: &Registration<'_>) -> Credential {
    register(registration).map_err(|rejection| format!("{rejection}: {registration:?}")).unwrap()
}

/// Modulus and exponent of a named key.
fn integers(name: &str) -> (Vec<u8>, Vec<u8>) {
    let jwk: serde_json::Value = serde_json::from_str(&key_text(name, "public")).unwrap();
    let integer = |member: &str| base64url::decode(jwk[member].as_str().unwrap()).unwrap();
    (integer("n"), integer("e"))
}

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = match length {
        0..0x80 => vec![tag, u8::try_from(length).unwrap()],
        _ => {
            let octets = u16::try_from(length).unwrap().to_be_bytes();
            vec![tag, 0x82, octets[0], octets[1]]
        }
    };
    // DER wants the shortest form of a length.
    if (0x80..0x100).contains(&length) {
        out = vec![tag, 0x81, u8::try_from(length).unwrap()];
    }
    out.extend_from_slice(content);
    out
}

fn integer(octets: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if octets[0] >= 0x80 { &[0] } else { &[] };
    tlv(2, &[sign, octets].concat())
}

fn pkcs1(n: &[u8], e: &[u8]) -> Vec<u8> {
    tlv(0x30, &[integer(n), integer(e)].concat())
}

fn armour(label: &str, der: &[u8]) -> String {
    let text = BASE64.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

fn with_exponent(e: &[u8]) -> String {
    armour("RSA PUBLIC KEY", &pkcs1(&integers("rsa-2048-a").0, e))
}

#[test]
fn the_sample_key_of_the_documentation_gets_its_kid() {
    let sample = sample();
    let credential = accepted(&client(sample["inputs"]["pem"].as_str().unwrap()));
    assert_eq!(credential.kid, SAMPLE_KID);
    assert_eq!((credential.alg, credential.is_kid_given), ("RS256", false));
    assert_eq!((credential.expires_at, credential.thumbprint_sha256), (None, None));
    let credential = accepted(&api(sample["inputs"]["pem"].as_str().unwrap()));
    assert_eq!(credential.thumbprint_sha256.as_deref(), sample["derived"]["spki_sha256"].as_str());
    // The form with the END line behind the last line of base64, as one page prints it.
    let joined = sample["inputs"]["pem_end_line_joined"].as_str().unwrap();
    check_pem(joined, "credential/pem-malformed");
}

#[test]
fn the_three_forms_of_one_key_agree() {
    let spki_pem = spki("rsa-2048-a");
    let (n, e) = integers("rsa-2048-a");
    let pkcs1_pem = armour("RSA PUBLIC KEY", &pkcs1(&n, &e));
    let certificate_pem = file("certificates/rsa-2048-a.pem");
    let of = |pem: &str| (accepted(&client(pem)), accepted(&api(pem)));
    let (client, api) = of(&spki_pem);
    assert_eq!(client.key.members().to_text(), api.key.members().to_text());
    let (from_pkcs1, api_from_pkcs1) = of(&pkcs1_pem);
    assert_eq!(from_pkcs1.kid, client.kid);
    assert_eq!(from_pkcs1.key.members().to_text(), client.key.members().to_text());
    assert_eq!(api_from_pkcs1.thumbprint_sha256, api.thumbprint_sha256);
    assert!(api.thumbprint_sha256.is_some() && client.thumbprint_sha256.is_none());
    let (from_certificate, api_from_certificate) = of(&certificate_pem);
    assert_eq!(from_certificate.kid, client.kid);
    let x5t = certificate::thumbprint_of_pem(&certificate_pem).unwrap();
    assert_eq!(x5t, "A0Q1hvzIM4-4MZFTjrCif0YHvKJfwViL9UGhVounl_o");
    assert_eq!(from_certificate.thumbprint_sha256.as_deref(), Some(x5t.as_str()));
    assert_eq!(api_from_certificate.thumbprint_sha256, from_certificate.thumbprint_sha256);
    assert!(from_certificate.subject_dn.unwrap().contains("CN="));
    assert_eq!(client.subject_dn, None);
    // A certificate expires without its credential unless the request says otherwise.
    assert_eq!(from_certificate.expires_at, None);
}

#[test]
fn line_ends_and_widths_are_the_sender_s_choice() {
    let pem = spki("rsa-2048-a");
    let kid = accepted(&client(&pem)).kid;
    let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let one_line = format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----");
    for text in [pem.replace('\n', "\r\n"), one_line, format!("\n \t{pem}\r\n\n"), pem.clone()] {
        assert_eq!(accepted(&client(&text)).kid, kid, "{text:?}");
    }
}

#[test]
fn what_is_not_one_block_on_its_own_is_refused() {
    let pem = spki("rsa-2048-a");
    let der = pem.lines().filter(|line| !line.starts_with('-')).collect::<String>();
    for text in [
        String::new(),
        der,
        pem.replace('\n', "\\n"),
        pem.replace('\n', "\r"),
        pem.replace('\n', ""),
        format!("Subject: CN=x\n{pem}"),
        format!("{pem}more"),
        format!("{pem}-----END PUBLIC KEY-----"),
        pem.replace("-----END PUBLIC", "-----END RSA PUBLIC"),
        pem.replace("-----BEGIN PUBLIC KEY-----", "----BEGIN PUBLIC KEY----"),
        pem.replace("-----BEGIN PUBLIC KEY-----\n", "-----BEGIN PUBLIC KEY-----\nProc-Type: 4\n\n"),
        pem.replacen("IDAQAB", "IDAQA", 1),
        pem.replacen("IDAQAB", "IDA AB", 1),
        pem.replacen('M', "-", 1),
        pem.lines().take(1).collect(),
    ] {
        check_pem(&text, "credential/pem-malformed");
    }
    check_pem(&format!("{pem}{pem}"), "credential/pem-several");
    let chain = file("certificates/rsa-2048-a.pem");
    check_pem(&format!("{chain}\n{chain}"), "credential/pem-several");
}

#[test]
fn private_keys_are_named_as_such() {
    let private = key_form("rsa-2048-a", "private", "pem");
    check_pem(&private, "credential/pem-private");
    let public = spki("rsa-2048-a");
    check_pem(&format!("{public}{private}"), "credential/pem-private");
    for label in ["RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY"] {
        check_pem(&armour(label, b"\x30\x00"), "credential/pem-private");
    }
}

#[test]
fn other_labels_are_refused() {
    for label in
        ["CERTIFICATE REQUEST", "X509 CRL", "EC PUBLIC KEY", "public key", "PUBLIC KEY ", ""]
    {
        check_pem(&armour(label, b"\x30\x00"), "credential/pem-label");
    }
}

#[test]
fn the_octets_have_to_be_what_the_label_says() {
    let (n, e) = integers("rsa-2048-a");
    let rsa = pkcs1(&n, &e);
    let info = BASE64
        .decode(
            spki("rsa-2048-a")
                .lines()
                .filter(|l| !l.starts_with('-'))
                .collect::<String>()
                .as_bytes(),
        )
        .unwrap();
    // Before the NULL stand two length octets pairs and the OID of nine octets.
    let null = info.windows(2).position(|pair| pair == [5, 0]).unwrap();
    let mut other_parameters = info.clone();
    other_parameters[null] = 4;
    let negative = tlv(0x30, &[tlv(2, &n), integer(&e)].concat());
    let padded = tlv(0x30, &[tlv(2, &[&[0, 0], n.as_slice()].concat()), integer(&e)].concat());
    let three = tlv(0x30, &[integer(&n), integer(&e), integer(&[7])].concat());
    let mut even = integers("rsa-2048-a").0;
    *even.last_mut().unwrap() &= 0xfe;
    for (label, der) in [
        ("PUBLIC KEY", rsa.clone()),
        ("RSA PUBLIC KEY", info.clone()),
        ("CERTIFICATE", info.clone()),
        ("PUBLIC KEY", info[..info.len() - 1].to_vec()),
        ("PUBLIC KEY", [info.as_slice(), &[0]].concat()),
        ("RSA PUBLIC KEY", [rsa.as_slice(), &[0]].concat()),
        ("PUBLIC KEY", other_parameters),
        ("RSA PUBLIC KEY", negative),
        ("RSA PUBLIC KEY", padded),
        ("RSA PUBLIC KEY", three),
        ("RSA PUBLIC KEY", pkcs1(&even, &e)),
        ("RSA PUBLIC KEY", Vec::new()),
    ] {
        check_pem(&armour(label, &der), "credential/der-malformed");
    }
}

#[test]
fn keys_of_other_types_are_refused() {
    check_pem(&spki("ec-p256-a"), "credential/key-type");
    check_pem(&spki("ed25519-a"), "credential/key-type");
    check_pem(&file("certificates/ec-p256-a.pem"), "credential/key-type");
}

#[test]
fn rsa_keys_have_2048_to_4096_bits() {
    for name in ["rsa-1024", "rsa-2040", "rsa-2047"] {
        check_pem(&spki(name), "credential/rsa-too-small");
    }
    for name in ["rsa-2048-a", "rsa-2048-b", "rsa-2048-e3", "rsa-3072", "rsa-4096"] {
        let credential = accepted(&client(&spki(name)));
        let jwk = Jwk::parse(&key_text(name, "public"), &Policy::default()).unwrap();
        let kid = reference::thumbprint::of(&jwk, algorithms::Hash::Sha256);
        assert_eq!(credential.kid, kid, "{name}");
    }
    check_pem(&spki("rsa-4097"), "credential/rsa-too-large");
    let huge = armour("RSA PUBLIC KEY", &pkcs1(&[0xff; 1025], &[1, 0, 1]));
    check_pem(&huge, "credential/rsa-too-large");
    check_pem(&armour("RSA PUBLIC KEY", &pkcs1(&[3], &[3])), "credential/rsa-too-small");
}

#[test]
fn the_exponent_is_odd_and_at_least_three() {
    for e in [&[0][..], &[1], &[2], &[4], &[1, 0, 0], &[2, 0, 0, 0, 1], &[1, 0, 0, 0, 0, 1]] {
        check_pem(&with_exponent(e), "credential/rsa-exponent");
    }
    for e in [&[3][..], &[5], &[1, 0, 1], &[1, 0xff, 0xff, 0xff, 0xff]] {
        accepted(&client(&with_exponent(e)));
    }
}

#[test]
fn the_text_has_4096_characters_at_most() {
    let pem = spki("rsa-4096");
    let padded = |length: usize| format!("{pem}{}", "\n".repeat(length - pem.len()));
    accepted(&client(&padded(4095)));
    accepted(&client(&padded(4096)));
    check_pem(&padded(4097), "credential/pem-too-long");
}

#[test]
fn each_use_has_its_algorithms() {
    let pem = spki("rsa-2048-a");
    let registered = |usage: Use, alg: Option<&str>| {
        register(&Registration { alg, ..Registration::new(usage, &pem, NOW) })
    };
    for alg in ["RS256", "RS384", "PS256"] {
        assert_eq!(registered(Use::Client, Some(alg)).unwrap().alg, alg);
        check(registered(Use::Api, Some(alg)), "credential/alg-unsupported");
    }
    for alg in ["RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"] {
        assert_eq!(registered(Use::Api, Some(alg)).unwrap().alg, alg);
        check(registered(Use::Client, Some(alg)), "credential/alg-unsupported");
    }
    assert_eq!(registered(Use::Client, None).unwrap().alg, "RS256");
    check(registered(Use::Api, None), "credential/alg-missing");
    for alg in ["RS512", "PS384", "PS512", "ES256", "EdDSA", "HS256", "none", "rs256", "RS256 ", ""]
    {
        check(registered(Use::Client, Some(alg)), "credential/alg-unsupported");
    }
    for alg in ["RSA-OAEP", "RSA1_5", "ECDH-ES", "dir", "rsa-oaep-256", ""] {
        check(registered(Use::Api, Some(alg)), "credential/alg-unsupported");
    }
}

#[test]
fn a_given_kid_has_its_form() {
    let pem = spki("rsa-2048-a");
    let named = |base: Registration<'_>, kid: &str| {
        register(&Registration { kid: Some(kid), ..base }).map(|c| (c.kid, c.is_kid_given))
    };
    for length in [10, 11, 63, 64] {
        let kid = "a-Z_0123456789".repeat(5)[..length].to_owned();
        assert_eq!(named(client(&pem), &kid), Ok((kid, true)));
    }
    for kid in ["", "123456789", &"1".repeat(65), "1234567890.", "123456789 ", "123456789\u{e9}"] {
        check(named(client(&pem), kid), "credential/kid-form");
    }
    for kid in ["1", "a \"b\"\u{1}", &"\u{e9}".repeat(127), &"\u{1f600}".repeat(128)] {
        assert_eq!(named(api(&pem), kid), Ok((kid.to_owned(), true)));
    }
    check(named(api(&pem), ""), "credential/kid-form");
    check(named(api(&pem), &"k".repeat(129)), "credential/kid-form");
}

#[test]
fn a_name_has_its_length() {
    let pem = spki("rsa-2048-a");
    let named =
        |base: Registration<'_>, name: &str| register(&Registration { name: Some(name), ..base });
    for length in [1, 127, 128] {
        assert!(named(client(&pem), &"\u{e9}".repeat(length)).is_ok());
        assert!(named(api(&pem), &"\u{e9}".repeat(length)).is_ok());
    }
    assert!(named(client(&pem), "").is_ok());
    check(named(api(&pem), ""), "credential/name-length");
    check(named(client(&pem), &"n".repeat(129)), "credential/name-length");
    check(named(api(&pem), &"n".repeat(129)), "credential/name-length");
}

#[test]
fn a_client_has_two_credentials_at_most() {
    let pem = spki("rsa-2048-a");
    let with =
        |base: Registration<'_>, existing: usize| register(&Registration { existing, ..base });
    assert!(with(client(&pem), 0).is_ok());
    assert!(with(client(&pem), 1).is_ok());
    check(with(client(&pem), 2), "credential/too-many");
    check(with(client(&pem), usize::MAX), "credential/too-many");
    // An API has one key, which the next one replaces.
    assert!(with(api(&pem), 2).is_ok());
}

#[test]
fn expiry_comes_from_the_request_or_the_certificate() {
    let (bare, certificate) = (spki("rsa-2048-a"), file("certificates/rsa-2048-a.pem"));
    let at = |pem: &str, expires_at: Option<i64>, parse: bool, now: i64| {
        let base = Registration::new(Use::Client, pem, now);
        register(&Registration { expires_at, parse_expiry_from_cert: parse, ..base })
            .map(|credential| credential.expires_at)
    };
    assert_eq!(at(&bare, Some(NOW + 1), false, NOW), Ok(Some(NOW + 1)));
    check(at(&bare, Some(NOW), false, NOW), "credential/expires-at-past");
    check(at(&bare, Some(NOW - 1), false, NOW), "credential/expires-at-past");
    assert_eq!(at(&certificate, Some(NOW + 1), false, NOW), Ok(Some(NOW + 1)));
    assert_eq!(at(&certificate, None, true, NOT_AFTER - 1), Ok(Some(NOT_AFTER)));
    check(at(&certificate, None, true, NOT_AFTER), "credential/expires-at-past");
    // An expired certificate still holds a key.
    assert_eq!(at(&certificate, None, false, NOT_AFTER + 1), Ok(None));
    check(at(&bare, None, true, NOW), "credential/expiry-no-certificate");
    check(at(&certificate, Some(NOW + 1), true, NOW), "credential/expiry-conflict");
    check(at(&bare, Some(NOW + 1), true, NOW), "credential/expiry-conflict");
    let api_key = |expires_at, parse_expiry_from_cert| {
        register(&Registration { expires_at, parse_expiry_from_cert, ..api(&certificate) })
    };
    check(api_key(Some(NOW + 1), false), "credential/expiry-unsupported");
    check(api_key(None, true), "credential/expiry-unsupported");
}

#[test]
fn a_credential_ends_with_its_last_second() {
    let pem = spki("rsa-2048-a");
    let credential = accepted(&Registration { expires_at: Some(NOW + 10), ..client(&pem) });
    assert!(!credential.is_expired(NOW + 9));
    assert!(credential.is_expired(NOW + 10) && credential.is_expired(NOW + 11));
    assert!(!accepted(&client(&pem)).is_expired(i64::MAX));
}

#[test]
fn an_expiry_is_iso_8601_with_a_zone() {
    for (text, want) in [
        ("1970-01-01T00:00:00Z", 0),
        ("2020-08-20T19:10:06.299Z", 1_597_950_606),
        ("2020-08-20T19:10:06Z", 1_597_950_606),
        ("2020-08-20T21:10:06.999999999+02:00", 1_597_950_606),
        ("2020-08-20T14:40:06-04:30", 1_597_950_606),
        ("2020-02-29T00:00:00+00:00", 1_582_934_400),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
    ] {
        assert_eq!(parse_expiry(text), Ok(want), "{text}");
    }
    for text in [
        "",
        "1597950606",
        "2020-08-20",
        "2020-08-20T19:10:06",
        "2020-08-20T19:10:06.299",
        "2020-08-20 19:10:06Z",
        "2020-08-20t19:10:06z",
        "2020-08-20T19:10Z",
        "2020-08-20T19:10:06.Z",
        "2020-08-20T19:10:06,299Z",
        "2020-08-20T19:10:06+0200",
        "2020-08-20T19:10:06+24:00",
        "2020-08-20T19:10:06+02:60",
        "2020-08-20T19:10:06+2:00",
        "2020-08-20T19:10:06++2:00",
        "2021-02-29T00:00:00Z",
        "2020-13-01T00:00:00Z",
        "2020-08-20T24:00:00Z",
        "2016-12-31T23:59:60Z",
        "1970-01-01T00:00:00+00:01",
        "1969-12-31T23:59:59Z",
        "20200-8-20T19:10:06Z",
        "2020-08-20T19:10:06Z ",
        " 2020-08-20T19:10:06Z",
        "2020-08-20T19:10:06\u{e9}",
    ] {
        check(parse_expiry(text), "credential/expires-at-format");
    }
    assert_eq!(print_expiry(1_597_950_606).as_deref(), Some("2020-08-20T19:10:06Z"));
    assert_eq!((print_expiry(-1), print_expiry(i64::MAX)), (None, None));
}

#[test]
fn the_request_is_checked_before_the_text() {
    let wrong = Registration {
        existing: 2,
        name: Some(""),
        alg: Some("x"),
        kid: Some(""),
        expires_at: Some(0),
        parse_expiry_from_cert: true,
        ..Registration::new(Use::Client, "no PEM", NOW)
    };
    check(register(&wrong), "credential/too-many");
    let wrong = Registration { existing: 1, ..wrong };
    check(register(&wrong), "credential/alg-unsupported");
    let wrong = Registration { alg: None, ..wrong };
    check(register(&wrong), "credential/kid-form");
    let wrong = Registration { kid: None, ..wrong };
    check(register(&wrong), "credential/expiry-conflict");
    let wrong = Registration { parse_expiry_from_cert: false, ..wrong };
    check(register(&wrong), "credential/pem-malformed");
    let pem = spki("rsa-2048-a");
    check(register(&Registration { pem: &pem, ..wrong }), "credential/expires-at-past");
}

proptest! {
    #![proptest_config(Config {
        cases: 256, rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..Config::default()
    })]

    #[test]
    fn no_text_and_no_octets_make_it_panic(
        text in "(-----(BEGIN|END) )?(PUBLIC KEY|RSA PUBLIC KEY|CERTIFICATE)?(-----)?\n?\\PC{0,40}",
        der in prop::collection::vec(any::<u8>(), 0..60),
        label in prop::sample::select(vec!["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"]),
    ) {
        prop_assert!(register(&client(&text)).is_err());
        prop_assert!(register(&client(&armour(label, &der))).is_err());
        let _ = parse_expiry(&text);
    }

    #[test]
    fn one_octet_changed_never_panics(
        index in any::<prop::sample::Index>(),
        octet in any::<u8>(),
    ) {
        let pem = file("certificates/rsa-2048-a.pem");
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let mut der = BASE64.decode(body.as_bytes()).unwrap();
        let at = index.index(der.len());
        der[at] = octet;
        let parsed = Registration { parse_expiry_from_cert: true, ..client("") };
        let pem = armour("CERTIFICATE", &der);
        let _ = register(&Registration { pem: &pem, ..parsed });
    }

    #[test]
    fn printing_an_expiry_undoes_parsing(time in 0_i64..253_402_300_800) {
        prop_assert_eq!(parse_expiry(&print_expiry(time).unwrap()), Ok(time));
    }
}

/// A public test key with some members set.
fn jwk_with(name: &str, half: &str, more: &serde_json::Value) -> String {
    let mut jwk: serde_json::Value = serde_json::from_str(&key_text(name, half)).unwrap();
    for (member, value) in more.as_object().unwrap() {
        jwk[member] = value.clone();
    }
    jwk.to_string()
}

#[test]
fn a_jwk_registers_like_the_pem_of_the_same_key() {
    let from_pem = accepted(&client(&spki("rsa-2048-a")));
    let text = jwk_with("rsa-2048-a", "public", &json!({"kid": "1", "use": "sig", "more": [1]}));
    let credential = register_jwk(&text, None, 1).unwrap();
    assert_eq!((credential.kid.as_str(), credential.is_kid_given), ("1", true));
    assert_eq!((credential.alg, credential.expires_at), ("RS256", None));
    assert_eq!(credential.key.members().to_text(), from_pem.key.members().to_text());
    assert_eq!((credential.thumbprint_sha256, credential.subject_dn), (None, None));
    let (n, e) = integers("rsa-2048-a");
    let bare = json!({"kty": "RSA", "n": base64url::encode(&n), "e": base64url::encode(&e)});
    let credential = register_jwk(&bare.to_string(), Some("PS256"), 0).unwrap();
    assert_eq!((credential.kid, credential.is_kid_given), (from_pem.kid, false));
    assert_eq!(credential.alg, "PS256");
}

#[test]
fn a_jwk_with_a_certificate_has_its_thumbprint() {
    let pem = file("certificates/rsa-2048-a.pem");
    let der: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    let text = jwk_with("rsa-2048-a", "public", &json!({"x5c": [der]}));
    let (from_jwk, from_pem) = (register_jwk(&text, None, 0).unwrap(), accepted(&client(&pem)));
    assert_eq!(from_jwk.thumbprint_sha256, from_pem.thumbprint_sha256);
    assert_eq!(from_jwk.subject_dn, from_pem.subject_dn);
    let other = jwk_with("rsa-2048-b", "public", &json!({"x5c": [der]}));
    check(register_jwk(&other, None, 0), "credential/jwk-malformed");
}

#[test]
fn each_defect_of_a_jwk_has_its_code() {
    let long = "k".repeat(129);
    for (name, more, code) in [
        ("rsa-2047", json!({}), "credential/rsa-too-small"),
        ("rsa-1024", json!({}), "credential/rsa-too-small"),
        ("rsa-4097", json!({}), "credential/rsa-too-large"),
        ("rsa-2048-a", json!({"e": "AQ"}), "credential/rsa-exponent"),
        ("rsa-2048-a", json!({"e": "AAEAAQ"}), "credential/jwk-malformed"),
        ("rsa-2048-a", json!({"e": "AQAB="}), "credential/jwk-malformed"),
        ("rsa-2048-a", json!({"n": 3}), "credential/jwk-malformed"),
        ("rsa-2048-a", json!({"kid": 1}), "credential/jwk-malformed"),
        ("rsa-2048-a", json!({"key_ops": "verify"}), "credential/jwk-malformed"),
        ("rsa-2048-a", json!({"kty": "EC"}), "credential/key-type"),
        ("ec-p256-a", json!({}), "credential/key-type"),
        ("rsa-2048-a", json!({"kty": 1}), "credential/jwk-malformed"),
        ("rsa-2048-a", json!({"d": "AQ"}), "credential/jwk-private"),
        ("rsa-2048-a", json!({"k": null}), "credential/jwk-private"),
        ("rsa-2048-a", json!({"use": "enc"}), "credential/jwk-use"),
        ("rsa-2048-a", json!({"key_ops": ["sign"]}), "credential/jwk-use"),
        ("rsa-2048-a", json!({"alg": "RS512"}), "credential/alg-unsupported"),
        ("rsa-2048-a", json!({"alg": "RSA-OAEP-256"}), "credential/alg-unsupported"),
        ("rsa-2048-a", json!({"kid": ""}), "credential/kid-form"),
        ("rsa-2048-a", json!({"kid": long}), "credential/kid-form"),
    ] {
        check(register_jwk(&jwk_with(name, "public", &more), None, 0), code);
    }
    for name in ["rsa-2048-a", "ec-p256-a", "ed25519-a", "oct-256-a"] {
        check(register_jwk(&key_text(name, "private"), None, 0), "credential/jwk-private");
    }
    for text in ["", "[]", "{}", r#"{"kty":"RSA","kty":"RSA"}"#] {
        check(register_jwk(text, None, 0), "credential/jwk-malformed");
    }
    let (text, own) = (
        key_text("rsa-2048-a", "public"),
        jwk_with("rsa-2048-a", "public", &json!({"alg": "RS384"})),
    );
    check(register_jwk(&text, None, 2), "credential/too-many");
    check(register_jwk(&text, Some("HS256"), 0), "credential/alg-unsupported");
    check(register_jwk(&own, Some("RS256"), 0), "credential/alg-unsupported");
    assert_eq!(register_jwk(&own, None, 0).unwrap().alg, "RS384");
    let verify = jwk_with("rsa-2048-a", "public", &json!({"key_ops": ["verify"]}));
    assert!(register_jwk(&verify, Some("RS256"), 0).is_ok());
}
