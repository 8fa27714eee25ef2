//! Opening a JWE with a private test key and the primitives (RFC 7516 §5.2, RFC 7518 §4, §5).

use algorithms::{
    ContentEncryption, ContentFamily, Curve, KeyManagement, KeyManagementFamily, base64url,
    cbc_hmac, concat_kdf, deflate, elliptic, gcm, key_wrap, okp, pbes2, rsa,
};
use serde_json::{Map, Value};

use super::Sealed;
use crate::key_management::exactly_32;

type Members = Map<String, Value>;

/// The content encryption key.
pub(super) fn cek(sealed: &Sealed, jwk: &str) -> Result<Vec<u8>, String> {
    let key: Members = serde_json::from_str(jwk).map_err(|error| error.to_string())?;
    let header = &sealed.header;
    let alg = text(header, "alg")?;
    let row = KeyManagement::named(alg).ok_or_else(|| format!("`{alg}` is no alg"))?;
    let enc = content_encryption(header)?;
    let failed = |_| format!("its encrypted key does not open with the test key ({alg})");
    let encrypted = sealed.encrypted_key.as_slice();
    match row.family {
        KeyManagementFamily::Direct => octets(&key, "k"),
        KeyManagementFamily::RsaOaep { hash } => {
            rsa::oaep_decrypt(&rsa_key(&key)?, hash, hash, b"", encrypted).map_err(failed)
        }
        KeyManagementFamily::RsaPkcs1v15 => {
            rsa::pkcs1v15_decrypt(&rsa_key(&key)?, encrypted).map_err(failed)
        }
        KeyManagementFamily::AesKeyWrap { .. } => {
            key_wrap::unwrap(&octets(&key, "k")?, encrypted).map_err(failed)
        }
        KeyManagementFamily::AesGcmKeyWrap { .. } => {
            let (iv, tag) = (octets(header, "iv")?, octets(header, "tag")?);
            gcm::open(&octets(&key, "k")?, &iv, &[], encrypted, &tag).map_err(failed)
        }
        KeyManagementFamily::EcdhEs { wrap_octets: None } => {
            agree(header, &key, enc.name, enc.cek_octets)
        }
        KeyManagementFamily::EcdhEs { wrap_octets: Some(length) } => {
            key_wrap::unwrap(&agree(header, &key, alg, length)?, encrypted).map_err(failed)
        }
        KeyManagementFamily::Pbes2 { hash, wrap_octets } => {
            let p2c = header.get("p2c").and_then(Value::as_u64).and_then(|p2c| p2c.try_into().ok());
            let p2c = p2c.filter(|p2c| *p2c <= MOST_ITERATIONS).ok_or("its `p2c` is unusable")?;
            let (password, p2s) = (octets(&key, "k")?, octets(header, "p2s")?);
            let kek = pbes2::derive(hash, &password, alg, &p2s, p2c, wrap_octets);
            key_wrap::unwrap(&kek, encrypted).map_err(failed)
        }
    }
}

/// What the content encryption key opens.
pub(super) fn plaintext(sealed: &Sealed, cek: &[u8]) -> Result<Vec<u8>, String> {
    let enc = content_encryption(&sealed.header)?;
    let mut aad = sealed.protected.clone();
    if let Some(more) = &sealed.aad {
        aad = format!("{aad}.{more}");
    }
    if cek.len() != enc.cek_octets {
        let (have, name, want) = (cek.len(), enc.name, enc.cek_octets);
        return Err(format!("its CEK has {have} octets, {name} needs {want}"));
    }
    let (iv, ciphertext, tag) = (&sealed.iv, &sealed.ciphertext, &sealed.tag);
    let opened = match enc.family {
        ContentFamily::Gcm => gcm::open(cek, iv, aad.as_bytes(), ciphertext, tag),
        ContentFamily::CbcHmac { hash } => {
            cbc_hmac::open(hash, cek, iv, aad.as_bytes(), ciphertext, tag)
        }
    };
    let octets = opened.map_err(|_| "its tag does not hold".to_owned())?;
    match sealed.header.get("zip").map(Value::as_str) {
        None => Ok(octets),
        Some(Some("DEF")) => deflate::inflate(&octets, MOST_INFLATED)
            .map_err(|_| "its plaintext is no DEFLATE (RFC 1951)".to_owned()),
        Some(other) => Err(format!("its `zip` is {other:?}")),
    }
}

/// The row of the header's `enc`.
pub(super) fn content_encryption(header: &Members) -> Result<&'static ContentEncryption, String> {
    let enc = text(header, "enc")?;
    ContentEncryption::named(enc).ok_or_else(|| format!("`{enc}` is no enc"))
}

fn agree(header: &Members, key: &Members, id: &str, length: usize) -> Result<Vec<u8>, String> {
    let Some(Value::Object(epk)) = header.get("epk") else {
        return Err("its header has no `epk`".to_owned());
    };
    let z = match Curve::named(text(key, "crv")?) {
        Some(Curve::X25519) => {
            let wrong = |_| "its `epk` has another length".to_owned();
            let u = exactly_32(&octets(epk, "x")?).map_err(wrong)?;
            okp::x25519(&exactly_32(&octets(key, "d")?).map_err(wrong)?, &u)
        }
        Some(curve) => {
            let wrong = || "its `epk` is no point of the key's curve".to_owned();
            let own = elliptic::PrivateKey::from_octets(curve, &octets(key, "d")?)
                .map_err(|_| "the test key is on another curve".to_owned())?;
            let point = elliptic::public_point(curve, &octets(epk, "x")?, &octets(epk, "y")?)
                .map_err(|_| wrong())?;
            elliptic::ecdh(&own, &point).map_err(|_| wrong())?
        }
        None => return Err("the test key is on no curve".to_owned()),
    };
    let party = |name: &str| match header.get(name) {
        None => Ok(Vec::new()),
        Some(_) => octets(header, name),
    };
    Ok(concat_kdf::derive(&z, id, &party("apu")?, &party("apv")?, length))
}

fn rsa_key(key: &Members) -> Result<rsa::PrivateKey, String> {
    let part = |name: &str| octets(key, name);
    let (n, e, d) = (part("n")?, part("e")?, part("d")?);
    rsa::PrivateKey::from_components(&n, &e, &d, &part("p")?, &part("q")?)
        .map_err(|error| error.to_string())
}

fn text<'a>(members: &'a Members, name: &str) -> Result<&'a str, String> {
    members.get(name).and_then(Value::as_str).ok_or_else(|| format!("`{name}` is no text"))
}

/// A member that is base64url.
pub(super) fn octets(members: &Members, name: &str) -> Result<Vec<u8>, String> {
    base64url::decode(text(members, name)?).map_err(|error| format!("`{name}`: {error}"))
}

/// Octets that a plaintext may inflate to: what is asked for is short.
const MOST_INFLATED: usize = 1 << 20;

/// Iterations above which a token is not opened here: some libraries take 600,000 by default.
const MOST_ITERATIONS: u32 = 10_000_000;
