//! Key management (RFC 7518 §4): the CEK, the encrypted key and the header members that go with it.

use algorithms::{
    ContentEncryption, Curve, Hash, KeyManagement, KeyManagementFamily, base64url, concat_kdf,
    elliptic, gcm, key_wrap, okp, pbes2, rsa,
};
use suite::mutation::{GcmKw, Kdf};
use suite::recipe::Jwe;
use suite::{Action, Keys};

use crate::block;
use crate::entropy::Entropy;
use crate::epk::{ec_jwk, okp_jwk};
use crate::error::{ForgeError, not_applicable, unknown};
use crate::json_text::JsonText;
use crate::key::Key;

/// What key management makes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Managed {
    /// The key as the content encryption uses it.
    pub(crate) cek: Vec<u8>,
    /// The JWE encrypted key.
    pub(crate) encrypted_key: Vec<u8>,
    /// Header members of the algorithm: epk, apu, apv, iv, tag, p2s, p2c.
    pub(crate) parameters: JsonText,
}

/// What key management starts from.
#[derive(Debug)]
pub(crate) struct Manager<'a> {
    pub(crate) recipe: &'a Jwe,
    pub(crate) keys: &'a Keys,
    pub(crate) key: &'a Key<'a>,
    /// The algorithm that is really used.
    pub(crate) alg: &'static KeyManagement,
    /// The content encryption that is really used.
    pub(crate) enc: &'static ContentEncryption,
    pub(crate) entropy: &'a Entropy,
    pub(crate) action: Option<&'a Action>,
}

impl Manager<'_> {
    /// Makes a CEK, or agrees on one, and encrypts it.
    pub(crate) fn run(&self) -> Result<Managed, ForgeError> {
        match self.alg.family {
            KeyManagementFamily::Direct => {
                Ok(Managed { cek: self.kek(self.enc.cek_octets)?, ..Managed::default() })
            }
            KeyManagementFamily::EcdhEs { wrap_octets: None } => {
                let (cek, parameters) = self.agree(self.enc.name, self.enc.cek_octets)?;
                Ok(Managed { cek, encrypted_key: Vec::new(), parameters })
            }
            _ => self.encrypt(&self.cek()),
        }
    }

    /// Encrypts a CEK that exists, for a second recipient.
    pub(crate) fn encrypt(&self, cek: &[u8]) -> Result<Managed, ForgeError> {
        let (encrypted_key, parameters) = match self.alg.family {
            KeyManagementFamily::RsaOaep { hash } => (self.oaep(hash, cek)?, JsonText::default()),
            KeyManagementFamily::RsaPkcs1v15 => (self.pkcs1(cek, None)?, JsonText::default()),
            KeyManagementFamily::AesKeyWrap { key_octets } => {
                (self.wrap(&self.kek(key_octets)?, cek)?, JsonText::default())
            }
            KeyManagementFamily::AesGcmKeyWrap { key_octets } => {
                self.gcm_wrap(&self.kek(key_octets)?, cek)?
            }
            KeyManagementFamily::EcdhEs { wrap_octets: Some(octets) } => {
                let (kek, parameters) = self.agree(self.alg.name, octets)?;
                (self.wrap(&kek, cek)?, parameters)
            }
            KeyManagementFamily::Pbes2 { hash, wrap_octets } => {
                let (kek, parameters) = self.password_key(hash, wrap_octets)?;
                (self.wrap(&kek, cek)?, parameters)
            }
            KeyManagementFamily::Direct | KeyManagementFamily::EcdhEs { wrap_octets: None } => {
                return not_applicable("direct algorithms have one recipient");
            }
        };
        Ok(Managed { cek: cek.to_vec(), encrypted_key, parameters })
    }

    fn cek(&self) -> Vec<u8> {
        let octets = match self.action {
            Some(Action::CekOctets(octets)) => *octets,
            _ => self.enc.cek_octets,
        };
        self.entropy.octets("cek", octets)
    }

    /// The symmetric key at this length; a longer or shorter one is cut or filled up, unless it is wanted whole.
    fn kek(&self, octets: usize) -> Result<Vec<u8>, ForgeError> {
        let mut kek = self.key.octets("k")?;
        if !matches!(self.action, Some(Action::WholeKey(_))) {
            kek.resize(octets, 0);
        }
        Ok(kek)
    }

    fn oaep(&self, hash: Hash, cek: &[u8]) -> Result<Vec<u8>, ForgeError> {
        let (mut label_hash, mut mgf, mut label) = (hash, hash, "");
        match self.action {
            Some(Action::Oaep(other)) => {
                if let Some(name) = &other.hash {
                    label_hash = hash_named(name)?;
                }
                if let Some(name) = &other.mgf {
                    mgf = hash_named(name)?;
                }
                label = other.label.as_deref().unwrap_or_default();
            }
            Some(Action::Pkcs1(kind)) => return self.pkcs1(cek, Some(kind)),
            _ => {}
        }
        let public = self.key.rsa_public()?;
        let mut rng = self.entropy.rng("oaep");
        rsa::oaep_encrypt(&public, &mut rng, label_hash, mgf, label.as_bytes(), cek)
            .map_err(|_| ForgeError::Primitive("RSA-OAEP"))
    }

    // RFC 8017 §7.2.1: EM = 00 02 PS 00 M.
    fn pkcs1(&self, cek: &[u8], kind: Option<&str>) -> Result<Vec<u8>, ForgeError> {
        let kind = match self.action {
            Some(Action::Pkcs1(kind)) => kind,
            _ => kind.unwrap_or("valid"),
        };
        let public = self.key.rsa_public()?;
        let message: &[u8] = if kind == "empty-message" { &[] } else { cek };
        let room = public.modulus_octets().saturating_sub(3 + message.len());
        let padding: Vec<u8> =
            self.entropy.octets("pkcs1", room).into_iter().map(|octet| octet.max(1)).collect();
        let mut block = [&[0, 2], padding.as_slice(), &[0], message].concat();
        let mut put = |at: usize, value: u8| {
            if let Some(octet) = block.get_mut(at) {
                *octet = value;
            }
        };
        match kind {
            "valid" | "empty-message" => {}
            "bad-first-octet" => put(0, 1),
            "bad-type" => put(1, 1),
            "no-separator" => put(2 + room, 1),
            "short-padding" => put(2 + 4, 0),
            _ => return not_applicable(format!("unknown PKCS #1 block `{kind}`")),
        }
        if kind == "no-separator" {
            for octet in &mut block {
                *octet = (*octet).max(1);
            }
            if let Some(first) = block.first_mut() {
                *first = 0;
            }
        }
        rsa::raw_public(&public, &block).map_err(|_| ForgeError::Primitive("RSA"))
    }

    fn wrap(&self, kek: &[u8], cek: &[u8]) -> Result<Vec<u8>, ForgeError> {
        if let Some(Action::KeyWrapIv(iv)) = self.action {
            return block::key_wrap(kek, &self.entropy.read("key-wrap-iv", iv), cek);
        }
        key_wrap::wrap(kek, cek).map_err(|_| ForgeError::Primitive("AES key wrap"))
    }

    fn gcm_wrap(&self, kek: &[u8], cek: &[u8]) -> Result<(Vec<u8>, JsonText), ForgeError> {
        let right = GcmKw { iv_octets: None, tag_octets: None, flip_tag: false };
        let sizes = match self.action {
            Some(Action::GcmKw(sizes)) => sizes,
            _ => &right,
        };
        let iv = self.entropy.octets("key-wrap-iv", sizes.iv_octets.unwrap_or(12));
        let (encrypted_key, mut tag) =
            gcm::seal(kek, &iv, &[], cek).map_err(|_| ForgeError::Primitive("AES-GCM"))?;
        tag.truncate(sizes.tag_octets.unwrap_or(16));
        if sizes.flip_tag
            && let Some(octet) = tag.first_mut()
        {
            *octet ^= 1;
        }
        let mut parameters = JsonText::default();
        parameters.set_text("iv", &base64url::encode(&iv));
        parameters.set_text("tag", &base64url::encode(&tag));
        Ok((encrypted_key, parameters))
    }

    fn password_key(&self, hash: Hash, octets: usize) -> Result<(Vec<u8>, JsonText), ForgeError> {
        let password = self.key.octets("k")?;
        let salt_octets = match self.action {
            Some(Action::P2sOctets(octets)) => *octets,
            _ => self.recipe.p2s_octets.unwrap_or(16),
        };
        let p2s = self.entropy.octets("p2s", salt_octets);
        let said = self.recipe.p2c.unwrap_or(1000);
        let p2c = match self.action {
            Some(Action::Iterations(iterations)) => iterations.used,
            _ => said,
        };
        let kek = match self.action {
            Some(Action::Salt(kind)) if kind == "bare" => {
                pbes2::pbkdf2(hash, &password, &p2s, p2c, octets)
            }
            Some(Action::Salt(kind)) if kind == "absent" => {
                pbes2::derive(hash, &password, self.alg.name, &[], p2c, octets)
            }
            Some(Action::Salt(kind)) => return not_applicable(format!("unknown salt `{kind}`")),
            _ => pbes2::derive(hash, &password, self.alg.name, &p2s, p2c, octets),
        };
        let mut parameters = JsonText::default();
        if !matches!(self.action, Some(Action::Salt(kind)) if kind == "absent") {
            parameters.set_text("p2s", &base64url::encode(&p2s));
        }
        match self.action {
            Some(Action::Iterations(iterations)) => {
                parameters.set_json("p2c", iterations.said.clone());
            }
            _ => parameters.set("p2c", &said.into()),
        }
        Ok((kek, parameters))
    }

    /// Agrees on a key of `octets` octets (RFC 7518 §4.6).
    fn agree(&self, algorithm_id: &str, octets: usize) -> Result<(Vec<u8>, JsonText), ForgeError> {
        let curve = self.key.curve()?;
        let (mut epk, mut z) = match curve {
            Curve::X25519 => self.agree_x25519()?,
            _ => self.agree_ec(curve)?,
        };
        if let Some(Action::Epk(kind)) = self.action {
            z = self.bad_epk(kind, curve, &mut epk, z)?;
        }
        let apu = self.recipe.apu.as_deref();
        let apv = self.recipe.apv.as_deref();
        let mut parameters = JsonText::default();
        parameters.set_json("epk", epk.to_text());
        for (name, text) in [("apu", apu), ("apv", apv)] {
            if let Some(text) = text {
                parameters.set_text(name, &base64url::encode(text.as_bytes()));
            }
        }
        let right = Kdf { algorithm_id: None, apu: None, apv: None, strip_z: false };
        let inputs = match self.action {
            Some(Action::Kdf(inputs)) => inputs,
            _ => &right,
        };
        if inputs.strip_z {
            let zeros = z.iter().take_while(|octet| **octet == 0).count();
            if zeros == 0 {
                return not_applicable("Z has no leading zero octet to strip");
            }
            z.drain(..zeros);
        }
        let key = concat_kdf::derive(
            &z,
            inputs.algorithm_id.as_deref().unwrap_or(algorithm_id),
            inputs.apu.as_deref().or(apu).unwrap_or_default().as_bytes(),
            inputs.apv.as_deref().or(apv).unwrap_or_default().as_bytes(),
            octets,
        );
        Ok((key, parameters))
    }

    fn agree_x25519(&self) -> Result<(JsonText, Vec<u8>), ForgeError> {
        let ephemeral = match &self.recipe.ephemeral {
            Some(name) => Key::named(self.keys, name)?.octets("d")?,
            None => self.entropy.octets("ephemeral", 32),
        };
        let scalar = exactly_32(&ephemeral)?;
        let peer = exactly_32(&self.key.octets("x")?)?;
        Ok((okp_jwk(&okp::x25519_public(&scalar)), okp::x25519(&scalar, &peer)))
    }

    fn agree_ec(&self, curve: Curve) -> Result<(JsonText, Vec<u8>), ForgeError> {
        const FAILED: ForgeError = ForgeError::Primitive("ECDH");
        let ephemeral = match &self.recipe.ephemeral {
            Some(name) => {
                elliptic::PrivateKey::from_octets(curve, &Key::named(self.keys, name)?.octets("d")?)
                    .map_err(|_| FAILED)?
            }
            None => self.ephemeral(curve, "ephemeral")?,
        };
        let peer = elliptic::public_point(curve, &self.key.octets("x")?, &self.key.octets("y")?)
            .map_err(|_| FAILED)?;
        let (x, y) = ephemeral.public();
        let z = elliptic::ecdh(&ephemeral, &peer).map_err(|_| FAILED)?;
        Ok((ec_jwk(curve, &x, &y), z))
    }

    pub(crate) fn ephemeral(
        &self,
        curve: Curve,
        label: &str,
    ) -> Result<elliptic::PrivateKey, ForgeError> {
        elliptic::generate(curve, &mut self.entropy.rng(label))
            .map_err(|_| ForgeError::Primitive("key generation"))
    }
}

/// The hash with this name, such as `SHA-256`.
pub(crate) fn hash_named(name: &str) -> Result<Hash, ForgeError> {
    Ok(match name {
        "SHA-1" => Hash::Sha1,
        "SHA-256" => Hash::Sha256,
        "SHA-384" => Hash::Sha384,
        "SHA-512" => Hash::Sha512,
        _ => return Err(unknown("the hash", name)),
    })
}

pub(crate) fn exactly_32(octets: &[u8]) -> Result<[u8; 32], ForgeError> {
    octets.try_into().map_err(|_| ForgeError::Primitive("X25519"))
}
