//! Tokens that the forge makes stand for those of a target: RFC 7516 §5.1, RFC 7518.

use std::path::Path;

use algorithms::base64url;
use serde_json::{Value, json};
use suite::Keys;
use suite::produce::Produce;
use suite::recipe::{Jwe, Jws};

use super::{Found, Produced};
use crate::entropy::Entropy;
use crate::make::{Want, produce};
use crate::{jwe, jws};

const CONTENT: &str = "the same in all of them";

fn keys() -> Keys {
    Keys::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/keys")).unwrap()
}

fn produced(recipe: Value) -> Produced {
    let mut recipe: Produce = serde_json::from_value(recipe).unwrap();
    recipe.content = Some(suite::Octets::Text(CONTENT.to_owned()));
    let made = produce::produce(&keys(), &recipe, None, &Entropy::new("", 0)).unwrap();
    match made.want {
        Want::Produced(produced) => *produced,
        other => unreachable!("{other:?}"),
    }
}

/// Tokens as the forge makes them: other code than the checks that open them.
fn tokens(recipe: &Value, count: usize) -> Vec<String> {
    let recipe: Jwe = serde_json::from_value(recipe.clone()).unwrap();
    let make = |index| {
        let entropy = Entropy::new(&format!("token {index}"), 0);
        let parts = jwe::build(&recipe, &keys(), CONTENT.as_bytes(), None, &entropy).unwrap();
        parts.to_token().unwrap()
    };
    (0..count).map(make).collect()
}

#[track_caller]
fn holds(recipe: &Value, checks: &[&str], tokens: &[String]) {
    for check in checks {
        let found = find(recipe, check, tokens);
        assert_eq!(found, Found::Holds, "{check}");
    }
}

#[track_caller]
fn wrong(recipe: &Value, check: &str, tokens: &[String], text: &str) {
    match find(recipe, check, tokens) {
        Found::Wrong(have) => assert!(have.contains(text), "{have}"),
        other => panic!("{check}: {other:?}"),
    }
}

fn find(recipe: &Value, check: &str, tokens: &[String]) -> Found {
    let mut recipe = recipe.clone();
    recipe["check"] = check.into();
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    produced(recipe).find(&tokens)
}

const EVERY: [&str; 7] =
    ["opens", "form", "header", "header-only", "iv-length", "tag-length", "encrypted-key"];

#[test]
fn what_is_right_holds_with_every_algorithm() {
    for row in algorithms::KEY_MANAGEMENT {
        for enc in ["A192GCM", "A256CBC-HS512"] {
            let recipe = json!({"alg": row.name, "enc": enc});
            let tokens = tokens(&recipe, 2);
            holds(&recipe, &EVERY, &tokens);
            holds(&recipe, &["iv-fresh", "cek"], &tokens);
        }
    }
    for curve in ["P-256", "P-384", "P-521", "X25519"] {
        let recipe = json!({"alg": "ECDH-ES+A128KW", "enc": "A128GCM", "curve": curve});
        let tokens = tokens(&recipe, 3);
        holds(&recipe, &["opens", "epk", "epk-private", "epk-fresh", "cek-fresh"], &tokens);
    }
    let recipe = json!({"alg": "PBES2-HS256+A128KW", "enc": "A128GCM"});
    holds(&recipe, &["p2s", "p2s-fresh", "p2c"], &tokens(&recipe, 2));
    let recipe = json!({"alg": "A128GCMKW", "enc": "A128GCM"});
    holds(&recipe, &["key-wrap-iv", "key-wrap-iv-fresh"], &tokens(&recipe, 2));
}

#[test]
fn what_repeats_is_found() {
    let recipe = json!({"alg": "A256KW", "enc": "A256GCM"});
    let one = tokens(&recipe, 1).remove(0);
    let twice = [one.clone(), one];
    wrong(&recipe, "iv-fresh", &twice, "token 2 of 2: its IV stands in a token before it too");
    wrong(&recipe, "cek-fresh", &twice, "its CEK stands");
    for (alg, check) in [
        ("ECDH-ES", "epk-fresh"),
        ("PBES2-HS256+A128KW", "p2s-fresh"),
        ("A256GCMKW", "key-wrap-iv-fresh"),
    ] {
        let recipe = json!({"alg": alg, "enc": "A256GCM"});
        let one = tokens(&recipe, 1).remove(0);
        wrong(&recipe, check, &[one.clone(), one], "stands in a token before it too");
    }
}

#[test]
fn what_is_of_another_length_or_a_pattern_is_found() {
    let recipe = json!({"alg": "dir", "enc": "A256GCM"});
    let changed = |at: usize, octets: &[u8]| {
        let one = tokens(&recipe, 1).remove(0);
        let mut parts: Vec<&str> = one.split('.').collect();
        let part = base64url::encode(octets);
        parts[at] = &part;
        [parts.join(".")]
    };
    wrong(&recipe, "encrypted-key", &changed(1, &[1]), "has 1 octets instead of 0");
    wrong(&recipe, "iv-length", &changed(2, &[1; 16]), "has 16 octets instead of 12");
    wrong(&recipe, "tag-length", &changed(4, &[1; 12]), "has 12 octets instead of 16");
    wrong(&recipe, "opens", &changed(3, b"another"), "its tag does not hold");
    // A key of zeros, as a producer had it.
    let zeros = json!({"alg": "dir", "enc": "A256GCM"});
    let mut produced = produced(json!({"alg": "dir", "enc": "A256GCM", "check": "cek"}));
    let jwk = format!(r#"{{"kty":"oct","k":"{}"}}"#, base64url::encode(&[0; 32]));
    produced.lock.as_mut().unwrap().jwk = jwk;
    let one = tokens(&zeros, 1).remove(0);
    let found = produced.find(&[&one]);
    assert!(
        matches!(&found, Found::Wrong(text) if text.contains("1 different octets")),
        "{found:?}"
    );
}

#[test]
fn a_key_that_is_random_in_part_is_found() {
    // With `dir` all tokens have one key, which is what a CEK must not be.
    let recipe = json!({"alg": "dir", "enc": "A256GCM"});
    wrong(&recipe, "cek", &tokens(&recipe, 8), "32 octets of the CEK are the same in all tokens");
    holds(&recipe, &["cek"], &tokens(&recipe, 1));
    let wrapped = json!({"alg": "A128KW", "enc": "A256GCM"});
    holds(&wrapped, &["cek"], &tokens(&wrapped, 8));
}

#[test]
fn headers_and_forms_are_looked_at() {
    let recipe = json!({"alg": "dir", "enc": "A256GCM"});
    let one = tokens(&recipe, 1).remove(0);
    let padded = [one.replacen('.', "=.", 1)];
    wrong(&recipe, "form", &padded, "protected header");
    assert!(matches!(find(&recipe, "opens", &padded), Found::Unproven(_)));
    wrong(&recipe, "form", &[format!("{one}.")], "it has 6 parts");
    let asked = json!({"alg": "dir", "enc": "A256GCM", "header": {"cty": "JWT"}});
    wrong(&asked, "header", &[one], "the header has no `cty`");
    let more = json!({"alg": "dir", "enc": "A256GCM", "header": {"kid": "own"}});
    wrong(&recipe, "header-only", &tokens(&more, 1), "nobody asked for `kid`");
    let low = json!({"alg": "PBES2-HS256+A128KW", "enc": "A128GCM", "p2c": 100});
    let pbes2 = json!({"alg": "PBES2-HS256+A128KW", "enc": "A128GCM"});
    wrong(&pbes2, "p2c", &tokens(&low, 1), "its `p2c` is 100");
    let ecdh = json!({"alg": "ECDH-ES", "enc": "A128GCM"});
    let other = json!({"alg": "ECDH-ES", "enc": "A128GCM", "curve": "P-384"});
    wrong(&ecdh, "epk", &tokens(&other, 1), "another `crv` than the key");
    let zlib = json!({"alg": "dir", "enc": "A256GCM", "header": {"zip": "DEF"}});
    wrong(&zlib, "zip", &tokens(&zlib, 1), "no DEFLATE");
}

#[test]
fn signatures_are_looked_at() {
    let recipe = json!({"sig": "ES256"});
    let make = |sig: &str, payload: &str, entropy: &str| {
        let recipe: Jws = serde_json::from_value(json!({ "sig": sig })).unwrap();
        let entropy = Entropy::new(entropy, 0);
        let parts = jws::build(&recipe, &keys(), payload.as_bytes(), None, &entropy).unwrap();
        parts.to_token().unwrap()
    };
    for sig in ["ES256", "ES512", "RS256", "PS384", "HS512", "EdDSA"] {
        let recipe = json!({ "sig": sig });
        let checks = ["opens", "form", "header", "header-only", "signature-length"];
        holds(&recipe, &checks, &[make(sig, CONTENT, "1")]);
    }
    wrong(&recipe, "opens", &[make("ES256", "another", "1")], "another content");
    wrong(&recipe, "opens", &[make("ES384", CONTENT, "1")], "`alg`");
    let token = make("ES256", CONTENT, "1");
    let (front, signature) = token.rsplit_once('.').unwrap();
    let octets = base64url::decode(signature).unwrap();
    let cut = format!("{front}.{}", base64url::encode(&octets[..63]));
    wrong(&recipe, "signature-length", &[cut], "63 octets instead of 64");
    let other = make("ES256", "another", "2");
    let same_r = format!("{}.{signature}", other.rsplit_once('.').unwrap().0);
    wrong(&recipe, "signature-nonce", &[token.clone(), same_r], "another payload's signature");
    let check = "signature-deterministic";
    holds(&recipe, &["signature-nonce", check], &[token.clone(), token.clone()]);
    let again = format!("{front}.{}", base64url::encode(&[1; 64]));
    wrong(&recipe, check, &[token.clone(), again], "another signature than before");
}

#[test]
fn a_coordinate_without_its_zeros_is_the_subject_of_one_check() {
    let recipe = json!({"alg": "ECDH-ES", "enc": "A256GCM"});
    let one = tokens(&recipe, 1).remove(0);
    let (protected, rest) = one.split_once('.').unwrap();
    let header = String::from_utf8(base64url::decode(protected).unwrap()).unwrap();
    let mut header: Value = serde_json::from_str(&header).unwrap();
    header["epk"]["x"] = base64url::encode(&[7; 31]).into();
    let short = [format!("{}.{rest}", base64url::encode(header.to_string().as_bytes()))];
    wrong(&recipe, "epk", &short, "`x` of `epk` has 31 octets instead of 32");
    let found = find(&recipe, "opens", &short);
    assert!(matches!(&found, Found::Unproven(text) if text.contains("leading zeros")), "{found:?}");
}

/// RFC 7515 Appendix F.
#[test]
fn a_detached_payload_is_put_back() {
    let recipe: Jws = serde_json::from_value(json!({"sig": "ES256"})).unwrap();
    let entropy = Entropy::new("1", 0);
    let parts = jws::build(&recipe, &keys(), CONTENT.as_bytes(), None, &entropy).unwrap();
    let token = parts.to_token().unwrap();
    let payload = format!(".{}.", base64url::encode(CONTENT.as_bytes()));
    let detached = token.replace(&payload, "..");
    let recipe = json!({"sig": "ES256", "detached": true});
    holds(&recipe, &["opens", "form"], std::slice::from_ref(&detached));
    wrong(&recipe, "opens", &[token], "not left out");
    let other = detached.replace("..", "..AA");
    wrong(&recipe, "opens", &[other], "signature does not hold");
}

/// RFC 7516 §7.2.1: absent where it is empty.
#[test]
fn what_is_empty_is_left_out_of_json() {
    let recipe = json!({"alg": "dir", "enc": "A256GCM", "serialization": "general"});
    let token = tokens(&recipe, 1).remove(0);
    holds(&recipe, &["form"], std::slice::from_ref(&token));
    let empty = [
        ("{\"protected\"", "{\"unprotected\":{},\"protected\"", "`unprotected` is empty"),
        ("{\"protected\"", "{\"aad\":\"\",\"protected\"", "`aad` is empty"),
        ("[{}]", "[{\"encrypted_key\":\"\"}]", "`encrypted_key` is empty"),
        ("[{}]", "[{\"header\":{}}]", "`header` is empty"),
    ];
    for (from, to, text) in empty {
        assert!(token.contains(from), "{token}");
        wrong(&recipe, "form", &[token.replace(from, to)], text);
    }
}
