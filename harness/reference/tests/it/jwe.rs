//! Codes of JWE: form, header, policy, key, and what a decryption gives away.

use algorithms::{CONTENT_ENCRYPTION, KEY_MANAGEMENT, base64url, deflate};
use reference::jwe::{self, Content, To, intermediate};
use reference::{Jwk, JwkSet, Policy, Serialization};

use crate::support::{
    check, header, join, keys_for, open_policy, parts, private, public, rng, with_header,
};

/// `dir`, A128GCM: an IV of 12, a ciphertext of 1 and a tag of 16 octets of zeros.
const REST: &str = ".AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA";

fn open(token: &str, key: &Jwk) -> Result<jwe::Opened, rejection::Rejection> {
    jwe::open(token, key, &Policy::default(), &mut rng())
}

#[track_caller]
fn check_header(header: &str, code: &str) {
    check(open(&with_header(header, REST), &private("oct-128-a")), code);
}

#[test]
fn every_pair_of_alg_and_enc_goes_round() {
    let policy = open_policy();
    for alg in KEY_MANAGEMENT {
        for enc in CONTENT_ENCRYPTION {
            let (to, own) = keys_for(alg.name, enc.name, "ec-p256-a");
            let header = header(alg.name, enc.name);
            let token = jwe::seal(b"text", &header, &to, &policy, &mut rng()).unwrap();
            let opened = jwe::open(&token, &own, &policy, &mut rng()).unwrap();
            assert_eq!(opened.plaintext.as_slice(), b"text", "{header}");
        }
    }
}

#[test]
fn key_agreement_works_on_every_curve_and_with_leading_zeros() {
    let curves =
        ["ec-p384-a", "ec-p521-a", "x25519-a", "ec-p256-z00-a", "ec-p521-z00-a", "ec-p256-b"];
    for curve in curves {
        for alg in ["ECDH-ES", "ECDH-ES+A192KW"] {
            let (to, own) = keys_for(alg, "A256CBC-HS512", curve);
            let header =
                format!(r#"{{"alg":"{alg}","enc":"A256CBC-HS512","apu":"QQ","apv":"Qg"}}"#);
            let token = jwe::seal(b"", &header, &to, &Policy::default(), &mut rng()).unwrap();
            assert!(open(&token, &own).unwrap().plaintext.is_empty(), "{curve} {alg}");
        }
    }
}

#[test]
fn parts_are_five_and_strict() {
    let key = private("oct-128-a");
    let token =
        jwe::seal(b"x", &header("dir", "A128GCM"), &key, &Policy::default(), &mut rng()).unwrap();
    for wrong in ["", "a", "a.b.c", &format!("{token}."), &".".repeat(1_000_000)] {
        check(open(wrong, &key), "parse/part-count");
    }
    check(open(&format!(".{}", token.split_once('.').unwrap().1), &key), "parse/empty-part");
    for wrong in
        [format!(" {token}"), format!("{token}\n"), format!("{token}="), token.replace('.', ".+")]
    {
        check(open(&wrong, &key), "parse/base64url");
    }
    check(open(&"A".repeat((1 << 20) + 1), &key), "parse/too-large");
}

#[test]
fn headers_are_strict_json() {
    for (header, code) in [
        ("[]", "parse/not-an-object"),
        ("{\"alg\":\"dir\"} x", "parse/json"),
        ("{\"alg\":\"dir\",\"al\\u0067\":\"dir\"}", "parse/duplicate-member"),
        ("\u{feff}{}", "parse/utf8"),
        (&format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40)), "parse/too-deep"),
        ("{}", "header/alg-missing"),
        (r#"{"alg":1,"enc":"A128GCM"}"#, "header/alg-type"),
        (r#"{"alg":"","enc":"A128GCM"}"#, "header/alg-unknown"),
        (r#"{"alg":"DIR","enc":"A128GCM"}"#, "header/alg-unknown"),
        (r#"{"alg":"A128GCM","enc":"dir"}"#, "header/alg-unknown"),
        (r#"{"alg":"RS256","enc":"A128GCM"}"#, "header/kind"),
        (r#"{"alg":"none"}"#, "header/kind"),
        (r#"{"alg":"dir"}"#, "header/enc-missing"),
        (r#"{"alg":"dir","enc":null}"#, "header/enc-type"),
        (r#"{"alg":"dir","enc":"a128gcm"}"#, "header/enc-unknown"),
    ] {
        check_header(header, code);
    }
}

#[test]
fn crit_and_zip_and_types_are_checked() {
    for (member, code) in [
        (r#""crit":[]"#, "header/crit-malformed"),
        (r#""crit":"x","x":1"#, "header/crit-malformed"),
        (r#""crit":[1]"#, "header/crit-malformed"),
        (r#""crit":["x"]"#, "header/crit-malformed"),
        (r#""crit":["alg"]"#, "header/crit-malformed"),
        (r#""crit":["x","x"],"x":1"#, "header/crit-malformed"),
        (r#""crit":["x"],"x":1"#, "header/crit-unknown"),
        (r#""crit":["b64"],"b64":true"#, "header/crit-unknown"),
        (r#""zip":"def""#, "header/zip-unknown"),
        (r#""zip":true"#, "header/zip-unknown"),
        (r#""kid":7"#, "header/member-type"),
        (r#""typ":[]"#, "header/member-type"),
        (r#""cty":{}"#, "header/member-type"),
        (r#""x5c":[]"#, "header/member-type"),
        (r#""x5c":["-_-_"]"#, "header/member-type"),
        (r#""jwk":"x""#, "header/member-type"),
        (r#""jwk":{"kty":"oct","k":"AA"}"#, "header/jwk-private"),
        (r#""jwk":{"kty":"EC","d":"AA"}"#, "header/jwk-private"),
        (r#""unknown":{"a":[1]},"iss":"x""#, "decrypt/failed"),
    ] {
        check_header(&format!(r#"{{"alg":"dir","enc":"A128GCM",{member}}}"#), code);
    }
}

#[test]
fn parameters_of_algorithms_are_checked() {
    for (header, code) in [
        (r#""alg":"ECDH-ES""#, "header/epk-missing"),
        (r#""alg":"ECDH-ES","epk":null"#, "header/epk-invalid"),
        (r#""alg":"ECDH-ES","epk":{"kty":"oct","k":"AA"}"#, "header/epk-invalid"),
        (
            r#""alg":"ECDH-ES","epk":{"kty":"EC","crv":"P-256","x":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","y":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#,
            "header/epk-invalid",
        ),
        (r#""alg":"ECDH-ES","apu":7"#, "header/apu-invalid"),
        (r#""alg":"ECDH-ES","apv":"Zg==""#, "header/apv-invalid"),
        (r#""alg":"A128GCMKW""#, "header/iv-invalid"),
        (r#""alg":"A128GCMKW","iv":"AAAAAAAAAAAAAAAA","tag":"AA""#, "header/tag-invalid"),
        (r#""alg":"PBES2-HS256+A128KW","p2c":1000"#, "header/p2s-invalid"),
        (r#""alg":"PBES2-HS256+A128KW","p2c":1000,"p2s":"AAAAAAAAAA""#, "header/p2s-invalid"),
    ] {
        check_header(&format!(r#"{{{header},"enc":"A128GCM"}}"#), code);
    }
    for p2c in ["0", "-1", "1.5", "1e3", "\"4096\"", "null"] {
        let header = format!(
            r#"{{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AAAAAAAAAAA","p2c":{p2c}}}"#
        );
        check_header(&header, "header/p2c-invalid");
    }
}

#[test]
fn p2c_is_bounded_before_it_is_computed() {
    for p2c in ["1200001", "4294967296", "99999999999999999999999"] {
        let header = format!(
            r#"{{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AAAAAAAAAAA","p2c":{p2c}}}"#
        );
        let token = with_header(&header, &format!("AAAA{REST}"));
        check(open(&token, &private("password-ascii")), "policy/p2c-too-large");
    }
}

#[test]
fn recipients_share_the_bound_on_iterations() {
    let recipient = r#"{"header":{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2s":"AAAAAAAAAAA","p2c":400001},"encrypted_key":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}"#;
    let token = format!(
        r#"{{"recipients":[{recipient},{recipient},{recipient}],"iv":"AAAAAAAAAAAAAAAA","ciphertext":"AA","tag":"AAAAAAAAAAAAAAAAAAAAAA"}}"#
    );
    check(open(&token, &private("password-ascii")), "policy/p2c-too-large");
    let few = token.replace("400001", "1000");
    check(open(&few, &private("password-ascii")), "decrypt/failed");
}

/// Does nothing but say no, so that its use shows.
struct Refusing;

impl algorithms::Provider for Refusing {
    fn gcm_open(
        &self,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[u8],
    ) -> Result<Vec<u8>, algorithms::CryptoError> {
        Err(algorithms::CryptoError)
    }
}

#[test]
fn the_policy_names_who_computes() {
    let key = private("oct-128-a");
    let header = header("dir", "A128GCM");
    let token = jwe::seal(b"x", &header, &key, &Policy::default(), &mut rng()).unwrap();
    let policy = Policy { provider: &Refusing, ..Policy::default() };
    check(jwe::open(&token, &key, &policy, &mut rng()), "decrypt/failed");
}

#[test]
fn lengths_are_exact() {
    let key = private("oct-128-a");
    let header = header("dir", "A128GCM");
    for (rest, code) in [
        (".AAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA", "parse/iv-length"),
        (".AAAAAAAAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA", "parse/iv-length"),
        (".AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAA", "parse/tag-length"),
        (".AAAAAAAAAAAAAAAA.AA.", "parse/tag-length"),
        ("AA.AAAAAAAAAAAAAAAA.AA.AAAAAAAAAAAAAAAAAAAAAA", "parse/encrypted-key-present"),
    ] {
        check(open(&with_header(&header, rest), &key), code);
    }
    let token = with_header(r#"{"alg":"A128KW","enc":"A128GCM"}"#, REST);
    check(open(&token, &key), "parse/encrypted-key-missing");
}

#[test]
fn the_policy_is_asked_before_the_key() {
    let token = with_header(&header("RSA1_5", "A128GCM"), &format!("AAAA{REST}"));
    check(open(&token, &private("oct-128-a")), "policy/alg-not-allowed");
    let token = with_header(&header("dir", "A128GCM"), REST);
    let policy = Policy::default().pin_content_encryption(["A256GCM"]);
    let key = private("rsa-2048-a");
    check(jwe::open(&token, &key, &policy, &mut rng()), "policy/enc-not-allowed");
    check(open(&token, &key), "key/type");
}

#[test]
fn a_wrong_key_length_is_the_keys_fault() {
    let token = with_header(&header("dir", "A128GCM"), REST);
    check(open(&token, &private("oct-256-a")), "key/length");
    let token = with_header(&header("A256KW", "A128GCM"), &format!("AAAA{REST}"));
    check(open(&token, &private("oct-128-a")), "key/length");
    let token = with_header(&header("RSA-OAEP-256", "A128GCM"), &format!("AAAA{REST}"));
    check(open(&token, &private("rsa-2047")), "key/too-small");
    check(open(&token, &public("rsa-2048-a")), "key/private-missing");
}

#[test]
fn a_wrong_cek_length_fails_like_everything_else() {
    let policy = open_policy();
    let key = private("rsa-2048-a");
    for octets in [0, 8, 15, 17, 32, 64] {
        let own = algorithms::rsa::PublicKey::from_components(
            &base64url::decode(key.members().text("n").unwrap()).unwrap(),
            &[1, 0, 1],
        )
        .unwrap();
        let hash = algorithms::Hash::Sha256;
        let cek = vec![1; octets];
        let oaep = algorithms::rsa::oaep_encrypt(&own, &mut rng(), hash, hash, b"", &cek).unwrap();
        let pkcs1 = algorithms::rsa::pkcs1v15_encrypt(&own, &mut rng(), &cek).unwrap();
        for (alg, encrypted_key) in [("RSA-OAEP-256", &oaep), ("RSA1_5", &pkcs1)] {
            let rest = format!("{}{REST}", base64url::encode(encrypted_key));
            let token = with_header(&header(alg, "A128GCM"), &rest);
            check(jwe::open(&token, &key, &policy, &mut rng()), "decrypt/failed");
        }
    }
    // Not even the length of the modulus is told apart.
    for encrypted_key in ["AA", &base64url::encode(&[0xff; 256]), &base64url::encode(&[0; 257])] {
        let token =
            with_header(&header("RSA-OAEP-256", "A128GCM"), &format!("{encrypted_key}{REST}"));
        check(open(&token, &key), "decrypt/failed");
    }
}

#[test]
fn a_point_of_small_order_is_refused() {
    let header = format!(
        r#"{{"alg":"ECDH-ES","enc":"A128GCM","epk":{{"kty":"OKP","crv":"X25519","x":"{}"}}}}"#,
        base64url::encode(&[0; 32])
    );
    let token = with_header(&header, REST);
    check(open(&token, &private("x25519-a")), "header/epk-invalid");
    check(open(&token, &private("ec-p256-a")), "header/epk-invalid");
    check(open(&token, &private("ed25519-a")), "key/curve");
}

#[test]
fn compression_is_bounded_complete_and_protected() {
    let key = private("oct-256-a");
    let header = r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#;
    let seal = |plaintext: &[u8]| {
        jwe::seal(plaintext, header, &key, &Policy::default(), &mut rng()).unwrap()
    };
    assert_eq!(open(&seal(&[b'a'; 250_000]), &key).unwrap().plaintext.len(), 250_000);
    check(open(&seal(&[b'a'; 250_001]), &key), "policy/inflated-too-large");
    // The octets of a compressed text under a tag that holds, but with one octet more or less.
    let compressed = deflate::compress(b"text");
    let longer = [&compressed[..], &[0]].concat();
    for octets in [&compressed[..compressed.len() - 1], &longer] {
        let aad = base64url::encode(header.as_bytes());
        let cek = base64url::decode(key.members().text("k").unwrap()).unwrap();
        let (ciphertext, tag) =
            algorithms::gcm::seal(&cek, &[1; 12], aad.as_bytes(), octets).unwrap();
        let token = join(&[header.as_bytes().to_vec(), Vec::new(), vec![1; 12], ciphertext, tag]);
        check(open(&token, &key), "decrypt/inflate");
    }
}

#[test]
fn json_serializations_carry_aad_and_several_recipients() {
    let policy = Policy::default();
    let (rsa, kw) = (public("rsa-2048-a"), private("oct-128-a"));
    let content = Content {
        plaintext: b"text",
        protected: r#"{"enc":"A128GCM"}"#,
        unprotected: Some(r#"{"jku":"https://example.com/k"}"#),
        aad: Some(b"more"),
    };
    let to = [
        To { header: Some(r#"{"alg":"RSA-OAEP","kid":"1"}"#), keys: (&rsa).into() },
        To { header: Some(r#"{"alg":"A128GCMKW"}"#), keys: (&kw).into() },
    ];
    let token = jwe::seal_as(Serialization::General, &content, &to, &policy, &mut rng()).unwrap();
    let opened = open(&token, &kw).unwrap();
    assert_eq!((opened.plaintext.as_slice(), opened.recipient), (&b"text"[..], 1));
    assert_eq!(open(&token, &private("rsa-2048-a")).unwrap().recipient, 0);
    check(open(&token, &private("oct-128-b")), "decrypt/failed");
    check(open(&token.replace("bW9yZQ", "bW9yZg"), &kw), "decrypt/failed");
    for form in [Serialization::Compact, Serialization::Flattened] {
        check(jwe::seal_as(form, &content, &to, &policy, &mut rng()), "parse/serialization");
    }
}

#[test]
fn members_of_json_serializations_are_checked() {
    let key = private("oct-128-a");
    let protected = base64url::encode(br#"{"alg":"dir","enc":"A128GCM"}"#);
    let rest = r#""iv":"AAAAAAAAAAAAAAAA","ciphertext":"AA","tag":"AAAAAAAAAAAAAAAAAAAAAA""#;
    let whole = |more: &str| format!("{{\"protected\":\"{protected}\",{rest}{more}}}");
    for (token, code) in [
        (whole(""), "decrypt/failed"),
        (whole(r#","x":1"#), "decrypt/failed"),
        (whole(r#","recipients":[{}]"#), "decrypt/failed"),
        (whole(r#","recipients":[{},{}]"#), "parse/serialization"),
        (whole(r#","recipients":[]"#), "parse/serialization"),
        (whole(r#","recipients":{}"#), "parse/serialization"),
        (whole(r#","recipients":[{}],"encrypted_key":"AA""#), "parse/serialization"),
        (whole(r#","encrypted_key":"""#), "parse/empty-part"),
        (whole(r#","header":{}"#), "parse/empty-part"),
        (whole(r#","header":"x""#), "parse/serialization"),
        (whole(r#","header":{"alg":"dir"}"#), "header/overlap"),
        (whole(r#","unprotected":{"enc":"A256GCM"}"#), "header/overlap"),
        (whole(r#","unprotected":{"zip":"DEF"}"#), "header/zip-unprotected"),
        (whole(r#","header":{"crit":["x"],"x":1}"#), "header/crit-unprotected"),
        (whole(r#","aad":"""#), "parse/empty-part"),
        (whole(r#","payload":"AA""#), "parse/serialization"),
        (r#"{"payload":"AA","signature":"AA"}"#.to_owned(), "header/kind"),
        (format!(r#"{{"protected":"e30",{rest}}}"#), "parse/empty-part"),
        (format!(r#"{{"protected":"",{rest}}}"#), "parse/empty-part"),
        (format!(r#"{{"protected":"{protected}"}}"#), "parse/serialization"),
        (
            format!(
                r#"{{"recipients":[{{"header":{{"alg":"dir","enc":"A128GCM"}}}},{{"header":{{"alg":"dir","enc":"A256GCM"}}}}],{rest}}}"#
            ),
            "header/enc-mismatch",
        ),
        (
            whole(&format!(r#","recipients":[{}]"#, vec!["{}"; 33].join(","))),
            "policy/too-many-recipients",
        ),
    ] {
        check(open(&token, &key), code);
    }
}

#[test]
fn sealing_refuses_what_opening_would() {
    let key = private("oct-128-a");
    let seal =
        |header: &str, key: &Jwk| jwe::seal(b"", header, key, &Policy::default(), &mut rng());
    for (header, code) in [
        ("{}", "header/alg-missing"),
        (r#"{"alg":"RSA1_5","enc":"A128GCM"}"#, "policy/alg-not-allowed"),
        (r#"{"alg":"A128GCMKW","enc":"A128GCM","iv":"AA"}"#, "header/overlap"),
        (r#"{"alg":"A128KW","enc":"A128GCM","zip":"x"}"#, "header/zip-unknown"),
        (r#"{"alg":"A192KW","enc":"A128GCM"}"#, "key/length"),
        (r#"{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":999}"#, "policy/p2c-too-small"),
        (r#"{"alg":"PBES2-HS256+A128KW","enc":"A128GCM","p2c":2000000}"#, "policy/p2c-too-large"),
    ] {
        check(seal(header, &key), code);
    }
    check(seal(&header("RSA-OAEP", "A128GCM"), &public("rsa-2040")), "key/too-small");
}

#[test]
fn a_set_is_searched_by_kid_and_then_by_fit() {
    let policy = Policy::default();
    let (a, b) = (private("oct-128-a"), private("oct-128-b"));
    let set = JwkSet::of(vec![a.clone(), private("rsa-2048-a"), b.clone()]);
    let header = |kid: &str| format!(r#"{{"alg":"A128KW","enc":"A128GCM"{kid}}}"#);
    let open = |token: &str| jwe::open(token, &set, &policy, &mut rng());
    let plain = jwe::seal(b"x", &header(""), &b, &policy, &mut rng()).unwrap();
    assert!(open(&plain).is_ok());
    let kid = r#","kid":"public-test-key-oct-128-b""#;
    assert!(open(&jwe::seal(b"x", &header(kid), &b, &policy, &mut rng()).unwrap()).is_ok());
    let token = jwe::seal(b"x", &header(kid), &a, &policy, &mut rng()).unwrap();
    check(open(&token), "decrypt/failed");
    let kid = r#","kid":"public-test-key-OCT-128-b""#;
    check(open(&jwe::seal(b"x", &header(kid), &b, &policy, &mut rng()).unwrap()), "key/not-found");
    let kid = r#","kid":"public-test-key-rsa-2048-a""#;
    check(open(&jwe::seal(b"x", &header(kid), &b, &policy, &mut rng()).unwrap()), "key/type");
    check(jwe::seal(b"x", &header(""), &set, &policy, &mut rng()), "key/ambiguous");
}

#[test]
fn intermediate_values_are_those_of_the_token() {
    let policy = Policy::default();
    let key = private("ec-p256-a");
    let header = header("ECDH-ES+A128KW", "A128CBC-HS256");
    let token = jwe::seal(b"x", &header, &key, &policy, &mut rng()).unwrap();
    let parsed = jwe::Jwe::parse(&token, &policy).unwrap();
    let values = intermediate::of(&parsed, 0, &key, &policy).unwrap();
    assert_eq!(values.aad, token.split('.').next().unwrap().as_bytes());
    assert_eq!(values.derived_key.unwrap().len(), 16);
    assert_eq!(values.mac.unwrap()[..16], parts(&token)[4]);
    let halves = [values.mac_key.unwrap(), values.enc_key.unwrap()].concat();
    assert_eq!(halves, values.cek);
    check(intermediate::of(&parsed, 0, &private("ec-p256-b"), &policy), "decrypt/failed");
}
