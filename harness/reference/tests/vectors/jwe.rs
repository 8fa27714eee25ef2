//! JWE: the serializations through the reference, each intermediate value on the primitives.

use algorithms::{
    ContentEncryption, ContentFamily, Hash, KeyManagementFamily, base64url, cbc_hmac, deflate, gcm,
    pbes2,
};
use libtest_mimic::Failed;
use serde_json::Value;

use crate::compare::{Outcome, holds, same, same_octets};
use crate::key_management;
use crate::primitives::{Agreement, unknown};
use crate::token::{Jwe, protected_header};
use crate::vector::Vector;
use crate::{jwk, jwks, opening};

/// Checks one member of a vector of the kind `jwe`.
pub(crate) fn check(vector: &Vector, name: &str) -> Outcome {
    match name {
        "compact" | "json_flattened" | "json_general" => opening::decrypts(vector, name),
        "inner" => opening::opens_nested(vector),
        "recipient_private_pem" => jwks::private_pem(vector, name),
        "recipient_public_pem" => jwks::public_pem(vector, name),
        "thumbprint_sha256_0" => jwks::check(vector, name),
        "jose_header" | "protected_text" | "protected_header" | "unprotected_header"
        | "aad_text" => headers(vector, name),
        "aad" | "iv" | "encrypted_key" | "ciphertext" | "tag" | "cek" => parts(vector, name),
        "mac_key" | "enc_key" | "al" | "mac_input" | "mac" => mac(vector, name),
        "compressed_plaintext" => {
            let want = vector.text("plaintext")?.as_bytes();
            same_octets("inflated", &deflate::inflate(&vector.octets(name)?, want.len())?, want)
        }
        "pbkdf2_salt" => salt(vector),
        "producer_ephemeral_key" => ephemeral(vector, vector.value(name)?),
        "z" | "recipient_1_z" => {
            let recipient = recipient(name);
            let (header, key) = (header(vector, recipient)?, vector.key(recipient)?);
            same_octets(name, &key_management::z(&header, key)?, &vector.octets(name)?)?;
            opening::intermediate(vector, recipient, name)
        }
        "derived_key" | "recipient_1_derived_key" => {
            let recipient = recipient(name);
            let (header, key) = (header(vector, recipient)?, vector.key(recipient)?);
            let derived = key_management::derived_key(&header, key)?;
            same_octets(name, &derived, &vector.octets(name)?)?;
            opening::intermediate(vector, recipient, name)
        }
        "other_info" => {
            opening::intermediate(vector, 0, name)?;
            Agreement::from_header(&header(vector, 0)?, vector.octets("z")?)?.check(vector, name)
        }
        "algorithm_id" | "party_u_info" | "party_v_info" | "supp_pub_info"
        | "kdf_round_1_input" | "kdf_round_1_output" | "kdf_rounds" => {
            Agreement::from_header(&header(vector, 0)?, vector.octets("z")?)?.check(vector, name)
        }
        _ => Err(unknown(name)),
    }
}

/// What the headers say, in every serialization.
fn headers(vector: &Vector, name: &str) -> Outcome {
    for (serialization, token) in Jwe::all(vector)? {
        let what = format!("{name} of {serialization}");
        match name {
            "jose_header" => same(&what, &token.header(0)?, vector.value(name)?)?,
            "protected_text" => {
                let text = String::from_utf8(base64url::decode(&token.protected)?)?;
                same(&what, &text.as_str(), &vector.text(name)?)?;
            }
            "protected_header" => {
                same(&what, &protected_header(&token.protected)?, vector.value(name)?)?;
            }
            "unprotected_header" => {
                let members = Value::Object(token.unprotected.clone());
                same(&what, &members, vector.value(name)?)?;
            }
            _ => {
                let aad = token.aad.as_deref().ok_or("the token has no `aad`")?;
                let text = String::from_utf8(base64url::decode(aad)?)?;
                same(&what, &text.as_str(), &vector.text(name)?)?;
            }
        }
    }
    Ok(())
}

/// The parts of every serialization, and that each follows from the others.
fn parts(vector: &Vector, name: &str) -> Outcome {
    let want = vector.octets(name)?;
    for (serialization, token) in Jwe::all(vector)? {
        let what = format!("{name} of {serialization}");
        let header = token.header(0)?;
        match name {
            "aad" => same_octets(&what, &token.authenticated(), &want)?,
            "iv" => same_octets(&what, &token.iv, &want)?,
            "ciphertext" => {
                same_octets(&what, &token.ciphertext, &want)?;
                same_octets("encrypted again", &seal(vector, &header)?.0, &want)?;
            }
            "tag" => {
                same_octets(&what, &token.tag, &want)?;
                same_octets("authenticated again", &seal(vector, &header)?.1, &want)?;
            }
            "cek" => {
                for (recipient, (_, encrypted_key)) in token.recipients.iter().enumerate() {
                    let (header, key) = (token.header(recipient)?, vector.key(recipient)?);
                    let cek = key_management::cek(&header, key, encrypted_key)?;
                    same_octets(&format!("{what}, recipient {recipient}"), &cek, &want)?;
                    key_management::reproduced(&header, key, &cek, encrypted_key)?;
                }
            }
            _ => {
                same_octets(&what, token.encrypted_key(0)?, &want)?;
                key_management::reproduced(&header, vector.key(0)?, &vector.octets("cek")?, &want)?;
            }
        }
    }
    match name {
        "aad" | "cek" => opening::intermediate(vector, 0, name),
        _ => holds("there is a serialization", vector.outputs().next().is_some()),
    }
}

/// Ciphertext and tag from the stated CEK, IV and AAD.
fn seal(vector: &Vector, header: &Value) -> Result<(Vec<u8>, Vec<u8>), Failed> {
    let row = ContentEncryption::named(jwk::text(header, "enc")?).ok_or("no such `enc`")?;
    let [cek, iv, aad] = [vector.octets("cek")?, vector.octets("iv")?, vector.octets("aad")?];
    let plaintext = match vector.find("compressed_plaintext") {
        Some(_) => vector.octets("compressed_plaintext")?,
        None => vector.text("plaintext")?.as_bytes().to_vec(),
    };
    Ok(match row.family {
        ContentFamily::Gcm => gcm::seal(&cek, &iv, &aad, &plaintext)?,
        ContentFamily::CbcHmac { hash } => cbc_hmac::seal(hash, &cek, &iv, &aad, &plaintext)?,
    })
}

/// The words of RFC 7518 §5.2.2.1.
fn mac(vector: &Vector, name: &str) -> Outcome {
    let hash = cbc_hash(vector)?;
    let cek = vector.octets("cek")?;
    let (mac_key, enc_key) = cbc_hmac::split(hash, &cek)?;
    let [iv, aad, ciphertext] =
        [vector.octets("iv")?, vector.octets("aad")?, vector.octets("ciphertext")?];
    let length = cbc_hmac::aad_length(&aad);
    let got = match name {
        "mac_key" => mac_key.to_vec(),
        "enc_key" => enc_key.to_vec(),
        "al" => length.to_vec(),
        "mac_input" => [&aad[..], &iv, &ciphertext, &length].concat(),
        _ => cbc_hmac::mac(hash, mac_key, &aad, &iv, &ciphertext),
    };
    same_octets(name, &got, &vector.octets(name)?)?;
    // The reference has no value for the length of the AAD alone; `mac_input` ends with it.
    if name == "al" { Ok(()) } else { opening::intermediate(vector, 0, name) }
}

fn cbc_hash(vector: &Vector) -> Result<Hash, Failed> {
    let header = header(vector, 0)?;
    let row = ContentEncryption::named(jwk::text(&header, "enc")?).ok_or("no such `enc`")?;
    match row.family {
        ContentFamily::CbcHmac { hash } => Ok(hash),
        ContentFamily::Gcm => Err("AES-GCM has no such value".into()),
    }
}

/// RFC 7518 §4.8.1.1: the salt, and the key that follows from it.
fn salt(vector: &Vector) -> Outcome {
    let header = header(vector, 0)?;
    let KeyManagementFamily::Pbes2 { hash, wrap_octets } = key_management::family(&header)? else {
        return Err("only PBES2 has a salt".into());
    };
    let (p2s, p2c) = key_management::pbes2_inputs(&header)?;
    let salt = [jwk::text(&header, "alg")?.as_bytes(), &[0], &p2s].concat();
    same_octets("pbkdf2_salt", &salt, &vector.octets("pbkdf2_salt")?)?;
    let password = jwk::secret(vector.key(0)?)?;
    let key = pbes2::pbkdf2(hash, &password, &salt, p2c, wrap_octets);
    same_octets("derived_key", &key, &vector.octets("derived_key")?)?;
    opening::intermediate(vector, 0, "pbkdf2_salt")
}

/// `recipient_1_z` belongs to the second recipient.
fn recipient(name: &str) -> usize {
    usize::from(name.starts_with("recipient_1_"))
}

/// The producer's private key belongs to the `epk` of one recipient, and agrees on the same Z.
fn ephemeral(vector: &Vector, ephemeral: &Value) -> Outcome {
    holds("d belongs to x and y", jwk::belongs_together(ephemeral)?)?;
    let token = Jwe::first(vector)?;
    for recipient in 0..token.recipients.len() {
        let header = token.header(recipient)?;
        let Some(epk) = header.get("epk") else { continue };
        same("epk x", &epk.get("x"), &ephemeral.get("x"))?;
        same("epk y", &epk.get("y"), &ephemeral.get("y"))?;
        let key = vector.key(recipient)?;
        return same_octets("Z", &jwk::agree(ephemeral, key)?, &key_management::z(&header, key)?);
    }
    Err("no recipient has an `epk`".into())
}

fn header(vector: &Vector, recipient: usize) -> Result<Value, Failed> {
    Jwe::first(vector)?.header(recipient)
}
