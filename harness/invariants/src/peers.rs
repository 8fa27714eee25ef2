//! Other libraries beside the reference: the same token, the same key, the same answer, or a difference that a
//! line of `differences.txt` explains.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{LazyLock, Mutex};

use algorithms::{Hash, Signature, rsa};
use mutator::{Glance, ring};
use oracles::josekit::Josekit;
use oracles::jsonwebtoken::Jsonwebtoken;
use oracles::{Allow, KeySource, Oracle, Refusal, Verified, openssl};
use protocol::Hello;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use reference::{jwe, jws};

use crate::tokens::{POLICY, key};
use crate::{Became, became};

thread_local! {
    static IS_ASKED: Cell<bool> = const { Cell::new(false) };
}

/// Whether a peer is being asked: its panic is its answer.
#[must_use]
pub fn is_peer_asked() -> bool {
    IS_ASKED.get()
}

/// What a peer did.
enum Peer {
    Accepted(Vec<u8>),
    Refused(String),
    Panicked(String),
    /// It lacks what the question is about.
    Unable,
}

fn ask(call: impl FnOnce() -> Result<Verified, Refusal>) -> Peer {
    IS_ASKED.set(true);
    let answer = catch_unwind(AssertUnwindSafe(call));
    IS_ASKED.set(false);
    match answer {
        Ok(Ok(verified)) => Peer::Accepted(verified.octets),
        Ok(Err(Refusal::Rejected { msg, .. })) => Peer::Refused(msg),
        Ok(Err(_)) => Peer::Unable,
        Err(panic) => {
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            Peer::Panicked(text.unwrap_or_default())
        }
    }
}

static JOSEKIT: LazyLock<Hello> = LazyLock::new(|| Josekit::default().hello());
static JSONWEBTOKEN: LazyLock<Hello> = LazyLock::new(|| Jsonwebtoken::default().hello());

/// The classes of differences that are known, each with its rule; `*` at the end for any continuation.
static KNOWN: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    let lines = include_str!("../differences.txt").lines();
    lines.filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(" | ")).collect()
});

fn is_known(class: &str) -> bool {
    KNOWN.iter().any(|(known, _)| match known.strip_suffix('*') {
        Some(front) => class.starts_with(front),
        None => class == *known,
    })
}

/// A message without what belongs to one input: numbers, and what stands in quotation marks.
fn words(text: &str) -> String {
    let parts = text.split(['"', '\'', '`']).step_by(2);
    let kept =
        parts.flat_map(str::chars).filter(|letter| !letter.is_ascii_digit() && *letter != '\n');
    kept.take(80).collect::<String>().trim().to_owned()
}

/// The class of a difference, if there is one: who accepts, and the reference's code or the peer's words.
fn difference(name: &str, ours: &Result<Vec<u8>, &'static str>, theirs: &Peer) -> Option<String> {
    match (ours, theirs) {
        (_, Peer::Panicked(text)) => Some(format!("{name} panics {}", words(text))),
        (Ok(ours), Peer::Accepted(theirs)) if ours == theirs => None,
        (Ok(_), Peer::Accepted(_)) => Some(format!("{name} finds another content")),
        (Err(code), Peer::Accepted(_)) => Some(format!("{name} accepts {code}")),
        (Ok(_), Peer::Refused(text)) => Some(format!("{name} refuses {}", words(text))),
        (Err(_), Peer::Refused(_)) | (_, Peer::Unable) => None,
    }
}

fn check(name: &str, token: &str, ours: &Result<Vec<u8>, &'static str>, theirs: &Peer) {
    if let Some(class) = difference(name, ours, theirs) {
        let qualified =
            |words: &str| is_known(&class.replacen(name, &format!("{name} {words}"), 1));
        let is_listed = is_known(&class)
            || (Glance::has_several(token) && qualified("of several"))
            || (Glance::at(token).is_jwe && qualified("of a JWE"))
            || is_listing(&class, token);
        assert!(is_listed, "a difference that is not explained: {class}");
    }
}

/// With `TOUCHSTONE_DIFFERENCES=list` the first token of each class is printed and nothing else happens: for a
/// first look.
fn is_listing(class: &str, token: &str) -> bool {
    static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let is_listing = std::env::var_os("TOUCHSTONE_DIFFERENCES").is_some();
    if is_listing && SEEN.lock().is_ok_and(|mut seen| seen.insert(class.to_owned())) {
        eprintln!("difference: {class}\t{}", token.escape_debug());
    }
    is_listing
}

pub(crate) fn differ_josekit_jwe(data: &[u8]) -> Became {
    let Ok(token) = str::from_utf8(data) else { return Became::Unfit };
    let glance = Glance::at(token);
    // A peer without a bound of PBES2 iterations would keep to any: that is for the suites to say.
    if token.len() > MOST_OCTETS || glance.has_many_iterations() {
        return Became::Unfit;
    }
    let jwk = glance.opens();
    let Some(own) = key(jwk) else { return Became::Unfit };
    let opened = jwe::open(token, &*own, &POLICY, &mut ChaCha8Rng::seed_from_u64(1));
    let theirs = ask(|| Josekit::default().decrypt(data, &KeySource::jwk(jwk), &Allow::default()));
    let ours = opened.as_ref().map(|opened| opened.plaintext.to_vec()).map_err(|no| no.code());
    check("josekit", token, &ours, &theirs);
    became(&opened)
}

pub(crate) fn differ_josekit_jws(data: &[u8]) -> Became {
    differ_jws("josekit", &JOSEKIT.sig, data, |jwk| {
        Josekit::default().verify(data, &KeySource::jwk(jwk), &Allow::default())
    })
}

pub(crate) fn differ_jsonwebtoken(data: &[u8]) -> Became {
    // It has the compact serialization alone.
    if data.trim_ascii_start().starts_with(b"{") {
        return Became::Unfit;
    }
    differ_jws("jsonwebtoken", &JSONWEBTOKEN.sig, data, |jwk| {
        Jsonwebtoken::default().verify(data, &KeySource::jwk(jwk), &Allow::default())
    })
}

fn differ_jws(
    name: &str,
    own_names: &[String],
    data: &[u8],
    verify: impl FnOnce(&str) -> Result<Verified, Refusal>,
) -> Became {
    let Ok(token) = str::from_utf8(data) else { return Became::Unfit };
    let glance = Glance::at(token);
    let alg = glance.name("alg");
    let has = |name: &str| own_names.iter().any(|own| own == name);
    // What a peer lacks it cannot do otherwise.
    if token.len() > MOST_OCTETS || (Signature::named(alg).is_some() && !has(alg)) {
        return Became::Unfit;
    }
    let jwk = glance.verifies();
    let Some(own) = key(jwk) else { return Became::Unfit };
    let verified = jws::verify(token, &*own, &POLICY);
    let theirs = ask(|| verify(jwk));
    let ours = verified.as_ref().map(|own| own.payload.clone()).map_err(|no| no.code());
    check(name, token, &ours, &theirs);
    became(&verified)
}

/// Octets of a token that peers are asked about.
const MOST_OCTETS: usize = 1 << 16;

/// The input is the encrypted key, for the RSA key of [`mutator::ring`].
pub(crate) fn differ_openssl_oaep(data: &[u8]) -> Became {
    let mut accepted = false;
    for (hash, name) in [(Hash::Sha1, "sha1"), (Hash::Sha256, "sha256")] {
        // A memo for what is damaged so that nothing is left of it: most inputs have another length.
        if data.len() != 256 {
            break;
        }
        let theirs = openssl::oaep_decrypt(ring::rsa_pem(), name, data);
        // The slow one is asked where the fast one accepts, and for one in sixteen of the others.
        if theirs.is_none() && data.first().is_none_or(|first| first % 16 != 0) {
            continue;
        }
        let ours = ring::rsa().and_then(|key| rsa::oaep_decrypt(key, hash, hash, b"", data).ok());
        assert_eq!(ours, theirs, "RSA-OAEP with {name}");
        accepted |= ours.is_some();
    }
    if accepted { Became::Accepted } else { Became::Refused("decrypt/failed") }
}
