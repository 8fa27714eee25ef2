//! What has to hold for tokens that a target made: taken apart, opened with the test keys and the
//! primitives alone, and compared with what was asked for and with each other.

mod jwe;
mod jws;
mod opening;
mod sealed;

use std::collections::BTreeSet;

use algorithms::base64url;
use serde_json::{Map, Value, json};
use suite::recipe::Serialization;

pub(crate) use sealed::Sealed;

/// What is known of tokens that a target was asked to make.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Produced {
    /// What has to hold for them: a name of the table `CHECKS`.
    pub check: String,
    /// The form of the tokens.
    pub serialization: Serialization,
    /// How they are encrypted, if they are.
    pub lock: Option<Lock>,
    /// How they are signed, if they are.
    pub signer: Option<Signer>,
    /// What is in each, in the order in which they are asked for.
    pub contents: Vec<Vec<u8>>,
    /// The JWE AAD.
    pub aad: Option<Vec<u8>>,
    /// Whether the payload is left out of the tokens (RFC 7515 Appendix F).
    pub is_detached: bool,
}

/// Encryption as it was asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Lock {
    /// Key management algorithm.
    pub alg: String,
    /// Content encryption algorithm.
    pub enc: String,
    /// The header that was asked for.
    pub header: Map<String, Value>,
    /// The private test key as JWK text.
    pub jwk: String,
}

/// A signature as it was asked for.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Signer {
    /// Signature algorithm.
    pub sig: String,
    /// The header that was asked for.
    pub header: Map<String, Value>,
    /// The public test key as JWK text; of an HMAC, the shared one.
    pub jwk: String,
    /// The name of the test key.
    pub key: String,
}

/// What a check says.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth answer")]
pub enum Found {
    /// It holds for every token.
    Holds,
    /// What is wrong, and with which.
    Wrong(String),
    /// Why nothing can be said: what the token lacks is the subject of another check.
    Unproven(String),
}

type Find = fn(&Produced, &[&str]) -> Found;

/// Every check: its name in suites, and who finds.
static CHECKS: &[(&str, Find)] = &[
    ("made", |_, _| Found::Holds),
    ("opens", opens),
    ("form", form),
    ("header", header),
    ("header-only", header_only),
    ("iv-length", jwe::iv_length),
    ("iv-fresh", jwe::iv_fresh),
    ("cek", jwe::cek),
    ("cek-fresh", jwe::cek_fresh),
    ("tag-length", jwe::tag_length),
    ("encrypted-key", jwe::encrypted_key),
    ("epk", jwe::epk),
    ("epk-private", jwe::epk_private),
    ("epk-fresh", jwe::epk_fresh),
    ("p2s", jwe::p2s),
    ("p2s-fresh", jwe::p2s_fresh),
    ("p2c", jwe::p2c),
    ("key-wrap-iv", jwe::key_wrap_iv),
    ("key-wrap-iv-fresh", jwe::key_wrap_iv_fresh),
    ("zip", jwe::zip),
    ("signature-length", jws::signature_length),
    ("signature-nonce", jws::signature_nonce),
    ("signature-deterministic", jws::signature_deterministic),
    (ELSEWHERE, |_, _| Found::Holds),
];

/// The check that other targets answer: the runner asks them to open what was made.
pub const ELSEWHERE: &str = "opens-elsewhere";

pub(crate) fn is_check(name: &str) -> bool {
    CHECKS.iter().any(|(have, _)| *have == name)
}

impl Produced {
    /// The input of the request for the token with this number, from that of any.
    #[must_use]
    pub fn input(&self, base: &Map<String, Value>, index: usize) -> Map<String, Value> {
        let mut input = base.clone();
        let content = self.contents.get(index).map(Vec::as_slice).unwrap_or_default();
        let (name, value) = match (&self.lock, &self.signer) {
            (Some(_), Some(_)) => ("claims", String::from_utf8_lossy(content).into_owned()),
            (None, _) => ("payload", base64url::encode(content)),
            _ => ("plaintext", base64url::encode(content)),
        };
        input.insert(name.to_owned(), value.into());
        input
    }

    /// Looks at tokens.
    #[must_use]
    pub fn find(&self, tokens: &[&str]) -> Found {
        let Some((_, find)) = CHECKS.iter().find(|(name, _)| *name == self.check) else {
            return Found::Unproven(format!("there is no check `{}`", self.check));
        };
        if !self.is_detached {
            return find(self, tokens);
        }
        match self.attached(tokens) {
            Ok(tokens) => find(self, &tokens.iter().map(String::as_str).collect::<Vec<_>>()),
            Err(text) => Found::Wrong(text),
        }
    }

    /// Compact tokens without payload, with it.
    fn attached(&self, tokens: &[&str]) -> Result<Vec<String>, String> {
        let attach = |(token, content): (&&str, &Vec<u8>)| match token.split_once("..") {
            Some((header, signature)) => {
                Ok(format!("{header}.{}.{signature}", base64url::encode(content)))
            }
            None => Err("its payload is not left out".to_owned()),
        };
        tokens.iter().zip(&self.contents).map(attach).collect()
    }

    /// The operation and the input with which another target opens a token.
    #[must_use]
    pub fn opening(&self, token: &str) -> (&'static str, Map<String, Value>) {
        let set = |jwk: &str| format!("{{\"keys\":[{jwk}]}}");
        let input = match (&self.lock, &self.signer) {
            (Some(lock), Some(signer)) => json!({
                "token": token, "decrypt": {"key": {"jwk": lock.jwk}},
                "verify": {"jwks": set(&signer.jwk)},
                "allow": {"alg": [lock.alg], "enc": [lock.enc], "sig": [signer.sig]},
                "expect": {"iss": crate::nested::ISSUER, "aud": crate::nested::AUDIENCE},
            }),
            (Some(lock), None) => json!({
                "token": token, "key": {"jwk": lock.jwk},
                "allow": {"alg": [lock.alg], "enc": [lock.enc]},
            }),
            (None, signer) => {
                let signer = signer.as_ref();
                json!({
                    "token": token,
                    "key": {"jwk": signer.map(|signer| &signer.jwk)},
                    "allow": {"sig": [signer.map(|signer| &signer.sig)]},
                })
            }
        };
        let name = match (&self.lock, &self.signer) {
            (Some(_), Some(_)) => "nested.open",
            (Some(_), None) => "jwe.decrypt",
            (None, _) => "jws.verify",
        };
        (name, input.as_object().cloned().unwrap_or_default())
    }

    /// The header that was asked for.
    fn asked(&self) -> Map<String, Value> {
        let header = self.lock.as_ref().map(|lock| &lock.header);
        header.or(self.signer.as_ref().map(|signer| &signer.header)).cloned().unwrap_or_default()
    }

    /// Whether an `accept` of [`Self::opening`] carries the content of the token with this number.
    #[must_use]
    pub fn is_content(&self, accept: &Map<String, Value>, index: usize) -> bool {
        let Some(content) = self.contents.get(index) else { return false };
        let text = |name: &str| accept.get(name).and_then(Value::as_str);
        match (&self.lock, &self.signer) {
            (Some(_), Some(_)) => same_json(text("claims").unwrap_or_default().as_bytes(), content),
            (Some(_), None) => {
                text("plaintext").and_then(|text| base64url::decode(text).ok()).as_ref()
                    == Some(content)
            }
            (None, _) => {
                text("payload").and_then(|text| base64url::decode(text).ok()).as_ref()
                    == Some(content)
            }
        }
    }
}

fn same_json(left: &[u8], right: &[u8]) -> bool {
    let read = |octets: &[u8]| serde_json::from_slice::<Value>(octets).ok();
    read(left).is_some_and(|left| read(right) == Some(left))
}

/// Takes each token apart and looks at it; the first that is wrong is told.
fn each(
    produced: &Produced,
    tokens: &[&str],
    find: impl Fn(usize, &Sealed) -> Result<(), Trouble>,
) -> Found {
    for (index, token) in tokens.iter().enumerate() {
        let looked = Sealed::parse(token, produced).map_err(Trouble::Unproven);
        let place = |text: String| format!("token {} of {}: {text}", index + 1, tokens.len());
        match looked.and_then(|sealed| find(index, &sealed)) {
            Ok(()) => {}
            Err(Trouble::Wrong(text)) => return Found::Wrong(place(text)),
            Err(Trouble::Unproven(text)) => return Found::Unproven(place(text)),
        }
    }
    if tokens.is_empty() { Found::Unproven("there is no token".to_owned()) } else { Found::Holds }
}

/// What is in the way of saying that something holds.
enum Trouble {
    Wrong(String),
    /// The subject of another check.
    Unproven(String),
}

fn wrong(text: impl Into<String>) -> Trouble {
    Trouble::Wrong(text.into())
}

/// That no two tokens share what `of` takes from each.
fn fresh(
    produced: &Produced,
    tokens: &[&str],
    what: &str,
    of: impl Fn(&Sealed) -> Result<Vec<u8>, Trouble>,
) -> Found {
    let seen = std::cell::RefCell::new(BTreeSet::new());
    each(produced, tokens, |_, sealed| {
        if seen.borrow_mut().insert(of(sealed)?) {
            Ok(())
        } else {
            Err(wrong(format!("its {what} stands in a token before it too")))
        }
    })
}

/// Canonical base64url, strict JSON, and as many parts as there are to be, none of them empty in JSON
/// (RFC 7515 §7.2.1, RFC 7516 §7.2.1).
fn form(produced: &Produced, tokens: &[&str]) -> Found {
    for (index, token) in tokens.iter().enumerate() {
        let parsed = Sealed::parse(token, produced);
        if let Err(text) = parsed.and_then(|_| Sealed::leaves_out(token, produced)) {
            return Found::Wrong(format!("token {} of {}: {text}", index + 1, tokens.len()));
        }
    }
    if tokens.is_empty() { Found::Unproven("there is no token".to_owned()) } else { Found::Holds }
}

/// What the target was asked to write into the header stands there as it was asked.
fn header(produced: &Produced, tokens: &[&str]) -> Found {
    each(produced, tokens, |_, sealed| {
        for (name, want) in produced.asked() {
            match sealed.header.get(&name) {
                Some(have) if *have == want => {}
                Some(have) => {
                    return Err(wrong(format!(
                        "the header's `{name}` is {have} instead of {want}"
                    )));
                }
                None => return Err(wrong(format!("the header has no `{name}`"))),
            }
        }
        Ok(())
    })
}

/// Nothing stands in the header but what was asked for and what the algorithm needs.
fn header_only(produced: &Produced, tokens: &[&str]) -> Found {
    const NEEDED: [&str; 7] = ["epk", "apu", "apv", "iv", "tag", "p2s", "p2c"];
    each(produced, tokens, |_, sealed| {
        let asked = produced.asked();
        let other = sealed
            .header
            .keys()
            .find(|name| !asked.contains_key(*name) && !NEEDED.contains(&name.as_str()));
        other.map_or(Ok(()), |name| Err(wrong(format!("nobody asked for `{name}`"))))
    })
}

/// The content comes back.
fn opens(produced: &Produced, tokens: &[&str]) -> Found {
    each(produced, tokens, |index, sealed| {
        let content = sealed.content(produced).map_err(|text| match jwe::short_epk(sealed) {
            Some(text) => Trouble::Unproven(text),
            None => wrong(text),
        })?;
        let want = produced.contents.get(index).map(Vec::as_slice).unwrap_or_default();
        let is_nested = produced.lock.is_some() && produced.signer.is_some();
        if content == want || (is_nested && same_json(&content, want)) {
            Ok(())
        } else {
            Err(wrong("it holds another content than was sealed"))
        }
    })
}

#[cfg(test)]
mod tests;
