//! Parts to text: RFC 7516 §7.

use std::fmt;

use algorithms::base64url;

use super::{Jwe, Recipient};
use crate::Serialization;
use crate::json::{Object, Value};

/// Prints the serialization that was parsed; the protected header and `aad` exactly as received.
impl fmt::Display for Jwe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.form {
            Serialization::Compact => {
                let key = self.recipients.first().map(|recipient| &recipient.encrypted_key);
                write!(
                    formatter,
                    "{}.{}.{}.{}.{}",
                    self.protected.encoded,
                    base64url::encode(key.map_or(&[], Vec::as_slice)),
                    base64url::encode(&self.iv),
                    base64url::encode(&self.ciphertext),
                    base64url::encode(&self.tag),
                )
            }
            Serialization::Flattened | Serialization::General => {
                formatter.write_str(&self.to_object().to_text())
            }
        }
    }
}

impl Jwe {
    fn to_object(&self) -> Object {
        let mut token = Object::default();
        set_filled(&mut token, "protected", &self.protected.encoded);
        if !self.shared.is_empty() {
            token.set("unprotected", Value::Object(self.shared.clone()));
        }
        match (self.form, self.recipients.as_slice()) {
            (Serialization::Flattened, [recipient]) => recipient.write(&mut token),
            (_, recipients) => {
                let list = recipients.iter().map(|recipient| {
                    let mut element = Object::default();
                    recipient.write(&mut element);
                    Value::Object(element)
                });
                token.set("recipients", Value::Array(list.collect()));
            }
        }
        set_filled(&mut token, "aad", self.aad.as_deref().unwrap_or_default());
        set_filled(&mut token, "iv", &base64url::encode(&self.iv));
        token.set("ciphertext", Value::String(base64url::encode(&self.ciphertext)));
        set_filled(&mut token, "tag", &base64url::encode(&self.tag));
        token
    }
}

impl Recipient {
    fn write(&self, object: &mut Object) {
        if !self.header.is_empty() {
            object.set("header", Value::Object(self.header.clone()));
        }
        set_filled(object, "encrypted_key", &base64url::encode(&self.encrypted_key));
    }
}

fn set_filled(object: &mut Object, name: &str, text: &str) {
    if !text.is_empty() {
        object.set(name, Value::String(text.to_owned()));
    }
}
