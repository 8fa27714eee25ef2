//! What people hand in: certificates, bodies of a management API, suite files.

use algorithms::{Hash, base64url};
use data_encoding::BASE64;
use reference::certificate;
use reference::credential::register_jwk;
use reference::json::{Limits, Value};
use rejection::Rejection;

use crate::{Became, became};

/// The input is a certificate in DER.
pub(crate) fn certificate_der(data: &[u8]) -> Became {
    let thumbprint = certificate::thumbprint_of_der(data);
    if let Ok(thumbprint) = &thumbprint {
        assert_eq!(*thumbprint, base64url::encode(&Hash::Sha256.digest(data)));
        // RFC 7468 §2: lines of 64 characters.
        let text = BASE64.encode(data);
        let lines: Vec<&[u8]> = text.as_bytes().chunks(64).collect();
        let lines = String::from_utf8(lines.join(&b'\n')).unwrap_or_default();
        let pem = format!("-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n");
        assert_eq!(certificate::thumbprint_of_pem(&pem).as_ref(), Ok(thumbprint), "{pem}");
        assert!(certificate::thumbprint_of_pem(&(pem.clone() + &pem)).is_err(), "two certificates");
        let other = pem.replace("CERTIFICATE", "PUBLIC KEY");
        assert!(certificate::thumbprint_of_pem(&other).is_err(), "a label that is another's");
    }
    became(&thumbprint)
}

/// The strict reader takes nothing that serde_json does not take, and finds the same in it.
pub(crate) fn management_body(data: &[u8]) -> Became {
    let strict = Value::parse(data, Limits { octets: 64 << 10, depth: 32 });
    let Ok(strict) = strict else { return Became::Refused("malformed") };
    match serde_json::from_slice::<serde_json::Value>(data) {
        Ok(lax) => {
            let again = serde_json::from_str(&strict.to_text());
            assert_eq!(again.ok(), Some(lax), "two readers read two things");
        }
        // What is left to refuse is a number beyond the largest double.
        Err(error) => assert!(error.to_string().starts_with("number out of range"), "{error}"),
    }
    Became::Accepted
}

/// The input is a JWK that a client registers.
pub(crate) fn registered_jwk(data: &[u8]) -> Became {
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    let registered = register_jwk(text, None, 0);
    if let Ok(credential) = &registered {
        // Another reader; it refuses numbers beyond the largest double.
        if let Ok(members) = serde_json::from_str::<serde_json::Value>(text) {
            assert_eq!(members.get("kty").and_then(serde_json::Value::as_str), Some("RSA"));
            assert!(members.get("d").is_none(), "a private key became a credential");
        }
        assert_eq!(credential.expires_at, None);
    }
    if let Ok(credential) = register_jwk(text, Some("PS256"), 1) {
        assert_eq!(credential.alg, "PS256");
    }
    assert_eq!(register_jwk(text, None, 2).err(), Some(Rejection::CredentialTooMany));
    became(&registered)
}

/// The input is the text of a suite: what is wrong with it has a place in it.
pub(crate) fn suite_file(data: &[u8]) -> Became {
    let Ok(text) = str::from_utf8(data) else { return Became::Unfit };
    let source = suite::error::Source { path: "suite.toml".into(), text: text.to_owned() };
    match suite::node::Node::parse(&source) {
        Ok(_) => Became::Accepted,
        Err(error) => {
            let lines = text.matches('\n').count() + 1;
            let shown = error.to_string();
            let line = shown.split(':').nth(1).and_then(|line| line.trim().parse::<usize>().ok());
            assert!(line.is_some_and(|line| (1..=lines).contains(&line)), "{shown}");
            Became::Refused("malformed")
        }
    }
}
