//! Signatures (RFC 7518 §3), right or wrong.

use algorithms::{Curve, Hash, Signature, SignatureFamily, elliptic, okp, rsa};
use suite::Action;
use suite::mutation::HmacWith;

use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable, unknown};
use crate::key::Key;
use crate::public_text::{der_integer, der_length, public_text};

/// What signs what.
#[derive(Debug)]
pub(crate) struct Signer<'a> {
    pub(crate) algorithm: &'static Signature,
    pub(crate) key: &'a Key<'a>,
    pub(crate) entropy: &'a Entropy,
    pub(crate) action: Option<&'a Action>,
}

impl Signer<'_> {
    pub(crate) fn sign(&self, input: &[u8]) -> Result<Vec<u8>, ForgeError> {
        match self.algorithm.family {
            SignatureFamily::Hmac { hash } => Ok(hash.hmac(&self.key.octets("k")?, input)),
            SignatureFamily::RsaPkcs1v15 { hash } => self.rsassa(hash, input),
            SignatureFamily::RsaPss { hash } => self.pss(hash, input),
            SignatureFamily::Ecdsa { curve, hash } => self.ecdsa(curve, hash, input),
            SignatureFamily::EdDsa => self.eddsa(input),
        }
    }

    fn rsassa(&self, hash: Hash, input: &[u8]) -> Result<Vec<u8>, ForgeError> {
        const FAILED: ForgeError = ForgeError::Primitive("RSASSA-PKCS1-v1_5");
        let private = self.key.rsa_private()?;
        let Some(Action::Rsassa(kind)) = self.action else {
            return rsa::sign_pkcs1v15(&private, hash, input).map_err(|_| FAILED);
        };
        // RFC 8017 §9.2: EM = 00 01 FF … FF 00 DigestInfo.
        let digest = hash.digest(input);
        let info = [digest_info(hash)?, digest.clone()].concat();
        let size = private.public().modulus_octets();
        let frame = |padding: usize, back: &[u8]| {
            let mut block = vec![0, 1];
            block.extend(vec![0xFF; padding]);
            block.push(0);
            block.extend(back);
            block.resize(size, 0);
            block
        };
        let block = match kind.as_str() {
            "no-digest-info" => frame(size - 3 - digest.len(), &digest),
            "trailing-octets" => frame(8, &info),
            "zero-padding" => {
                let mut block = frame(size - 3 - info.len(), &info);
                for octet in block.iter_mut().skip(2).take(16) {
                    *octet = 0xFE;
                }
                block
            }
            "block-type-2" => {
                let mut block = frame(size - 3 - info.len(), &info);
                if let Some(octet) = block.get_mut(1) {
                    *octet = 2;
                }
                block
            }
            _ => return Err(unknown("the kind of RSASSA padding", kind)),
        };
        rsa::raw_private(&private, &block).map_err(|_| FAILED)
    }

    fn pss(&self, hash: Hash, input: &[u8]) -> Result<Vec<u8>, ForgeError> {
        let (mut mgf, mut salt) = (hash, hash.octets());
        if let Some(Action::Pss(other)) = self.action {
            if let Some(name) = &other.mgf {
                mgf = crate::key_management::hash_named(name)?;
            }
            salt = other.salt.unwrap_or(salt);
        }
        let private = self.key.rsa_private()?;
        rsa::sign_pss(&private, &mut self.entropy.rng("pss"), hash, mgf, salt, input)
            .map_err(|_| ForgeError::Primitive("RSASSA-PSS"))
    }

    fn ecdsa(&self, curve: Curve, hash: Hash, input: &[u8]) -> Result<Vec<u8>, ForgeError> {
        let used = self.key.curve()?;
        let private = elliptic::PrivateKey::from_octets(used, &self.key.octets("d")?)
            .map_err(|_| ForgeError::Primitive("ECDSA"))?;
        let signature = elliptic::sign_ecdsa(&private, hash, input)
            .map_err(|_| ForgeError::Primitive("ECDSA"))?;
        let Some(Action::Ecdsa(kind)) = self.action else { return Ok(signature) };
        let width = curve.coordinate_octets();
        let (r, s) = signature.split_at(width.min(signature.len()));
        let zeros = vec![0; width];
        Ok(match kind.as_str() {
            "der" => {
                let body = [der_integer(r), der_integer(s)].concat();
                [vec![0x30], der_length(body.len()), body].concat()
            }
            "zero" => [zeros.clone(), zeros].concat(),
            "r-zero" => [zeros.as_slice(), s].concat(),
            "s-zero" => [r, &zeros].concat(),
            "swapped" => [s, r].concat(),
            "short" => r.iter().skip(1).chain(s).copied().collect(),
            "wide" => [&[0], r, &[0], s].concat(),
            // What a lenient verifier pads on the left again.
            "minimal" => match r.first() {
                Some(0) => signature.iter().skip(1).copied().collect(),
                _ => return Err(ForgeError::Unlucky("r has no leading zero octet".into())),
            },
            // RFC 7518 and FIPS 186 let s and n - s both stand.
            "high-s" => [r, &subtract(&order(curve)?, s)].concat(),
            "r-plus-order" => [&plus_order(r, curve)?, s].concat(),
            "s-plus-order" => [r, &plus_order(s, curve)?].concat(),
            _ => return Err(unknown("the kind of ECDSA signature", kind)),
        })
    }

    fn eddsa(&self, input: &[u8]) -> Result<Vec<u8>, ForgeError> {
        const FAILED: ForgeError = ForgeError::Primitive("EdDSA");
        let seed: [u8; 32] = self.key.octets("d")?.try_into().map_err(|_| FAILED)?;
        let signature = okp::ed25519_sign(&seed, input).to_vec();
        let Some(Action::Eddsa(kind)) = self.action else { return Ok(signature) };
        let (r, s) = signature.split_at(32);
        match kind.as_str() {
            // S + L verifies wherever S is not checked to be below the group's order L.
            "s-plus-l" => {
                let big: Vec<u8> = s.iter().rev().copied().collect();
                let order = suite::octets::from_hex(ORDER_OF_ED25519).ok_or(FAILED)?;
                let mut sum = crate::part::add(&big, &order).ok_or(FAILED)?;
                sum.reverse();
                Ok([r, &sum].concat())
            }
            "zero" => Ok(vec![0; 64]),
            _ => Err(unknown("the kind of EdDSA signature", kind)),
        }
    }
}

/// An HMAC keyed with a text of an asymmetric key's public half.
pub(crate) fn hmac_with_public_key(
    key: &Key<'_>,
    with: &HmacWith,
    input: &[u8],
) -> Result<Vec<u8>, ForgeError> {
    let Some(SignatureFamily::Hmac { hash }) = Signature::named(&with.alg).map(|row| &row.family)
    else {
        return not_applicable(format!("`{}` is no HMAC algorithm", with.alg));
    };
    Ok(hash.hmac(&public_text(key, &with.form)?, input))
}

/// A compact JWS whose signature is the HMAC with SHA-256 and the octets of a text.
pub(crate) fn hmac_with_text(token: &str, secret: &str) -> Result<String, ForgeError> {
    let Some((input, _)) = token.rsplit_once('.') else {
        return not_applicable("what has no parts has no signature to replace");
    };
    let code = Hash::Sha256.hmac(secret.as_bytes(), input.as_bytes());
    Ok(format!("{input}.{}", algorithms::base64url::encode(&code)))
}

fn digest_info(hash: Hash) -> Result<Vec<u8>, ForgeError> {
    let hex = match hash {
        Hash::Sha1 => "3021300906052b0e03021a05000414",
        Hash::Sha256 => "3031300d060960864801650304020105000420",
        Hash::Sha384 => "3041300d060960864801650304020205000430",
        Hash::Sha512 => "3051300d060960864801650304020305000440",
    };
    suite::octets::from_hex(hex).ok_or(ForgeError::Primitive("DigestInfo"))
}

fn order(curve: Curve) -> Result<Vec<u8>, ForgeError> {
    let hex = match curve {
        Curve::P256 => ORDER_OF_P256,
        Curve::P384 => ORDER_OF_P384,
        Curve::P521 => ORDER_OF_P521,
        Curve::Ed25519 | Curve::X25519 => return not_applicable("ECDSA is not on this curve"),
    };
    suite::octets::from_hex(hex).ok_or(ForgeError::Primitive("order"))
}

fn plus_order(number: &[u8], curve: Curve) -> Result<Vec<u8>, ForgeError> {
    crate::part::add(number, &order(curve)?)
        .ok_or_else(|| ForgeError::Unlucky("the sum is wider than the curve's octets".into()))
}

/// `left - right` for big-endian numbers of the same length, the left one being the larger.
fn subtract(left: &[u8], right: &[u8]) -> Vec<u8> {
    let mut borrow = 0;
    let mut out: Vec<u8> = left
        .iter()
        .zip(right)
        .rev()
        .map(|(a, b)| {
            let difference = 0x100 + u16::from(*a) - u16::from(*b) - borrow;
            borrow = u16::from(difference < 0x100);
            difference.to_le_bytes()[0]
        })
        .collect();
    out.reverse();
    out
}

/// FIPS 186-5: the orders n of the curves, big-endian.
const ORDER_OF_P256: &str = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const ORDER_OF_P384: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf\
    581a0db248b0a77aecec196accc52973";
const ORDER_OF_P521: &str = "01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff\
    fa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409";

/// RFC 8032 §5.1: L, big-endian.
const ORDER_OF_ED25519: &str = "1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed";
