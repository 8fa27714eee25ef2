//! Randomness that is a function of a text.

use algorithms::Hash;
use rand::Rng;
use rand::SeedableRng;
use rand_chacha::ChaCha20Rng;
use suite::Octets;

/// The source of all random octets of one request: the same text gives the same octets.
#[derive(Clone, Debug)]
pub(crate) struct Entropy {
    text: String,
}

impl Entropy {
    pub(crate) fn new(text: &str, attempt: usize) -> Self {
        let text = if attempt == 0 { text.to_owned() } else { format!("{text} #{attempt}") };
        Self { text }
    }

    /// An independent source with another name.
    pub(crate) fn child(&self, label: &str) -> Self {
        Self { text: format!("{}/{label}", self.text) }
    }

    /// A generator for one purpose, so that a change of one draw changes no other.
    pub(crate) fn rng(&self, label: &str) -> ChaCha20Rng {
        let digest = Hash::Sha256.digest(format!("{}\0{label}", self.text).as_bytes());
        let mut seed = [0; 32];
        seed.copy_from_slice(&digest);
        ChaCha20Rng::from_seed(seed)
    }

    pub(crate) fn octets(&self, label: &str, count: usize) -> Vec<u8> {
        let mut octets = vec![0; count];
        self.rng(label).fill_bytes(&mut octets);
        octets
    }

    /// The octets that a suite file describes.
    pub(crate) fn read(&self, label: &str, octets: &Octets) -> Vec<u8> {
        match octets {
            Octets::Text(text) => text.as_bytes().to_vec(),
            Octets::Exact(exact) => exact.clone(),
            Octets::Zeros(count) => vec![0; *count],
            Octets::Random(count) => self.octets(label, *count),
            Octets::Repeat(repeat) => repeat.to_text().into_bytes(),
        }
    }
}
