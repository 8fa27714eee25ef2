#![doc = include_str!("../README.md")]

mod compact;
mod edit;
mod glance;
mod json;
pub mod ring;
pub mod seal;
mod words;

use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub use glance::Glance;
pub use json::Json;

/// What an input of a target is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "every target names one")]
pub enum Shape {
    /// A JWE, a JWS or a nested JWT in any serialization.
    Token,
    /// A JSON text: a header, claims, a JWK or a set of them.
    Json,
    /// Base64url, or text of which nothing is known.
    Text,
    /// Octets of which nothing is known.
    Octets,
}

/// Changes octets in a way of the caller's, to at most so many of them.
pub type Blindly<'a> = dyn FnMut(&mut Vec<u8>, usize) + 'a;

/// The input with one change, and with what follows from it; at most `most` octets.
///
/// The same seed and the same `blindly` give the same octets.
#[must_use]
pub fn mutate(
    shape: Shape,
    data: &[u8],
    most: usize,
    seed: u32,
    blindly: &mut Blindly<'_>,
) -> Vec<u8> {
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(seed));
    let mut changed = match shape {
        // One in eight is blind all the same: structure that is never broken hides the parser.
        _ if rng.random_ratio(1, 8) => None,
        Shape::Token => compact::mutate(data, most, &mut rng, blindly),
        Shape::Json => edit::text(data, &mut rng, blindly),
        Shape::Text | Shape::Octets => None,
    }
    .unwrap_or_else(|| {
        let mut octets = data.to_vec();
        blindly(&mut octets, most);
        octets
    });
    changed.truncate(most);
    changed
}

/// Flips, sets, removes, repeats or inserts octets: for callers without an engine's own mutator.
pub fn blindly(seed: u32) -> impl FnMut(&mut Vec<u8>, usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(seed) | 1 << 32);
    move |octets, most| {
        for _ in 0..rng.random_range(1..=3_u32) {
            once(octets, &mut rng);
        }
        octets.truncate(most);
    }
}

fn once(octets: &mut Vec<u8>, rng: &mut impl Rng) {
    let at = rng.random_range(0..=octets.len());
    match (rng.random_range(0..6_u32), octets.get_mut(at)) {
        (0, Some(octet)) => *octet ^= 1 << rng.random_range(0..8_u32),
        (1, Some(octet)) => *octet = rng.random(),
        (2, Some(_)) => {
            octets.remove(at);
        }
        (3, Some(_)) => octets.truncate(at),
        (4, Some(_)) => {
            let end = octets.len().min(at + rng.random_range(1..=16_usize));
            let part = octets.get(at..end).unwrap_or_default().to_vec();
            octets.splice(at..at, part);
        }
        _ => octets.insert(at, rng.random()),
    }
}
