//! A part of a token: its octets, and the text that stands for them.

use algorithms::base64url;
use data_encoding::BASE64;
use suite::{Action, Part};

use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable};

/// Octets and, once it was changed, their text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Segment {
    pub(crate) octets: Vec<u8>,
    text: Option<String>,
}

impl Segment {
    pub(crate) fn new(octets: Vec<u8>) -> Self {
        Self { octets, text: None }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.as_ref().map_or(self.octets.is_empty(), String::is_empty)
    }

    pub(crate) fn text(&self) -> String {
        self.text.clone().unwrap_or_else(|| base64url::encode(&self.octets))
    }

    /// Whether an action changes the base64url text and not the octets.
    pub(crate) fn is_text_action(action: &Action) -> bool {
        matches!(
            action,
            Action::Pad(_)
                | Action::Alphabet(_)
                | Action::TrailingBits(_)
                | Action::Insert(_)
                | Action::Text(_)
        )
    }

    /// Changes the text; the octets stay.
    pub(crate) fn change_text(&mut self, action: &Action) -> Result<(), ForgeError> {
        let text = self.text();
        self.text = Some(match action {
            Action::Pad(_) => BASE64
                .encode(&self.octets)
                .chars()
                .map(|digit| match digit {
                    '+' => '-',
                    '/' => '_',
                    other => other,
                })
                .collect(),
            Action::Alphabet(name) if name == "standard" => {
                text.replace('-', "+").replace('_', "/")
            }
            Action::Alphabet(name) => return not_applicable(format!("no alphabet `{name}`")),
            Action::TrailingBits(_) => trailing_bits(&text)?,
            Action::Insert(insert) => insert_text(&text, &insert.at, &insert.text)?,
            Action::Text(text) => text.clone(),
            _ => return not_applicable("this change does not apply to a part's text"),
        });
        Ok(())
    }

    /// Changes the octets. `modulus` is that of the RSA key the part belongs to.
    pub(crate) fn change_octets(
        &mut self,
        action: &Action,
        modulus: Option<&[u8]>,
        entropy: &Entropy,
    ) -> Result<(), ForgeError> {
        let read = |octets| entropy.read("mutation", octets);
        let octets = &mut self.octets;
        match action {
            Action::FlipBit(at) => flip_bit(octets, *at)?,
            Action::FlipAt(thousandths) => {
                let at = octets.len() * usize::try_from(*thousandths).unwrap_or(0) / 1000;
                match octets.get_mut(at) {
                    Some(octet) => *octet ^= 0x01,
                    None => return not_applicable("`flip_at` counts from 0 to 999"),
                }
            }
            Action::Truncate(keep) => octets.truncate(*keep),
            Action::DropFirst(count) => *octets = octets.split_off((*count).min(octets.len())),
            Action::Append(more) => octets.extend(read(more)),
            Action::Prepend(more) => *octets = [read(more), octets.clone()].concat(),
            Action::Octets(other) => *octets = read(other),
            Action::Empty(_) => octets.clear(),
            Action::Integer(name) => *octets = integer(octets, name, modulus)?,
            _ => return not_applicable("this change does not apply to a part's octets"),
        }
        Ok(())
    }
}

/// The part behind this one in a compact JWE.
pub(crate) fn next(part: Part) -> Option<Part> {
    match part {
        Part::EncryptedKey => Some(Part::Iv),
        Part::Iv => Some(Part::Ciphertext),
        Part::Ciphertext => Some(Part::Tag),
        _ => None,
    }
}

/// The part in front of this one in a compact JWE.
pub(crate) fn previous(part: Part) -> Option<Part> {
    [Part::EncryptedKey, Part::Iv, Part::Ciphertext]
        .into_iter()
        .find(|candidate| next(*candidate) == Some(part))
}

pub(crate) fn insert_text(text: &str, at: &str, more: &str) -> Result<String, ForgeError> {
    let index = match at {
        "start" => 0,
        "middle" => text.len() / 2,
        "end" => text.len(),
        _ => return not_applicable("text is inserted at `start`, `middle` or `end`"),
    };
    if !text.is_char_boundary(index) {
        return not_applicable("the middle of this text lies inside a character");
    }
    let (front, back) = text.split_at(index);
    Ok(format!("{front}{more}{back}"))
}

fn flip_bit(octets: &mut [u8], at: i64) -> Result<(), ForgeError> {
    let bits = i64::try_from(octets.len()).unwrap_or(i64::MAX / 8) * 8;
    let at = if at < 0 { bits + at } else { at };
    let octet = usize::try_from(at / 8).ok().and_then(|index| octets.get_mut(index));
    match octet {
        Some(octet) if at >= 0 => {
            *octet ^= 0x80 >> (at % 8);
            Ok(())
        }
        _ => not_applicable(format!("there is no bit {at} in {bits} bits")),
    }
}

fn trailing_bits(text: &str) -> Result<String, ForgeError> {
    const DIGITS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let unused = match text.len() % 4 {
        2 => 4,
        3 => 2,
        _ => {
            return Err(ForgeError::Unlucky("the part's last character has no unused bits".into()));
        }
    };
    let last = text.chars().last().and_then(|digit| DIGITS.find(digit));
    let changed = last.and_then(|value| DIGITS.chars().nth(value | ((1 << unused) - 1)));
    match (text.get(..text.len() - 1), changed) {
        (Some(front), Some(digit)) => Ok(format!("{front}{digit}")),
        _ => not_applicable("the part is not base64url"),
    }
}

fn integer(octets: &[u8], name: &str, modulus: Option<&[u8]>) -> Result<Vec<u8>, ForgeError> {
    let Some(modulus) = modulus else {
        return not_applicable("`integer` applies to RSA encrypted keys and signatures");
    };
    let small = |value: u8| {
        let mut out = vec![0; modulus.len().saturating_sub(1)];
        out.push(value);
        out
    };
    Ok(match name {
        "zero" => small(0),
        "one" => small(1),
        "modulus" => modulus.to_vec(),
        // The modulus is odd.
        "modulus-minus-one" => {
            let mut out = modulus.to_vec();
            if let Some(last) = out.last_mut() {
                *last -= 1;
            }
            out
        }
        "minimal" => match octets.split_first() {
            Some((0, rest)) => rest.to_vec(),
            _ => return Err(ForgeError::Unlucky("the integer has no leading zero octet".into())),
        },
        "plus-modulus" => add(octets, modulus)
            .ok_or_else(|| ForgeError::Unlucky("the sum does not fit the modulus length".into()))?,
        _ => return not_applicable(format!("unknown integer `{name}`")),
    })
}

/// The sum of two big-endian numbers of the same length, if it has that length too.
pub(crate) fn add(left: &[u8], right: &[u8]) -> Option<Vec<u8>> {
    if left.len() != right.len() {
        return None;
    }
    let mut carry = 0;
    let mut out: Vec<u8> = left
        .iter()
        .zip(right)
        .rev()
        .map(|(a, b)| {
            let sum = u16::from(*a) + u16::from(*b) + carry;
            carry = sum >> 8;
            sum.to_le_bytes()[0]
        })
        .collect();
    out.reverse();
    (carry == 0).then_some(out)
}
