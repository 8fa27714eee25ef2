//! Vectors of primitives: AES-CBC with HMAC, AES Key Wrap, the key derivation of ECDH-ES.

use algorithms::{
    ContentEncryption, ContentFamily, Hash, KeyManagement, KeyManagementFamily, base64url,
    cbc_hmac, concat_kdf, key_wrap as aes_key_wrap,
};
use libtest_mimic::Failed;
use serde_json::{Value, json};

use crate::compare::{Outcome, holds, same, same_octets};
use crate::jwk;
use crate::vector::Vector;

/// RFC 7518 Appendix B and RFC 7516 Appendix B.
pub(crate) fn aead(vector: &Vector, name: &str) -> Outcome {
    let row = ContentEncryption::named(vector.text("enc")?).ok_or("no such `enc`")?;
    let ContentFamily::CbcHmac { hash } = row.family else {
        return Err("only AES-CBC with HMAC has intermediate values".into());
    };
    let [cek, iv, aad] = [vector.octets("cek")?, vector.octets("iv")?, vector.octets("aad")?];
    let ciphertext = vector.octets("ciphertext")?;
    let (mac_key, enc_key) = cbc_hmac::split(hash, &cek)?;
    let length = cbc_hmac::aad_length(&aad);
    let plaintext = vector.text("plaintext")?.as_bytes();
    let got = match name {
        "mac_key" => mac_key.to_vec(),
        "enc_key" => enc_key.to_vec(),
        "al" => length.to_vec(),
        "mac_input" => [&aad[..], &iv, &ciphertext, &length].concat(),
        "mac" => cbc_hmac::mac(hash, mac_key, &aad, &iv, &ciphertext),
        "ciphertext" => {
            let tag = vector.octets("tag")?;
            let opened = cbc_hmac::open(hash, &cek, &iv, &aad, &ciphertext, &tag)?;
            same_octets("plaintext", &opened, plaintext)?;
            cbc_hmac::seal(hash, &cek, &iv, &aad, plaintext)?.0
        }
        "tag" => cbc_hmac::seal(hash, &cek, &iv, &aad, plaintext)?.1,
        _ => return Err(unknown(name)),
    };
    same_octets(name, &got, &vector.octets(name)?)
}

/// RFC 3394 §4.
pub(crate) fn key_wrap(vector: &Vector, name: &str) -> Outcome {
    if name != "ciphertext" {
        return Err(unknown(name));
    }
    let [kek, key] = [vector.octets("kek")?, vector.octets("key_data")?];
    let wrapped = vector.octets(name)?;
    same_octets("unwrapped", &aes_key_wrap::unwrap(&kek, &wrapped)?, &key)?;
    same_octets(name, &aes_key_wrap::wrap(&kek, &key)?, &wrapped)
}

/// RFC 7518 Appendix C, RFC 8037 Appendix A.6 and A.7.
pub(crate) fn key_derivation(vector: &Vector, name: &str) -> Outcome {
    let (ephemeral, recipient) =
        (vector.value("producer_ephemeral_key")?, vector.value("recipient_key")?);
    match name {
        "z" => {
            same_octets("consumer", &jwk::agree(recipient, ephemeral)?, &vector.octets(name)?)?;
            same_octets("producer", &jwk::agree(ephemeral, recipient)?, &vector.octets(name)?)
        }
        "producer_ephemeral_key" => {
            holds("d belongs to x and y", jwk::belongs_together(ephemeral)?)?;
            holds("d belongs to x and y", jwk::belongs_together(recipient)?)
        }
        "recipient_public_jwk" => {
            for member in ["kty", "crv", "x"] {
                same(member, &vector.value(name)?.get(member), &recipient.get(member))?;
            }
            Ok(())
        }
        "header" => {
            let header = vector.value(name)?;
            let epk = header.get("epk").ok_or("the header has no `epk`")?;
            same("epk x", &epk.get("x"), &ephemeral.get("x"))?;
            same("epk y", &epk.get("y"), &ephemeral.get("y"))
        }
        "derived_keys_without_apu_apv" => without_parties(vector),
        _ => Agreement::of(vector)?.check(vector, name),
    }
}

/// The inputs of one derivation, for the intermediate values of RFC 7518 §4.6.2.
#[derive(Debug)]
pub(crate) struct Agreement {
    z: Vec<u8>,
    algorithm: String,
    apu: Vec<u8>,
    apv: Vec<u8>,
    octets: usize,
}

impl Agreement {
    /// The agreement of a JOSE header, Z being known.
    pub(crate) fn from_header(header: &Value, z: Vec<u8>) -> Result<Self, Failed> {
        let alg = jwk::text(header, "alg")?;
        let enc = jwk::text(header, "enc")?;
        let row = KeyManagement::named(alg).ok_or("no such `alg`")?;
        let (algorithm, octets) = match row.family {
            KeyManagementFamily::EcdhEs { wrap_octets: Some(octets) } => (alg, octets),
            KeyManagementFamily::EcdhEs { wrap_octets: None } => {
                (enc, ContentEncryption::named(enc).ok_or("no such `enc`")?.cek_octets)
            }
            _ => return Err("the header has no key agreement".into()),
        };
        let party = |name| match header.get(name) {
            Some(_) => jwk::octets(header, name),
            None => Ok(Vec::new()),
        };
        Ok(Self {
            z,
            algorithm: algorithm.to_owned(),
            apu: party("apu")?,
            apv: party("apv")?,
            octets,
        })
    }

    fn of(vector: &Vector) -> Result<Self, Failed> {
        Self::from_header(vector.value("header")?, vector.octets("z")?)
    }

    /// The derived key.
    pub(crate) fn derived_key(&self) -> Vec<u8> {
        concat_kdf::derive(&self.z, &self.algorithm, &self.apu, &self.apv, self.octets)
    }

    /// One of the intermediate values.
    pub(crate) fn check(&self, vector: &Vector, name: &str) -> Outcome {
        let got = match name {
            "apu_utf8" => return same(name, &vector.text(name)?.as_bytes(), &&self.apu[..]),
            "apv_utf8" => return same(name, &vector.text(name)?.as_bytes(), &&self.apv[..]),
            "keydatalen" => return same(name, vector.value(name)?, &json!(self.bits())),
            "kdf_rounds" => return same(name, vector.value(name)?, &json!(self.rounds())),
            "algorithm_id" => prefixed(self.algorithm.as_bytes())?,
            "party_u_info" => prefixed(&self.apu)?,
            "party_v_info" => prefixed(&self.apv)?,
            "supp_pub_info" => u32::try_from(self.bits())?.to_be_bytes().to_vec(),
            "supp_priv_info" => Vec::new(),
            "other_info" => self.other_info(),
            "kdf_round_1_input" => self.first_input(),
            "kdf_round_1_output" => Hash::Sha256.digest(&self.first_input()),
            "derived_key" => self.derived_key(),
            _ => return Err(unknown(name)),
        };
        same_octets(name, &got, &vector.octets(name)?)
    }

    fn bits(&self) -> usize {
        self.octets.saturating_mul(8)
    }

    fn rounds(&self) -> usize {
        self.octets.div_ceil(Hash::Sha256.octets())
    }

    fn other_info(&self) -> Vec<u8> {
        concat_kdf::other_info(&self.algorithm, &self.apu, &self.apv, self.octets)
    }

    fn first_input(&self) -> Vec<u8> {
        [&[0, 0, 0, 1], &self.z[..], &self.other_info()].concat()
    }
}

/// Derived keys for several algorithms, with neither `apu` nor `apv`.
fn without_parties(vector: &Vector) -> Outcome {
    let rows = vector.value("derived_keys_without_apu_apv")?.as_object().ok_or("no object")?;
    for (algorithm, want) in rows {
        let (alg, enc) = algorithm.split_once('/').unwrap_or((algorithm, "A128GCM"));
        let header = json!({ "alg": alg, "enc": enc });
        let agreement = Agreement::from_header(&header, vector.octets("z")?)?;
        let got = json!({
            "derived_key": base64url::encode(&agreement.derived_key()),
            "kdf_round_1_output":
                base64url::encode(&Hash::Sha256.digest(&agreement.first_input())),
            "kdf_rounds": agreement.rounds(),
        });
        same(algorithm, &got, want)?;
    }
    holds("there is a row", !rows.is_empty())
}

/// The octets behind their length in 32 bits.
fn prefixed(octets: &[u8]) -> Result<Vec<u8>, Failed> {
    Ok([&u32::try_from(octets.len())?.to_be_bytes(), octets].concat())
}

/// The failure for a member that no check knows.
pub(crate) fn unknown(name: &str) -> Failed {
    format!("nothing here checks `{name}`").into()
}
