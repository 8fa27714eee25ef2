//! Our own named test keys and certificates: their forms agree, and each has what its name says.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use algorithms::{Hash, base64url};
use libtest_mimic::{Failed, Trial};
use reference::{Jwk, Policy};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::compare::{Outcome, holds, same, same_octets};
use crate::vector::sorted;
use crate::{certificates, der, jwk};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedKey {
    name: String,
    note: String,
    private: Forms,
    public: Option<Forms>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forms {
    jwk: String,
    pem: Option<String>,
    der: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Certificate {
    name: String,
    #[serde(rename = "note")]
    _note: String,
    key: String,
    not_before: u64,
    not_after: u64,
    sha256: String,
    #[serde(rename = "x5t#S256")]
    x5t_s256: String,
    x5t: String,
}

/// One test a key, one a certificate, one a pair with a special Z.
pub(crate) fn trials(root: &Path) -> Result<Vec<Trial>, Box<dyn Error>> {
    let mut trials = Vec::new();
    let keys = root.join("keys");
    for file in sorted(&keys)? {
        let name = file.strip_suffix(".json").ok_or(file.clone())?.to_owned();
        let keys = keys.clone();
        trials.push(Trial::test(format!("keys/{name}"), move || key(&keys, &name)));
    }
    for (curve, zeros) in [("p256", 1), ("p521", 2)] {
        let keys = keys.clone();
        trials.push(Trial::test(format!("keys/z-of-ec-{curve}-z00"), move || {
            let one = private_jwk(&keys, &format!("ec-{curve}-z00-a"))?;
            let other = private_jwk(&keys, &format!("ec-{curve}-z00-b"))?;
            let z = jwk::agree(&one, &other)?;
            same_octets("from the other side", &jwk::agree(&other, &one)?, &z)?;
            same("zero octets", &z.iter().take_while(|octet| **octet == 0).count(), &zeros)
        }));
    }
    for file in sorted(&root.join("certificates"))? {
        if let Some(name) = file.strip_suffix(".json") {
            let (root, name) = (root.to_path_buf(), name.to_owned());
            let test = format!("certificates/{name}");
            trials.push(Trial::test(test, move || certificate(&root, &name)));
        }
    }
    Ok(trials)
}

fn key(folder: &Path, name: &str) -> Outcome {
    let key = load(folder, name)?;
    same("name", &key.name.as_str(), &name)?;
    same("note", &key.note.as_str(), &"public test key; never use it for anything else")?;
    let private: Value = serde_json::from_str(&key.private.jwk)?;
    same("kid", &private.get("kid"), &Some(&json!(format!("public-test-key-{name}"))))?;
    for absent in ["alg", "use", "key_ops"] {
        same(absent, &private.get(absent), &None)?;
    }
    let Some(public) = key.public else {
        same("kty", &private.get("kty"), &Some(&json!("oct")))?;
        holds("an `oct` key has the JWK form alone", key.private.pem.is_none())?;
        return symmetric(name, &jwk::secret(&private)?);
    };
    for (forms, want) in [(&key.private, der::pkcs8(&private)?), (&public, der::spki(&private)?)] {
        let pem = forms.pem.as_deref().ok_or("no PEM form")?;
        let der = base64url::decode(forms.der.as_deref().ok_or("no DER form")?)?;
        same_octets("DER", &der, &want)?;
        same_octets("PEM", &certificates::octets(pem)?, &want)?;
        Jwk::parse(&forms.jwk, &Policy::default())?;
    }
    let stripped = without_private_members(&private);
    same("public JWK", &serde_json::from_str::<Value>(&public.jwk)?, &stripped)?;
    asymmetric(name, &private)
}

/// The octets in the name: `oct-256-a`, `oct-248bit`.
fn symmetric(name: &str, octets: &[u8]) -> Outcome {
    if name.starts_with("password-") {
        let text = str::from_utf8(octets)?;
        return same("ASCII", &text.is_ascii(), &(name == "password-ascii"));
    }
    let size = name.split('-').nth(1).unwrap_or_default();
    let bits = if size == "empty" { 0 } else { size.trim_end_matches("bit").parse()? };
    same("bits", &octets.len().saturating_mul(8), &bits)
}

fn asymmetric(name: &str, private: &Value) -> Outcome {
    if let Some(size) = name.strip_prefix("rsa-") {
        let key = jwk::rsa_private(private)?;
        let [dp, dq, qi] =
            [jwk::octets(private, "dp")?, jwk::octets(private, "dq")?, jwk::octets(private, "qi")?];
        holds("the Chinese remainder values belong to it", key.has_crt_values(&dp, &dq, &qi))?;
        let bits = size.split('-').next().unwrap_or_default();
        same("bits", &key.bits(), &bits.parse()?)?;
        let e: &[u8] = if name.ends_with("-e3") { &[3] } else { &[1, 0, 1] };
        return same_octets("e", &jwk::octets(private, "e")?, e);
    }
    holds("d belongs to the public members", jwk::belongs_together(private)?)?;
    let (d, x) = (jwk::octets(private, "d")?, jwk::octets(private, "x")?);
    if name.starts_with("ec-") && name.ends_with("-a") {
        same("d is odd", &d.last().map(|octet| octet % 2), &Some(1))?;
    }
    if name.ends_with("leading-zero") {
        same("first octet of x", &x.first(), &Some(&0))?;
    }
    Ok(())
}

fn certificate(root: &Path, name: &str) -> Outcome {
    let folder = root.join("certificates");
    let text = fs::read_to_string(folder.join(format!("{name}.json")))?;
    let certificate: Certificate = serde_json::from_str(&text)?;
    same("name", &certificate.name.as_str(), &name)?;
    let pem = fs::read_to_string(folder.join(format!("{name}.pem")))?;
    let der = certificates::octets(&pem)?;
    let digest = Hash::Sha256.digest(&der);
    same("sha256", &data_encoding::HEXLOWER.encode(&digest), &certificate.sha256)?;
    same("x5t#S256", &base64url::encode(&digest), &certificate.x5t_s256)?;
    same("x5t", &base64url::encode(&Hash::Sha1.digest(&der)), &certificate.x5t)?;
    same("by the reference", &certificates::thumbprint(&pem)?, &certificate.x5t_s256)?;
    certificates::lasts(&pem, certificate.not_before, certificate.not_after)?;
    certificates::holds_key(&pem, &private_jwk(&root.join("keys"), &certificate.key)?)
}

/// The private JWK of a named key.
pub(crate) fn private_jwk(folder: &Path, name: &str) -> Result<Value, Failed> {
    Ok(serde_json::from_str(&load(folder, name)?.private.jwk)?)
}

fn load(folder: &Path, name: &str) -> Result<NamedKey, Failed> {
    let path: PathBuf = folder.join(format!("{name}.json"));
    Ok(serde_json::from_str(&fs::read_to_string(path)?)?)
}

fn without_private_members(key: &Value) -> Value {
    let mut key = key.clone();
    if let Some(members) = key.as_object_mut() {
        members.retain(|name, _| !["d", "p", "q", "dp", "dq", "qi"].contains(&name.as_str()));
    }
    key
}
