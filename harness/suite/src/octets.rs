//! Octets as a suite file writes them.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

/// A plain text, or a table with exactly one of `hex`, `zeros`, `random`, `repeat`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Octets {
    /// The UTF-8 octets of a text.
    Text(String),
    /// Octets written in hexadecimal.
    Exact(Vec<u8>),
    /// So many zero octets.
    Zeros(usize),
    /// So many octets drawn from the case's entropy.
    Random(usize),
    /// A text many times, such as the members of a list.
    Repeat(Repeat),
}

/// A text that is repeated, between two others.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// What is repeated.
    pub text: String,
    /// How often.
    pub count: usize,
    /// What stands in front, once.
    #[serde(default)]
    pub before: String,
    /// What stands behind, once.
    #[serde(default)]
    pub after: String,
}

impl Repeat {
    /// The whole text.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}{}{}", self.before, self.text.repeat(self.count), self.after)
    }
}

/// Reads hexadecimal digits.
#[must_use]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().map(|digit| digit.to_digit(16)).collect::<Option<_>>()?;
    if digits.len() % 2 == 1 {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| match pair {
            [high, low] => u8::try_from(high * 16 + low).ok(),
            _ => None,
        })
        .collect()
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(OctetsVisitor)
    }
}

struct OctetsVisitor;

impl<'de> Visitor<'de> for OctetsVisitor {
    type Value = Octets;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or a table with one of hex, zeros, random, repeat")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Octets, E> {
        Ok(Octets::Text(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Octets, A::Error> {
        let Some(name) = map.next_key::<String>()? else {
            return Err(A::Error::custom("one of hex, zeros, random, repeat is due here"));
        };
        let octets = match name.as_str() {
            "hex" => {
                let text: String = map.next_value()?;
                let exact = from_hex(&text)
                    .ok_or_else(|| A::Error::custom(format!("`{text}` is not hexadecimal")))?;
                Octets::Exact(exact)
            }
            "zeros" => Octets::Zeros(map.next_value()?),
            "random" => Octets::Random(map.next_value()?),
            "repeat" => Octets::Repeat(map.next_value()?),
            _ => return Err(A::Error::unknown_field(&name, &["hex", "zeros", "random", "repeat"])),
        };
        if map.next_key::<String>()?.is_some() {
            return Err(A::Error::custom("only one of hex, zeros, random, repeat may stand here"));
        }
        Ok(octets)
    }
}
