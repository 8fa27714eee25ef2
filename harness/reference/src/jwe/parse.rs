//! Octets to parts: RFC 7516 §5.2 steps 1 to 4, §7.1 and §7.2.

use rejection::Rejection;

use super::{Jwe, Protected, Recipient};
use crate::Serialization;
use crate::encoding::{decode, is_json};
use crate::json::{Object, Value};
use crate::policy::Policy;

impl Jwe {
    /// Parses any of the three serializations.
    ///
    /// # Errors
    /// A code of the stage `parse`, or [`Rejection::Kind`] for the text of a JWS in JSON.
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
    /// As for [`Jwe::parse`].
    pub fn parse_compact(text: &str, policy: &Policy) -> Result<Self, Rejection> {
        if text.len() > policy.max_token_octets {
            return Err(Rejection::TooLarge);
        }
        // RFC 7516 §5.2 step 1: exactly five parts. A bounded split: a million dots cost nothing.
        let parts: Vec<&str> = text.splitn(6, '.').collect();
        let [protected, encrypted_key, iv, ciphertext, tag] = parts.as_slice() else {
            return Err(Rejection::PartCount);
        };
        if protected.is_empty() {
            return Err(Rejection::EmptyPart);
        }
        // Step 2: base64url; step 3: the protected header.
        let recipient =
            Recipient { header: Object::default(), encrypted_key: decode(encrypted_key)? };
        let (iv, ciphertext, tag) = (decode(iv)?, decode(ciphertext)?, decode(tag)?);
        Ok(Self {
            protected: Protected::parse(protected, policy)?,
            shared: Object::default(),
            recipients: vec![recipient],
            aad: None,
            iv,
            ciphertext,
            tag,
            form: Serialization::Compact,
        })
    }

    /// RFC 7516 §7.2.1 and §7.2.2. Unknown members are ignored.
    fn parse_json(text: &str, policy: &Policy) -> Result<Self, Rejection> {
        let token = Object::parse(text.as_bytes(), policy.token_limits())?;
        let signed = ["payload", "signature", "signatures"].iter().any(|name| token.has(name));
        match token.get("ciphertext") {
            None if signed => return Err(Rejection::Kind),
            None => return Err(Rejection::Serialization),
            Some(_) if signed => return Err(Rejection::Serialization),
            Some(_) => {}
        }
        let ciphertext = token.text("ciphertext").ok_or(Rejection::Serialization)?;
        let (recipients, form) = match token.get("recipients") {
            None => (vec![Recipient::parse(&token)?], Serialization::Flattened),
            Some(_) if token.has("header") || token.has("encrypted_key") => {
                return Err(Rejection::Serialization);
            }
            Some(list) => (Self::parse_recipients(list, policy)?, Serialization::General),
        };
        let aad = filled_text(&token, "aad")?;
        aad.map(decode).transpose()?;
        let protected = match filled_text(&token, "protected")? {
            None => Protected::default(),
            Some(encoded) => Protected::parse(encoded, policy)?,
        };
        // RFC 7516 §7.2.1: the member is absent when there is no protected header.
        if !protected.encoded.is_empty() && protected.members.is_empty() {
            return Err(Rejection::EmptyPart);
        }
        Ok(Self {
            protected,
            shared: filled_object(&token, "unprotected")?,
            recipients,
            aad: aad.map(str::to_owned),
            iv: filled_text(&token, "iv")?.map_or(Ok(Vec::new()), decode)?,
            ciphertext: decode(ciphertext)?,
            tag: filled_text(&token, "tag")?.map_or(Ok(Vec::new()), decode)?,
            form,
        })
    }

    fn parse_recipients(list: &Value, policy: &Policy) -> Result<Vec<Recipient>, Rejection> {
        let list = list.as_array().filter(|list| !list.is_empty());
        let list = list.ok_or(Rejection::Serialization)?;
        if list.len() > policy.max_recipients {
            return Err(Rejection::TooManyRecipients);
        }
        list.iter()
            .map(|element| Recipient::parse(element.as_object().ok_or(Rejection::Serialization)?))
            .collect()
    }
}

impl Recipient {
    fn parse(members: &Object) -> Result<Self, Rejection> {
        let header = filled_object(members, "header")?;
        let encrypted_key =
            filled_text(members, "encrypted_key")?.map_or(Ok(Vec::new()), decode)?;
        Ok(Self { header, encrypted_key })
    }
}

impl Protected {
    /// RFC 7516 §5.2 step 3, RFC 7515 §5.2 steps 2 and 3.
    pub(crate) fn parse(encoded: &str, policy: &Policy) -> Result<Self, Rejection> {
        let octets = decode(encoded)?;
        let members = Object::parse(&octets, policy.token_limits())?;
        let text = String::from_utf8(octets).map_err(|_| Rejection::Utf8)?;
        Ok(Self { encoded: encoded.to_owned(), text, members })
    }
}

/// A member that is absent or a text that is not empty.
pub(crate) fn filled_text<'a>(
    object: &'a Object,
    name: &str,
) -> Result<Option<&'a str>, Rejection> {
    match object.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Err(Rejection::EmptyPart),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Rejection::Serialization),
    }
}

/// A member that is absent or an object that is not empty.
pub(crate) fn filled_object(object: &Object, name: &str) -> Result<Object, Rejection> {
    match object.get(name) {
        None => Ok(Object::default()),
        Some(Value::Object(inner)) if inner.is_empty() => Err(Rejection::EmptyPart),
        Some(Value::Object(inner)) => Ok(inner.clone()),
        Some(_) => Err(Rejection::Serialization),
    }
}
