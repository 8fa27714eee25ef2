//! A JWE from its recipe (RFC 7516 §5.1), with at most one thing wrong.

use algorithms::{ContentEncryption, ContentFamily, KeyManagement, base64url};
use serde_json::Value;
use suite::recipe::{Jwe, Serialization};
use suite::{Action, Keys, Mutation, Part};

use crate::compression::compressed;
use crate::content::Content;
use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable, unknown};
use crate::json_text::JsonText;
use crate::key::{Key, default_for_alg};
use crate::key_management::{Managed, Manager};
use crate::part::Segment;

/// The parts of a JWE before they are written down.
#[derive(Clone, Debug)]
pub(crate) struct JweParts {
    pub(crate) header: Segment,
    pub(crate) encrypted_key: Segment,
    pub(crate) iv: Segment,
    pub(crate) ciphertext: Segment,
    pub(crate) tag: Segment,
    aad: Option<Segment>,
    unprotected: JsonText,
    /// Per-recipient headers and encrypted keys of all recipients but the one in `encrypted_key`.
    others: Vec<(JsonText, Vec<u8>)>,
    recipient_header: JsonText,
    recipient_at: usize,
    serialization: Serialization,
}

/// Builds the parts; a mutation of `Token`, `Json`, `Key` or `Request` is the caller's.
pub(crate) fn build(
    recipe: &Jwe,
    keys: &Keys,
    plaintext: &[u8],
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<JweParts, ForgeError> {
    let part = mutation.map(|mutation| mutation.part);
    let action = mutation.map(|mutation| &mutation.action);
    let build_action = action.filter(|_| part == Some(Part::Build));
    let header_action = mutation.filter(|_| part == Some(Part::Header));

    let (alg, enc) = (named_alg(&recipe.alg)?, named_enc(&recipe.enc)?);
    let used_alg = match build_action {
        Some(Action::WrapAlg(name)) => named_alg(name)?,
        _ => alg,
    };
    let used_enc = match build_action {
        Some(Action::ContentAlg(name)) => named_enc(name)?,
        Some(Action::CekOctets(octets)) => enc_of_length(enc, *octets),
        _ => enc,
    };
    let key_name = key_name(recipe)?;
    let content_key = match build_action {
        Some(Action::DirectKey(name) | Action::WholeKey(name)) => name.as_str(),
        Some(Action::Embed(embed)) => embed.key.as_str(),
        _ => key_name.as_str(),
    };
    let key = Key::named(keys, content_key)?;
    let manager = Manager {
        recipe,
        keys,
        key: &key,
        alg: used_alg,
        enc: used_enc,
        entropy,
        action: build_action,
    };
    let managed = manager.run()?;

    // Steps 12 and 13: the headers.
    let mut header = JsonText::default();
    header.set_text("alg", &recipe.alg);
    header.set_text("enc", &recipe.enc);
    if recipe.zip {
        header.set_text("zip", "DEF");
    }
    let mut recipient_header = JsonText::of(&recipe.recipient_header);
    let Managed { mut cek, mut encrypted_key, parameters } = managed;
    if let Some(Action::ZeroCek(kind)) = build_action {
        cek.fill(0);
        match kind.as_str() {
            "kept" => {}
            "empty" => encrypted_key.clear(),
            "garbage" => encrypted_key = entropy.octets("garbage", encrypted_key.len()),
            _ => return Err(unknown("the kind of encrypted key", kind)),
        }
    }
    let parameter_names = parameters.names();
    let mut unprotected = JsonText::of(&recipe.unprotected);
    if recipe.more_recipients.is_empty() {
        header.append(parameters);
    } else {
        recipient_header.append(parameters);
    }
    header.extend(&recipe.header);
    if let Some(Action::Embed(embed)) = build_action {
        match embed.member.as_str() {
            "jwk" => header.set_json("jwk", key.file.private.jwk.clone()),
            // Discard port on loopback: nothing listens, nothing may be asked.
            "jku" | "x5u" => header.set_text(&embed.member, "https://127.0.0.1:9/keys"),
            other => return Err(unknown("the member with a key", other)),
        }
    }
    if let Some(Action::MoveParameter(parameter)) = build_action {
        let other = match parameter.to.as_str() {
            "unprotected" => &mut unprotected,
            "recipient" => &mut recipient_header,
            place => return Err(unknown("the header", place)),
        };
        header.move_to(std::slice::from_ref(&parameter.name), other)?;
    }
    header.move_to(&recipe.to_unprotected, &mut unprotected)?;
    header.move_to(&recipe.to_recipient, &mut recipient_header)?;
    match build_action {
        Some(Action::ToUnprotected(names)) => header.move_to(names, &mut unprotected)?,
        Some(Action::ToRecipient(names)) => header.move_to(names, &mut recipient_header)?,
        _ => {}
    }
    // What all recipients have in their headers: all but the parameters of the first one's key.
    let mut moved = recipient_header.clone();
    for name in parameter_names {
        moved.remove(&name);
    }

    let mut others = Vec::new();
    for (index, name) in recipe.more_recipients.iter().enumerate() {
        let other = Key::named(keys, name)?;
        let own_alg = recipe.more_algs.get(index);
        let alg = own_alg.map_or(Ok(alg), |name| named_alg(name))?;
        let child = entropy.child(&format!("recipient-{index}"));
        let manager =
            Manager { recipe, keys, key: &other, alg, enc, entropy: &child, action: None };
        let managed = manager.encrypt(&cek)?;
        let mut own = moved.clone();
        if own_alg.is_some() {
            own.set_text("alg", alg.name);
        }
        own.append(managed.parameters);
        others.push((own, managed.encrypted_key));
    }

    let mut segment = header_segment(header, header_action, entropy)?;
    let received = segment.text();
    if let Some(mutation) = header_action
        && Segment::is_text_action(&mutation.action)
    {
        segment.change_text(&mutation.action)?;
    }
    let aad_text = match header_action {
        Some(mutation) if !mutation.sealed => received,
        _ => segment.text(),
    };
    let mut aad = recipe.aad.as_ref().map(|aad| Segment::new(entropy.read("aad", aad)));
    let mut tag_input = aad_text.into_bytes();
    if let Some(aad) = &mut aad {
        let received = aad.text();
        let change = mutation.filter(|mutation| mutation.part == Part::Aad);
        if let Some(mutation) = change {
            aad.change_text(&mutation.action)?;
        }
        let sealed = change.is_none_or(|mutation| mutation.sealed);
        let text = if sealed { aad.text() } else { received };
        tag_input = [&tag_input, text.as_bytes()].join(&b'.');
    }
    if let Some(Action::AadUsed(kind)) = build_action {
        match kind.as_str() {
            "empty" => tag_input.clear(),
            "decoded-header" => tag_input.clone_from(&segment.octets),
            _ => return Err(unknown("the kind of AAD", kind)),
        }
    }

    // Steps 9 to 11 and 15: IV, compression, encryption.
    let iv_octets = match build_action {
        Some(Action::IvOctets(octets)) => *octets,
        _ => used_enc.iv_octets,
    };
    let iv = entropy.octets("iv", iv_octets);
    let plaintext =
        if recipe.zip { compressed(plaintext, build_action)? } else { plaintext.to_vec() };
    let content_cek = fit(&cek, used_enc.cek_octets);
    let content = Content {
        algorithm: used_enc,
        cek: &content_cek,
        iv: &iv,
        aad: &tag_input,
        plaintext: &plaintext,
        action: build_action,
    };
    let (ciphertext, tag) = content.seal()?;
    Ok(JweParts {
        header: segment,
        encrypted_key: Segment::new(encrypted_key),
        iv: Segment::new(iv),
        ciphertext: Segment::new(ciphertext),
        tag: Segment::new(tag),
        aad,
        unprotected,
        others,
        recipient_header,
        recipient_at: recipe.recipient_at,
        serialization: recipe.serialization,
    })
}

impl JweParts {
    /// Applies a mutation of one of the binary parts after sealing.
    pub(crate) fn change(
        &mut self,
        mutation: &Mutation,
        modulus: Option<&[u8]>,
        entropy: &Entropy,
        sibling: impl FnOnce() -> Result<Self, ForgeError>,
    ) -> Result<(), ForgeError> {
        let part = mutation.part;
        match &mutation.action {
            Action::Graft(_) => {
                let other = sibling()?;
                let graft = other.segment(part)?.clone();
                *self.segment_mut(part)? = graft;
                Ok(())
            }
            Action::MoveToNext(count) => {
                let Some(next) = crate::part::next(part) else {
                    return not_applicable("there is no part behind this one");
                };
                let octets = &mut self.segment_mut(part)?.octets;
                if octets.len() < *count {
                    return not_applicable("the part has fewer octets than are to be moved");
                }
                let moved = octets.split_off(octets.len() - count);
                let after = &mut self.segment_mut(next)?.octets;
                *after = [moved, after.clone()].concat();
                Ok(())
            }
            Action::MoveToPrevious(count) => {
                let Some(previous) = crate::part::previous(part) else {
                    return not_applicable("there is no part in front of this one");
                };
                let octets = &mut self.segment_mut(part)?.octets;
                if octets.len() < *count {
                    return not_applicable("the part has fewer octets than are to be moved");
                }
                let rest = octets.split_off(*count);
                let moved = std::mem::replace(octets, rest);
                self.segment_mut(previous)?.octets.extend(moved);
                Ok(())
            }
            action if Segment::is_text_action(action) => {
                self.segment_mut(part)?.change_text(action)
            }
            action => self.segment_mut(part)?.change_octets(action, modulus, entropy),
        }
    }

    fn segment_mut(&mut self, part: Part) -> Result<&mut Segment, ForgeError> {
        Ok(match part {
            Part::Header => &mut self.header,
            Part::EncryptedKey => &mut self.encrypted_key,
            Part::Iv => &mut self.iv,
            Part::Ciphertext => &mut self.ciphertext,
            Part::Tag => &mut self.tag,
            _ => return not_applicable("a JWE has no such part"),
        })
    }

    fn segment(&self, part: Part) -> Result<&Segment, ForgeError> {
        Ok(match part {
            Part::Header => &self.header,
            Part::EncryptedKey => &self.encrypted_key,
            Part::Iv => &self.iv,
            Part::Ciphertext => &self.ciphertext,
            Part::Tag => &self.tag,
            _ => return not_applicable("a JWE has no such part"),
        })
    }

    /// The token in its serialization.
    pub(crate) fn to_token(&self) -> Result<String, ForgeError> {
        self.to_token_as(self.serialization)
    }

    /// The token in another serialization.
    pub(crate) fn to_token_as(&self, form: Serialization) -> Result<String, ForgeError> {
        if form == Serialization::Compact {
            let alone = self.unprotected.is_empty() && self.recipient_header.is_empty();
            if !alone || self.aad.is_some() || !self.others.is_empty() {
                return not_applicable("the compact form has a protected header only");
            }
            let parts = [&self.header, &self.encrypted_key, &self.iv, &self.ciphertext, &self.tag];
            return Ok(parts.map(|part| part.text()).join("."));
        }
        let mut object = JsonText::default();
        if !self.header.is_empty() {
            object.set_text("protected", &self.header.text());
        }
        if !self.unprotected.is_empty() {
            object.set_json("unprotected", self.unprotected.to_text());
        }
        let own = recipient(&self.recipient_header, &self.encrypted_key.text());
        if form == Serialization::Flattened {
            object.append(own);
        } else {
            let mut recipients: Vec<String> = self
                .others
                .iter()
                .map(|(header, key)| recipient(header, &base64url::encode(key)).to_text())
                .collect();
            recipients.insert(self.recipient_at.min(recipients.len()), own.to_text());
            object.set_json("recipients", format!("[{}]", recipients.join(",")));
        }
        if let Some(aad) = &self.aad {
            object.set_text("aad", &aad.text());
        }
        object.set_text("iv", &self.iv.text());
        object.set_text("ciphertext", &self.ciphertext.text());
        object.set_text("tag", &self.tag.text());
        Ok(object.to_text())
    }
}

/// The name of the recipe's key, given or default.
pub(crate) fn key_name(recipe: &Jwe) -> Result<String, ForgeError> {
    match &recipe.key {
        Some(name) => Ok(name.clone()),
        None => {
            let enc = named_enc(&recipe.enc)?;
            let alg = named_alg(&recipe.alg)?;
            default_for_alg(alg, enc.cek_octets, recipe.bits, recipe.curve.as_deref())
        }
    }
}

/// A header as a segment, with its JSON mutated.
pub(crate) fn header_segment(
    header: JsonText,
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<Segment, ForgeError> {
    Ok(match mutation {
        Some(mutation) if !Segment::is_text_action(&mutation.action) => {
            Segment::new(header.mutated(&mutation.action, entropy)?)
        }
        _ if header.is_empty() => Segment::default(),
        _ => Segment::new(header.to_text().into_bytes()),
    })
}

fn recipient(header: &JsonText, encrypted_key: &str) -> JsonText {
    let mut object = JsonText::default();
    if !header.is_empty() {
        object.set_json("header", header.to_text());
    }
    if !encrypted_key.is_empty() {
        object.set("encrypted_key", &Value::from(encrypted_key));
    }
    object
}

/// The content encryption that fits a CEK of so many octets, if one of the same family does.
fn enc_of_length(enc: &'static ContentEncryption, octets: usize) -> &'static ContentEncryption {
    let gcm = matches!(enc.family, ContentFamily::Gcm);
    algorithms::CONTENT_ENCRYPTION
        .iter()
        .find(|row| matches!(row.family, ContentFamily::Gcm) == gcm && row.cek_octets == octets)
        .unwrap_or(enc)
}

/// The front of a key, filled up with zeros if it is too short.
fn fit(key: &[u8], octets: usize) -> Vec<u8> {
    let mut out = key.to_vec();
    out.resize(octets, 0);
    out
}

pub(crate) fn named_alg(name: &str) -> Result<&'static KeyManagement, ForgeError> {
    KeyManagement::named(name).ok_or_else(|| unknown("the key management algorithm", name))
}

fn named_enc(name: &str) -> Result<&'static ContentEncryption, ForgeError> {
    ContentEncryption::named(name).ok_or_else(|| unknown("the content encryption", name))
}
