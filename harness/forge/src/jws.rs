//! A JWS from its recipe (RFC 7515 §5.1), with at most one thing wrong.

use algorithms::Signature;
use algorithms::base64url;
use serde_json::{Value, json};
use suite::mutation::Embed;
use suite::recipe::{Jws, Serialization};
use suite::{Action, Keys, Mutation, Part};

use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable, unknown};
use crate::json_text::JsonText;
use crate::jwe::header_segment;
use crate::key::{Key, default_for_signature};
use crate::part::Segment;
use crate::signature::{Signer, hmac_with_public_key};

/// The parts of a JWS before they are written down.
#[derive(Clone, Debug)]
pub(crate) struct JwsParts {
    pub(crate) header: Segment,
    pub(crate) payload: Segment,
    pub(crate) signature: Segment,
    unprotected: JsonText,
    others: Vec<(String, String)>,
    signature_at: usize,
    detached: bool,
    unencoded: bool,
    serialization: Serialization,
}

/// Builds the parts; a mutation of `Token`, `Json`, `Key` or `Request` is the caller's.
pub(crate) fn build(
    recipe: &Jws,
    keys: &Keys,
    payload: &[u8],
    mutation: Option<&Mutation>,
    entropy: &Entropy,
) -> Result<JwsParts, ForgeError> {
    let part = mutation.map(|mutation| mutation.part);
    let action = mutation.map(|mutation| &mutation.action);
    let build_action = action.filter(|_| part == Some(Part::Build));
    let header_mutation = mutation.filter(|_| part == Some(Part::Header));
    let algorithm = named(&recipe.sig)?;
    let key = Key::named(keys, &key_name(recipe)?)?;
    let (signing_key, used) = match build_action {
        Some(Action::SignKey(name)) => (Key::named(keys, name)?, algorithm),
        Some(Action::Embed(embed)) => (Key::named(keys, &embed.key)?, algorithm),
        Some(Action::SignAlg(name)) => (key.clone(), named(name)?),
        _ => (key.clone(), algorithm),
    };

    let mut header = JsonText::default();
    header.set_text("alg", &recipe.sig);
    if recipe.kid
        && let Some(kid) = key.kid()
    {
        header.set_text("kid", kid);
    }
    let mut unencoded = recipe.unencoded;
    if recipe.unencoded {
        header.set("b64", &Value::Bool(false));
        header.set("crit", &json!(["b64"]));
    }
    header.extend(&recipe.header);
    match build_action {
        Some(Action::HmacWith(with)) => header.set_text("alg", &with.alg),
        Some(Action::Unsecured(unsecured)) => header.set_text("alg", &unsecured.alg),
        Some(Action::Embed(embed)) => embed_key(&mut header, &signing_key, embed)?,
        Some(Action::B64(kind)) => {
            header.set("b64", &Value::Bool(false));
            match kind.as_str() {
                "with-crit" => header.set("crit", &json!(["b64"])),
                "without-crit" => {}
                _ => return Err(unknown("the kind of b64", kind)),
            }
            unencoded = true;
        }
        _ => {}
    }
    let mut unprotected = JsonText::of(&recipe.unprotected);
    header.move_to(&recipe.to_unprotected, &mut unprotected)?;

    let mut header = header_segment(header, header_mutation, entropy)?;
    let mut payload = Segment::new(payload.to_vec());
    let mut signing_header = header.text();
    let mut signing_payload =
        if unencoded { payload.octets.clone() } else { payload.text().into() };
    if let Some(mutation) = mutation
        && Segment::is_text_action(&mutation.action)
    {
        match mutation.part {
            Part::Header => header.change_text(&mutation.action)?,
            Part::Payload => payload.change_text(&mutation.action)?,
            _ => {}
        }
        if mutation.sealed {
            signing_header = header.text();
            signing_payload = payload.text().into();
        }
    }
    let input = [signing_header.as_bytes(), b".", &signing_payload].concat();
    let signer = Signer { algorithm: used, key: &signing_key, entropy, action: build_action };
    let signature = match build_action {
        Some(Action::HmacWith(with)) => hmac_with_public_key(&key, with, &input)?,
        Some(Action::Unsecured(unsecured)) if !unsecured.keep => Vec::new(),
        _ => signer.sign(&input)?,
    };
    if let Some(mutation) = mutation
        && mutation.part == Part::Payload
        && !Segment::is_text_action(&mutation.action)
    {
        payload.change_octets(&mutation.action, None, entropy)?;
    }
    let mut others = Vec::new();
    for name in &recipe.more_signers {
        let other = Key::named(keys, name)?;
        let signer = Signer { algorithm, key: &other, entropy, action: None };
        let mut header = JsonText::default();
        header.set_text("alg", &recipe.sig);
        let header = base64url::encode(header.to_text().as_bytes());
        let input = [header.as_bytes(), b".", &signing_payload].concat();
        others.push((header, base64url::encode(&signer.sign(&input)?)));
    }
    Ok(JwsParts {
        header,
        payload,
        signature: Segment::new(signature),
        unprotected,
        others,
        signature_at: recipe.signature_at,
        detached: recipe.detached,
        unencoded,
        serialization: recipe.serialization,
    })
}

impl JwsParts {
    /// Applies a mutation of the signature after signing.
    pub(crate) fn change_signature(
        &mut self,
        action: &Action,
        modulus: Option<&[u8]>,
        entropy: &Entropy,
        sibling: impl FnOnce() -> Result<Self, ForgeError>,
    ) -> Result<(), ForgeError> {
        match action {
            Action::Graft(_) => {
                self.signature = sibling()?.signature;
                Ok(())
            }
            action if Segment::is_text_action(action) => self.signature.change_text(action),
            action => self.signature.change_octets(action, modulus, entropy),
        }
    }

    /// The token in its serialization.
    pub(crate) fn to_token(&self) -> Result<String, ForgeError> {
        self.to_token_as(self.serialization)
    }

    /// The token in another serialization.
    pub(crate) fn to_token_as(&self, form: Serialization) -> Result<String, ForgeError> {
        let payload = if self.detached {
            String::new()
        } else if self.unencoded {
            let text = String::from_utf8(self.payload.octets.clone());
            text.or_else(|_| not_applicable("an unencoded payload in the token is text"))?
        } else {
            self.payload.text()
        };
        if form == Serialization::Compact {
            if !self.unprotected.is_empty() || !self.others.is_empty() {
                return not_applicable("the compact form has a protected header only");
            }
            return Ok([self.header.text(), payload, self.signature.text()].join("."));
        }
        let mut object = JsonText::default();
        if !self.detached {
            object.set_text("payload", &payload);
        }
        let mut own = JsonText::default();
        if !self.header.is_empty() {
            own.set_text("protected", &self.header.text());
        }
        if !self.unprotected.is_empty() {
            own.set_json("header", self.unprotected.to_text());
        }
        own.set_text("signature", &self.signature.text());
        if form == Serialization::Flattened {
            object.append(own);
            return Ok(object.to_text());
        }
        let mut signatures: Vec<String> = self
            .others
            .iter()
            .map(|(protected, signature)| {
                json!({"protected": protected, "signature": signature}).to_string()
            })
            .collect();
        signatures.insert(self.signature_at.min(signatures.len()), own.to_text());
        object.set_json("signatures", format!("[{}]", signatures.join(",")));
        Ok(object.to_text())
    }
}

/// The name of the recipe's key, given or default.
pub(crate) fn key_name(recipe: &Jws) -> Result<String, ForgeError> {
    match &recipe.key {
        Some(name) => Ok(name.clone()),
        None => Ok(default_for_signature(&named(&recipe.sig)?.family, recipe.bits, "a")),
    }
}

pub(crate) fn named(name: &str) -> Result<&'static Signature, ForgeError> {
    Signature::named(name).ok_or_else(|| unknown("the signature algorithm", name))
}

fn embed_key(header: &mut JsonText, key: &Key<'_>, embed: &Embed) -> Result<(), ForgeError> {
    match embed.member.as_str() {
        "jwk" => header.set_json("jwk", key.public().jwk.clone()),
        "x5c" => match &embed.certificate {
            Some(certificate) => header.set("x5c", &json!([certificate])),
            None => return not_applicable("`x5c` needs a `certificate`"),
        },
        // Discard port on loopback: nothing listens, nothing may be asked.
        member @ ("jku" | "x5u") => header.set_text(member, "https://127.0.0.1:9/keys"),
        member => return not_applicable(format!("no key is embedded by `{member}`")),
    }
    Ok(())
}
