//! Checks of JWEs: what has to be random is, and what has a length has it.

use std::cell::RefCell;

use algorithms::{Curve, KeyManagement, KeyManagementFamily, elliptic};
use serde_json::{Map, Value};

use super::opening::{content_encryption, octets};
use super::{Found, Lock, Produced, Sealed, Trouble, each, fresh, wrong};

/// RFC 7518 §5.2.2.1, §5.3: 128 bits for CBC, 96 for GCM.
pub(super) fn iv_length(produced: &Produced, tokens: &[&str]) -> Found {
    each(produced, tokens, |_, sealed| {
        let enc = content_encryption(&sealed.header).map_err(Trouble::Unproven)?;
        length("IV", sealed.iv.len(), enc.iv_octets)
    })
}

/// RFC 7518 §5.3, §8.4: an IV is never used twice with a key; none comes twice at all.
pub(super) fn iv_fresh(produced: &Produced, tokens: &[&str]) -> Found {
    fresh(produced, tokens, "IV", |sealed| Ok(sealed.iv.clone()))
}

/// RFC 7516 §5.1 step 2: a random CEK of the length that `enc` needs.
pub(super) fn cek(produced: &Produced, tokens: &[&str]) -> Found {
    // Of each place, the octet of the first CEK while all others have it too.
    let constant: RefCell<Option<Vec<Option<u8>>>> = RefCell::default();
    let found = each(produced, tokens, |_, sealed| {
        let enc = content_encryption(&sealed.header).map_err(Trouble::Unproven)?;
        let cek = sealed.cek(produced).map_err(Trouble::Unproven)?;
        length("CEK", cek.len(), enc.cek_octets)?;
        let mut constant = constant.borrow_mut();
        let constant = constant.get_or_insert_with(|| cek.iter().copied().map(Some).collect());
        for (place, octet) in constant.iter_mut().zip(&cek) {
            *place = place.filter(|have| have == octet);
        }
        // The chance that a random key has so few different octets is below 2^-64.
        let mut different = cek.to_vec();
        different.sort_unstable();
        different.dedup();
        if different.len() <= 3 {
            return Err(wrong(format!("its CEK has {} different octets", different.len())));
        }
        Ok(())
    });
    let same = constant.into_inner().unwrap_or_default().into_iter().flatten().count();
    // The chance that random keys share an octet at one of 64 places is below 2^-50 for eight tokens.
    if found == Found::Holds && same > 0 && tokens.len() >= 8 {
        return Found::Wrong(format!("{same} octets of the CEK are the same in all tokens"));
    }
    found
}

/// RFC 7516 §5.1 step 2: each its own.
pub(super) fn cek_fresh(produced: &Produced, tokens: &[&str]) -> Found {
    fresh(produced, tokens, "CEK", |sealed| sealed.cek(produced).map_err(Trouble::Unproven))
}

/// RFC 7518 §5.2.2.1 step 5, §5.3.
pub(super) fn tag_length(produced: &Produced, tokens: &[&str]) -> Found {
    each(produced, tokens, |_, sealed| {
        let enc = content_encryption(&sealed.header).map_err(Trouble::Unproven)?;
        length("tag", sealed.tag.len(), enc.tag_octets)
    })
}

/// RFC 7516 §5.1 steps 5 and 6, RFC 8017 §7.1.1, RFC 3394 §2.2.1: of the modulus' length, eight
/// octets longer than the CEK, as long as it, or empty.
pub(super) fn encrypted_key(produced: &Produced, tokens: &[&str]) -> Found {
    each(produced, tokens, |_, sealed| {
        let enc = content_encryption(&sealed.header).map_err(Trouble::Unproven)?;
        let want = match KeyManagement::named(&lock(produced)?.alg).map(|row| row.family) {
            Some(
                KeyManagementFamily::Direct | KeyManagementFamily::EcdhEs { wrap_octets: None },
            ) => 0,
            Some(KeyManagementFamily::RsaOaep { .. } | KeyManagementFamily::RsaPkcs1v15) => {
                octets(&key(produced)?, "n").map_err(Trouble::Unproven)?.len()
            }
            Some(KeyManagementFamily::AesGcmKeyWrap { .. }) => enc.cek_octets,
            _ => enc.cek_octets + 8,
        };
        length("encrypted key", sealed.encrypted_key.len(), want)
    })
}

/// RFC 7518 §4.6.1.1, §6.2.1: a public key on the recipient's curve, with coordinates of full length.
pub(super) fn epk(produced: &Produced, tokens: &[&str]) -> Found {
    let key = match key(produced) {
        Ok(key) => key,
        Err(_) => return Found::Unproven("there is no key".to_owned()),
    };
    each(produced, tokens, |_, sealed| {
        let epk = epk_of(sealed)?;
        for name in ["kty", "crv"] {
            if epk.get(name) != key.get(name) {
                return Err(wrong(format!("its `epk` has another `{name}` than the key")));
            }
        }
        let x = octets(epk, "x").map_err(wrong)?;
        let full = octets(&key, "x").map_err(Trouble::Unproven)?.len();
        length("`x` of `epk`", x.len(), full)?;
        match epk.get("crv").and_then(Value::as_str).and_then(Curve::named) {
            Some(Curve::X25519) => Ok(()),
            Some(curve) => {
                let y = octets(epk, "y").map_err(wrong)?;
                length("`y` of `epk`", y.len(), full)?;
                elliptic::public_point(curve, &x, &y)
                    .map(drop)
                    .map_err(|_| wrong("its `epk` is not on the curve"))
            }
            None => Err(wrong("its `epk` is on no curve")),
        }
    })
}

/// Whether a coordinate of `epk` lacks leading zeros, which one in 128 tokens would have: the subject of
/// [`epk`] alone, so that the verdict on other checks does not depend on chance.
pub(super) fn short_epk(sealed: &Sealed) -> Option<String> {
    let epk = epk_of(sealed).ok()?;
    let full = Curve::named(epk.get("crv")?.as_str()?)?.coordinate_octets();
    let is_short = |name| octets(epk, name).is_ok_and(|have| have.len() < full);
    (is_short("x") || is_short("y"))
        .then(|| "its `epk` has a coordinate without leading zeros".to_owned())
}

/// RFC 7518 §4.6.1.1: the ephemeral *public* key.
pub(super) fn epk_private(produced: &Produced, tokens: &[&str]) -> Found {
    each(produced, tokens, |_, sealed| {
        if epk_of(sealed)?.contains_key("d") {
            return Err(wrong("its `epk` has the private member `d`"));
        }
        Ok(())
    })
}

/// RFC 7518 §4.6.1.1: created for this use.
pub(super) fn epk_fresh(produced: &Produced, tokens: &[&str]) -> Found {
    fresh(produced, tokens, "`epk`", |sealed| {
        octets(epk_of(sealed)?, "x").map_err(Trouble::Unproven)
    })
}

/// RFC 7518 §4.8.1.1: eight octets or more.
pub(super) fn p2s(produced: &Produced, tokens: &[&str]) -> Found {
    each(produced, tokens, |_, sealed| match octets(&sealed.header, "p2s").map_err(wrong)?.len() {
        8.. => Ok(()),
        short => Err(wrong(format!("its salt input has {short} octets"))),
    })
}

/// RFC 7518 §4.8.1.1: generated for each encryption.
pub(super) fn p2s_fresh(produced: &Produced, tokens: &[&str]) -> Found {
    fresh(produced, tokens, "`p2s`", |sealed| {
        octets(&sealed.header, "p2s").map_err(Trouble::Unproven)
    })
}

/// RFC 7518 §4.8.1.2: 1000 or more are recommended.
pub(super) fn p2c(produced: &Produced, tokens: &[&str]) -> Found {
    each(produced, tokens, |_, sealed| match sealed.header.get("p2c").and_then(Value::as_u64) {
        Some(1000..) => Ok(()),
        Some(few) => Err(wrong(format!("its `p2c` is {few}"))),
        None => Err(wrong("its `p2c` is no positive integer")),
    })
}

/// RFC 7518 §4.7.1: an IV of 96 bits and a tag of 128.
pub(super) fn key_wrap_iv(produced: &Produced, tokens: &[&str]) -> Found {
    each(produced, tokens, |_, sealed| {
        let part = |name: &str| octets(&sealed.header, name).map_err(wrong);
        length("`iv`", part("iv")?.len(), 12)?;
        length("`tag`", part("tag")?.len(), 16)
    })
}

/// RFC 7518 §4.7.1.1, §8.4: no IV twice with one key.
pub(super) fn key_wrap_iv_fresh(produced: &Produced, tokens: &[&str]) -> Found {
    fresh(produced, tokens, "`iv`", |sealed| {
        octets(&sealed.header, "iv").map_err(Trouble::Unproven)
    })
}

/// RFC 7516 §4.1.3: DEFLATE (RFC 1951) with no wrapper around it.
pub(super) fn zip(produced: &Produced, tokens: &[&str]) -> Found {
    each(produced, tokens, |index, sealed| {
        if sealed.header.get("zip").and_then(Value::as_str) != Some("DEF") {
            return Err(Trouble::Unproven("it is not compressed".to_owned()));
        }
        let content = sealed.content(produced).map_err(wrong)?;
        if Some(&content) == produced.contents.get(index) {
            Ok(())
        } else {
            Err(wrong("it inflates to another content"))
        }
    })
}

fn lock(produced: &Produced) -> Result<&Lock, Trouble> {
    produced.lock.as_ref().ok_or_else(|| Trouble::Unproven("it is not encrypted".to_owned()))
}

/// The members of the private test key.
fn key(produced: &Produced) -> Result<Map<String, Value>, Trouble> {
    let jwk = &lock(produced)?.jwk;
    serde_json::from_str(jwk).map_err(|error| Trouble::Unproven(error.to_string()))
}

fn epk_of(sealed: &Sealed) -> Result<&Map<String, Value>, Trouble> {
    match sealed.header.get("epk") {
        Some(Value::Object(epk)) => Ok(epk),
        _ => Err(wrong("its header has no object `epk`")),
    }
}

fn length(what: &str, have: usize, want: usize) -> Result<(), Trouble> {
    if have == want {
        return Ok(());
    }
    Err(wrong(format!("its {what} has {have} octets instead of {want}")))
}
