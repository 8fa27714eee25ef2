//! Keys and certificates: thumbprints, and what a PEM text holds.

use algorithms::{Hash, base64url};
use reference::thumbprint;
use serde_json::json;

use crate::compare::{Outcome, holds, same, same_octets};
use crate::primitives::unknown;
use crate::vector::Vector;
use crate::{certificates, der, jwk, opening};

/// Checks one member of a vector of the kind `jwk`, `thumbprint` or `thumbprint-uri`.
pub(crate) fn check(vector: &Vector, name: &str) -> Outcome {
    match name {
        "thumbprint_sha256_0" => key(vector, 0, vector.text(name)?),
        "thumbprint_sha256_1" => key(vector, 1, vector.text(name)?),
        "thumbprint" => {
            if let Some(hash) = vector.find("hash") {
                same("hash", hash, &json!("sha-256"))?;
            }
            key(vector, 0, vector.text(name)?)
        }
        "thumbprint_octets" => same("as text", &vector.text(name)?, &vector.text("thumbprint")?),
        "thumbprint_input" => input(vector, vector.text("thumbprint")?),
        "uri" => {
            let uri = thumbprint::uri(&opening::jwk(vector.key(0)?)?, Hash::Sha256);
            same(name, &uri.as_deref(), &Some(vector.text(name)?))
        }
        "x5t" | "x5t#S256" | "certificate_pem" | "certificate_not_after" => {
            certificate(vector, name)
        }
        _ => Err(unknown(name)),
    }
}

/// Checks one member of a vector of the kind `certificate` or `key`.
pub(crate) fn check_material(vector: &Vector, name: &str) -> Outcome {
    match name {
        "thumbprint_sha256_0" => key(vector, 0, vector.text(name)?),
        "thumbprint_input" => input(vector, vector.text("expected_kid_rfc7638")?),
        "expected_kid_rfc7638" => key(vector, 0, vector.text(name)?),
        "pem" => public_pem(vector, name),
        "pem_end_line_joined" => {
            let apart = vector.text(name)?.replace(" -----END", "\n-----END");
            same(name, &apart.as_str(), &vector.text("pem")?.trim_end())
        }
        "rsa_bits" => {
            same(name, &json!(jwk::rsa_public(vector.key(0)?)?.bits()), vector.value(name)?)
        }
        "spki_sha256" => {
            let digest = Hash::Sha256.digest(&certificates::octets(vector.text("pem")?)?);
            same_octets(name, &digest, &vector.octets(name)?)
        }
        "certificate_pem"
        | "certificate_der_b64"
        | "certificate_sha256"
        | "certificate_sha256_colon"
        | "certificate_not_after"
        | "cnf" => certificate(vector, name),
        _ => Err(unknown(name)),
    }
}

/// The key reads, and has this thumbprint.
fn key(vector: &Vector, index: usize, want: &str) -> Outcome {
    let key = opening::jwk(vector.key(index)?)?;
    same("thumbprint", &thumbprint::of(&key, Hash::Sha256).as_str(), &want)
}

/// RFC 7638 §3: the text whose hash is the thumbprint.
fn input(vector: &Vector, thumbprint: &str) -> Outcome {
    let text = vector.text("thumbprint_input")?;
    let own = thumbprint::input(&opening::jwk(vector.key(0)?)?);
    same("by the reference", &own.as_str(), &text)?;
    same("hash", &base64url::encode(&Hash::Sha256.digest(text.as_bytes())).as_str(), &thumbprint)
}

fn certificate(vector: &Vector, name: &str) -> Outcome {
    let pem = vector.text("certificate_pem")?;
    let der = certificates::octets(pem)?;
    let digest = Hash::Sha256.digest(&der);
    match name {
        "certificate_pem" => {
            let x5c = vector.key(0)?.get("x5c").and_then(|x5c| x5c.get(0));
            same("x5c", &x5c, &Some(&json!(data_encoding::BASE64.encode(&der))))?;
            certificates::holds_key(pem, vector.key(0)?)
        }
        "certificate_der_b64" => {
            same(name, &data_encoding::BASE64.encode(&der).as_str(), &vector.text(name)?)
        }
        "certificate_not_after" => certificates::ends(pem, vector.text(name)?),
        "x5t" => same_octets(name, &Hash::Sha1.digest(&der), &vector.octets(name)?),
        "x5t#S256" | "certificate_sha256" => {
            same_octets(name, &digest, &vector.octets(name)?)?;
            same(name, &certificates::thumbprint(pem)?.as_str(), &vector.text(name)?)
        }
        "certificate_sha256_colon" => {
            let pairs: Vec<_> = digest.iter().map(|octet| format!("{octet:02X}")).collect();
            same(name, &pairs.join(":").as_str(), &vector.text(name)?)
        }
        _ => {
            let want = json!({ "x5t#S256": certificates::thumbprint(pem)? });
            holds("there is a certificate", !der.is_empty())?;
            same(name, &want, vector.value(name)?)
        }
    }
}

/// A PEM text that is exactly the public half of `keys[0]`.
pub(crate) fn public_pem(vector: &Vector, name: &str) -> Outcome {
    same_octets(name, &certificates::octets(vector.text(name)?)?, &der::spki(vector.key(0)?)?)
}

/// A PEM text that is exactly the private half of `keys[0]`.
pub(crate) fn private_pem(vector: &Vector, name: &str) -> Outcome {
    same_octets(name, &certificates::octets(vector.text(name)?)?, &der::pkcs8(vector.key(0)?)?)
}
