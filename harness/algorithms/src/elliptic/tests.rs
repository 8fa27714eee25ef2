//! Known answers for the three curves.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::*;
use crate::base64url;

const CURVES: [(Curve, Hash); 3] =
    [(Curve::P256, Hash::Sha256), (Curve::P384, Hash::Sha384), (Curve::P521, Hash::Sha512)];

fn octets(text: &str) -> Vec<u8> {
    base64url::decode(text).unwrap()
}

/// RFC 7518 Appendix C: Z.
#[test]
fn the_published_agreement_comes_out() {
    let bob = PrivateKey::from_octets(
        Curve::P256,
        &octets("VEmDZpDXXK8p8N0Cndsxs924q6nS1RXFASRl6BfUqdw"),
    )
    .unwrap();
    let epk = public_point(
        Curve::P256,
        &octets("gI0GAILBdu7T53akrFmMyGcsF3n5dO7MmwNBHKW5SV0"),
        &octets("SLW_xSffzlPWrHEVI30DHM_4egVwt3NQqeUD7nMFpps"),
    )
    .unwrap();
    let z = ecdh(&bob, &epk).unwrap();
    assert_eq!(
        z,
        [
            158, 86, 217, 29, 129, 113, 53, 211, 114, 131, 66, 131, 191, 132, 38, 156, 251, 49,
            110, 163, 218, 128, 106, 72, 246, 218, 167, 121, 140, 254, 144, 196
        ]
    );
    let (x, _) = bob.public();
    assert_eq!(base64url::encode(&x), "weNJy2HscCSM6AEDTDg04biOvhFhyyWvOHQfeF_PxMQ");
}

/// RFC 6979 Appendix A.2.5: P-256, SHA-256, the message "sample".
#[test]
fn the_published_deterministic_signature_comes_out() {
    let d = data_encoding::HEXUPPER
        .decode(b"C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
        .unwrap();
    let key = PrivateKey::from_octets(Curve::P256, &d).unwrap();
    let signature = sign_ecdsa(&key, Hash::Sha256, b"sample").unwrap();
    assert_eq!(
        data_encoding::HEXUPPER.encode(&signature),
        "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716\
         F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8"
    );
}

#[test]
fn each_curve_agrees_and_signs() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    for (curve, hash) in CURVES {
        let (a, b) = (generate(curve, &mut rng).unwrap(), generate(curve, &mut rng).unwrap());
        let z = ecdh(&a, &b.public_key()).unwrap();
        assert_eq!(z, ecdh(&b, &a.public_key()).unwrap());
        assert_eq!(z.len(), curve.coordinate_octets());
        let signature = sign_ecdsa(&a, hash, b"message").unwrap();
        assert_eq!(signature.len(), 2 * curve.coordinate_octets());
        assert!(verify_ecdsa(&a.public_key(), hash, b"message", &signature));
        assert!(!verify_ecdsa(&b.public_key(), hash, b"message", &signature));
        assert!(!verify_ecdsa(&a.public_key(), hash, b"another", &signature));
        assert!(!verify_ecdsa(&a.public_key(), hash, b"message", &signature[1..]));
        let width = curve.coordinate_octets();
        let mut zero = signature.clone();
        zero[..width].fill(0);
        assert!(!verify_ecdsa(&a.public_key(), hash, b"message", &zero));
        let again = PrivateKey::from_octets(curve, &a.to_octets()).unwrap();
        assert_eq!(again.public_key(), a.public_key());
    }
}

#[test]
fn keys_of_two_curves_do_not_agree() {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let a = generate(Curve::P256, &mut rng).unwrap();
    let b = generate(Curve::P384, &mut rng).unwrap();
    assert_eq!(ecdh(&a, &b.public_key()), Err(CryptoError));
    assert!(generate(Curve::X25519, &mut rng).is_err());
}

#[test]
fn coordinates_are_checked() {
    let mut rng = ChaCha20Rng::seed_from_u64(3);
    for (curve, _) in CURVES {
        let (x, y) = generate(curve, &mut rng).unwrap().public();
        assert!(public_point(curve, &x, &y).is_ok());
        assert_eq!(public_point(curve, &x[1..], &y), Err(KeyError::Size));
        assert_eq!(public_point(curve, &[&[0], &x[..]].concat(), &y), Err(KeyError::Size));
        let mut off = y.clone();
        *off.last_mut().unwrap() ^= 1;
        assert_eq!(public_point(curve, &x, &off), Err(KeyError::NotOnCurve));
        let zero = vec![0; curve.coordinate_octets()];
        assert_eq!(public_point(curve, &zero, &zero), Err(KeyError::NotOnCurve));
        let high = vec![0xff; curve.coordinate_octets()];
        assert_eq!(public_point(curve, &high, &y), Err(KeyError::NotOnCurve));
        assert_eq!(PrivateKey::from_octets(curve, &zero).unwrap_err(), KeyError::Malformed);
        assert_eq!(PrivateKey::from_octets(curve, &high).unwrap_err(), KeyError::Malformed);
        assert_eq!(PrivateKey::from_octets(curve, &x[1..]).unwrap_err(), KeyError::Size);
    }
}
