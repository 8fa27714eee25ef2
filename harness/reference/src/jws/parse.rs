//! Octets to parts: RFC 7515 §5.2 steps 1 to 4, §7.1 and §7.2; RFC 7797 §5.

use rejection::Rejection;

use super::{Jws, Part, Payload};
use crate::Serialization;
use crate::encoding::{decode, is_json};
use crate::json::{Object, Value};
use crate::jwe::{Protected, filled_object, filled_text};
use crate::policy::Policy;

impl Jws {
    /// Parses any of the three serializations, with a payload or without.
    ///
    /// # Errors
    /// A code of the stage `parse`, or [`Rejection::Kind`] for the text of a JWE in JSON.
    pub fn parse(text: &str, policy: &Policy) -> Result<Self, Rejection> {
        if is_json(text) {
            Self::parse_json(text, policy)
        } else {
            Self::parse_compact(text, policy)
        }
    }

    /// Parses the compact serialization only.
    ///
    /// # Errors
    /// As for [`Jws::parse`].
    pub fn parse_compact(text: &str, policy: &Policy) -> Result<Self, Rejection> {
        if text.len() > policy.max_token_octets {
            return Err(Rejection::TooLarge);
        }
        // RFC 7515 §5.2 step 1: exactly three parts. RFC 7797 §5.2 keeps dots out of payloads.
        let parts: Vec<&str> = text.splitn(4, '.').collect();
        let [protected, payload, signature] = parts.as_slice() else {
            return Err(Rejection::PartCount);
        };
        if protected.is_empty() {
            return Err(Rejection::EmptyPart);
        }
        let protected = Protected::parse(protected, policy)?;
        let payload = if payload.is_empty() {
            Payload::Absent
        } else if protected.members.get("b64") == Some(&Value::Bool(false)) {
            check_plain(payload)?;
            Payload::Plain((*payload).to_owned())
        } else {
            decode(payload)?;
            Payload::Encoded((*payload).to_owned())
        };
        let signature = decode(signature)?;
        let part = Part { protected, header: Object::default(), signature };
        Ok(Self { payload, signatures: vec![part], form: Serialization::Compact })
    }

    /// RFC 7515 §7.2.1 and §7.2.2. Unknown members are ignored.
    fn parse_json(text: &str, policy: &Policy) -> Result<Self, Rejection> {
        let token = Object::parse(text.as_bytes(), policy.token_limits())?;
        let signed = token.has("signature") || token.has("signatures");
        if token.has("ciphertext") {
            let mixed = signed || token.has("payload");
            return Err(if mixed { Rejection::Serialization } else { Rejection::Kind });
        }
        let (signatures, form) = match token.get("signatures") {
            None => (vec![Part::parse(&token, policy)?], Serialization::Flattened),
            Some(_) if ["signature", "protected", "header"].iter().any(|n| token.has(n)) => {
                return Err(Rejection::Serialization);
            }
            Some(list) => (Self::parse_signatures(list, policy)?, Serialization::General),
        };
        let plain = |part: &Part| part.protected.members.get("b64") == Some(&Value::Bool(false));
        let is_plain = signatures.first().is_some_and(plain);
        // RFC 7797 §3: the same for all signatures.
        if signatures.iter().any(|part| plain(part) != is_plain) {
            return Err(Rejection::B64);
        }
        let payload = match token.get("payload") {
            None => Payload::Absent,
            Some(Value::String(text)) if is_plain => Payload::Plain(text.clone()),
            Some(Value::String(text)) => {
                decode(text)?;
                Payload::Encoded(text.clone())
            }
            Some(_) => return Err(Rejection::Serialization),
        };
        Ok(Self { payload, signatures, form })
    }

    fn parse_signatures(list: &Value, policy: &Policy) -> Result<Vec<Part>, Rejection> {
        let list = list.as_array().filter(|list| !list.is_empty());
        let list = list.ok_or(Rejection::Serialization)?;
        if list.len() > policy.max_recipients {
            return Err(Rejection::TooManyRecipients);
        }
        list.iter()
            .map(|element| {
                Part::parse(element.as_object().ok_or(Rejection::Serialization)?, policy)
            })
            .collect()
    }
}

impl Part {
    fn parse(members: &Object, policy: &Policy) -> Result<Self, Rejection> {
        let signature = members.text("signature").ok_or(Rejection::Serialization)?;
        let protected = match filled_text(members, "protected")? {
            None => Protected::default(),
            Some(encoded) => Protected::parse(encoded, policy)?,
        };
        if !protected.encoded.is_empty() && protected.members.is_empty() {
            return Err(Rejection::EmptyPart);
        }
        let header = filled_object(members, "header")?;
        Ok(Self { protected, header, signature: decode(signature)? })
    }
}

/// RFC 7797 §5.2: printable ASCII without the dot.
fn check_plain(payload: &str) -> Result<(), Rejection> {
    let printable = |octet: u8| matches!(octet, 0x20..=0x2d | 0x2f..=0x7e);
    if payload.bytes().all(printable) { Ok(()) } else { Err(Rejection::B64) }
}
