//! Seeds that are right in every algorithm, for the public test keys that the targets open with.

use std::path::Path;

use mutator::{Json, ring, seal};
use runner::RunError;

/// Of a target, with a name and octets.
pub(super) type Seed = (&'static str, String, Vec<u8>);

/// All of them.
///
/// # Errors
/// A certificate or a key of `vectors/` that cannot be read.
pub(super) fn seeds(root: &Path) -> Result<Vec<Seed>, RunError> {
    let mut found = Vec::new();
    for (alg, enc) in pairs() {
        for zip in ["", r#","zip":"DEF""#] {
            let header = format!(r#"{{"alg":"{alg}","enc":"{enc}"{zip}}}"#);
            let name = format!("{alg}-{enc}{}", if zip.is_empty() { "" } else { "-zip" });
            let Some(token) = sealed(&header, b"content") else { continue };
            put(&mut found, &["jwe_token", "differ_josekit_jwe"], &name, &token);
            if let Some(key) = token.split('.').nth(1).and_then(forge::decode)
                && key.len() == 256
            {
                found.push(("differ_openssl_oaep", name, key));
            }
        }
    }
    for alg in SIGNATURES {
        let header = format!(r#"{{"alg":"{alg}","typ":"JWT"}}"#);
        let Some(parsed) = Json::parse(header.as_bytes()) else { continue };
        let token = seal::jws(&parsed, CLAIMS.as_bytes());
        put(&mut found, &["jws_token", "differ_josekit_jws", "differ_jsonwebtoken"], alg, &token);
        let outer = r#"{"alg":"dir","enc":"A256GCM","cty":"JWT"}"#;
        if let Some(nested) = sealed(outer, token.as_bytes()) {
            put(&mut found, &["nested_token"], alg, &nested);
        }
        let parts: Vec<&str> = token.split('.').collect();
        if let [protected, payload, signature] = parts.as_slice() {
            let own = format!(r#""protected":"{protected}","signature":"{signature}""#);
            let flattened = format!(r#"{{"payload":"{payload}",{own}}}"#);
            let general = format!(r#"{{"payload":"{payload}","signatures":[{{{own}}}]}}"#);
            put(&mut found, &["jws_token"], &format!("{alg}-flattened"), &flattened);
            put(&mut found, &["jws_token"], &format!("{alg}-general"), &general);
        }
    }
    for (name, text) in ASSERTIONS {
        found.push(("assertion_claims", (*name).to_owned(), text.as_bytes().to_vec()));
        found.push(("management_body", (*name).to_owned(), text.as_bytes().to_vec()));
    }
    for alg in ["RS256", "ES256", "ES512", "EdDSA"] {
        found.extend(
            ring::verifies(alg)
                .map(|jwk| ("registered_jwk", alg.to_owned(), jwk.as_bytes().to_vec())),
        );
    }
    intake(root, &mut found)?;
    Ok(found)
}

/// Every key management with one content encryption, and the other way round.
fn pairs() -> Vec<(&'static str, &'static str)> {
    let all = |axis| suite::sets::named(axis, "all").unwrap_or_default();
    let keys = all("alg").iter().map(|alg| (*alg, "A256GCM"));
    keys.chain(all("enc").iter().map(|enc| ("dir", *enc))).collect()
}

fn sealed(header: &str, content: &[u8]) -> Option<String> {
    seal::jwe(Json::parse(header.as_bytes())?, content)
}

fn put(found: &mut Vec<Seed>, targets: &[&'static str], name: &str, token: &str) {
    found.extend(targets.iter().map(|target| (*target, name.to_owned(), token.into())));
}

/// Certificates of `vectors/certificates` as DER, and one suite.
fn intake(root: &Path, found: &mut Vec<Seed>) -> Result<(), RunError> {
    let read = |path: &Path| {
        std::fs::read_to_string(path)
            .map_err(|source| RunError::File { path: path.to_owned(), source })
    };
    for path in suite::load::files(&root.join("vectors/certificates"), "pem")? {
        let text = read(&path)?;
        let body: String = text.lines().filter(|line| !line.starts_with('-')).collect();
        let body = body.replace('+', "-").replace('/', "_");
        if let Some(der) = forge::decode(body.trim_end_matches('=')) {
            found.push(("certificate_der", suite::load::stem(&path), der));
        }
    }
    let text = read(&root.join("suites/jws-control.toml"))?;
    let start: String = text.chars().take(2000).collect();
    found.push(("suite_file", "jws-control".to_owned(), start.into_bytes()));
    Ok(())
}

const SIGNATURES: [&str; 8] =
    ["HS256", "HS512", "RS256", "PS256", "ES256", "ES384", "ES512", "EdDSA"];

const CLAIMS: &str = r#"{"iss":"https://issuer.example/","sub":"client","aud":"https://api.example/","exp":4102444800}"#;

const ASSERTIONS: &[(&str, &str)] = &[
    (
        "plain",
        r#"{"iss":"client","sub":"client","aud":"https://issuer.example/","exp":1700000060,"jti":"1"}"#,
    ),
    (
        "times",
        r#"{"iss":"client","sub":"client","aud":["https://issuer.example/"],"iat":1700000000,"nbf":1700000000,"exp":1700000300,"jti":"2"}"#,
    ),
    (
        "edges",
        r#"{"iss":"client","sub":"client","aud":"https://issuer.example/","iat":1700000010,"nbf":1700000010,"exp":1700000310,"jti":"0123456789012345678901234567890123456789012345678901234567890123"}"#,
    ),
];
