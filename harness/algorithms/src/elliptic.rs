//! P-256, P-384 and P-521: key agreement (SP 800-56A §5.7.1.2) and ECDSA (FIPS 186-5 §6).

use p256::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use p256::elliptic_curve::Generate as _;
use rand::CryptoRng;

use crate::curve::Curve;
use crate::error::{CryptoError, KeyError};
use crate::hash::Hash;

/// A point of one of the three curves, not the point at infinity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(PublicPoint);

/// A scalar of one of the three curves, in 1 to n − 1. `Debug` does not show it.
#[derive(Clone, Debug)]
pub struct PrivateKey(PrivateScalar);

#[derive(Clone, Debug, PartialEq, Eq)]
enum PublicPoint {
    P256(p256::PublicKey),
    P384(p384::PublicKey),
    P521(p521::PublicKey),
}

#[derive(Clone, Debug)]
enum PrivateScalar {
    P256(p256::SecretKey),
    P384(p384::SecretKey),
    P521(p521::SecretKey),
}

/// Does the same with the key of each curve, whose crate is `$curve` inside of `$body`.
macro_rules! each {
    ($kind:ident, $key:expr, |$inner:ident| $body:expr) => {
        match $key {
            $kind::P256($inner) => $body,
            $kind::P384($inner) => $body,
            $kind::P521($inner) => $body,
        }
    };
    ($kind:ident, $key:expr, |$inner:ident, $curve:ident| $body:expr) => {
        match $key {
            $kind::P256($inner) => {
                use p256 as $curve;
                $body
            }
            $kind::P384($inner) => {
                use p384 as $curve;
                $body
            }
            $kind::P521($inner) => {
                use p521 as $curve;
                $body
            }
        }
    };
}

/// A public key from its coordinates, both of the full width of the field.
///
/// # Errors
/// [`KeyError::Size`] for another width or a curve that is not of this module,
/// [`KeyError::NotOnCurve`] otherwise.
pub fn public_point(curve: Curve, x: &[u8], y: &[u8]) -> Result<PublicKey, KeyError> {
    let width = curve.coordinate_octets();
    if x.len() != width || y.len() != width {
        return Err(KeyError::Size);
    }
    // SEC 1 §2.3.3: the uncompressed form.
    let point = [&[4], x, y].concat();
    let not_on_curve = |_| KeyError::NotOnCurve;
    let point = match curve {
        Curve::P256 => {
            PublicPoint::P256(p256::PublicKey::from_sec1_bytes(&point).map_err(not_on_curve)?)
        }
        Curve::P384 => {
            PublicPoint::P384(p384::PublicKey::from_sec1_bytes(&point).map_err(not_on_curve)?)
        }
        Curve::P521 => {
            PublicPoint::P521(p521::PublicKey::from_sec1_bytes(&point).map_err(not_on_curve)?)
        }
        Curve::X25519 | Curve::Ed25519 => return Err(KeyError::Size),
    };
    Ok(PublicKey(point))
}

impl PublicKey {
    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        match self.0 {
            PublicPoint::P256(_) => Curve::P256,
            PublicPoint::P384(_) => Curve::P384,
            PublicPoint::P521(_) => Curve::P521,
        }
    }

    /// The coordinates x and y, each of the full width of the field.
    #[must_use]
    pub fn coordinates(&self) -> (Vec<u8>, Vec<u8>) {
        let octets = each!(PublicPoint, &self.0, |key| key.to_sec1_bytes());
        let point = octets.get(1..).unwrap_or_default();
        let (x, y) = point.split_at_checked(point.len() / 2).unwrap_or_default();
        (x.to_vec(), y.to_vec())
    }
}

impl PrivateKey {
    /// A private key from `d`, of the full width of the group order.
    ///
    /// # Errors
    /// [`KeyError::Size`] for another width or a curve that is not of this module,
    /// [`KeyError::Malformed`] for 0 and for the order and above.
    pub fn from_octets(curve: Curve, d: &[u8]) -> Result<Self, KeyError> {
        if d.len() != curve.coordinate_octets() {
            return Err(KeyError::Size);
        }
        let malformed = |_| KeyError::Malformed;
        let scalar = match curve {
            Curve::P256 => PrivateScalar::P256(p256::SecretKey::from_slice(d).map_err(malformed)?),
            Curve::P384 => PrivateScalar::P384(p384::SecretKey::from_slice(d).map_err(malformed)?),
            Curve::P521 => PrivateScalar::P521(p521::SecretKey::from_slice(d).map_err(malformed)?),
            Curve::X25519 | Curve::Ed25519 => return Err(KeyError::Size),
        };
        Ok(Self(scalar))
    }

    /// The curve.
    #[must_use]
    pub const fn curve(&self) -> Curve {
        match self.0 {
            PrivateScalar::P256(_) => Curve::P256,
            PrivateScalar::P384(_) => Curve::P384,
            PrivateScalar::P521(_) => Curve::P521,
        }
    }

    /// The coordinates x and y of the public key, each of the full width.
    #[must_use]
    pub fn public(&self) -> (Vec<u8>, Vec<u8>) {
        self.public_key().coordinates()
    }

    /// The public key.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(match &self.0 {
            PrivateScalar::P256(key) => PublicPoint::P256(key.public_key()),
            PrivateScalar::P384(key) => PublicPoint::P384(key.public_key()),
            PrivateScalar::P521(key) => PublicPoint::P521(key.public_key()),
        })
    }

    /// The private scalar, of the full width.
    #[must_use]
    pub fn to_octets(&self) -> Vec<u8> {
        each!(PrivateScalar, &self.0, |key| key.to_bytes().to_vec())
    }
}

/// A fresh key; the same `rng` state gives the same key with the locked versions.
///
/// # Errors
/// [`KeyError::Size`] for a curve that is not of this module.
pub fn generate(curve: Curve, rng: &mut (impl CryptoRng + ?Sized)) -> Result<PrivateKey, KeyError> {
    Ok(PrivateKey(match curve {
        Curve::P256 => PrivateScalar::P256(p256::SecretKey::generate_from_rng(rng)),
        Curve::P384 => PrivateScalar::P384(p384::SecretKey::generate_from_rng(rng)),
        Curve::P521 => PrivateScalar::P521(p521::SecretKey::generate_from_rng(rng)),
        Curve::X25519 | Curve::Ed25519 => return Err(KeyError::Size),
    }))
}

/// The agreed secret Z: the x coordinate at its full width, leading zeros kept (RFC 7518 §4.6.2).
///
/// # Errors
/// The keys are of different curves.
pub fn ecdh(private: &PrivateKey, public: &PublicKey) -> Result<Vec<u8>, CryptoError> {
    match (&private.0, &public.0) {
        (PrivateScalar::P256(d), PublicPoint::P256(q)) => {
            Ok(d.diffie_hellman(q).raw_secret_bytes().to_vec())
        }
        (PrivateScalar::P384(d), PublicPoint::P384(q)) => {
            Ok(d.diffie_hellman(q).raw_secret_bytes().to_vec())
        }
        (PrivateScalar::P521(d), PublicPoint::P521(q)) => {
            Ok(d.diffie_hellman(q).raw_secret_bytes().to_vec())
        }
        _ => Err(CryptoError),
    }
}

/// The signature R ‖ S of fixed width, with the deterministic nonce of RFC 6979.
///
/// Any pairing of curve and hash is signed whose hash has at least half the width of the curve;
/// JWA has three (RFC 7518 §3.4).
///
/// # Errors
/// The hash is too short for the curve.
pub fn sign_ecdsa(key: &PrivateKey, hash: Hash, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let digest = hash.digest(message);
    each!(PrivateScalar, &key.0, |key, curve| {
        let key = curve::ecdsa::SigningKey::from(key.clone());
        let signature: curve::ecdsa::Signature =
            key.sign_prehash(&digest).map_err(|_| CryptoError)?;
        Ok(signature.to_vec())
    })
}

/// Whether `signature` is R ‖ S of exactly two widths, both in 1 to n − 1, and holds. An S in the
/// upper half is as good as its counterpart: JWA does not normalize.
#[must_use]
pub fn verify_ecdsa(key: &PublicKey, hash: Hash, message: &[u8], signature: &[u8]) -> bool {
    let digest = hash.digest(message);
    each!(PublicPoint, &key.0, |key, curve| {
        curve::ecdsa::Signature::from_slice(signature).is_ok_and(|signature| {
            curve::ecdsa::VerifyingKey::from(key).verify_prehash(&digest, &signature).is_ok()
        })
    })
}

#[cfg(test)]
mod tests;
