//! The public test keys that everything here is sealed for: one an algorithm.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use algorithms::{
    ContentEncryption, Curve, KeyManagement, KeyManagementFamily, Signature, SignatureFamily,
    base64url, elliptic, rsa,
};
use serde_json::Value;

/// What every symmetric key, password and CEK here begins with: everybody may know it.
pub const SECRET: &[u8; 64] = b"public test key; never use it for anything else, nor for this...";

/// The JWK that opens a token of this `alg` and, where the key is used directly, this `enc`. Text of the
/// same address for the same key, so that a caller can keep what it made of it.
#[must_use]
pub fn opens(alg: &str, enc: &str) -> Option<&'static str> {
    let octets = match KeyManagement::named(alg)?.family {
        KeyManagementFamily::RsaOaep { .. } | KeyManagementFamily::RsaPkcs1v15 => {
            return Some(&RSA.private);
        }
        KeyManagementFamily::EcdhEs { .. } => return Some(&P256.private),
        KeyManagementFamily::AesKeyWrap { key_octets }
        | KeyManagementFamily::AesGcmKeyWrap { key_octets } => key_octets,
        KeyManagementFamily::Pbes2 { .. } => 32,
        KeyManagementFamily::Direct => ContentEncryption::named(enc)?.cek_octets,
    };
    OCT.get(&octets).map(String::as_str)
}

/// The JWK that verifies a signature of this `alg`: a public one, or the secret of an HMAC.
#[must_use]
pub fn verifies(alg: &str) -> Option<&'static str> {
    Some(match Signature::named(alg)?.family {
        SignatureFamily::Hmac { .. } => OCT.get(&64)?,
        SignatureFamily::RsaPkcs1v15 { .. } | SignatureFamily::RsaPss { .. } => &RSA.public,
        SignatureFamily::Ecdsa { curve, .. } => &of_curve(curve)?.public,
        SignatureFamily::EdDsa => &ED25519.public,
    })
}

/// The JWK that signs so that the one of [`verifies`] verifies: a private one, or the secret of an HMAC.
#[must_use]
pub fn signs(alg: &str) -> Option<&'static str> {
    Some(match Signature::named(alg)?.family {
        SignatureFamily::Hmac { .. } => OCT.get(&64)?,
        SignatureFamily::RsaPkcs1v15 { .. } | SignatureFamily::RsaPss { .. } => &RSA.private,
        SignatureFamily::Ecdsa { curve, .. } => &of_curve(curve)?.private,
        SignatureFamily::EdDsa => &ED25519.private,
    })
}

/// One test key as JWK.
#[derive(Debug)]
struct Pair {
    private: String,
    public: String,
    pem: String,
    public_pem: String,
}

impl Pair {
    /// Of a file of `vectors/keys/`.
    fn read(file: &str) -> Self {
        let file: Value = serde_json::from_str(file).unwrap_or_default();
        let jwk = |half: &str| file.pointer(half).and_then(Value::as_str).unwrap_or_default();
        let [private, public, pem, public_pem] =
            ["/private/jwk", "/public/jwk", "/private/pem", "/public/pem"]
                .map(|half| jwk(half).to_owned());
        Self { private, public, pem, public_pem }
    }

    /// The octets of a private member.
    fn octets(&self, name: &str) -> Vec<u8> {
        let jwk: Value = serde_json::from_str(&self.private).unwrap_or_default();
        let text = jwk.get(name).and_then(Value::as_str).unwrap_or_default();
        base64url::decode(text).unwrap_or_default()
    }
}

macro_rules! pair {
    ($name:literal) => {
        Pair::read(include_str!(concat!("../../../vectors/keys/", $name, ".json")))
    };
}

static RSA: LazyLock<Pair> = LazyLock::new(|| pair!("rsa-2048-a"));
static ED25519: LazyLock<Pair> = LazyLock::new(|| pair!("ed25519-a"));
static X25519: LazyLock<Pair> = LazyLock::new(|| pair!("x25519-a"));
static P256: LazyLock<Pair> = LazyLock::new(|| pair!("ec-p256-a"));
static P384: LazyLock<Pair> = LazyLock::new(|| pair!("ec-p384-a"));
static P521: LazyLock<Pair> = LazyLock::new(|| pair!("ec-p521-a"));
static OCT: LazyLock<BTreeMap<usize, String>> = LazyLock::new(|| {
    let jwk = |octets: usize| {
        let key = base64url::encode(SECRET.get(..octets).unwrap_or_default());
        (octets, format!(r#"{{"kty":"oct","k":"{key}"}}"#))
    };
    [16, 24, 32, 48, 64].map(jwk).into_iter().collect()
});

/// The private key of the RSA algorithms.
#[must_use]
pub fn rsa() -> Option<&'static rsa::PrivateKey> {
    RSA_KEY.as_ref()
}

/// The public half as SubjectPublicKeyInfo in PEM.
#[must_use]
pub fn rsa_public_pem() -> &'static str {
    &RSA.public_pem
}

/// The JWK of a curve that an ECDH-ES key may be on: P-256, P-384, P-521, X25519, and again from the first.
#[must_use]
pub fn agrees(choice: usize) -> Option<&'static str> {
    let pairs = [&P256, &P384, &P521, &X25519];
    pairs.get(choice % pairs.len()).map(|pair| pair.private.as_str())
}

/// The same as PKCS #8 in PEM.
#[must_use]
pub fn rsa_pem() -> &'static str {
    &RSA.pem
}

pub(crate) static RSA_KEY: LazyLock<Option<rsa::PrivateKey>> = LazyLock::new(|| {
    let [n, e, d, p, q] = ["n", "e", "d", "p", "q"].map(|name| RSA.octets(name));
    rsa::PrivateKey::from_components(&n, &e, &d, &p, &q).ok()
});

/// The private key of a curve.
pub(crate) fn elliptic(curve: Curve) -> Option<elliptic::PrivateKey> {
    elliptic::PrivateKey::from_octets(curve, &of_curve(curve)?.octets("d")).ok()
}

fn of_curve(curve: Curve) -> Option<&'static Pair> {
    Some(match curve {
        Curve::P256 => &P256,
        Curve::P384 => &P384,
        Curve::P521 => &P521,
        _ => return None,
    })
}

/// The seed of Ed25519.
pub(crate) fn ed25519() -> Option<[u8; 32]> {
    ED25519.octets("d").try_into().ok()
}
