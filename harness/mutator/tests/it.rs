//! Mutations are functions of their arguments, and what is sealed again is opened by others.

use mutator::{Json, Shape, blindly, mutate, ring, seal};

const HEADERS: [&str; 8] = [
    r#"{"alg":"dir","enc":"A128GCM"}"#,
    r#"{"alg":"A256KW","enc":"A256CBC-HS512"}"#,
    r#"{"alg":"A128GCMKW","enc":"A192GCM"}"#,
    r#"{"alg":"ECDH-ES","enc":"A128CBC-HS256"}"#,
    r#"{"alg":"ECDH-ES+A192KW","enc":"A256GCM","apu":"QQ"}"#,
    r#"{"alg":"PBES2-HS256+A128KW","enc":"A256GCM"}"#,
    r#"{"alg":"RSA-OAEP-256","enc":"A192CBC-HS384"}"#,
    r#"{"alg":"RSA-OAEP","enc":"A256GCM","zip":"DEF"}"#,
];

fn jwe(header: &str) -> String {
    let header = Json::parse(header.as_bytes());
    header.and_then(|header| seal::jwe(header, b"content")).unwrap_or_default()
}

/// josekit is the second implementation.
#[test]
fn what_is_sealed_is_opened_by_another_library() {
    for header in HEADERS {
        let token = jwe(header);
        let head = Json::parse(header.as_bytes()).unwrap();
        let key = ring::opens(head.text("alg").unwrap(), head.text("enc").unwrap()).unwrap();
        let key = oracles::KeySource::jwk(key);
        let mut josekit = oracles::josekit::Josekit::default();
        let opened = josekit.decrypt(token.as_bytes(), &key, &oracles::Allow::default());
        assert_eq!(opened.map(|opened| opened.octets), Ok(b"content".to_vec()), "{header}");
        let parts: Vec<&str> = token.split('.').collect();
        let own = seal::plaintext(&parts.try_into().unwrap());
        assert_eq!(own.as_deref(), Some(b"content".as_slice()), "{header}");
    }
}

#[test]
fn what_is_signed_is_verified_by_another_library() {
    for alg in ["HS256", "RS256", "PS384", "ES256", "ES384", "ES512", "EdDSA"] {
        let header = Json::parse(format!(r#"{{"alg":"{alg}"}}"#).as_bytes()).unwrap();
        let token = seal::jws(&header, b"{}");
        let key = oracles::KeySource::jwk(ring::verifies(alg).unwrap());
        let mut josekit = oracles::josekit::Josekit::default();
        let verified = josekit.verify(token.as_bytes(), &key, &oracles::Allow::default());
        assert_eq!(verified.map(|verified| verified.octets), Ok(b"{}".to_vec()), "{alg}");
    }
}

#[test]
fn the_same_seed_gives_the_same_octets() {
    let token = jwe(HEADERS[0]);
    for shape in [Shape::Token, Shape::Json, Shape::Text, Shape::Octets] {
        for seed in 0..200 {
            let once = || mutate(shape, token.as_bytes(), 4096, seed, &mut blindly(seed));
            assert_eq!(once(), once());
        }
    }
}

/// Half of the changed headers and contents still open: the others are wrong in what was changed.
#[test]
fn many_changed_tokens_still_open() {
    let token = jwe(HEADERS[0]);
    let opens = (0..2000).filter(|seed| {
        let changed = mutate(Shape::Token, token.as_bytes(), 4096, *seed, &mut blindly(*seed));
        let changed = String::from_utf8_lossy(&changed).into_owned();
        let parts: Vec<&str> = changed.split('.').collect();
        changed != token
            && parts.try_into().is_ok_and(|parts: [&str; 5]| seal::plaintext(&parts).is_some())
    });
    assert!(opens.count() > 500);
}

#[test]
fn nothing_grows_beyond_the_bound_and_anything_is_taken() {
    let inputs: [&[u8]; 7] =
        [b"", b".", b"....", b"{", b"\xff\xfe", br#"{"a":[1,{"a":null,"a":2}]}"#, b"..."];
    for shape in [Shape::Token, Shape::Json, Shape::Text, Shape::Octets] {
        for input in inputs {
            for seed in 0..300 {
                assert!(mutate(shape, input, 64, seed, &mut blindly(seed)).len() <= 64);
            }
        }
    }
}

#[test]
fn members_of_the_same_name_and_their_order_stay() {
    let text = r#"{"b":1,"a":"\u0000","a":[true,null,-0.5,{}]}"#;
    assert_eq!(Json::parse(text.as_bytes()).unwrap().to_string(), text);
}

#[test]
fn json_is_read_as_it_is_written() {
    let text = r#"{"b":1E400,"a":[-0,1.0,null,true,"\n"],"b":{}}"#;
    let read = Json::parse(text.as_bytes());
    assert_eq!(read.map(|json| json.to_string()).as_deref(), Some(text));
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(Json::parse(nested(128).as_bytes()).is_some());
    assert!(Json::parse(nested(129).as_bytes()).is_none());
    for text in ["", "01", "{", "{\"a\":1,}", "nul", "1 2"] {
        assert_eq!(Json::parse(text.as_bytes()), None, "{text}");
    }
}
