//! The parts of a serialized token, taken apart without the reference.

use algorithms::base64url;
use libtest_mimic::Failed;
use serde_json::{Map, Value};

use crate::vector::Vector;

/// The parts of a JWE.
#[derive(Debug)]
pub(crate) struct Jwe {
    /// The base64url text of the protected header, possibly empty.
    pub(crate) protected: String,
    /// The shared unprotected header.
    pub(crate) unprotected: Map<String, Value>,
    /// Header and encrypted key of each recipient.
    pub(crate) recipients: Vec<(Map<String, Value>, Vec<u8>)>,
    /// The base64url text of the JWE AAD.
    pub(crate) aad: Option<String>,
    /// The IV.
    pub(crate) iv: Vec<u8>,
    /// The ciphertext.
    pub(crate) ciphertext: Vec<u8>,
    /// The tag.
    pub(crate) tag: Vec<u8>,
}

/// One signature of a JWS.
#[derive(Debug)]
pub(crate) struct Signed {
    /// The base64url text of the protected header, possibly empty.
    pub(crate) protected: String,
    /// The unprotected header.
    pub(crate) header: Map<String, Value>,
    /// The payload as it stands in the token; empty when it is detached.
    pub(crate) payload: String,
    /// The signature.
    pub(crate) signature: Vec<u8>,
}

impl Jwe {
    /// Every serialization of the vector, by its name.
    pub(crate) fn all(vector: &Vector) -> Result<Vec<(String, Self)>, Failed> {
        vector
            .outputs()
            .map(|(name, value)| Ok((name.to_owned(), Self::of(name, value)?)))
            .collect()
    }

    /// The first serialization of the vector.
    pub(crate) fn first(vector: &Vector) -> Result<Self, Failed> {
        let (name, value) = vector.outputs().next().ok_or("the vector has no output")?;
        Self::of(name, value)
    }

    /// The parts of one serialization.
    pub(crate) fn of(name: &str, value: &Value) -> Result<Self, Failed> {
        if name == "compact" {
            let parts: Vec<_> = value.as_str().ok_or("`compact` is no text")?.split('.').collect();
            let [protected, encrypted_key, iv, ciphertext, tag] = parts.as_slice() else {
                return Err("a compact JWE has five parts".into());
            };
            return Ok(Self {
                protected: (*protected).to_owned(),
                unprotected: Map::new(),
                recipients: vec![(Map::new(), base64url::decode(encrypted_key)?)],
                aad: None,
                iv: base64url::decode(iv)?,
                ciphertext: base64url::decode(ciphertext)?,
                tag: base64url::decode(tag)?,
            });
        }
        let recipients = match value.get("recipients").and_then(Value::as_array) {
            Some(recipients) => recipients.iter().map(recipient).collect::<Result<_, _>>()?,
            None => vec![recipient(value)?],
        };
        Ok(Self {
            protected: text(value, "protected").to_owned(),
            unprotected: object(value, "unprotected"),
            recipients,
            aad: value.get("aad").and_then(Value::as_str).map(str::to_owned),
            iv: base64url::decode(text(value, "iv"))?,
            ciphertext: base64url::decode(text(value, "ciphertext"))?,
            tag: base64url::decode(text(value, "tag"))?,
        })
    }

    /// The octets that are authenticated (RFC 7516 §5.1 step 14).
    pub(crate) fn authenticated(&self) -> Vec<u8> {
        match &self.aad {
            Some(aad) => format!("{}.{aad}", self.protected).into_bytes(),
            None => self.protected.clone().into_bytes(),
        }
    }

    /// The JOSE header of a recipient: the union of the three headers.
    pub(crate) fn header(&self, recipient: usize) -> Result<Value, Failed> {
        let (own, _) = self.recipients.get(recipient).ok_or("the token has fewer recipients")?;
        union(&self.protected, [&self.unprotected, own])
    }

    /// The encrypted key of a recipient.
    pub(crate) fn encrypted_key(&self, recipient: usize) -> Result<&[u8], Failed> {
        let (_, key) = self.recipients.get(recipient).ok_or("the token has fewer recipients")?;
        Ok(key)
    }
}

impl Signed {
    /// The signatures of a serialization.
    pub(crate) fn of(name: &str, value: &Value) -> Result<Vec<Self>, Failed> {
        if let Some(token) = value.as_str() {
            let parts: Vec<_> = token.split('.').collect();
            let [protected, payload, signature] = parts.as_slice() else {
                return Err(format!("`{name}` has no three parts").into());
            };
            return Ok(vec![Self {
                protected: (*protected).to_owned(),
                header: Map::new(),
                payload: (*payload).to_owned(),
                signature: base64url::decode(signature)?,
            }]);
        }
        let one = |part: &Value| {
            Ok(Self {
                protected: text(part, "protected").to_owned(),
                header: object(part, "header"),
                payload: text(value, "payload").to_owned(),
                signature: base64url::decode(text(part, "signature"))?,
            })
        };
        match value.get("signatures").and_then(Value::as_array) {
            Some(signatures) => signatures.iter().map(one).collect(),
            None => Ok(vec![one(value)?]),
        }
    }

    /// The JOSE header: the union of both headers.
    pub(crate) fn jose_header(&self) -> Result<Value, Failed> {
        union(&self.protected, [&self.header])
    }

    /// The octets that are signed; `detached` is the payload that the token does not carry.
    pub(crate) fn signing_input(&self, detached: &str) -> Vec<u8> {
        let payload = if self.payload.is_empty() { detached } else { &self.payload };
        format!("{}.{payload}", self.protected).into_bytes()
    }
}

/// The JSON of a protected header; an empty text is an empty header.
pub(crate) fn protected_header(protected: &str) -> Result<Value, Failed> {
    if protected.is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    Ok(serde_json::from_slice(&base64url::decode(protected)?)?)
}

fn union<const N: usize>(
    protected: &str,
    others: [&Map<String, Value>; N],
) -> Result<Value, Failed> {
    let mut header = protected_header(protected)?;
    let members = header.as_object_mut().ok_or("the protected header is no object")?;
    for (name, value) in others.into_iter().flatten() {
        if members.insert(name.clone(), value.clone()).is_some() {
            return Err(format!("two headers have `{name}`").into());
        }
    }
    Ok(header)
}

fn recipient(value: &Value) -> Result<(Map<String, Value>, Vec<u8>), Failed> {
    Ok((object(value, "header"), base64url::decode(text(value, "encrypted_key"))?))
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn object(value: &Value, member: &str) -> Map<String, Value> {
    value.get(member).and_then(Value::as_object).cloned().unwrap_or_default()
}
