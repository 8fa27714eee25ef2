//! A token that a target made, taken apart strictly.

use algorithms::base64url;
use serde_json::{Map, Value, json};
use suite::recipe::Serialization;

use super::{Produced, opening};
use crate::examine::signature::verify;
use crate::examine::strict;
use crate::examine::token::Token;

/// A JWE or a JWS.
#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    /// The protected header as base64url: what the tag or the signature covers.
    pub(super) protected: String,
    /// The JOSE header: protected and unprotected members.
    pub(crate) header: Map<String, Value>,
    pub(super) encrypted_key: Vec<u8>,
    pub(super) iv: Vec<u8>,
    /// Of a JWS, the payload.
    pub(super) ciphertext: Vec<u8>,
    /// Of a JWS, the signature.
    pub(crate) tag: Vec<u8>,
    pub(super) aad: Option<String>,
}

impl Sealed {
    /// Strictly: canonical base64url, strict JSON, the parts that the serialization has.
    pub(super) fn parse(text: &str, produced: &Produced) -> Result<Self, String> {
        if produced.serialization == Serialization::Compact {
            Self::compact(text, produced.lock.is_some())
        } else {
            Self::json(text, produced)
        }
    }

    fn compact(text: &str, is_jwe: bool) -> Result<Self, String> {
        let parts: Vec<&str> = text.split('.').collect();
        match (is_jwe, parts.as_slice()) {
            (true, [protected, key, iv, ciphertext, tag]) => {
                Self::of(protected, Map::new(), key, iv, ciphertext, tag)
            }
            (false, [protected, payload, signature]) => {
                Self::of(protected, Map::new(), "", "", payload, signature)
            }
            _ => Err(format!("it has {} parts", parts.len())),
        }
    }

    fn of(
        protected: &str,
        unprotected: Map<String, Value>,
        key: &str,
        iv: &str,
        ciphertext: &str,
        tag: &str,
    ) -> Result<Self, String> {
        let decode = |name: &str, text: &str| {
            base64url::decode(text).map_err(|error| format!("its {name}: {error}"))
        };
        let mut header = match protected {
            "" => Map::new(),
            text => strict::object(&decode("protected header", text)?)
                .map_err(|problem| format!("its protected header: {problem}"))?,
        };
        if let Some(name) = unprotected.keys().find(|name| header.contains_key(*name)) {
            return Err(format!("`{name}` stands in two of its headers"));
        }
        header.extend(unprotected);
        Ok(Self {
            protected: protected.to_owned(),
            header,
            encrypted_key: decode("encrypted key", key)?,
            iv: decode("IV", iv)?,
            ciphertext: decode("ciphertext or payload", ciphertext)?,
            tag: decode("tag or signature", tag)?,
            aad: None,
        })
    }

    fn json(text: &str, produced: &Produced) -> Result<Self, String> {
        let mut all = strict::object(text.as_bytes())?;
        let is_jwe = produced.lock.is_some();
        let list = if is_jwe { "recipients" } else { "signatures" };
        if produced.serialization == Serialization::General {
            let Some(Value::Array(items)) = all.remove(list) else {
                return Err(format!("it has no array `{list}`"));
            };
            let [Value::Object(one)] = items.as_slice() else {
                return Err(format!("`{list}` is not one object"));
            };
            for (name, value) in one {
                if all.insert(name.clone(), value.clone()).is_some() {
                    return Err(format!("`{name}` stands in it twice"));
                }
            }
        }
        let part = |name: &str| match all.get(name) {
            None => Ok(""),
            Some(Value::String(text)) => Ok(text.as_str()),
            Some(_) => Err(format!("its `{name}` is no text")),
        };
        let mut unprotected = Map::new();
        for name in ["unprotected", "header"] {
            match all.get(name) {
                None => {}
                Some(Value::Object(members)) => unprotected.extend(members.clone()),
                Some(_) => return Err(format!("its `{name}` is no object")),
            }
        }
        let (middle, last) = if is_jwe { ("ciphertext", "tag") } else { ("payload", "signature") };
        let (key, iv) = if is_jwe { (part("encrypted_key")?, part("iv")?) } else { ("", "") };
        let mut sealed =
            Self::of(part("protected")?, unprotected, key, iv, part(middle)?, part(last)?)?;
        if is_jwe && all.contains_key("aad") {
            sealed.aad = Some(part("aad")?.to_owned());
        }
        Ok(sealed)
    }

    /// Whether what is empty is absent from a JSON serialization, as each member of RFC 7516 §7.2.1 has it.
    pub(super) fn leaves_out(text: &str, produced: &Produced) -> Result<(), String> {
        if produced.serialization == Serialization::Compact {
            return Ok(());
        }
        let all = strict::object(text.as_bytes())?;
        let items = all.get("recipients").or_else(|| all.get("signatures"));
        let items =
            items.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
        for object in items.chain([&all]) {
            for name in ["protected", "unprotected", "header", "encrypted_key", "iv", "aad", "tag"]
            {
                let value = object.get(name);
                if value.is_some_and(|value| *value == json!({}) || *value == json!("")) {
                    return Err(format!("its `{name}` is empty, and not absent"));
                }
            }
        }
        Ok(())
    }

    /// The content encryption key.
    pub(super) fn cek(&self, produced: &Produced) -> Result<Vec<u8>, String> {
        let Some(lock) = &produced.lock else { return Err("it is not encrypted".to_owned()) };
        opening::cek(self, &lock.jwk)
    }

    /// What is in it: decrypted, verified, or both.
    pub(super) fn content(&self, produced: &Produced) -> Result<Vec<u8>, String> {
        let Some(signer) = &produced.signer else { return self.plaintext(produced) };
        let inner = match &produced.lock {
            Some(_) => String::from_utf8(self.plaintext(produced)?)
                .map_err(|_| "there is no JWS inside".to_owned())?,
            None => format!("{}.{}", self.protected, base64url::encode(&self.ciphertext)),
        };
        let token = match &produced.lock {
            Some(_) => Token::parse(&inner)?,
            // A payload may be empty, other than claims.
            None => Token {
                signed: inner.as_bytes(),
                header: self.header.clone(),
                payload: self.ciphertext.clone(),
                signature: self.tag.clone(),
            },
        };
        let have = token.header.get("alg").and_then(Value::as_str);
        if have != Some(signer.sig.as_str()) {
            return Err(format!("its signature's `alg` is {have:?} instead of {}", signer.sig));
        }
        let jwk = serde_json::from_str(&signer.jwk).map_err(|error| error.to_string())?;
        let family = algorithms::Signature::named(&signer.sig).map(|row| row.family);
        match family.and_then(|family| verify(family, &jwk, &token)) {
            Some(true) => Ok(token.payload),
            _ => Err(format!("its {} signature does not hold with {}", signer.sig, signer.key)),
        }
    }

    fn plaintext(&self, produced: &Produced) -> Result<Vec<u8>, String> {
        let want = produced.aad.as_deref().map(base64url::encode);
        if self.aad != want {
            return Err("its `aad` is not the one that was asked for".to_owned());
        }
        let cek = self.cek(produced)?;
        opening::plaintext(self, &cek)
    }
}
