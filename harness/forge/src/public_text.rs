//! The texts of a public key: what a verifier was configured with, or what a forger takes for a secret.

use data_encoding::BASE64;

use crate::error::{ForgeError, unknown};
use crate::key::Key;

/// The octets of one text of the key's public half.
pub(crate) fn public_text(key: &Key<'_>, form: &str) -> Result<Vec<u8>, ForgeError> {
    let forms = key.public();
    let pem = forms.pem.clone().unwrap_or_default();
    Ok(match form {
        "pem" => pem.into_bytes(),
        "pem-trimmed" => pem.trim_end().as_bytes().to_vec(),
        "pem-crlf" => pem.replace('\n', "\r\n").into_bytes(),
        "pem-leading-newline" => format!("\n{pem}").into_bytes(),
        "pem-leading-space" => format!(" {pem}").into_bytes(),
        "pem-text-before" => format!("The key of the issuer\n{pem}").into_bytes(),
        "pem-indented" => pem.lines().map(|line| format!("  {line}\n")).collect::<String>().into(),
        "pkcs1-pem" => pkcs1_pem(key)?.into_bytes(),
        "der" => forms
            .der
            .as_deref()
            .and_then(|der| algorithms::base64url::decode(der).ok())
            .ok_or(ForgeError::Primitive("DER"))?,
        "jwk" => forms.jwk.clone().into_bytes(),
        "modulus" => key.octets("n")?,
        "x" => key.octets("x")?,
        "empty" => Vec::new(),
        other => return Err(unknown("the form of the key", other)),
    })
}

/// RFC 8017 §A.1.1 in PEM.
pub(crate) fn pkcs1_pem(key: &Key<'_>) -> Result<String, ForgeError> {
    let body = [der_integer(&key.octets("n")?), der_integer(&key.octets("e")?)].concat();
    let der = [vec![0x30], der_length(body.len()), body].concat();
    let text = BASE64.encode(&der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    Ok(format!(
        "-----BEGIN RSA PUBLIC KEY-----\n{}\n-----END RSA PUBLIC KEY-----\n",
        lines.join("\n")
    ))
}

pub(crate) fn der_integer(big_endian: &[u8]) -> Vec<u8> {
    let mut digits: Vec<u8> = big_endian.iter().copied().skip_while(|octet| *octet == 0).collect();
    if digits.first().is_none_or(|first| *first >= 0x80) {
        digits.insert(0, 0);
    }
    [vec![0x02], der_length(digits.len()), digits].concat()
}

pub(crate) fn der_length(length: usize) -> Vec<u8> {
    let octets: Vec<u8> =
        length.to_be_bytes().into_iter().skip_while(|octet| *octet == 0).collect();
    match (length, u8::try_from(length), u8::try_from(octets.len())) {
        (..128, Ok(short), _) => vec![short],
        (_, _, Ok(count)) => [vec![0x80 | count], octets].concat(),
        _ => Vec::new(),
    }
}
