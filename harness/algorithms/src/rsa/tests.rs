//! Round trips and refusals with a fixed key of 2048 bits.

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;

use super::*;
use crate::{CryptoError, Hash, KeyError, base64url};

fn octets(text: &str) -> Vec<u8> {
    base64url::decode(text).unwrap()
}

const N: &str = "-0kFqZYv2zbKD8CjlVaZDDoolh_94hEAH3XBAzLMZ2BaoAvPtY7bJL6QBzaWbGABXfdKWVbQC6mAWKoGAjJXAUxMEtZp4KWkN1VhknIvEhYVxsZbOqEiqeMu-jLTkwlNAdTRYB--v_HC7Tm8zfAAV_vyZ2k-L4KKzOewSfXhf3K-Rvbk_Ck5dIwRBPV6krHKnIE6n4Vp0xE2aOcCf_WzWAzKb68Xw-OK09CYwB9ymM7pHA2r9IcKiBFxjSEqLnVCTCyI9LYWfCHzgnJOm7uKgnPsCiLCVCY3mF--S9dSwAPGpb44mYg4HlCtXhHB7nv4ZoRWnXSZzVJrezoIDC7FRw";
const D: &str = "cl06kYNEBo36Co9PJBGEmFcDz8eBodjA6JCMJquA8e-db0fQ4b3BqQh9vnqunWZYWO7KTLzA9P3Q5wmCsI8-n92cpdol19MrWO-n96G2IJIimRP_w0BA6Xb3E3H8bugFvzafkBMCmpMqdxMXBdccIO8O1NfGMJNGHpm31wFr_rdQWPo4JSvfFhnRbI-OLlXMAjgXlv3Y4ueFLIljQJrxLvTpaiUGlaljbQ0ubCh6YK1By6GcL3MYwjbptCjDBOJ0bQx4DZRUU7rFX630hYBwPywZ1adqZYgJFmFSTXla_Y3H8hOzIuunhODjJQO0l_qmnc8RAmUixfTbSk1sPaGXiQ";
const P: &str = "_zDmJ3He0ZxCJGogx2YVhiquPjJSXd2OJ2kbOBzZIA33fvIKLAEfhg9me3bCPoNFz0pP-cKvMbNN7RbA08Rk8vJvWh5KnGrhXUAERcWialpKc1NQYv5aRGw9VMvEh72aS7LPWxd-TVMmtaShSdL5F_wACzjX8sL-_NHGxkIPjoM";
const Q: &str = "_BT0DjcmDh7HxQ1IdW4qjyHbaoAntbiNn5XEfzo2eLfDJ28RGenRWweLTwecpKNTtixzDYP2Euzz9akjxo1PL2I-18Xgn-iYN3vqLvLgcC2MjTh6-0tOBG_-zf-VNIBxuV1PyhACU3_hZlCgi4HillM-LKMEM-9sAulnQOew8u0";
const DP: &str = "Ihkxl7GyeUWs3NrFeH9efufzEmJ8-Qfit8dmmK_aH1teZ7sFuu2Hfc1O_05WFC5MRK-EUjY-XKC91-FDcMh8SK42TM9hXtc1N9WW_I-07QsViaVnR2L_QsdHxq3Xm9-s31KMPHq-KKzkrj7KQmgLWrYUd2toB4sgsT2Clvk6xOs";
const DQ: &str = "Bm9ef5Jm1Utx3BTnuZ-zVG4P1NsqqFfqvZ0sI_dPdqtyPup17ExsvL8njj_qfsVwmKDv2vN4b6k-3RGRSTtIPzRp2EZD4rEkWZ4_Ly2iDxsKkHxVn16fwjs9rPKOU4XH4WyBYe4gsRL9pQf_4S_SofXEC42pyM2e20AsE5sWiE0";
const QI: &str = "uOAqowJR6z_9arg0MJOycRYmx6z6-kWFo_x6ZPGl5Z46K66oSP1d92ytwRmlohQ4bDmkv-blDq0PY2iRZe2ScZsemJiWW3VMUUm5_pDXN4wXoZRoWKBMUq8VXUpIz-8PbgAQaMcitNCPkR0qi3ENVZqTg7_YxCyOEXWU0dNXwFQ";

/// The key `rsa-2048-a` of vectors/keys, a public test key.
pub(super) fn private_key() -> PrivateKey {
    PrivateKey::from_components(&octets(N), &[1, 0, 1], &octets(D), &octets(P), &octets(Q)).unwrap()
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(1)
}

#[test]
fn oaep_needs_the_same_hash_mask_and_label() {
    let key = private_key();
    let hashes = [Hash::Sha1, Hash::Sha256, Hash::Sha384, Hash::Sha512];
    for hash in hashes {
        for mgf in hashes {
            let sealed = oaep_encrypt(&key.public(), &mut rng(), hash, mgf, b"", b"cek").unwrap();
            assert_eq!(sealed.len(), 256);
            assert_eq!(oaep_decrypt(&key, hash, mgf, b"", &sealed).unwrap(), b"cek");
            assert_eq!(oaep_decrypt(&key, hash, mgf, b"x", &sealed), Err(CryptoError));
            if hash != mgf {
                assert_eq!(oaep_decrypt(&key, hash, hash, b"", &sealed), Err(CryptoError));
            }
        }
    }
}

#[test]
fn oaep_takes_exactly_the_modulus_length() {
    let key = private_key();
    let hash = Hash::Sha256;
    let sealed = oaep_encrypt(&key.public(), &mut rng(), hash, hash, b"", b"cek").unwrap();
    for wrong in [&sealed[1..], &[&[0], &sealed[..]].concat(), &[0xff; 256]] {
        assert_eq!(oaep_decrypt(&key, hash, hash, b"", wrong), Err(CryptoError));
    }
}

#[test]
fn a_wrong_pkcs1_padding_is_rejected_implicitly() {
    let key = private_key();
    let sealed = pkcs1v15_encrypt(&key.public(), &mut rng(), b"cek").unwrap();
    assert_eq!(pkcs1v15_decrypt(&key, &sealed).unwrap(), b"cek");
    let block = [&[0, 1][..], &[7; 254]].concat();
    let wrong = raw_public(&key.public(), &block).unwrap();
    let synthetic = pkcs1v15_decrypt(&key, &wrong).unwrap();
    assert_eq!(pkcs1v15_decrypt(&key, &wrong).unwrap(), synthetic);
    assert_ne!(synthetic, b"cek");
    assert_eq!(pkcs1v15_decrypt(&key, &wrong[1..]), Err(CryptoError));
}

#[test]
fn the_permutation_has_an_inverse_and_a_fixed_width() {
    let key = private_key();
    let image = raw_public(&key.public(), &[2]).unwrap();
    assert_eq!(image.len(), 256);
    let back = raw_private(&key, &image).unwrap();
    assert_eq!(back, [&[0; 255][..], &[2]].concat());
    assert_eq!(raw_public(&key.public(), &[0xff; 256]), Err(CryptoError));
    assert_eq!(raw_public(&key.public(), &[1; 257]), Err(CryptoError));
}

#[test]
fn signatures_hold_with_their_own_hash_only() {
    let key = private_key();
    for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
        let signature = sign_pkcs1v15(&key, hash, b"m").unwrap();
        assert!(verify_pkcs1v15(&key.public(), hash, b"m", &signature));
        assert!(!verify_pkcs1v15(&key.public(), hash, b"n", &signature));
        assert!(!verify_pkcs1v15(&key.public(), Hash::Sha1, b"m", &signature));
        assert!(!verify_pkcs1v15(&key.public(), hash, b"m", &[&[0], &signature[..]].concat()));
        assert!(!verify_pss(&key.public(), hash, b"m", &signature));
        let signature = sign_pss(&key, &mut rng(), hash, hash, hash.octets(), b"m").unwrap();
        assert!(verify_pss(&key.public(), hash, b"m", &signature));
        assert!(!verify_pss(&key.public(), hash, b"n", &signature));
    }
}

#[test]
fn another_salt_length_or_mask_is_refused() {
    let key = private_key();
    let hash = Hash::Sha256;
    for (mgf, salt) in [(hash, 0), (hash, 20), (hash, 33), (Hash::Sha1, 32)] {
        let signature = sign_pss(&key, &mut rng(), hash, mgf, salt, b"m").unwrap();
        assert!(!verify_pss(&key.public(), hash, b"m", &signature), "{mgf:?} {salt}");
    }
}

#[test]
fn components_must_belong_together() {
    let (n, d, p, q) = (octets(N), octets(D), octets(P), octets(Q));
    let from = |n: &[u8], d: &[u8], p: &[u8], q: &[u8]| {
        PrivateKey::from_components(n, &[1, 0, 1], d, p, q).map(|key| key.bits())
    };
    assert_eq!(from(&n, &d, &p, &q), Ok(2048));
    assert_eq!(from(&n, &d, &[], &[]), Ok(2048));
    assert_eq!(from(&n, &p, &p, &q), Err(KeyError::Malformed));
    assert_eq!(from(&n, &d, &p, &p), Err(KeyError::Malformed));
    assert_eq!(from(&n, &d, &p, &[]), Err(KeyError::Malformed));
    let public = |n: &[u8], e: &[u8]| PublicKey::from_components(n, e).map(|key| key.bits());
    assert_eq!(public(&n[..127], &[1, 0, 1]), Err(KeyError::Size));
    assert_eq!(public(&[0xff; 1025], &[1, 0, 1]), Err(KeyError::Size));
    assert_eq!(public(&n, &[]), Err(KeyError::Malformed));
    assert_eq!(public(&n, &[1]), Err(KeyError::Malformed));
    assert_eq!(public(&[&n[..255], &[0]].concat(), &[1, 0, 1]), Err(KeyError::Malformed));
    assert_eq!(private_key().public().n_octets(), n);
}

#[test]
fn stated_crt_values_are_compared() {
    let key = private_key();
    assert!(key.has_crt_values(&octets(DP), &octets(DQ), &octets(QI)));
    assert!(!key.has_crt_values(&octets(DQ), &octets(DP), &octets(QI)));
    assert!(!key.has_crt_values(&octets(DP), &octets(DQ), &octets(DP)));
}

#[test]
fn a_new_key_has_the_size_asked_for_and_its_integers_make_it_again() {
    let key = PrivateKey::generate(2048, &mut rng()).unwrap();
    let (public, parts) = (key.public(), key.integers().unwrap());
    assert_eq!((key.bits(), public.e_octets()), (2048, vec![1, 0, 1]));
    let again = PrivateKey::from_components(
        &public.n_octets(),
        &public.e_octets(),
        &parts.d,
        &parts.p,
        &parts.q,
    );
    let again = again.unwrap();
    assert!(again.has_crt_values(&parts.dp, &parts.dq, &parts.qi));
    let signature = sign_pkcs1v15(&key, Hash::Sha256, b"text").unwrap();
    assert!(verify_pkcs1v15(&again.public(), Hash::Sha256, b"text", &signature));
    for bits in [0, 1023, 8193] {
        assert_eq!(PrivateKey::generate(bits, &mut rng()).err(), Some(KeyError::Size), "{bits}");
    }
}

#[test]
fn the_integers_of_a_key_come_out_as_they_went_in() {
    let parts = private_key().integers().unwrap();
    for (own, given) in
        [(parts.d, D), (parts.p, P), (parts.q, Q), (parts.dp, DP), (parts.dq, DQ), (parts.qi, QI)]
    {
        assert_eq!(base64url::encode(&own), given);
    }
}
