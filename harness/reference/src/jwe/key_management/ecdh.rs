//! ECDH-ES, direct and with AES Key Wrap (RFC 7518 §4.6, RFC 8037 §3.2).

use algorithms::{
    ContentEncryption, Curve, KeyManagement, KeyManagementFamily, concat_kdf, elliptic, okp,
};
use rand::CryptoRng;
use rejection::Rejection;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::super::parameters::{Parameters, party};
use super::super::plan::Plan;
use super::{Request, Secret, Wrapped, aes, check_not_given, text};
use crate::json::{Object, Value};
use crate::jwk::{Jwk, Material};

/// The agreed secret and what is derived from it.
pub(in crate::jwe) struct Agreement {
    /// Z.
    pub z: Secret,
    /// The input of the key derivation behind Z.
    pub other_info: Vec<u8>,
    /// The CEK or the key encryption key.
    pub derived: Secret,
}

/// The recipient's side.
pub(in crate::jwe) fn derive(plan: &Plan, key: &Jwk) -> Result<Agreement, Rejection> {
    let Parameters::Agreement { epk, apu, apv } = &plan.parameters else {
        return Err(Rejection::EpkMissing);
    };
    let z = match (&key.material, &epk.material) {
        (Material::Elliptic { private: Some(d), .. }, Material::Elliptic { public, .. }) => {
            // The keys are of one curve, or there is no agreement.
            elliptic::ecdh(d, public).map_err(|_| Rejection::EpkInvalid)?
        }
        (
            Material::Octets { curve: Curve::X25519, d: Some(d), .. },
            Material::Octets { curve: Curve::X25519, x, .. },
        ) => okp::x25519(d, x),
        _ => return Err(Rejection::EpkInvalid),
    };
    finish(z.into(), plan.alg, plan.enc, [apu.as_slice(), apv])
}

/// The sender's side, with a fresh ephemeral key (RFC 7518 §4.6.1.1).
pub(super) fn wrap(request: Request<'_>, rng: &mut dyn CryptoRng) -> Result<Wrapped, Rejection> {
    check_not_given(request.header, &["epk"])?;
    let (apu, apv) = party(request.header)?;
    let (z, epk) = match &request.key.material {
        Material::Elliptic { public, .. } => {
            let ephemeral =
                elliptic::generate(public.curve(), rng).map_err(|_| Rejection::KeyCurve)?;
            let z = elliptic::ecdh(&ephemeral, public).map_err(|_| Rejection::KeyCurve)?;
            let (x, y) = ephemeral.public();
            let members = [("x", text(&x)), ("y", text(&y))];
            (z, public_jwk("EC", public.curve(), members))
        }
        Material::Octets { curve: Curve::X25519, x, .. } => {
            let mut ephemeral = Zeroizing::new([0; 32]);
            rng.fill_bytes(ephemeral.as_mut_slice());
            let members = [("x", text(&okp::x25519_public(&ephemeral)))];
            (okp::x25519(&ephemeral, x), public_jwk("OKP", Curve::X25519, members))
        }
        _ => return Err(Rejection::KeyType),
    };
    let derived = finish(z.into(), request.alg, request.enc, [&apu, &apv])?.derived;
    let added = vec![("epk", Value::Object(epk))];
    match request.alg.family {
        KeyManagementFamily::EcdhEs { wrap_octets: Some(_) } => {
            Ok(Wrapped { cek: None, encrypted_key: aes::wrap(&derived, request.cek)?, added })
        }
        _ => Ok(Wrapped { cek: Some(derived), encrypted_key: Vec::new(), added }),
    }
}

/// RFC 7518 §4.6.2: AlgorithmID is `enc` for direct agreement, `alg` with key wrapping.
fn finish(
    z: Secret,
    alg: &KeyManagement,
    enc: &ContentEncryption,
    [apu, apv]: [&[u8]; 2],
) -> Result<Agreement, Rejection> {
    // RFC 8037 §5: an all-zero secret is refused. A point of small order is public knowledge, so
    // the code tells the sender nothing.
    if bool::from(z.ct_eq(&vec![0; z.len()])) {
        return Err(Rejection::EpkInvalid);
    }
    let (algorithm_id, octets) = match alg.family {
        KeyManagementFamily::EcdhEs { wrap_octets: Some(octets) } => (alg.name, octets),
        _ => (enc.name, enc.cek_octets),
    };
    let derived = concat_kdf::derive(&z, algorithm_id, apu, apv, octets).into();
    let other_info = concat_kdf::other_info(algorithm_id, apu, apv, octets);
    Ok(Agreement { z, other_info, derived })
}

/// The minimum of members (RFC 7518 §4.6.1.1).
fn public_jwk<const N: usize>(
    kty: &str,
    curve: Curve,
    coordinates: [(&'static str, Value); N],
) -> Object {
    let mut jwk = Object::default();
    jwk.set("kty", Value::String(kty.to_owned()));
    jwk.set("crv", Value::String(curve.name().to_owned()));
    for (name, value) in coordinates {
        jwk.set(name, value);
    }
    jwk
}
