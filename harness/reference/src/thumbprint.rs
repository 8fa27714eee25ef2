//! JWK thumbprints (RFC 7638) and their URIs (RFC 9278).

use algorithms::{Hash, base64url};

use crate::jwk::Jwk;

/// The octets that are hashed: the required members of the key's type in lexicographic order,
/// without white space, with the values of the JWK (RFC 7638 §3).
#[must_use]
pub fn input(key: &Jwk) -> String {
    let required: &[&str] = match key.kty() {
        "RSA" => &["e", "kty", "n"],
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        _ => &["k", "kty"],
    };
    // The values are base64url and registered names, so nothing needs an escape.
    let members: Vec<String> = required
        .iter()
        .map(|name| format!("\"{name}\":\"{}\"", key.members().text(name).unwrap_or_default()))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// The thumbprint: base64url of the hash of [`input`].
#[must_use]
pub fn of(key: &Jwk, hash: Hash) -> String {
    base64url::encode(&hash.digest(input(key).as_bytes()))
}

/// The thumbprint URI (RFC 9278 §3); none for SHA-1, which has no name in the registry there.
#[must_use]
pub fn uri(key: &Jwk, hash: Hash) -> Option<String> {
    let name = match hash {
        Hash::Sha1 => return None,
        Hash::Sha256 => "sha-256",
        Hash::Sha384 => "sha-384",
        Hash::Sha512 => "sha-512",
    };
    Some(format!("urn:ietf:params:oauth:jwk-thumbprint:{name}:{}", of(key, hash)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Policy;

    /// RFC 7638 §3.1.
    #[test]
    fn the_published_thumbprint_comes_out() {
        let text = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;
        let key = Jwk::parse(text, &Policy::default()).unwrap();
        assert_eq!(of(&key, Hash::Sha256), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        assert_eq!(
            uri(&key, Hash::Sha256).unwrap(),
            "urn:ietf:params:oauth:jwk-thumbprint:sha-256:NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
        );
        assert_eq!(uri(&key, Hash::Sha1), None);
    }

    /// RFC 8037 Appendix A.3, from the private key.
    #[test]
    fn a_private_key_has_the_thumbprint_of_its_public_key() {
        let text = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let key = Jwk::parse(text, &Policy::default()).unwrap();
        assert_eq!(of(&key, Hash::Sha256), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
