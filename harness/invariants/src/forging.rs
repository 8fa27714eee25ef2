//! What the forge makes the reference accepts, and in what the reference makes the forge finds nothing wrong: two
//! implementations that share the primitives of `algorithms` and no more. The choices are read by `arbitrary`.

use std::sync::LazyLock;

use algorithms::{CONTENT_ENCRYPTION, KEY_MANAGEMENT, SIGNATURES, base64url};
use arbitrary::{Arbitrary, Unstructured};
use data_encoding::HEXLOWER;
use forge::produced::Found;
use forge::{Forge, Made, Want};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use reference::jwe::{self, Content, To};
use reference::jws::{self, Signer};
use reference::{Jwk, Policy};
use rejection::Rejection;
use serde_json::{Map, Value, json};
use suite::case::Instance;
use suite::keys::KeyFile;
use suite::{Keys, Recipe};

use crate::Became;
use crate::making::{Form, chosen};
use crate::tokens::{POLICY, rng};

macro_rules! keys {
    ($($name:literal)*) => {
        [$(include_str!(concat!("../../../vectors/keys/", $name, ".json"))),*]
    };
}

/// The default keys of the forge.
static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let files = keys!(
        "rsa-2048-a" "rsa-2048-b" "ec-p256-a" "ec-p256-b" "ec-p384-a" "ec-p384-b" "ec-p521-a" "ec-p521-b"
        "x25519-a" "ed25519-a" "ed25519-b" "oct-128-a" "oct-192-a" "oct-256-a" "oct-256-b" "oct-384-a"
        "oct-512-a" "oct-512-b" "password-ascii"
    );
    files.iter().filter_map(|text| serde_json::from_str::<KeyFile>(text).ok()).collect()
});

/// The choices, of a JWE and of a JWS.
#[derive(Arbitrary, Debug)]
struct Forging {
    alg: u8,
    enc: u8,
    curve: u8,
    form: Form,
    is_set_apart: bool,
    is_alg_moved: bool,
    is_other_moved: bool,
    kid: Option<String>,
    aad: Option<Vec<u8>>,
    party: Option<String>,
    salt: u8,
    content: Vec<u8>,
}

impl Forging {
    /// The octets of a content, for a recipe.
    fn octets(octets: &[u8]) -> Value {
        json!({ "hex": HEXLOWER.encode(octets) })
    }

    fn form(&self) -> String {
        self.form.name()
    }

    fn is_compact(&self) -> bool {
        matches!(self.form, Form::Compact)
    }

    /// Members of a recipe that moves members of the protected header: `alg` of a JWE into that of the recipient,
    /// `kid` into the one that is not protected.
    fn moved(&self, is_jwe: bool) -> Map<String, Value> {
        let mut members = Map::new();
        if !self.is_compact() && is_jwe && self.is_alg_moved {
            members.insert("to_recipient".to_owned(), json!(["alg"]));
        }
        if !self.is_compact() && self.is_other_moved && self.kid.is_some() {
            members.insert("to_unprotected".to_owned(), json!(["kid"]));
        }
        members
    }

    /// Members of a header besides the algorithms.
    fn header(&self) -> Value {
        self.kid.as_ref().map_or_else(|| json!({}), |kid| json!({ "kid": kid }))
    }

    /// Members of a recipe that every JWE has.
    fn of_jwe(&self) -> Option<(Map<String, Value>, &'static str)> {
        let alg = chosen(KEY_MANAGEMENT, self.alg)?.name;
        let enc = chosen(CONTENT_ENCRYPTION, self.enc)?.name;
        let recipe =
            json!({"alg": alg, "enc": enc, "serialization": self.form(), "header": self.header()});
        let Value::Object(mut recipe) = recipe else { return None };
        if alg.starts_with("ECDH-ES") {
            let curve = chosen(&["P-256", "P-384", "P-521", "X25519"], self.curve)?;
            recipe.insert("curve".to_owned(), (*curve).into());
        }
        // RFC 7516 §7.2.1: an empty one is absent.
        if let Some(aad) = self.aad.as_ref().filter(|aad| !aad.is_empty() && !self.is_compact()) {
            recipe.insert("aad".to_owned(), Self::octets(aad));
        }
        Some((recipe, alg))
    }
}

/// What the forge makes of a recipe; nothing where it refuses.
fn forge(recipe: Value) -> Option<Made> {
    let recipe: Recipe = serde_json::from_value(recipe).ok()?;
    let instance = Instance {
        cell: suite::Cell::default(),
        entropy: "a fuzz target".to_owned(),
        recipe,
        mutation: None,
        related: Vec::new(),
    };
    Forge::new(&KEYS).pair(&instance).ok().map(|pair| pair.made)
}

/// A member of a request.
fn text<'a>(made: &'a Made, pointer: &str) -> &'a str {
    let (first, rest) = pointer.split_once('/').unwrap_or((pointer, ""));
    let member = made.input.get(first);
    let member = if rest.is_empty() { member } else { member.and_then(|member| member.get(rest)) };
    member.and_then(Value::as_str).unwrap_or_default()
}

fn key(made: &Made) -> Option<Jwk> {
    Jwk::parse(text(made, "key/jwk"), &Policy::default()).ok()
}

fn choices(data: &[u8]) -> Option<Forging> {
    Forging::arbitrary_take_rest(Unstructured::new(data)).ok()
}

pub(crate) fn forged_jwe(data: &[u8]) -> Became {
    let Some(how) = choices(data) else { return Became::Unfit };
    let Some((mut recipe, alg)) = how.of_jwe() else { return Became::Unfit };
    recipe.insert("plaintext".to_owned(), Forging::octets(&how.content));
    recipe.insert("zip".to_owned(), how.is_set_apart.into());
    recipe.extend(how.moved(true));
    if let Some(party) = how.party.as_ref().filter(|_| alg.starts_with("ECDH-ES")) {
        recipe.insert("apu".to_owned(), party.as_str().into());
        recipe.insert("apv".to_owned(), "other party".into());
    }
    if alg.starts_with("PBES2") {
        recipe.insert("p2s_octets".to_owned(), (8 + usize::from(how.salt % 64)).into());
    }
    let Some(made) = forge(json!({ "jwe": recipe })) else { return Became::Unfit };
    let Some(key) = key(&made) else { return Became::Unfit };
    let opened = jwe::open(text(&made, "token"), &key, &POLICY, &mut rng());
    let plaintext = opened.map(|opened| Want::Plaintext(opened.plaintext.to_vec()));
    assert_eq!(plaintext.as_ref(), Ok(&made.want), "the reference of the forge's token: {how:?}");
    Became::Accepted
}

pub(crate) fn forged_jws(data: &[u8]) -> Became {
    let Some(how) = choices(data) else { return Became::Unfit };
    let Some(sig) = chosen(SIGNATURES, how.alg) else { return Became::Unfit };
    let is_detached = how.is_compact() && how.is_alg_moved;
    let recipe = json!({
        "sig": sig.name, "payload": Forging::octets(&how.content), "serialization": how.form(),
        "header": how.header(), "detached": is_detached, "unencoded": how.is_set_apart,
    });
    let Value::Object(mut recipe) = recipe else { return Became::Unfit };
    recipe.extend(how.moved(false));
    let Some(made) = forge(json!({ "jws": recipe })) else { return Became::Unfit };
    let (token, Some(key)) = (text(&made, "token"), key(&made)) else { return Became::Unfit };
    let verified = match made.input.contains_key("payload") {
        true => jws::verify_detached(token, &how.content, &key, &POLICY),
        false => jws::verify(token, &key, &POLICY),
    };
    let payload = verified.map(|verified| Want::Payload(verified.payload));
    // RFC 7797 §5.2: the reference asks of such a payload that no other reader could take it for another.
    if how.is_set_apart && payload == Err(Rejection::B64) {
        return Became::Refused(Rejection::B64.code());
    }
    assert_eq!(payload.as_ref(), Ok(&made.want), "the reference of the forge's token: {how:?}");
    Became::Accepted
}

/// Seals or signs what a request asks for, as an adapter does.
fn make(made: &Made, how: &Forging, seed: u64) -> Option<Result<String, Rejection>> {
    let rng = &mut ChaCha8Rng::seed_from_u64(seed);
    let (key, protected) = (key(made)?, text(made, "header"));
    let octets = |name: &str| base64url::decode(text(made, name)).unwrap_or_default();
    let form = how.form.serialization();
    if made.operation == "jws.sign" {
        let signer = Signer { protected, header: None, keys: (&key).into() };
        let signed = jws::sign_as(form, &octets("payload"), &[signer], &POLICY, rng);
        return Some(signed.and_then(|signed| signed.into_attached()));
    }
    let (plaintext, aad) = (octets("plaintext"), octets("aad"));
    let aad = made.input.contains_key("aad").then_some(&*aad);
    let content = Content { plaintext: &plaintext, protected, unprotected: None, aad };
    let to = To { header: None, keys: (&key).into() };
    Some(jwe::seal_as(form, &content, &[to], &POLICY, rng))
}

pub(crate) fn produced_jwe(data: &[u8]) -> Became {
    const OF_ALL: [&str; 9] = [
        "opens",
        "form",
        "header",
        "header-only",
        "iv-length",
        "iv-fresh",
        "cek",
        "tag-length",
        "encrypted-key",
    ];
    let Some(how) = choices(data) else { return Became::Unfit };
    let Some((mut recipe, alg)) = how.of_jwe() else { return Became::Unfit };
    if let (true, Some(Value::Object(header))) =
        (alg.starts_with("PBES2"), recipe.get_mut("header"))
    {
        header.insert("p2c".to_owned(), 1000.into());
    }
    let own: &[&str] = match alg {
        "dir" => &[],
        _ if alg.starts_with("ECDH-ES") => &["cek-fresh", "epk", "epk-private", "epk-fresh"],
        _ if alg.starts_with("PBES2") => &["cek-fresh", "p2s", "p2s-fresh", "p2c"],
        _ if alg.ends_with("GCMKW") => &["cek-fresh", "key-wrap-iv", "key-wrap-iv-fresh"],
        _ => &["cek-fresh"],
    };
    produced(&how, &recipe, &[OF_ALL.as_slice(), own].concat())
}

pub(crate) fn produced_jws(data: &[u8]) -> Became {
    const CHECKS: &[&str] = &["opens", "form", "header", "header-only", "signature-length"];
    let Some(how) = choices(data) else { return Became::Unfit };
    let Some(sig) = chosen(SIGNATURES, how.alg) else { return Became::Unfit };
    let recipe = json!({"sig": sig.name, "serialization": how.form(), "header": how.header()});
    let Value::Object(recipe) = recipe else { return Became::Unfit };
    produced(&how, &recipe, CHECKS)
}

/// Makes two tokens of a recipe with the reference and lets the forge look at them.
fn produced(how: &Forging, recipe: &Map<String, Value>, checks: &[&str]) -> Became {
    let mut recipe = recipe.clone();
    recipe.insert("content".to_owned(), Forging::octets(&how.content));
    recipe.insert("count".to_owned(), 2.into());
    recipe.insert("check".to_owned(), "opens".into());
    let Some(made) = forge(json!({ "produce": recipe })) else { return Became::Unfit };
    let Want::Produced(wanted) = &made.want else { return Became::Unfit };
    let mut tokens = Vec::new();
    for index in 0..2 {
        let input = wanted.input(&made.input, index);
        let asked = Made { input, ..made.clone() };
        let Some(token) = make(&asked, how, index as u64 + 1) else { return Became::Unfit };
        assert!(token.is_ok(), "the reference makes none: {token:?}, {how:?}");
        tokens.extend(token);
    }
    let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
    let mut wanted = wanted.clone();
    for check in checks {
        (*check).clone_into(&mut wanted.check);
        let found = wanted.find(&tokens);
        assert_eq!(found, Found::Holds, "{check}: {how:?}");
    }
    Became::Accepted
}
