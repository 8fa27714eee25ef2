//! JWE (RFC 7516, RFC 7518 §4 and §5) with josekit.

use oracles::{Allow, Refusal};
use reference::{Serialization, jwe};
use rejection::Rejection;
use rstest::rstest;

use crate::bench::{Bench, ENCS, Encryption, FORMS};

/// Every algorithm of a family with every `enc`, with and without `zip`, in every serialization.
#[rstest]
#[case::rsa_oaep(&["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512"], &["rsa-2048-a"])]
#[case::rsa_with_a_small_exponent(&["RSA-OAEP-256"], &["rsa-2048-e3"])]
#[case::rsa1_5(&["RSA1_5"], &["rsa-2048-a"])]
#[case::a128kw(&["A128KW"], &["oct-128-a"])]
#[case::a192kw(&["A192KW"], &["oct-192-a"])]
#[case::a256kw(&["A256KW"], &["oct-256-a"])]
#[case::a128gcmkw(&["A128GCMKW"], &["oct-128-a"])]
#[case::a192gcmkw(&["A192GCMKW"], &["oct-192-a"])]
#[case::a256gcmkw(&["A256GCMKW"], &["oct-256-a"])]
#[case::ecdh_es_p256(ECDH, &["ec-p256-a", "ec-p256-leading-zero"])]
#[case::ecdh_es_p384(ECDH, &["ec-p384-a"])]
#[case::ecdh_es_p521(ECDH, &["ec-p521-a"])]
#[case::ecdh_es_x25519(ECDH, &["x25519-a"])]
fn each_reads_what_the_other_encrypts(#[case] algs: &[&str], #[case] keys: &[&str]) {
    let mut bench = Bench::new(1);
    for alg in algs {
        for key in keys {
            for enc in ENCS {
                for zip in ["", r#","zip":"DEF""#] {
                    let header = format!(r#"{{"alg":"{alg}","enc":"{enc}"{zip}}}"#);
                    for form in FORMS {
                        bench.check_encryption(&plain(&header, key, form));
                    }
                }
            }
        }
    }
}

#[rstest]
#[case::of_3072_bits("rsa-3072")]
#[case::of_4096_bits("rsa-4096")]
fn larger_rsa_keys(#[case] key: &str) {
    let mut bench = Bench::new(2);
    for alg in ["RSA-OAEP", "RSA-OAEP-256", "RSA-OAEP-384", "RSA-OAEP-512", "RSA1_5"] {
        for enc in ["A256GCM", "A256CBC-HS512"] {
            let header = format!(r#"{{"alg":"{alg}","enc":"{enc}"}}"#);
            bench.check_encryption(&plain(&header, key, Serialization::Compact));
        }
    }
}

/// `dir` takes a key of the length that `enc` wants. The plaintexts are around a block, and empty.
#[rstest]
#[case::a128cbc_hs256("A128CBC-HS256", "oct-256-a")]
#[case::a192cbc_hs384("A192CBC-HS384", "oct-384-a")]
#[case::a256cbc_hs512("A256CBC-HS512", "oct-512-a")]
#[case::a128gcm("A128GCM", "oct-128-a")]
#[case::a192gcm("A192GCM", "oct-192-a")]
#[case::a256gcm("A256GCM", "oct-256-a")]
fn direct_encryption_of_every_length(#[case] enc: &str, #[case] key: &str) {
    let mut bench = Bench::new(3);
    let octets: Vec<u8> = (0..=255).collect();
    for zip in ["", r#","zip":"DEF""#] {
        let header = format!(r#"{{"alg":"dir","enc":"{enc}"{zip}}}"#);
        for length in [0, 1, 15, 16, 17, 256] {
            for form in FORMS {
                // josekit refuses a JSON serialization with an empty `ciphertext`, its own too.
                let is_empty = length == 0 && zip.is_empty() && enc.ends_with("GCM");
                if is_empty && form != Serialization::Compact {
                    continue;
                }
                let plaintext = &octets[..length];
                bench.check_encryption(&Encryption { plaintext, ..plain(&header, key, form) });
            }
        }
    }
}

/// The count is given: the reference's own of 600,000 would be most of the test's time.
#[rstest]
#[case::hs256_a128kw("PBES2-HS256+A128KW")]
#[case::hs384_a192kw("PBES2-HS384+A192KW")]
#[case::hs512_a256kw("PBES2-HS512+A256KW")]
fn passwords(#[case] alg: &str) {
    let mut bench = Bench::new(4);
    for key in ["password-ascii", "password-unicode"] {
        for enc in ENCS {
            let header = format!(r#"{{"alg":"{alg}","enc":"{enc}","p2c":1000}}"#);
            for form in FORMS {
                bench.check_encryption(&plain(&header, key, form));
            }
        }
    }
}

#[test]
fn the_default_counts_of_both() {
    let header = r#"{"alg":"PBES2-HS256+A128KW","enc":"A128GCM"}"#;
    Bench::new(5).check_encryption(&plain(header, "password-ascii", Serialization::Compact));
}

/// RFC 7518 §4.6.1.2 and §4.6.1.3: both go into the key derivation.
#[rstest]
#[case::p256("ec-p256-a")]
#[case::x25519("x25519-a")]
fn names_of_the_parties(#[case] key: &str) {
    let mut bench = Bench::new(6);
    for alg in ["ECDH-ES", "ECDH-ES+A256KW"] {
        for names in [r#""apu":"QWxpY2U""#, r#""apv":"Qm9i""#, r#""apu":"QWxpY2U","apv":"Qm9i""#] {
            let header = format!(r#"{{"alg":"{alg}","enc":"A256GCM",{names}}}"#);
            for form in FORMS {
                bench.check_josekit_decrypts(&plain(&header, key, form));
                if form != Serialization::General {
                    bench.check_josekit_encrypts(&plain(&header, key, form));
                }
            }
        }
    }
}

/// josekit 0.10.3 derives the key without the names when it makes the general serialization and
/// they are in the shared header, and with them when it reads: nobody can open the token.
#[test]
fn names_of_the_parties_in_a_shared_header_of_josekit() {
    let mut bench = Bench::new(8);
    let header = r#"{"alg":"ECDH-ES","enc":"A256GCM","apu":"QWxpY2U"}"#;
    let token = bench.encrypt_with_josekit(&plain(header, "ec-p256-a", Serialization::General));
    let private = bench.key("ec-p256-a").private;
    let opened = jwe::open(&token, &private.jwk, &bench.policy, &mut bench.rng);
    assert_eq!(opened.map(|opened| opened.plaintext), Err(Rejection::DecryptFailed));
    let opened = bench.josekit.decrypt(token.as_bytes(), &private.source, &Allow::default());
    assert!(matches!(opened, Err(Refusal::Rejected { kind, .. }) if kind == "InvalidJweFormat"));
}

/// RFC 7516 §5.1 step 14.
#[rstest]
#[case::gcm("A256GCM")]
#[case::cbc("A128CBC-HS256")]
fn additional_authenticated_data(#[case] enc: &str) {
    let mut bench = Bench::new(7);
    let header = format!(r#"{{"alg":"A128KW","enc":"{enc}"}}"#);
    for form in [Serialization::Flattened, Serialization::General] {
        let aad = Some(b"The Fellowship".as_slice());
        bench.check_encryption(&Encryption { aad, ..plain(&header, "oct-128-a", form) });
    }
}

fn plain<'a>(header: &'a str, key: &'a str, form: Serialization) -> Encryption<'a> {
    Encryption { header, key, plaintext: PLAINTEXT, form, aad: None }
}

const PLAINTEXT: &[u8] = b"You can trust us to stick with you through thick and thin.";

const ECDH: &[&str] = &["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"];
