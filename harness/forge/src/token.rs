//! Changes of a whole token: its text, the number and order of its parts, its JSON members.

use serde_json::Value;
use suite::Action;
use suite::mutation::{Duplicate, Multiply};

use crate::error::{ForgeError, not_applicable};
use crate::part::insert_text;

/// Applies a change of the token's text and returns its octets.
pub(crate) fn change_text(token: &str, action: &Action) -> Result<Vec<u8>, ForgeError> {
    let mut parts: Vec<&str> = token.split('.').collect();
    let changed = match action {
        Action::Insert(insert) => insert_text(token, &insert.at, &insert.text)?,
        Action::Text(text) => text.clone(),
        Action::Trail(trail) => format!("{token}{}", trail.text.repeat(trail.count)),
        Action::KeepParts(count) => {
            parts.truncate(*count);
            parts.join(".")
        }
        Action::DropPart(index) => {
            if *index >= parts.len() {
                return not_applicable(format!("there is no part {index}"));
            }
            parts.remove(*index);
            parts.join(".")
        }
        Action::InsertPart(insert) => {
            if insert.at > parts.len() {
                return not_applicable(format!("there is no part {}", insert.at));
            }
            parts.insert(insert.at, &insert.text);
            parts.join(".")
        }
        Action::SwapParts([left, right]) => {
            if *left.max(right) >= parts.len() {
                return not_applicable("there are not so many parts to swap");
            }
            parts.swap(*left, *right);
            parts.join(".")
        }
        Action::Wrap(kind) => match kind.as_str() {
            "json-string" => Value::from(token).to_string(),
            "angle" => format!("<{token}>"),
            "object" => format!("{{\"token\":{}}}", Value::from(token)),
            "bearer" => format!("Bearer {token}"),
            "uri" => format!("urn:{token}"),
            _ => return not_applicable(format!("unknown wrapping `{kind}`")),
        },
        Action::AppendOctets(suite::Octets::Exact(octets)) => {
            return Ok([token.as_bytes(), octets].concat());
        }
        _ => return not_applicable("this change does not apply to a whole token"),
    };
    Ok(changed.into_bytes())
}

/// Applies a change to the members of a JSON serialization, as text.
pub(crate) fn change_json(token: &str, action: &Action) -> Result<Vec<u8>, ForgeError> {
    let Ok(mut object) = serde_json::from_str::<Value>(token) else {
        return not_applicable("the token is no JSON serialization");
    };
    match action {
        Action::Member(member) => {
            let value = serde_json::from_str(&member.json)
                .map_err(|error| ForgeError::NotApplicable(format!("`json`: {error}")))?;
            let (parent, name) = parent(&mut object, &member.at)?;
            match parent {
                Value::Object(members) => drop(members.insert(name, value)),
                Value::Array(items) => match name.parse::<usize>() {
                    Ok(index) if index < items.len() => {
                        if let Some(item) = items.get_mut(index) {
                            *item = value;
                        }
                    }
                    _ => items.push(value),
                },
                _ => return not_applicable(format!("`{}` has no members", member.at)),
            }
        }
        Action::DropMember(at) => drop_member(&mut object, at)?,
        Action::Multiply(multiply) => multiplied(&mut object, multiply)?,
        Action::DuplicateMember(duplicate) => return duplicate_member(token, duplicate),
        Action::AppendJson(suite::Octets::Text(text)) => {
            return Ok(format!("{token}{text}").into_bytes());
        }
        Action::PrependJson(suite::Octets::Text(text)) => {
            return Ok(format!("{text}{token}").into_bytes());
        }
        _ => return not_applicable("this change does not apply to a JSON serialization"),
    }
    Ok(object.to_string().into_bytes())
}

/// Changes the member of a request, or of the steps of an exchange, at a pointer.
pub(crate) fn change_request(root: &mut Value, action: &Action) -> Result<(), ForgeError> {
    match action {
        Action::Pointer(pointer) => set_pointer(root, &pointer.at, pointer.value.clone()),
        Action::DropMember(at) => drop_member(root, at),
        _ => not_applicable("a request is changed by `pointer` or `drop_member`"),
    }
}

/// Deletes the member of any JSON value at a pointer.
fn drop_member(root: &mut Value, at: &str) -> Result<(), ForgeError> {
    let (parent, name) = parent(root, at)?;
    let is_gone = match parent {
        Value::Object(members) => members.remove(&name).is_some(),
        Value::Array(items) => match name.parse::<usize>() {
            Ok(index) if index < items.len() => {
                items.remove(index);
                true
            }
            _ => false,
        },
        _ => false,
    };
    if is_gone { Ok(()) } else { not_applicable(format!("there is no member `{at}`")) }
}

/// Puts copies of an element in front of it.
fn multiplied(root: &mut Value, multiply: &Multiply) -> Result<(), ForgeError> {
    let (parent, name) = parent(root, &multiply.at)?;
    let index = name.parse::<usize>().ok();
    let element = index.and_then(|index| parent.get(index).cloned());
    let (Value::Array(items), Some(index), Some(element)) = (parent, index, element) else {
        return not_applicable(format!("`{}` is no element of an array", multiply.at));
    };
    items.splice(index..index, std::iter::repeat_n(element, multiply.count));
    Ok(())
}

/// Sets the member of any JSON value at a pointer.
fn set_pointer(root: &mut Value, at: &str, value: Value) -> Result<(), ForgeError> {
    let (parent, name) = parent(root, at)?;
    match parent {
        Value::Object(members) => {
            if value.is_null() {
                members.remove(&name);
            } else {
                members.insert(name, value);
            }
            Ok(())
        }
        _ => not_applicable(format!("`{at}` is no member of an object")),
    }
}

fn duplicate_member(token: &str, duplicate: &Duplicate) -> Result<Vec<u8>, ForgeError> {
    let member = format!("\"{}\":{}", duplicate.name, duplicate.json);
    let inside = token.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    match (inside, duplicate.place.as_str()) {
        (Some(inside), "before") => Ok(format!("{{{member},{inside}}}").into_bytes()),
        (Some(inside), "after") => Ok(format!("{{{inside},{member}}}").into_bytes()),
        _ => not_applicable("a duplicate goes `before` or `after` the members of an object"),
    }
}

fn parent<'a>(root: &'a mut Value, at: &str) -> Result<(&'a mut Value, String), ForgeError> {
    let Some((front, name)) = at.rsplit_once('/') else {
        return not_applicable(format!("`{at}` is no JSON pointer"));
    };
    match root.pointer_mut(front) {
        Some(parent) => Ok((parent, name.to_owned())),
        None => not_applicable(format!("there is nothing at `{front}`")),
    }
}
