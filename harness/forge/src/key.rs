//! Test keys as the primitives want them.

use algorithms::{Curve, KeyManagement, KeyManagementFamily, SignatureFamily, base64url, rsa};
use serde_json::{Map, Value};
use suite::Keys;
use suite::keys::{KeyFile, KeyForms};

use crate::error::{ForgeError, unknown};

/// A test key and its JWK's members.
#[derive(Clone, Debug)]
pub(crate) struct Key<'a> {
    pub(crate) file: &'a KeyFile,
    members: Map<String, Value>,
}

impl<'a> Key<'a> {
    pub(crate) fn named(keys: &'a Keys, name: &str) -> Result<Self, ForgeError> {
        let file = keys.named(name).ok_or_else(|| unknown("the key", name))?;
        match serde_json::from_str(&file.private.jwk) {
            Ok(members) => Ok(Self { file, members }),
            Err(error) => Err(problem(name, &error.to_string())),
        }
    }

    pub(crate) fn text(&self, member: &str) -> Option<&str> {
        self.members.get(member).and_then(Value::as_str)
    }

    pub(crate) fn octets(&self, member: &str) -> Result<Vec<u8>, ForgeError> {
        self.text(member)
            .and_then(|text| base64url::decode(text).ok())
            .ok_or_else(|| problem(&self.file.name, &format!("has no `{member}`")))
    }

    pub(crate) fn curve(&self) -> Result<Curve, ForgeError> {
        self.text("crv")
            .and_then(Curve::named)
            .ok_or_else(|| problem(&self.file.name, "is on no known curve"))
    }

    pub(crate) fn is_rsa(&self) -> bool {
        self.text("kty") == Some("RSA")
    }

    /// The modulus, if it is an RSA key.
    pub(crate) fn modulus(&self) -> Result<Option<Vec<u8>>, ForgeError> {
        if self.is_rsa() { self.octets("n").map(Some) } else { Ok(None) }
    }

    pub(crate) fn rsa_public(&self) -> Result<rsa::PublicKey, ForgeError> {
        rsa::PublicKey::from_components(&self.octets("n")?, &self.octets("e")?)
            .map_err(|_| problem(&self.file.name, "is no usable RSA key"))
    }

    pub(crate) fn rsa_private(&self) -> Result<rsa::PrivateKey, ForgeError> {
        rsa::PrivateKey::from_components(
            &self.octets("n")?,
            &self.octets("e")?,
            &self.octets("d")?,
            &self.octets("p")?,
            &self.octets("q")?,
        )
        .map_err(|_| problem(&self.file.name, "is no usable RSA key"))
    }

    /// The half that verifies or encrypts; a symmetric key has one half.
    pub(crate) fn public(&self) -> &'a KeyForms {
        self.file.public.as_ref().unwrap_or(&self.file.private)
    }

    pub(crate) fn kid(&self) -> Option<&str> {
        self.text("kid")
    }
}

/// The name of the default key for a key management algorithm.
pub(crate) fn default_for_alg(
    alg: &KeyManagement,
    cek_octets: usize,
    bits: Option<u32>,
    curve: Option<&str>,
) -> Result<String, ForgeError> {
    Ok(match alg.family {
        KeyManagementFamily::RsaOaep { .. } | KeyManagementFamily::RsaPkcs1v15 => {
            rsa_name(bits, "a")
        }
        KeyManagementFamily::AesKeyWrap { key_octets }
        | KeyManagementFamily::AesGcmKeyWrap { key_octets } => format!("oct-{}-a", key_octets * 8),
        KeyManagementFamily::Direct => format!("oct-{}-a", cek_octets * 8),
        KeyManagementFamily::EcdhEs { .. } => match curve.unwrap_or("P-256") {
            "P-256" => "ec-p256-a",
            "P-384" => "ec-p384-a",
            "P-521" => "ec-p521-a",
            "X25519" => "x25519-a",
            other => return Err(unknown("the curve", other)),
        }
        .to_owned(),
        KeyManagementFamily::Pbes2 { .. } => "password-ascii".to_owned(),
    })
}

/// The name of the default key for a signature algorithm; `which` is `a` or `b`.
pub(crate) fn default_for_signature(
    family: &SignatureFamily,
    bits: Option<u32>,
    which: &str,
) -> String {
    match family {
        SignatureFamily::RsaPkcs1v15 { .. } | SignatureFamily::RsaPss { .. } => {
            rsa_name(bits, which)
        }
        SignatureFamily::Ecdsa { curve, .. } => match curve {
            Curve::P384 => format!("ec-p384-{which}"),
            Curve::P521 => format!("ec-p521-{which}"),
            _ => format!("ec-p256-{which}"),
        },
        SignatureFamily::EdDsa => format!("ed25519-{which}"),
        SignatureFamily::Hmac { .. } => format!("oct-512-{which}"),
    }
}

fn rsa_name(bits: Option<u32>, which: &str) -> String {
    match bits.unwrap_or(2048) {
        2048 => format!("rsa-2048-{which}"),
        other => format!("rsa-{other}"),
    }
}

fn problem(name: &str, problem: &str) -> ForgeError {
    ForgeError::Key { name: name.to_owned(), problem: problem.to_owned() }
}
