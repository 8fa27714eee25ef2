//! X.509 certificates: thumbprint and key through the reference, validity beside it.

use std::time::Duration;

use data_encoding::BASE64;
use libtest_mimic::Failed;
use reference::{Jwk, Policy, certificate};
use rejection::Rejection;
use serde_json::{Value, json};
use x509_cert::Certificate;
use x509_cert::der::{Decode as _, Encode as _};

use crate::compare::{Outcome, same, same_octets};
use crate::der;

/// `x5t#S256`, from PEM and from DER.
pub(crate) fn thumbprint(pem: &str) -> Result<String, Failed> {
    let thumbprint = certificate::thumbprint_of_pem(pem)?;
    same("from DER", &certificate::thumbprint_of_der(&octets(pem)?)?, &thumbprint)?;
    Ok(thumbprint)
}

/// The certificate holds exactly this key: the reference takes it as the key's `x5c`, and refuses
/// it as the `x5c` of another key.
pub(crate) fn holds_key(pem: &str, key: &Value) -> Outcome {
    let der = octets(pem)?;
    let info = Certificate::from_der(&der)?.tbs_certificate().subject_public_key_info().to_der()?;
    same_octets("SubjectPublicKeyInfo", &info, &der::spki(key)?)?;
    let x5c = json!([BASE64.encode(&der)]);
    let parse = |mut key: Value| {
        let members = key.as_object_mut().ok_or("no object")?;
        members.insert("x5c".to_owned(), x5c.clone());
        Ok::<_, Failed>(Jwk::parse(&key.to_string(), &Policy::default()).err())
    };
    same("its own key", &parse(key.clone())?, &None)?;
    let another = json!({
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    });
    same("another key", &parse(another)?, &Some(Rejection::KeyX5c))
}

/// The end of the validity, as the text of the vector.
pub(crate) fn ends(pem: &str, want: &str) -> Outcome {
    let certificate = Certificate::from_der(&octets(pem)?)?;
    let got = certificate.tbs_certificate().validity().not_after.to_date_time().to_string();
    same("notAfter", &got, &want.replace("+00:00", "Z"))
}

/// Both ends of the validity, in NumericDate seconds.
pub(crate) fn lasts(pem: &str, from: u64, until: u64) -> Outcome {
    let certificate = Certificate::from_der(&octets(pem)?)?;
    let validity = certificate.tbs_certificate().validity();
    let got = [validity.not_before, validity.not_after].map(|time| time.to_unix_duration());
    same("validity", &got, &[from, until].map(Duration::from_secs))
}

/// The octets between the lines of a PEM text.
pub(crate) fn octets(pem: &str) -> Result<Vec<u8>, Failed> {
    let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    Ok(BASE64.decode(body.as_bytes())?)
}
