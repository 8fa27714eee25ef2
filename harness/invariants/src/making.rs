//! What the reference makes out of choices that the input has: it opens with the right key, holds what was asked
//! for, and nothing of it can be changed. The choices are read by `arbitrary`, so that every input is some.

use algorithms::{
    CONTENT_ENCRYPTION, ContentEncryption, ContentFamily, KEY_MANAGEMENT, KeyManagement,
    KeyManagementFamily, SIGNATURES, Signature, base64url,
};
use arbitrary::{Arbitrary, Unstructured};
use mutator::ring;
use reference::jwe::intermediate::{self, Intermediate};
use reference::jwe::{self, Content, Jwe, To};
use reference::jws::{self, Signer};
use reference::{Jwk, Serialization};
use rejection::Rejection;
use serde_json::{Map, Value, json};

use crate::tokens::{POLICY, check_parts, key, rng};
use crate::{Became, became};

/// The form of a token.
#[derive(Arbitrary, Clone, Copy, Debug)]
pub(crate) enum Form {
    Compact,
    Flattened,
    General,
}

impl Form {
    pub(crate) fn name(self) -> String {
        format!("{self:?}").to_ascii_lowercase()
    }

    pub(crate) fn serialization(self) -> Serialization {
        Serialization::named(&self.name()).unwrap_or(Serialization::Compact)
    }
}

/// The choices of who makes a JWE.
#[derive(Arbitrary, Debug)]
struct Sealing {
    alg: u8,
    enc: u8,
    curve: u8,
    form: Form,
    another: bool,
    zip: bool,
    kid: Option<String>,
    aad: Option<Vec<u8>>,
    unprotected: Option<String>,
    own: Option<String>,
    at: u16,
    plaintext: Vec<u8>,
}

/// The row that a choice means.
pub(crate) fn chosen<T>(rows: &'static [T], choice: u8) -> Option<&'static T> {
    rows.get(usize::from(choice) % rows.len().max(1))
}

pub(crate) fn jwe_made(data: &[u8]) -> Became {
    let Ok(how) = Sealing::arbitrary_take_rest(Unstructured::new(data)) else {
        return Became::Unfit;
    };
    let (Some(alg), Some(enc)) =
        (chosen(KEY_MANAGEMENT, how.alg), chosen(CONTENT_ENCRYPTION, how.enc))
    else {
        return Became::Unfit;
    };
    let own = match alg.family {
        KeyManagementFamily::EcdhEs { .. } => ring::agrees(usize::from(how.curve)),
        _ => ring::opens(alg.name, enc.name),
    };
    let Some(own) = own.and_then(key) else { return Became::Unfit };
    let Some(other) = ring::opens("A128KW", enc.name).and_then(key) else { return Became::Unfit };
    let sealed = how.seal(alg, enc, &own, &other);
    assert_eq!(sealed.as_ref().err(), how.wrong(alg).as_ref(), "{how:?}");
    if let Ok(token) = &sealed {
        how.check(token, alg, enc, &own);
        if how.another {
            let opened = jwe::open(token, &*other, &POLICY, &mut rng());
            let plaintext = opened.map(|opened| opened.plaintext.to_vec());
            assert_eq!(plaintext.as_ref(), Ok(&how.plaintext), "for the second recipient");
        }
    }
    became(&sealed)
}

impl Sealing {
    /// Why it cannot be made (RFC 7516 §7.1, §7.2.2; RFC 7518 §4.5, §4.6).
    fn wrong(&self, alg: &KeyManagement) -> Option<Rejection> {
        let is_bare = self.aad.is_none() && self.unprotected.is_none() && self.own.is_none();
        let fits = match self.form {
            Form::Compact => is_bare && !self.another,
            Form::Flattened => !self.another,
            Form::General => !self.another || !is_direct(alg),
        };
        (!fits).then_some(Rejection::Serialization)
    }

    /// The members that are protected, and those of the recipient. Several recipients have an `alg` each.
    fn headers(&self, alg: &str, enc: &str) -> (Map<String, Value>, Map<String, Value>) {
        let mut protected = Map::from_iter([("enc".to_owned(), enc.into())]);
        let mut own = Map::new();
        let place = if self.another { &mut own } else { &mut protected };
        place.insert("alg".to_owned(), alg.into());
        if alg.starts_with("PBES2") {
            place.insert("p2c".to_owned(), 1000.into());
        }
        if self.zip {
            protected.insert("zip".to_owned(), "DEF".into());
        }
        if let Some(kid) = &self.kid {
            protected.insert("kid".to_owned(), kid.as_str().into());
        }
        if let Some(text) = &self.own {
            own.insert("own".to_owned(), text.as_str().into());
        }
        (protected, own)
    }

    fn seal(
        &self,
        alg: &KeyManagement,
        enc: &ContentEncryption,
        own: &Jwk,
        other: &Jwk,
    ) -> Result<String, Rejection> {
        let (protected, header) = self.headers(alg.name, enc.name);
        let protected = Value::Object(protected).to_string();
        let header = (!header.is_empty()).then(|| Value::Object(header).to_string());
        let unprotected =
            self.unprotected.as_ref().map(|text| json!({ "shared": text }).to_string());
        let content = Content {
            plaintext: &self.plaintext,
            protected: &protected,
            unprotected: unprotected.as_deref(),
            aad: self.aad.as_deref(),
        };
        let to = To { header: header.as_deref(), keys: own.into() };
        let second = To { header: Some(r#"{"alg":"A128KW"}"#), keys: other.into() };
        let all = [to, second];
        let recipients = all.get(..if self.another { 2 } else { 1 }).unwrap_or_default();
        jwe::seal_as(self.form.serialization(), &content, recipients, &POLICY, &mut rng())
    }

    fn check(&self, token: &str, alg: &KeyManagement, enc: &ContentEncryption, own: &Jwk) {
        let opened = jwe::open(token, own, &POLICY, &mut rng());
        assert!(opened.is_ok(), "it does not open: {opened:?}");
        let shown = format!("{opened:?}");
        let content = String::from_utf8_lossy(&self.plaintext);
        assert!(content.len() < 8 || token.contains(&*content) || !shows(&shown, &content, self));
        let Ok(opened) = opened else { return };
        assert_eq!(*opened.plaintext, self.plaintext, "another content comes back");
        assert_eq!(opened.header.text("alg"), Some(alg.name));
        assert_eq!(opened.header.text("enc"), Some(enc.name));
        assert_eq!(opened.header.kid(), self.kid.as_deref());
        assert_eq!(opened.header.text("own"), self.own.as_deref());
        assert_eq!(opened.header.text("shared"), self.unprotected.as_deref());
        let parsed = Jwe::parse(token, &POLICY);
        assert!(parsed.is_ok(), "it does not parse: {parsed:?}");
        let Ok(parsed) = parsed else { return };
        assert_eq!(parsed.to_string(), token, "it prints as another text");
        check_values(&intermediate::of(&parsed, 0, own, &POLICY), enc, token);
        let parts: Vec<&str> = token.split('.').collect();
        match <[&str; 5]>::try_from(parts) {
            Ok(parts) if !token.starts_with('{') => check_parts(&parts, &opened, own),
            _ if alg.name.starts_with("RSA") => {}
            _ => self.check_members(token, own),
        }
    }

    /// No authenticated member of a JSON serialization can be changed.
    fn check_members(&self, token: &str, own: &Jwk) {
        const COVERED: [&str; 5] = ["protected", "aad", "iv", "ciphertext", "tag"];
        let mut object: Value = serde_json::from_str(token).unwrap_or_default();
        let name = COVERED.get(usize::from(self.at) % COVERED.len()).copied().unwrap_or_default();
        let Some(Value::String(text)) = object.get_mut(name) else { return };
        let mut octets = base64url::decode(text).unwrap_or_default();
        match octets.last_mut() {
            Some(_) if name == "protected" => octets.push(b' '),
            Some(last) => *last ^= 1,
            None => octets.push(0),
        }
        *text = base64url::encode(&octets);
        let opened = jwe::open(&object.to_string(), own, &POLICY, &mut rng());
        assert!(opened.is_err(), "`{name}` can be changed");
    }
}

/// Whether the plaintext stands in a Debug text where no header has it.
fn shows(shown: &str, content: &str, how: &Sealing) -> bool {
    let headers = [&how.kid, &how.own, &how.unprotected];
    shown.contains(content) && !headers.into_iter().flatten().any(|text| text.contains(content))
}

const fn is_direct(alg: &KeyManagement) -> bool {
    matches!(
        alg.family,
        KeyManagementFamily::Direct | KeyManagementFamily::EcdhEs { wrap_octets: None }
    )
}

/// RFC 7518 §5.2.2.1: the CEK is the two keys, and the tag the first half of the MAC.
fn check_values(values: &Result<Intermediate, Rejection>, enc: &ContentEncryption, token: &str) {
    assert!(values.is_ok(), "it has no intermediate values: {values:?}");
    let Ok(values) = values else { return };
    assert_eq!(values.cek.len(), enc.cek_octets);
    let is_cbc = matches!(enc.family, ContentFamily::CbcHmac { .. });
    let keys = values.mac_key.iter().chain(&values.enc_key).flatten().copied();
    assert!(!is_cbc || keys.eq(values.cek.iter().copied()), "the keys are not the CEK's halves");
    if let (Some(mac), Some((_, tag))) = (&values.mac, token.rsplit_once('.')) {
        let half = mac.get(..enc.tag_octets).unwrap_or_default();
        assert!(token.starts_with('{') || base64url::encode(half) == tag, "another MAC");
    }
}

/// The choices of who signs.
#[derive(Arbitrary, Debug)]
struct Signing {
    sig: u8,
    form: Form,
    another: bool,
    detached: bool,
    kid: Option<String>,
    own: Option<String>,
    payload: Vec<u8>,
}

pub(crate) fn jws_made(data: &[u8]) -> Became {
    let Ok(how) = Signing::arbitrary_take_rest(Unstructured::new(data)) else {
        return Became::Unfit;
    };
    let Some(row) = chosen(SIGNATURES, how.sig) else { return Became::Unfit };
    let (Some(signs), Some(verifies)) =
        (ring::signs(row.name).and_then(key), ring::verifies(row.name).and_then(key))
    else {
        return Became::Unfit;
    };
    let signed = how.sign(row, &signs);
    let fits = match how.form {
        Form::Compact => !how.another && how.own.is_none(),
        Form::Flattened => !how.another,
        Form::General => true,
    };
    let wrong = (!fits).then_some(Rejection::Serialization);
    assert_eq!(signed.as_ref().err(), wrong.as_ref(), "{how:?}");
    if let Ok(token) = &signed {
        how.check(token, row, &verifies);
    }
    became(&signed)
}

impl Signing {
    fn sign(&self, row: &Signature, key: &Jwk) -> Result<String, Rejection> {
        let mut protected = Map::from_iter([("alg".to_owned(), row.name.into())]);
        if let Some(kid) = &self.kid {
            protected.insert("kid".to_owned(), kid.as_str().into());
        }
        let protected = Value::Object(protected).to_string();
        let header = self.own.as_ref().map(|text| json!({ "own": text }).to_string());
        let signer = Signer { protected: &protected, header: header.as_deref(), keys: key.into() };
        let all = [signer, signer];
        let signers = all.get(..if self.another { 2 } else { 1 }).unwrap_or_default();
        let form = self.form.serialization();
        let signed = jws::sign_as(form, &self.payload, signers, &POLICY, &mut rng())?;
        if self.detached { Ok(signed.to_detached()) } else { signed.into_attached() }
    }

    fn check(&self, token: &str, row: &Signature, key: &Jwk) {
        let verify = |payload: &[u8]| match self.detached {
            true => jws::verify_detached(token, payload, key, &POLICY),
            false => jws::verify(token, key, &POLICY),
        };
        let verified = verify(&self.payload);
        assert!(verified.is_ok(), "it does not verify: {verified:?}");
        let Ok(verified) = verified else { return };
        assert_eq!(verified.payload, self.payload);
        assert_eq!(verified.header.text("alg"), Some(row.name));
        assert_eq!(verified.header.kid(), self.kid.as_deref());
        assert_eq!(verified.header.text("own"), self.own.as_deref());
        let mut other = self.payload.clone();
        other.push(b'x');
        if self.detached {
            assert!(verify(&other).is_err(), "the payload can be changed");
        } else {
            let [from, to] = [&self.payload, &other].map(|octets| base64url::encode(octets));
            let (point, quote) = (format!(".{from}."), format!("\"payload\":\"{from}\""));
            let changed = token.replacen(&point, &format!(".{to}."), 1);
            let changed = changed.replacen(&quote, &format!("\"payload\":\"{to}\""), 1);
            assert_ne!(changed, token, "the payload is not in the token");
            assert!(jws::verify(&changed, key, &POLICY).is_err(), "the payload can be changed");
        }
    }
}
