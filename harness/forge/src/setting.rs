//! What a question depends on beside its suite: who is asked, as whom, and when.

use rand::RngExt as _;
use serde_json::{Map, Value};
use suite::mutation::{Duplicate, Rename, Replace};
use suite::{Action, Octets};

use crate::entropy::Entropy;
use crate::error::{ForgeError, unknown};

/// The names and the time that placeholders stand for. Library questions have
/// [`Setting::default`]; over HTTP they are the target's.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "callers write `Setting { field, ..setting }`")]
pub struct Setting {
    /// The issuer identifier of the authorization server.
    pub issuer: String,
    /// What an assertion names in `aud`.
    pub audience: String,
    /// The URL of the token endpoint.
    pub token_endpoint: String,
    /// The client.
    pub client_id: String,
    /// Another client of the same server.
    pub other_client_id: String,
    /// NumericDate seconds.
    pub now: i64,
    /// The names of the client's credentials where the server chose them; those of the keys if empty.
    pub kids: Vec<String>,
    /// Makes the entropy of one question differ from the next asking's; empty for none.
    pub nonce: String,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            issuer: "https://tenant.example/".to_owned(),
            audience: "https://tenant.example/".to_owned(),
            token_endpoint: "https://tenant.example/oauth/token".to_owned(),
            client_id: "touchstone-client".to_owned(),
            other_client_id: "touchstone-other".to_owned(),
            now: 1_700_000_000,
            kids: Vec::new(),
            nonce: String::new(),
        }
    }
}

/// Fills placeholders in.
pub(crate) struct Filler<'a> {
    pub(crate) setting: &'a Setting,
    pub(crate) entropy: &'a Entropy,
    pub(crate) jti: &'a str,
    pub(crate) kids: &'a [String],
}

impl Filler<'_> {
    /// The text with every `@{…}` replaced.
    pub(crate) fn text(&self, text: &str) -> Result<String, ForgeError> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((front, behind)) = rest.split_once("@{") {
            let Some((name, after)) = behind.split_once('}') else { break };
            filled.push_str(front);
            filled.push_str(&self.value(name)?);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }

    fn value(&self, name: &str) -> Result<String, ForgeError> {
        let setting = self.setting;
        if let Some(offset) = name.strip_prefix("now") {
            return Ok(setting.now.saturating_add(seconds(offset, name)?).to_string());
        }
        if let Some(offset) = name.strip_prefix("iso") {
            return iso(setting.now.saturating_add(seconds(offset, name)?));
        }
        if let Some((kind, count)) = name.split_once(':') {
            let count = count.parse().map_err(|_| unknown("the placeholder", name))?;
            return match kind {
                "jti" => Ok(characters(self.entropy, count)),
                "wide" => Ok("\u{1F511}".repeat(count)),
                "kid" => {
                    self.kids.get(count).cloned().ok_or_else(|| unknown("the placeholder", name))
                }
                _ => Err(unknown("the placeholder", name)),
            };
        }
        match name {
            "client" => Ok(setting.client_id.clone()),
            "other_client" => Ok(setting.other_client_id.clone()),
            "issuer" => Ok(setting.issuer.clone()),
            "audience" => Ok(setting.audience.clone()),
            "token_endpoint" => Ok(setting.token_endpoint.clone()),
            "jti" => Ok(self.jti.to_owned()),
            // Left for whoever knows what stood there before, or the answers to earlier steps.
            "same" | "api" | "unique" => Ok(format!("@{{{name}}}")),
            pointer if pointer.contains('/') => Ok(format!("@{{{pointer}}}")),
            _ => Err(unknown("the placeholder", name)),
        }
    }

    pub(crate) fn map(
        &self,
        members: &Map<String, Value>,
    ) -> Result<Map<String, Value>, ForgeError> {
        members.iter().map(|(name, value)| Ok((self.text(name)?, self.json(value)?))).collect()
    }

    fn json(&self, value: &Value) -> Result<Value, ForgeError> {
        Ok(match value {
            Value::String(text) => self.text(text)?.into(),
            Value::Array(items) => {
                items.iter().map(|item| self.json(item)).collect::<Result<Vec<_>, _>>()?.into()
            }
            Value::Object(members) => Value::Object(self.map(members)?),
            other => other.clone(),
        })
    }

    /// The action with every text filled in.
    pub(crate) fn action(&self, action: &Action) -> Result<Action, ForgeError> {
        Ok(match action {
            Action::Set(members) => Action::Set(self.map(members)?),
            Action::SetJson(members) => Action::SetJson(self.map(members)?),
            Action::Duplicate(duplicate) => Action::Duplicate(Duplicate {
                name: self.text(&duplicate.name)?,
                json: self.text(&duplicate.json)?,
                place: duplicate.place.clone(),
            }),
            Action::Rename(rename) => {
                Action::Rename(Rename { from: rename.from.clone(), to: self.text(&rename.to)? })
            }
            Action::Replace(replace) => Action::Replace(Replace {
                find: self.text(&replace.find)?,
                with: self.octets(&replace.with)?,
            }),
            Action::AppendJson(octets) => Action::AppendJson(self.octets(octets)?),
            Action::PrependJson(octets) => Action::PrependJson(self.octets(octets)?),
            Action::Json(octets) => Action::Json(self.octets(octets)?),
            Action::Text(text) => Action::Text(self.text(text)?),
            other => other.clone(),
        })
    }

    fn octets(&self, octets: &Octets) -> Result<Octets, ForgeError> {
        match octets {
            Octets::Text(text) => Ok(Octets::Text(self.text(text)?)),
            other => Ok(other.clone()),
        }
    }
}

/// So many letters and digits.
fn characters(entropy: &Entropy, count: usize) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut rng = entropy.rng("characters");
    (0..count)
        .filter_map(|_| ALPHABET.get(rng.random_range(0..ALPHABET.len())))
        .map(|octet| char::from(*octet))
        .collect()
}

fn seconds(offset: &str, name: &str) -> Result<i64, ForgeError> {
    if offset.is_empty() {
        return Ok(0);
    }
    offset.parse().map_err(|_| unknown("the placeholder", name))
}

/// ISO 8601 as the vendor writes it: `2023-11-14T22:13:20.000Z`.
fn iso(seconds: i64) -> Result<String, ForgeError> {
    let time = jiff::Timestamp::from_second(seconds)
        .map_err(|_| ForgeError::NotApplicable(format!("no calendar has the second {seconds}")))?;
    Ok(time.strftime("%Y-%m-%dT%H:%M:%S.000Z").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_by_the_calendar() {
        // `date -u -d @N` says the same.
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400, "2000-02-29T00:00:00.000Z"),
            (1_700_000_000, "2023-11-14T22:13:20.000Z"),
            (4_102_444_799, "2099-12-31T23:59:59.000Z"),
        ] {
            assert_eq!(iso(seconds).unwrap(), text);
        }
    }

    #[test]
    fn placeholders_are_filled_in_and_unknown_ones_named() {
        let setting = Setting::default();
        let entropy = Entropy::new("test", 0);
        let kids = ["one".to_owned()];
        let filler = Filler { setting: &setting, entropy: &entropy, jti: "j", kids: &kids };
        let check = |text: &str, want: &str| assert_eq!(filler.text(text).unwrap(), want);
        check("a@{client}b@{now+60}", "atouchstone-clientb1700000060");
        check("@{now-1} @{iso} @{jti} @{kid:0}", "1699999999 2023-11-14T22:13:20.000Z j one");
        check("@{wide:2}", "\u{1F511}\u{1F511}");
        assert_eq!(filler.text("@{jti:64}").unwrap().len(), 64);
        for wrong in ["@{nobody}", "@{now+x}", "@{kid:1}", "@{jti:x}"] {
            assert!(filler.text(wrong).is_err(), "{wrong}");
        }
    }
}
