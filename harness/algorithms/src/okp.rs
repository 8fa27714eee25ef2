//! X25519 (RFC 7748) and Ed25519 (RFC 8032), as RFC 8037 uses them.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use x25519_dalek::x25519 as agree;

/// The public key of the private key `d`.
#[must_use]
pub fn x25519_public(d: &[u8; 32]) -> [u8; 32] {
    agree(*d, x25519_dalek::X25519_BASEPOINT_BYTES)
}

/// The agreed secret Z, 32 octets. It is all zero when `u` has small order: RFC 8037 §5 obliges
/// the caller to refuse that.
#[must_use]
pub fn x25519(d: &[u8; 32], u: &[u8; 32]) -> Vec<u8> {
    agree(*d, *u).to_vec()
}

/// The public key of the private key `d`.
#[must_use]
pub fn ed25519_public(d: &[u8; 32]) -> [u8; 32] {
    SigningKey::from_bytes(d).verifying_key().to_bytes()
}

/// The signature, 64 octets, deterministic.
#[must_use]
pub fn ed25519_sign(d: &[u8; 32], message: &[u8]) -> Vec<u8> {
    SigningKey::from_bytes(d).sign(message).to_bytes().to_vec()
}

/// Whether `signature` is the 64 octets R ‖ S of `message`, with S below the group order and
/// neither R nor the key of small order.
#[must_use]
pub fn ed25519_verify(x: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let (Ok(key), Ok(signature)) = (VerifyingKey::from_bytes(x), Signature::from_slice(signature))
    else {
        return false;
    };
    key.verify_strict(message, &signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base64url;

    fn hex32(text: &str) -> [u8; 32] {
        data_encoding::HEXLOWER.decode(text.as_bytes()).unwrap().try_into().unwrap()
    }

    fn octets32(text: &str) -> [u8; 32] {
        base64url::decode(text).unwrap().try_into().unwrap()
    }

    /// RFC 7748 §6.1, Bob's side.
    #[test]
    fn the_published_agreement_comes_out() {
        let bob = hex32("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb");
        let alice = hex32("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
        let public = hex32("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
        let z = hex32("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
        assert_eq!(x25519_public(&bob), public);
        assert_eq!(x25519(&bob, &alice), z);
        assert_eq!(x25519(&bob, &[0; 32]), [0; 32]);
    }

    /// RFC 8037 Appendix A.4.
    #[test]
    fn the_published_signature_comes_out() {
        let d = octets32("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        let x = octets32("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        let message = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc";
        let signature = ed25519_sign(&d, message);
        assert_eq!(ed25519_public(&d), x);
        assert_eq!(
            base64url::encode(&signature),
            "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
        );
        assert!(ed25519_verify(&x, message, &signature));
        assert!(!ed25519_verify(&x, b"another", &signature));
        assert!(!ed25519_verify(&x, message, &signature[..63]));
    }

    #[test]
    fn an_s_at_or_above_the_group_order_is_refused() {
        let order = hex32("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
        let d = [1; 32];
        let signature = ed25519_sign(&d, b"m");
        let (r, s) = signature.split_at(32);
        let mut carry = 0_u16;
        let raised: Vec<u8> = s
            .iter()
            .zip(order)
            .map(|(&a, b)| {
                let sum = u16::from(a) + u16::from(b) + carry;
                carry = sum >> 8;
                sum.to_le_bytes()[0]
            })
            .collect();
        assert!(!ed25519_verify(&ed25519_public(&d), b"m", &[r, &raised].concat()));
    }
}
