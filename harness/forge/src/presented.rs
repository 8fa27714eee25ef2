//! A client assertion as it is presented: the client that has to exist, and the forms that are sent.

use std::borrow::Cow;

use serde_json::Value;
use suite::mutation::{Encrypt, Replay};
use suite::oauth::{Assertion, When};
use suite::recipe::Jws;
use suite::{Action, Keys, Mutation, Octets, Part};

use crate::entropy::Entropy;
use crate::error::{ForgeError, not_applicable};
use crate::json_text::JsonText;
use crate::key::Key;
use crate::setting::{Filler, Setting};
use crate::{jwe, jws, signature, token};

/// What is sent, and for which client.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Presented {
    /// The client.
    pub client: ClientSpec,
    /// The attempts in order; the last one is judged, those before have to succeed.
    pub attempts: Vec<Attempt>,
}

/// A client that has to exist for a question.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ClientSpec {
    /// Its credentials; the first one signs.
    pub credentials: Vec<CredentialSpec>,
}

/// One credential of a client.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct CredentialSpec {
    /// Name of the test key.
    pub key: String,
    /// The public key as JWK text.
    pub jwk: String,
    /// The public key as PEM.
    pub pem: Option<String>,
    /// Its algorithm.
    pub alg: String,
    /// Its name.
    pub kid: String,
    /// In how many seconds it expires.
    pub expires_in: Option<i64>,
    /// Whether it authenticates the client.
    pub is_associated: bool,
}

/// One request.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The parameters, in order.
    pub form: Vec<(String, String)>,
    /// Seconds since the first attempt.
    pub after: i64,
    /// The `jti` of the valid assertion.
    pub jti: String,
    /// The endpoint; the token endpoint if absent.
    pub endpoint: Option<String>,
    /// Sent at the same instant as the one before.
    pub is_parallel: bool,
}

/// Makes what a recipe says, with at most one thing wrong.
pub(crate) fn present(
    keys: &Keys,
    recipe: &Assertion,
    mutation: Option<&Mutation>,
    setting: &Setting,
    entropy: &Entropy,
) -> Result<Presented, ForgeError> {
    let recipe = &*recipe_of(recipe, mutation);
    let mut client = client(keys, recipe, setting)?;
    let mut replay = None;
    let mut changed = None;
    match mutation {
        Some(Mutation { part: Part::Attempts, action: Action::Replay(action), .. }) => {
            replay = Some(action);
        }
        Some(Mutation { part: Part::Attempts, .. }) => {
            return not_applicable("attempts are changed by `replay`");
        }
        Some(Mutation { part: Part::Client, action, .. }) => change_client(&mut client, action)?,
        Some(Mutation { part: Part::Key, action: Action::Other(name), .. }) => {
            if let Some(first) = client.credentials.first_mut() {
                *first = credential(keys, name, &first.alg, None)?;
            }
        }
        other => changed = other,
    }
    let maker = Maker { keys, recipe, setting, client: &client };
    let mut attempts = vec![maker.attempt(changed, &entropy.child("first"), None, 0)?];
    if let Some(replay) = replay {
        let first = attempts.first().cloned();
        for index in 0..replay.times.unwrap_or(1) {
            let child = entropy.child(&format!("attempt {index}"));
            attempts.extend(
                first.as_ref().map(|first| maker.again(first, replay, &child)).transpose()?,
            );
        }
    }
    Ok(Presented { client, attempts })
}

/// The recipe of the client that a mutation makes: with another key or algorithm.
fn recipe_of<'a>(recipe: &'a Assertion, mutation: Option<&Mutation>) -> Cow<'a, Assertion> {
    let Some(Mutation { part: Part::Client, action, .. }) = mutation else {
        return Cow::Borrowed(recipe);
    };
    let recipe = recipe.clone();
    Cow::Owned(match action {
        Action::Other(key) => Assertion { key: Some(key.clone()), ..recipe },
        Action::UseAlg(alg) => Assertion { sig: alg.clone(), key: None, ..recipe },
        _ => recipe,
    })
}

/// What makes the attempts of one question.
struct Maker<'a> {
    keys: &'a Keys,
    recipe: &'a Assertion,
    setting: &'a Setting,
    client: &'a ClientSpec,
}

impl Maker<'_> {
    fn attempt(
        &self,
        mutation: Option<&Mutation>,
        entropy: &Entropy,
        jti: Option<&str>,
        after: i64,
    ) -> Result<Attempt, ForgeError> {
        let jti = jti.map_or_else(|| uuid(entropy), str::to_owned);
        let setting =
            Setting { now: self.setting.now.saturating_add(after), ..self.setting.clone() };
        let kids: Vec<String> =
            self.client.credentials.iter().map(|credential| credential.kid.clone()).collect();
        let filler = Filler { setting: &setting, entropy, jti: &jti, kids: &kids };
        let mutation = mutation
            .map(|mutation| {
                Ok(Mutation { action: filler.action(&mutation.action)?, ..mutation.clone() })
            })
            .transpose()?;
        let assertion = self.assertion(&filler, mutation.as_ref(), entropy)?;
        let recipe = self.recipe;
        let mut form = vec![
            ("client_assertion_type".to_owned(), CLIENT_ASSERTION_TYPE.to_owned()),
            ("client_assertion".to_owned(), assertion),
        ];
        if recipe.client_id {
            form.push(("client_id".to_owned(), setting.client_id.clone()));
        }
        for (name, value) in &recipe.form {
            set_parameter(&mut form, name, filler.text(value)?);
        }
        if let Some(Mutation { part: Part::Form, action, .. }) = &mutation {
            change_form(&mut form, action)?;
        }
        let endpoint = recipe.endpoint.clone();
        Ok(Attempt { form, after, jti, endpoint, is_parallel: false })
    }

    fn again(
        &self,
        first: &Attempt,
        replay: &Replay,
        entropy: &Entropy,
    ) -> Result<Attempt, ForgeError> {
        let respelled = replay.jti.as_deref().map(|text| match text {
            "upper" => first.jti.to_uppercase(),
            text => text.replace("@{same}", &first.jti),
        });
        let mut attempt = if replay.resigned || replay.fresh || respelled.is_some() {
            let jti = replay.resigned.then_some(first.jti.as_str()).or(respelled.as_deref());
            let signer = replay.key.as_ref().map(|name| Mutation {
                layer: suite::Layer::Outer,
                part: Part::Build,
                action: Action::SignKey(name.clone()),
                sealed: true,
            });
            self.attempt(signer.as_ref(), entropy, jti, replay.after)?
        } else {
            Attempt { after: replay.after, ..first.clone() }
        };
        attempt.endpoint = replay.endpoint.clone().or(attempt.endpoint);
        attempt.is_parallel = replay.parallel;
        Ok(attempt)
    }

    fn assertion(
        &self,
        filler: &Filler<'_>,
        mutation: Option<&Mutation>,
        entropy: &Entropy,
    ) -> Result<String, ForgeError> {
        let action = mutation.map(|mutation| &mutation.action);
        let target = match action {
            Some(Action::PadTo(octets)) => Some(*octets),
            _ => self.recipe.pad_to,
        };
        let Some(octets) = target else {
            return self.padded(filler, mutation, entropy, None);
        };
        let shortest = self.padded(filler, mutation, entropy, Some((0, 0)))?.len();
        // Base64url has no texts of 4n + 1 characters, so the header takes up the odd ones.
        for in_header in 0..4 {
            let missing = octets.saturating_sub(shortest);
            for slack in 0..8_usize {
                let in_claims = (missing * 3 / 4 + 4).saturating_sub(slack);
                let text = self.padded(filler, mutation, entropy, Some((in_header, in_claims)))?;
                if text.len() == octets {
                    return Ok(text);
                }
            }
        }
        not_applicable(format!("no padding makes {octets} octets of {shortest}"))
    }

    fn padded(
        &self,
        filler: &Filler<'_>,
        mutation: Option<&Mutation>,
        entropy: &Entropy,
        padding: Option<(usize, usize)>,
    ) -> Result<String, ForgeError> {
        let recipe = self.recipe;
        let mut claims = self.claims(filler)?;
        let mut header = filler.map(&recipe.header)?;
        if recipe.kid
            && let Some(credential) = self.client.credentials.first()
        {
            header.insert("kid".to_owned(), credential.kid.clone().into());
        }
        if let Some((in_header, in_claims)) = padding {
            header.insert("https://example.com/pad".to_owned(), "x".repeat(in_header).into());
            claims.set_text("https://example.com/pad", &"x".repeat(in_claims));
        }
        let payload = match mutation {
            Some(Mutation { part: Part::Claims, action, .. }) => claims.mutated(action, entropy)?,
            _ => claims.to_text().into_bytes(),
        };
        let action = mutation.map(|mutation| &mutation.action);
        let sig = match action {
            Some(Action::UseAlg(name)) => name,
            _ => &recipe.sig,
        };
        let signed = Jws {
            sig: sig.clone(),
            // The credential of a question may be another key than the one that signs.
            key: Some(own_key(recipe)?),
            header,
            payload: Some(Octets::Exact(payload.clone())),
            ..empty_jws()
        };
        // Another algorithm may need another type of key.
        let signed = match action {
            Some(Action::UseAlg(_)) => self.fitting(signed)?,
            _ => signed,
        };
        let text = self.written(&signed, &payload, mutation, entropy)?;
        match &recipe.secret {
            Some(secret) => signature::hmac_with_text(&text, secret),
            None => Ok(text),
        }
    }

    /// The recipe with a key that its algorithm can use: the same one, if it can.
    fn fitting(&self, mut signed: Jws) -> Result<Jws, ForgeError> {
        let is_rsa_alg = signed.sig.starts_with("RS") || signed.sig.starts_with("PS");
        let is_rsa = match &signed.key {
            Some(name) => Key::named(self.keys, name)?.is_rsa(),
            None => true,
        };
        if is_rsa != is_rsa_alg {
            signed.key = None;
        }
        Ok(signed)
    }

    fn written(
        &self,
        recipe: &Jws,
        payload: &[u8],
        mutation: Option<&Mutation>,
        entropy: &Entropy,
    ) -> Result<String, ForgeError> {
        let inner = mutation.filter(|mutation| {
            matches!(mutation.part, Part::Header | Part::Payload | Part::Signature | Part::Build)
        });
        let mut parts = jws::build(recipe, self.keys, payload, inner, entropy)?;
        if let Some(mutation) = inner
            && mutation.part == Part::Signature
        {
            let modulus = Key::named(self.keys, &jws::key_name(recipe)?)?.modulus()?;
            parts.change_signature(&mutation.action, modulus.as_deref(), entropy, || {
                jws::build(recipe, self.keys, b"{}", None, &entropy.child("sibling"))
            })?;
        }
        let text = parts.to_token()?;
        match mutation {
            Some(Mutation { part: Part::Token, action, .. }) => {
                self.change_token(&text, action, entropy)
            }
            _ => Ok(text),
        }
    }

    fn change_token(
        &self,
        text: &str,
        action: &Action,
        entropy: &Entropy,
    ) -> Result<String, ForgeError> {
        match action {
            Action::Encrypt(encrypt) => encrypted(self.keys, text, encrypt, entropy),
            Action::Join(between) => {
                let second = self.attempt(None, &entropy.child("second"), None, 0)?;
                let second = second.form.into_iter().find(|(name, _)| name == "client_assertion");
                Ok(format!("{text}{between}{}", second.map(|(_, text)| text).unwrap_or_default()))
            }
            Action::Pad(true) => Ok(format!("{text}==")),
            Action::Serialize(form) => {
                let parts: Vec<&str> = text.split('.').collect();
                let [header, payload, signature] = parts.as_slice() else {
                    return not_applicable("a compact JWS has three parts");
                };
                let mut own = JsonText::default();
                own.set_text("protected", header);
                own.set_text("signature", signature);
                let mut object = JsonText::default();
                object.set_text("payload", payload);
                match form.as_str() {
                    "flattened" => object.append(own),
                    "general" => object.set_json("signatures", format!("[{}]", own.to_text())),
                    other => return Err(crate::error::unknown("the serialization", other)),
                }
                Ok(object.to_text())
            }
            action => {
                let octets = token::change_text(text, action)?;
                String::from_utf8(octets).or_else(|_| not_applicable("a form parameter is text"))
            }
        }
    }

    fn claims(&self, filler: &Filler<'_>) -> Result<JsonText, ForgeError> {
        let recipe = self.recipe;
        let setting = filler.setting;
        let client_id = recipe.client.as_ref().unwrap_or(&setting.client_id);
        let mut claims = JsonText::default();
        claims.set_text("iss", client_id);
        claims.set_text("sub", client_id);
        claims.set_text("aud", &setting.audience);
        claims.set_text("jti", filler.jti);
        let at = |seconds: i64| setting.now.saturating_add(seconds).to_string();
        if let When::At(seconds) = recipe.iat {
            claims.set_json("iat", at(seconds));
        }
        if let Some(seconds) = recipe.nbf {
            claims.set_json("nbf", at(seconds));
        }
        claims.set_json("exp", at(recipe.exp));
        claims.extend(&filler.map(&recipe.claims)?);
        Ok(claims)
    }
}

fn client(keys: &Keys, recipe: &Assertion, setting: &Setting) -> Result<ClientSpec, ForgeError> {
    let own = own_key(recipe)?;
    let mut credentials = vec![credential(keys, &own, &recipe.sig, recipe.credential_expires)?];
    for name in &recipe.more_credentials {
        credentials.push(credential(keys, name, &recipe.sig, None)?);
    }
    for (credential, kid) in credentials.iter_mut().zip(&setting.kids) {
        credential.kid.clone_from(kid);
    }
    Ok(ClientSpec { credentials })
}

/// The name of the key that signs, given or default.
fn own_key(recipe: &Assertion) -> Result<String, ForgeError> {
    match &recipe.key {
        Some(name) => Ok(name.clone()),
        None => {
            let family = &jws::named(&recipe.sig)?.family;
            Ok(crate::key::default_for_signature(family, recipe.bits, "a"))
        }
    }
}

pub(crate) fn credential(
    keys: &Keys,
    name: &str,
    alg: &str,
    expires_in: Option<i64>,
) -> Result<CredentialSpec, ForgeError> {
    let key = Key::named(keys, name)?;
    let public = key.public();
    Ok(CredentialSpec {
        key: name.to_owned(),
        jwk: public.jwk.clone(),
        pem: public.pem.clone(),
        alg: alg.to_owned(),
        kid: key.kid().unwrap_or(name).to_owned(),
        expires_in,
        is_associated: true,
    })
}

fn change_client(client: &mut ClientSpec, action: &Action) -> Result<(), ForgeError> {
    let Some(first) = client.credentials.first_mut() else {
        return not_applicable("the client has no credential");
    };
    match action {
        Action::Expires(seconds) => first.expires_in = Some(*seconds),
        Action::Unassociated(true) => first.is_associated = false,
        // Done to the recipe.
        Action::Other(_) | Action::UseAlg(_) => {}
        _ => return not_applicable("this is no change of a client"),
    }
    Ok(())
}

fn set_parameter(form: &mut Vec<(String, String)>, name: &str, value: String) {
    match form.iter_mut().find(|(have, _)| have == name) {
        Some((_, have)) => *have = value,
        None => form.push((name.to_owned(), value)),
    }
}

fn change_form(form: &mut Vec<(String, String)>, action: &Action) -> Result<(), ForgeError> {
    match action {
        Action::Set(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by_key(|(name, _)| *name);
            for (name, value) in members {
                let Value::String(value) = value else {
                    return not_applicable("a form parameter is text");
                };
                let before = form.iter().find(|(have, _)| have == name);
                let value = match before {
                    Some((_, before)) => value.replace("@{same}", before),
                    None if value.contains("@{same}") => return nothing_before(),
                    None => value.clone(),
                };
                set_parameter(form, name, value);
            }
        }
        Action::Reverse(true) => form.reverse(),
        Action::Delete(name) => {
            let before = form.len();
            form.retain(|(have, _)| have != name);
            if form.len() == before {
                return not_applicable(format!("there is no parameter `{name}` to delete"));
            }
        }
        Action::Rename(rename) => match form.iter_mut().find(|(name, _)| *name == rename.from) {
            Some((name, _)) => name.clone_from(&rename.to),
            None => return not_applicable(format!("there is no parameter `{}`", rename.from)),
        },
        Action::Duplicate(duplicate) => {
            let before = form.iter().find(|(name, _)| *name == duplicate.name);
            let value = match (duplicate.json.as_str(), before) {
                ("@{same}", Some((_, value))) => value.clone(),
                ("@{same}", None) => return nothing_before(),
                (other, _) => other.to_owned(),
            };
            let at = if duplicate.place == "before" { 0 } else { form.len() };
            form.insert(at, (duplicate.name.clone(), value));
        }
        _ => {
            return not_applicable(
                "a form is changed by `set`, `delete`, `rename`, `duplicate`, `reverse`",
            );
        }
    }
    Ok(())
}

fn nothing_before<T>() -> Result<T, ForgeError> {
    not_applicable("nothing stood there before")
}

fn encrypted(
    keys: &Keys,
    text: &str,
    encrypt: &Encrypt,
    entropy: &Entropy,
) -> Result<String, ForgeError> {
    let recipe: suite::recipe::Jwe = serde_json::from_value(serde_json::json!({
        "alg": encrypt.alg, "enc": encrypt.enc, "key": encrypt.key, "header": {"cty": "JWT"},
    }))
    .map_err(|error| ForgeError::NotApplicable(error.to_string()))?;
    jwe::build(&recipe, keys, text.as_bytes(), None, &entropy.child("outer"))?.to_token()
}

/// A JWS recipe with nothing but its required members.
fn empty_jws() -> Jws {
    Jws {
        sig: String::new(),
        key: None,
        bits: None,
        payload: None,
        header: serde_json::Map::new(),
        serialization: suite::recipe::Serialization::Compact,
        unprotected: serde_json::Map::new(),
        to_unprotected: Vec::new(),
        more_signers: Vec::new(),
        signature_at: 0,
        detached: false,
        unencoded: false,
        kid: false,
        key_members: serde_json::Map::new(),
        key_text: None,
        jwks: Vec::new(),
        allow: suite::recipe::Allow::default(),
    }
}

/// A UUID of version 4 (RFC 9562 §5.4).
pub(crate) fn uuid(entropy: &Entropy) -> String {
    let octets = entropy.octets("jti", 16);
    let hex = data_encoding::HEXLOWER.encode(&octets);
    let part = |range: std::ops::Range<usize>| hex.get(range).unwrap_or_default();
    let (a, b, c, d, e) = (part(0..8), part(8..12), part(13..16), part(17..20), part(20..32));
    format!("{a}-{b}-4{c}-a{d}-{e}")
}

/// RFC 7523 §2.2.
const CLIENT_ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
