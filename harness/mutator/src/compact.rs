//! Changes of tokens: inside of a part, of the parts, and of the serialization.

use algorithms::base64url;
use rand::{Rng, RngExt};

use crate::{Blindly, Json, edit, seal};

/// The token after one change; `None` if it is none, or if this change does not suit it.
pub(crate) fn mutate(
    data: &[u8],
    most: usize,
    rng: &mut impl Rng,
    blindly: &mut Blindly<'_>,
) -> Option<Vec<u8>> {
    let text = str::from_utf8(data).ok()?;
    if text.trim_start().starts_with('{') {
        return in_json(text, most, rng, blindly).map(String::into_bytes);
    }
    let parts: Vec<&str> = text.split('.').collect();
    let sealed = match (parts.as_slice(), rng.random_range(0..16_u32)) {
        (&[a, b, c, d, e], 0..=5) => jwe_header(&[a, b, c, d, e], rng, blindly),
        (&[a, b, c, d, e], 6..=8) => jwe_content(&[a, b, c, d, e], most, rng, blindly),
        (&[header, payload, _], 0..=4) => jws_header(header, payload, rng, blindly),
        (&[header, payload, _], 5..=7) => jws_payload(header, payload, rng, blindly),
        (&[_, _, _], 8) => nested(text),
        (_, 9) => to_json(&parts, rng),
        _ => None,
    };
    let changed = sealed.unwrap_or_else(|| match rng.random_range(0..8_u32) {
        0 => moved(&parts, rng),
        1 => respelled(&parts, rng),
        2 => shortened(&parts, rng),
        3 => resized(&parts, rng),
        _ => part(&parts, most, rng, blindly),
    });
    Some(changed.into_bytes())
}

fn header(part: &str) -> Option<Json> {
    Json::parse(&base64url::decode(part).ok()?)
}

/// Another header, and everything right for it.
fn jwe_header(parts: &[&str; 5], rng: &mut impl Rng, blindly: &mut Blindly<'_>) -> Option<String> {
    let [protected, ..] = parts;
    let before = header(protected)?;
    let mut header = before.clone();
    edit::edit(&mut header, "", rng, blindly);
    if rng.random_ratio(1, 8)
        && let Some(content) = seal::content(before, parts)
    {
        return seal::as_it_is(header, &content);
    }
    let plaintext = seal::plaintext(parts).unwrap_or_else(|| b"{}".to_vec());
    seal::jwe(header, &plaintext)
}

/// Another content, and everything right for it.
fn jwe_content(
    parts: &[&str; 5],
    most: usize,
    rng: &mut impl Rng,
    blindly: &mut Blindly<'_>,
) -> Option<String> {
    let [protected, ..] = parts;
    let mut plaintext = seal::plaintext(parts)?;
    let is_jws = plaintext.iter().filter(|octet| **octet == b'.').count() == 2;
    let inner = match rng.random_range(0..4_u32) {
        0 => None,
        _ if is_jws => mutate(&plaintext, most, rng, blindly),
        _ => edit::text(&plaintext, rng, blindly),
    };
    let changed = inner.unwrap_or_else(|| {
        blindly(&mut plaintext, most);
        plaintext
    });
    seal::jwe(header(protected)?, &changed)
}

fn jws_header(
    protected: &str,
    payload: &str,
    rng: &mut impl Rng,
    blindly: &mut Blindly<'_>,
) -> Option<String> {
    let mut header = header(protected)?;
    edit::edit(&mut header, "", rng, blindly);
    Some(seal::jws(&header, &base64url::decode(payload).ok()?))
}

fn jws_payload(
    protected: &str,
    payload: &str,
    rng: &mut impl Rng,
    blindly: &mut Blindly<'_>,
) -> Option<String> {
    let mut payload = base64url::decode(payload).ok()?;
    let changed = edit::text(&payload, rng, blindly).unwrap_or_else(|| {
        let most = payload.len() + 64;
        blindly(&mut payload, most);
        payload
    });
    Some(seal::jws(&header(protected)?, &changed))
}

/// The token inside another one (RFC 7519 §5.2).
fn nested(text: &str) -> Option<String> {
    seal::jwe(Json::parse(br#"{"alg":"dir","enc":"A256GCM","cty":"JWT"}"#)?, text.as_bytes())
}

/// One part, with other octets.
fn part(parts: &[&str], most: usize, rng: &mut impl Rng, blindly: &mut Blindly<'_>) -> String {
    let at = rng.random_range(0..parts.len().max(1));
    let decoded = parts.get(at).and_then(|part| base64url::decode(part).ok());
    let mut octets = decoded.unwrap_or_default();
    blindly(&mut octets, most * 3 / 4);
    with(parts, at, base64url::encode(&octets))
}

/// One part with fewer octets at its end, or at its front.
fn shortened(parts: &[&str], rng: &mut impl Rng) -> String {
    let at = rng.random_range(0..parts.len().max(1));
    let decoded = parts.get(at).and_then(|part| base64url::decode(part).ok());
    let octets = decoded.unwrap_or_default();
    let keep = rng.random_range(0..=octets.len());
    let kept = if rng.random() { octets.get(..keep) } else { octets.get(octets.len() - keep..) };
    with(parts, at, base64url::encode(kept.unwrap_or_default()))
}

/// One part with octets as many, or as few, as somebody forgets: none, zeros alone, one more, one less, twice as
/// many, or the length of a key, a tag, or an IV.
fn resized(parts: &[&str], rng: &mut impl Rng) -> String {
    let at = rng.random_range(0..parts.len().max(1));
    let decoded = parts.get(at).and_then(|part| base64url::decode(part).ok());
    let mut octets = decoded.unwrap_or_default();
    let length = octets.len();
    match rng.random_range(0..6_u32) {
        0 => octets.clear(),
        1 => octets.fill(0),
        2 => octets.push(0),
        3 => octets.truncate(length.saturating_sub(1)),
        4 => octets.extend_from_within(..),
        _ => {
            octets.resize(LENGTHS.get(rng.random_range(0..LENGTHS.len())).copied().unwrap_or(0), 0)
        }
    }
    with(parts, at, base64url::encode(&octets))
}

/// The parts in another order or number.
fn moved(parts: &[&str], rng: &mut impl Rng) -> String {
    let mut parts = parts.to_vec();
    let [at, other] = [0, 1].map(|_| rng.random_range(0..parts.len().max(1)));
    match rng.random_range(0..4_u32) {
        0 if !parts.is_empty() => drop(parts.remove(at)),
        1 => parts.insert(at, ""),
        2 => parts.insert(at, parts.get(other).copied().unwrap_or_default()),
        _ if at < parts.len() && other < parts.len() => parts.swap(at, other),
        _ => {}
    }
    parts.join(".")
}

/// The token with white space at an end, or one part in another spelling that a lax decoder reads alike
/// (RFC 4648 §3.5, §5).
fn respelled(parts: &[&str], rng: &mut impl Rng) -> String {
    let at = rng.random_range(0..parts.len().max(1));
    let part = parts.get(at).copied().unwrap_or_default();
    let other = match rng.random_range(0..8_u32) {
        6 => return format!(" {}", parts.join(".")),
        7 => return format!("{}\n", parts.join(".")),
        0 => format!("{part}="),
        1 => format!("{part}=="),
        2 => format!("{part}\n"),
        3 => part.replace('-', "+").replace('_', "/"),
        4 => format!("{part}A"),
        _ => part.char_indices().next_back().map_or_else(String::new, |(last, letter)| {
            let next = char::from_u32(u32::from(letter) + 1).unwrap_or('A');
            format!("{}{next}", part.get(..last).unwrap_or_default())
        }),
    };
    with(parts, at, other)
}

fn with(parts: &[&str], at: usize, part: String) -> String {
    let mut parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
    if let Some(place) = parts.get_mut(at) {
        *place = part;
    }
    parts.join(".")
}

/// Octets of IVs, tags, keys and hashes (RFC 7518 §5).
const LENGTHS: [usize; 8] = [8, 12, 16, 24, 32, 40, 48, 64];

/// The members of the JSON serializations in the order of the compact parts (RFC 7516 §7.2, RFC 7515 §7.2).
const JWE: [&str; 5] = ["protected", "encrypted_key", "iv", "ciphertext", "tag"];
const JWS: [&str; 3] = ["protected", "payload", "signature"];

/// The same token in JSON, flattened or general.
fn to_json(parts: &[&str], rng: &mut impl Rng) -> Option<String> {
    let (names, own, list) = match parts.len() {
        5 => (JWE.as_slice(), ["encrypted_key"].as_slice(), "recipients"),
        3 => (JWS.as_slice(), ["protected", "signature"].as_slice(), "signatures"),
        _ => return None,
    };
    let is_general = rng.random();
    let (mut whole, mut one) = (Vec::new(), Vec::new());
    for (name, part) in names.iter().zip(parts).filter(|(_, part)| !part.is_empty()) {
        let member = ((*name).to_owned(), Json::Text((*part).to_owned()));
        let is_own = is_general && own.contains(name);
        if is_own { one.push(member) } else { whole.push(member) }
    }
    if is_general {
        let element = Json::Object(one);
        let count = if rng.random_ratio(1, 4) { 2 } else { 1 };
        whole.push((list.to_owned(), Json::Array(vec![element; count])));
    }
    Some(Json::Object(whole).to_string())
}

/// A token in JSON: a part of it as if it were compact, or the object itself.
fn in_json(
    text: &str,
    most: usize,
    rng: &mut impl Rng,
    blindly: &mut Blindly<'_>,
) -> Option<String> {
    let mut token = Json::parse(text.as_bytes())?;
    let names = if token.get("ciphertext").is_some() { JWE.as_slice() } else { JWS.as_slice() };
    let parts: Vec<&str> = names.iter().map(|name| token.text(name).unwrap_or_default()).collect();
    // With `aad` the tag covers more than the protected header.
    if rng.random_ratio(1, 2) && token.get("aad").is_none() {
        let compact = mutate(parts.join(".").as_bytes(), most, rng, blindly)?;
        let compact = String::from_utf8(compact).ok()?;
        let changed: Vec<&str> = compact.split('.').collect();
        if changed.len() == names.len() {
            for (name, part) in names.iter().zip(changed) {
                if !part.is_empty() || token.get(name).is_some() {
                    token.set(name, Json::Text(part.to_owned()));
                }
            }
            return Some(token.to_string());
        }
    }
    edit::edit(&mut token, "", rng, blindly);
    Some(token.to_string())
}
