//! A JSON object as text: member order, spelling, duplicates and broken grammar are all ours.

use algorithms::base64url;
use serde_json::{Map, Value};
use suite::mutation::{Duplicate, HugeRsa};
use suite::{Action, Octets};

use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable};

/// The members of an object, in order: the name as it stands between the quotes, the value as JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct JsonText {
    members: Vec<(String, String)>,
}

impl JsonText {
    pub(crate) fn of(members: &Map<String, Value>) -> Self {
        let mut text = Self::default();
        text.extend(members);
        text
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        self.members.iter().map(|(name, _)| name.clone()).collect()
    }

    pub(crate) fn set(&mut self, name: &str, value: &Value) {
        self.set_json(name, sorted(value));
    }

    pub(crate) fn set_text(&mut self, name: &str, value: &str) {
        self.set(name, &Value::from(value));
    }

    pub(crate) fn set_json(&mut self, name: &str, json: String) {
        match self.members.iter_mut().find(|(have, _)| have == name) {
            Some((_, value)) => *value = json,
            None => self.members.push((name.to_owned(), json)),
        }
    }

    pub(crate) fn extend(&mut self, members: &Map<String, Value>) {
        let mut members: Vec<_> = members.iter().collect();
        members.sort_by_key(|(name, _)| *name);
        for (name, value) in members {
            self.set(name, value);
        }
    }

    /// Takes over all members of another object.
    pub(crate) fn append(&mut self, other: Self) {
        for (name, json) in other.members {
            self.set_json(&name, json);
        }
    }

    /// Takes a member out.
    pub(crate) fn remove(&mut self, name: &str) -> Option<(String, String)> {
        let at = self.members.iter().position(|(have, _)| have == name)?;
        Some(self.members.remove(at))
    }

    /// Moves the named members into another object.
    pub(crate) fn move_to(&mut self, names: &[String], other: &mut Self) -> Result<(), ForgeError> {
        for name in names {
            let Some((name, value)) = self.remove(name) else {
                return not_applicable(format!("there is no header member `{name}` to move"));
            };
            other.set_json(&name, value);
        }
        Ok(())
    }

    pub(crate) fn to_text(&self) -> String {
        let members: Vec<String> =
            self.members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        format!("{{{}}}", members.join(","))
    }

    /// Applies a mutation of JSON text and returns the octets.
    pub(crate) fn mutated(
        mut self,
        action: &Action,
        entropy: &Entropy,
    ) -> Result<Vec<u8>, ForgeError> {
        match action {
            Action::Set(members) => self.extend(members),
            Action::SetJson(members) => {
                for (name, value) in members {
                    let Some(json) = value.as_str() else {
                        return not_applicable("`set_json` takes JSON texts as strings");
                    };
                    self.set_json(name, json.to_owned());
                }
            }
            Action::Delete(name) => {
                if self.remove(name).is_none() {
                    return not_applicable(format!("there is no member `{name}` to delete"));
                }
            }
            Action::Duplicate(duplicate) => self.duplicate(duplicate)?,
            Action::Rename(rename) => {
                match self.members.iter_mut().find(|(name, _)| *name == rename.from) {
                    Some((name, _)) => name.clone_from(&rename.to),
                    None => return not_applicable(format!("there is no `{}`", rename.from)),
                }
            }
            Action::Nest(depth) => {
                let json = format!("{}{}", "[".repeat(*depth), "]".repeat(*depth));
                self.set_json("https://example.com/deep", json);
            }
            Action::Long(count) => self.set_text("https://example.com/long", &"x".repeat(*count)),
            Action::Wide(count) => {
                for index in 0..*count {
                    self.members.push((format!("https://example.com/{index}"), "0".to_owned()));
                }
            }
            Action::HugeRsa(huge) => self.enlarge(*huge, entropy),
            Action::Spaced(true) => return Ok(self.spaced().into_bytes()),
            _ => return self.mutated_text(action, entropy),
        }
        Ok(self.to_text().into_bytes())
    }

    fn mutated_text(self, action: &Action, entropy: &Entropy) -> Result<Vec<u8>, ForgeError> {
        let text = self.to_text();
        let join = |front: &[u8], back: &[u8]| [front, back].concat();
        let read = |octets: &Octets| entropy.read("json", octets);
        match action {
            Action::Replace(replace) => {
                let Some((before, after)) = text.split_once(&replace.find) else {
                    return not_applicable(format!("the JSON text has no `{}`", replace.find));
                };
                Ok([before.as_bytes(), &read(&replace.with), after.as_bytes()].concat())
            }
            Action::AppendJson(octets) => Ok(join(text.as_bytes(), &read(octets))),
            Action::PrependJson(octets) => Ok(join(&read(octets), text.as_bytes())),
            Action::Json(octets) => Ok(read(octets)),
            Action::Encode(encoding) => encode(&text, encoding),
            _ => not_applicable("this change does not apply to JSON text"),
        }
    }

    /// Gives an RSA key an odd modulus of so many bits, and perhaps an exponent of the same length.
    fn enlarge(&mut self, huge: HugeRsa, entropy: &Entropy) {
        for name in if huge.exponent { &["n", "e"][..] } else { &["n"][..] } {
            let mut octets = entropy.octets(name, huge.bits / 8);
            if let Some(first) = octets.first_mut() {
                // Above any signature that begins with a zero bit.
                *first |= 0xC0;
            }
            if let Some(last) = octets.last_mut() {
                *last |= 1;
            }
            self.set_text(name, &base64url::encode(&octets));
        }
    }

    fn duplicate(&mut self, duplicate: &Duplicate) -> Result<(), ForgeError> {
        let member = (duplicate.name.clone(), duplicate.json.clone());
        match duplicate.place.as_str() {
            "before" => self.members.insert(0, member),
            "after" => self.members.push(member),
            _ => return not_applicable("a duplicate goes `before` or `after`"),
        }
        Ok(())
    }

    fn spaced(&self) -> String {
        let members: Vec<String> = self
            .members
            .iter()
            .map(|(name, value)| format!("\r\n\t \"{name}\" \t:\r\n {value} "))
            .collect();
        format!(" {{{}\r\n}}\n", members.join(","))
    }
}

/// JSON with members in alphabetical order: a crate elsewhere in the workspace makes serde_json keep
/// another one.
fn sorted(value: &Value) -> String {
    match value {
        Value::Object(members) => JsonText::of(members).to_text(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(sorted).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

fn encode(text: &str, encoding: &str) -> Result<Vec<u8>, ForgeError> {
    let units = || text.encode_utf16();
    Ok(match encoding {
        "utf-16le" => units().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => units().flat_map(u16::to_be_bytes).collect(),
        "utf-16-bom" => {
            let marked = std::iter::once(0xFEFF).chain(units());
            marked.flat_map(u16::to_be_bytes).collect()
        }
        "utf-32le" => text.chars().flat_map(|c| u32::from(c).to_le_bytes()).collect(),
        _ => return not_applicable(format!("unknown encoding `{encoding}`")),
    })
}
