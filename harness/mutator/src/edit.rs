//! Changes of a JSON text that leave it JSON, or nearly.

use rand::{Rng, RngExt};

use crate::{Blindly, Json, words};

/// The text after one change; `None` if it is no JSON.
pub(crate) fn text(data: &[u8], rng: &mut impl Rng, blindly: &mut Blindly<'_>) -> Option<Vec<u8>> {
    let mut value = Json::parse(data)?;
    if rng.random_ratio(1, 8) {
        return Some(respelled(&value.to_string(), rng).into_bytes());
    }
    edit(&mut value, "", rng, blindly);
    Some(value.to_string().into_bytes())
}

/// Changes one value somewhere below.
pub(crate) fn edit(value: &mut Json, name: &str, rng: &mut impl Rng, blindly: &mut Blindly<'_>) {
    match value {
        Json::Object(members) if !members.is_empty() && rng.random_ratio(7, 8) => {
            let at = rng.random_range(0..members.len());
            if rng.random_ratio(1, 2) {
                reshape(members, at, rng);
            } else if let Some((name, value)) = members.get_mut(at) {
                let name = name.clone();
                edit(value, &name, rng, blindly);
            }
        }
        Json::Object(members) => {
            let name = words::name(rng);
            let value = words::value(&name, rng);
            members.push((name, value));
        }
        Json::Array(elements) if !elements.is_empty() && rng.random_ratio(3, 4) => {
            let at = rng.random_range(0..elements.len());
            match rng.random_range(0..4_u32) {
                0 => drop(elements.remove(at)),
                1 => elements.extend(elements.get(at).cloned()),
                _ => {
                    if let Some(element) = elements.get_mut(at) {
                        edit(element, name, rng, blindly);
                    }
                }
            }
        }
        Json::Text(text) if rng.random_ratio(1, 4) => {
            let is_limit = rng.random();
            *text = if is_limit { words::resized(text, rng) } else { words::alike(text, rng) };
        }
        Json::Text(text) if rng.random() => {
            let mut octets = std::mem::take(text).into_bytes();
            let most = octets.len() + 64;
            blindly(&mut octets, most);
            *text = String::from_utf8_lossy(&octets).into_owned();
        }
        Json::Number(text) if rng.random() => {
            let by = [-1_i64, 1, 10, -10].get(rng.random_range(0..4_usize)).copied();
            if let (Ok(number), Some(by)) = (text.parse::<i64>(), by) {
                *text = number.saturating_add(by).to_string();
            }
        }
        _ => *value = words::value(name, rng),
    }
}

/// Changes which members there are, and what they are called.
fn reshape(members: &mut Vec<(String, Json)>, at: usize, rng: &mut impl Rng) {
    let other = rng.random_range(0..members.len());
    match rng.random_range(0..6_u32) {
        0 => drop(members.remove(at)),
        1 => members.swap(at, other),
        2 => members.extend(members.get(at).cloned()),
        3 => {
            let value = members.get(other).map(|(_, value)| value.clone());
            if let (Some(value), Some((_, place))) = (value, members.get_mut(at)) {
                *place = value;
            }
        }
        4 => {
            if let Some((name, _)) = members.get_mut(at) {
                *name = words::name(rng);
            }
        }
        _ => {
            let name = words::name(rng);
            let value = words::value(&name, rng);
            members.insert(at, (name, value));
        }
    }
}

/// The text in another spelling, or in one that a lax reader takes for it.
fn respelled(text: &str, rng: &mut impl Rng) -> String {
    match rng.random_range(0..10_u32) {
        0 => format!(" {text}"),
        1 => format!("{text}\n"),
        2 => text.replacen("\"a", "\"\\u0061", 1),
        3 => format!("{text}}}"),
        4 => format!("{text}\0"),
        5 => text.replacen('}', ",}", 1),
        6 => text.replacen(',', ",,", 1),
        7 => text.replace('"', "'"),
        8 => text.replacen(':', ":/**/", 1),
        _ => text.replacen(':', ": ", 1),
    }
}
