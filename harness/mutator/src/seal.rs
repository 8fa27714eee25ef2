//! What is right about a token: encrypted key, tag, signature, for a header and a content of any kind.

use std::collections::BTreeMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use algorithms::{
    ContentEncryption, ContentFamily, Curve, KeyManagement, KeyManagementFamily, Signature,
    SignatureFamily, base64url, cbc_hmac, concat_kdf, deflate, elliptic, gcm, key_wrap, okp, pbes2,
    rsa,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use crate::Json;
use crate::ring::{RSA_KEY, SECRET, ed25519, elliptic};

/// A compact JWE of this header and plaintext for the key of [`crate::ring::opens`]. What the algorithm
/// needs in the header and is not there, or is not what it made, is put there. A content encryption that
/// there is not counts as A256GCM, a key management algorithm as `dir`.
#[must_use]
pub fn jwe(header: Json, plaintext: &[u8]) -> Option<String> {
    let content = match header.text("zip") {
        Some("DEF") => deflate::compress(plaintext),
        _ => plaintext.to_vec(),
    };
    as_it_is(header, &content)
}

/// The same of a content that is encrypted as it is, whatever the header says of compression.
pub(crate) fn as_it_is(mut header: Json, content: &[u8]) -> Option<String> {
    let enc = content_encryption(&header)?;
    let (cek, encrypted_key) = key(&mut header, enc)?;
    let protected = base64url::encode(header.to_string().as_bytes());
    let iv = SECRET.get(..enc.iv_octets)?;
    let aad = protected.as_bytes();
    let (ciphertext, tag) = match enc.family {
        ContentFamily::Gcm => gcm::seal(&cek, iv, aad, content),
        ContentFamily::CbcHmac { hash } => cbc_hmac::seal(hash, &cek, iv, aad, content),
    }
    .ok()?;
    let [key, iv, ciphertext, tag] =
        [&*encrypted_key, iv, &*ciphertext, &*tag].map(base64url::encode);
    Some(format!("{protected}.{key}.{iv}.{ciphertext}.{tag}"))
}

/// The plaintext of a compact JWE that [`jwe`] made, or that has the same CEK.
#[must_use]
pub fn plaintext(parts: &[&str; 5]) -> Option<Vec<u8>> {
    let [protected, ..] = parts;
    let header = Json::parse(&base64url::decode(protected).ok()?)?;
    let content = content(header.clone(), parts)?;
    match header.text("zip") {
        Some("DEF") => deflate::inflate(&content, MOST_INFLATED).ok(),
        _ => Some(content),
    }
}

/// What was encrypted, compressed where it is; `header` is that of the token.
pub(crate) fn content(mut header: Json, parts: &[&str; 5]) -> Option<Vec<u8>> {
    let [protected, _, iv, ciphertext, tag] = parts;
    let enc = content_encryption(&header)?;
    let [iv, ciphertext, tag] = [iv, ciphertext, tag].map(|part| base64url::decode(part));
    let (cek, _) = key(&mut header, enc)?;
    let (iv, ciphertext, tag, aad) = (iv.ok()?, ciphertext.ok()?, tag.ok()?, protected.as_bytes());
    match enc.family {
        ContentFamily::Gcm => gcm::open(&cek, &iv, aad, &ciphertext, &tag),
        ContentFamily::CbcHmac { hash } => cbc_hmac::open(hash, &cek, &iv, aad, &ciphertext, &tag),
    }
    .ok()
}

fn content_encryption(header: &Json) -> Option<&'static ContentEncryption> {
    let named = header.text("enc").and_then(ContentEncryption::named);
    named.or_else(|| ContentEncryption::named("A256GCM"))
}

/// The CEK, and the encrypted key.
fn key(header: &mut Json, enc: &ContentEncryption) -> Option<(Vec<u8>, Vec<u8>)> {
    let cek = SECRET.get(..enc.cek_octets)?.to_vec();
    let Some(alg) = header.text("alg").and_then(KeyManagement::named) else {
        return Some((cek, Vec::new()));
    };
    let encrypted = match alg.family {
        KeyManagementFamily::Direct => Vec::new(),
        KeyManagementFamily::RsaOaep { .. } | KeyManagementFamily::RsaPkcs1v15 => {
            by_rsa(alg, &cek)?
        }
        KeyManagementFamily::AesKeyWrap { key_octets } => {
            key_wrap::wrap(SECRET.get(..key_octets)?, &cek).ok()?
        }
        KeyManagementFamily::AesGcmKeyWrap { key_octets } => {
            let iv = decoded(header, "iv").filter(|iv| iv.len() == 12);
            let iv = iv.unwrap_or_else(|| b"public test ".to_vec());
            let sealed = gcm::seal(SECRET.get(..key_octets)?, &iv, b"", &cek);
            let (encrypted, tag) = sealed.ok()?;
            header.set("iv", Json::Text(base64url::encode(&iv)));
            header.set("tag", Json::Text(base64url::encode(&tag)));
            encrypted
        }
        KeyManagementFamily::EcdhEs { wrap_octets: None } => {
            return Some((agreed(header, enc.name, enc.cek_octets)?, Vec::new()));
        }
        KeyManagementFamily::EcdhEs { wrap_octets: Some(octets) } => {
            key_wrap::wrap(&agreed(header, alg.name, octets)?, &cek).ok()?
        }
        KeyManagementFamily::Pbes2 { hash, wrap_octets } => {
            if decoded(header, "p2s").is_none() {
                header.set("p2s", Json::Text("cHVibGljIHNhbHQ".to_owned()));
            }
            if !matches!(header.get("p2c"), Some(Json::Number(_))) {
                header.set("p2c", Json::Number("1000".to_owned()));
            }
            let p2c = match header.get("p2c") {
                Some(Json::Number(text)) => text.parse().unwrap_or(1),
                _ => 1,
            };
            let p2s = decoded(header, "p2s").unwrap_or_default();
            // Who asks for more than this gets a key that is wrong.
            let p2c = if p2c > MOST_ITERATIONS { 1 } else { p2c };
            let kek = pbes2::derive(hash, SECRET.get(..32)?, alg.name, &p2s, p2c, wrap_octets);
            key_wrap::wrap(&kek, &cek).ok()?
        }
    };
    Some((cek, encrypted))
}

/// Encrypted keys by algorithm and octets of the CEK.
type Encrypted = BTreeMap<(&'static str, usize), Vec<u8>>;

/// RSA encrypts each CEK once: what matters here is not its randomness but its time.
fn by_rsa(alg: &KeyManagement, cek: &[u8]) -> Option<Vec<u8>> {
    static KNOWN: LazyLock<Mutex<Encrypted>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(encrypted) = known.get(&(alg.name, cek.len())) {
        return Some(encrypted.clone());
    }
    let (public, mut rng) = (RSA_KEY.as_ref()?.public(), ChaCha8Rng::seed_from_u64(1));
    let encrypted = match alg.family {
        KeyManagementFamily::RsaOaep { hash } => {
            rsa::oaep_encrypt(&public, &mut rng, hash, hash, b"", cek).ok()?
        }
        _ => rsa::pkcs1v15_encrypt(&public, &mut rng, cek).ok()?,
    };
    known.insert((alg.name, cek.len()), encrypted.clone());
    Some(encrypted)
}

/// The key that ECDH-ES agrees on with the `epk` that is there, or with one that is put there.
fn agreed(header: &mut Json, id: &str, octets: usize) -> Option<Vec<u8>> {
    let own = elliptic(Curve::P256)?;
    let point = header.get("epk").and_then(|epk| {
        let [x, y] = ["x", "y"].map(|name| decoded(epk, name));
        elliptic::public_point(Curve::P256, &x?, &y?).ok()
    });
    let point = match point {
        Some(point) => point,
        None => {
            let ephemeral =
                elliptic::PrivateKey::from_octets(Curve::P256, SECRET.get(..32)?).ok()?;
            let (x, y) = ephemeral.public();
            let text = |text: String| Json::Text(text);
            header.set(
                "epk",
                Json::Object(vec![
                    ("kty".to_owned(), text("EC".to_owned())),
                    ("crv".to_owned(), text("P-256".to_owned())),
                    ("x".to_owned(), text(base64url::encode(&x))),
                    ("y".to_owned(), text(base64url::encode(&y))),
                ]),
            );
            ephemeral.public_key()
        }
    };
    let z = elliptic::ecdh(&own, &point).ok()?;
    let [apu, apv] = ["apu", "apv"].map(|name| decoded(header, name).unwrap_or_default());
    Some(concat_kdf::derive(&z, id, &apu, &apv, octets))
}

fn decoded(object: &Json, name: &str) -> Option<Vec<u8>> {
    base64url::decode(object.text(name)?).ok()
}

/// A compact JWS of this header and payload for the key of [`crate::ring::verifies`]; without a signature where
/// the algorithm is none.
#[must_use]
pub fn jws(header: &Json, payload: &[u8]) -> String {
    let protected = base64url::encode(header.to_string().as_bytes());
    let input = format!("{protected}.{}", base64url::encode(payload));
    let alg = header.text("alg").and_then(Signature::named);
    let signature = alg.and_then(|alg| sign(alg, input.as_bytes())).unwrap_or_default();
    format!("{input}.{}", base64url::encode(&signature))
}

fn sign(alg: &Signature, input: &[u8]) -> Option<Vec<u8>> {
    match alg.family {
        SignatureFamily::Hmac { hash } => Some(hash.hmac(SECRET, input)),
        SignatureFamily::RsaPkcs1v15 { hash } => {
            rsa::sign_pkcs1v15(RSA_KEY.as_ref()?, hash, input).ok()
        }
        SignatureFamily::RsaPss { hash } => {
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            rsa::sign_pss(RSA_KEY.as_ref()?, &mut rng, hash, hash, hash.octets(), input).ok()
        }
        SignatureFamily::Ecdsa { curve, hash } => {
            elliptic::sign_ecdsa(&elliptic(curve)?, hash, input).ok()
        }
        SignatureFamily::EdDsa => Some(okp::ed25519_sign(&ed25519()?, input)),
    }
}

/// Octets of a plaintext that is changed: larger ones are left to the seeds.
const MOST_INFLATED: usize = 1 << 20;
/// Iterations that the sealer is ready for.
const MOST_ITERATIONS: u32 = 5000;
