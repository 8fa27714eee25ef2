//! Each changed octet of each part is refused, and behind the header always by the same code.

use algorithms::KEY_MANAGEMENT;
use reference::{Policy, jwe};

use crate::support::{check, header, join, keys_for, open_policy, parts, rng};

fn check_each_octet(alg: &str, enc: &str, step: usize) {
    let policy = open_policy();
    let (to, own) = keys_for(alg, enc, "ec-p256-a");
    let token = jwe::seal(b"some text", &header(alg, enc), &to, &policy, &mut rng()).unwrap();
    let parts = parts(&token);
    for part in 0..5 {
        for index in (0..parts[part].len()).step_by(step) {
            let mut changed = parts.clone();
            changed[part][index] ^= 1;
            let opened = jwe::open(&join(&changed), &own, &policy, &mut rng());
            if part == 0 {
                assert!(opened.is_err(), "{alg} {enc}: octet {index} of the header");
            } else {
                check(opened, "decrypt/failed");
            }
        }
    }
}

#[test]
fn with_every_content_encryption() {
    for enc in algorithms::CONTENT_ENCRYPTION {
        check_each_octet("dir", enc.name, 1);
        check_each_octet("A128KW", enc.name, 1);
    }
}

#[test]
fn with_every_key_management() {
    for alg in KEY_MANAGEMENT {
        check_each_octet(alg.name, "A128GCM", 9);
    }
}

#[test]
fn parts_of_two_tokens_do_not_mix() {
    let policy = Policy::default();
    let (to, own) = keys_for("A128KW", "A128GCM", "");
    let mut rng = rng();
    let mut seal = |text: &[u8]| {
        parts(&jwe::seal(text, &header("A128KW", "A128GCM"), &to, &policy, &mut rng).unwrap())
    };
    let (a, b) = (seal(b"one"), seal(b"two"));
    for part in 1..5 {
        let mut mixed = a.clone();
        mixed[part].clone_from(&b[part]);
        check(jwe::open(&join(&mixed), &own, &policy, &mut rng), "decrypt/failed");
    }
}
