//! Claims of a client assertion under a right signature, beside a model of RFC 7523 §3 with the documented
//! limits of Auth0: accepted exactly if the model accepts them.

use std::sync::LazyLock;

use mutator::{Json, ring, seal};
use reference::assertion::{Client, ClientKey, Form, Rules};
use reference::{Jwk, Policy};

use crate::{Became, became};

const NOW: i64 = 1_700_000_000;
const AUDIENCE: &str = "https://issuer.example/";
const CLIENT: &str = "client";
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

static RULES: LazyLock<Rules> = LazyLock::new(|| {
    let auth0 = Rules::auth0([AUDIENCE]);
    // A signature that costs little: the claims are in question.
    Rules { policy: Policy::default().pin_signatures(["EdDSA"]), ..auth0 }
});

static THE_CLIENT: LazyLock<Option<Client>> = LazyLock::new(|| {
    let jwk = ring::verifies("EdDSA")?;
    let key = Jwk::parse(jwk, &Policy::default()).ok()?;
    let keys = vec![ClientKey::new("1", "EdDSA", key)];
    Some(Client { client_id: CLIENT.to_owned(), keys })
});

pub(crate) fn assertion_claims(data: &[u8]) -> Became {
    let Some(client) = THE_CLIENT.as_ref() else { return Became::Unfit };
    let header = Json::Object(vec![("alg".to_owned(), Json::Text("EdDSA".to_owned()))]);
    let token = seal::jws(&header, data);
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let pairs = [pair("client_assertion_type", TYPE.to_owned()), pair("client_assertion", token)];
    let mut claimed = Vec::new();
    let mut ledger = |issuer: &str, jti: &str, until: i64| {
        claimed.push((issuer.to_owned(), jti.to_owned(), until));
        true
    };
    let accepted =
        Form::parse(&pairs).and_then(|form| RULES.validate(&form, client, NOW, &mut ledger));
    let model = Json::parse(data).and_then(|claims| holds(&claims));
    if let Ok(authenticated) = &accepted {
        assert_eq!(authenticated.jti, model, "accepted against the rules");
        assert_eq!(claimed.len(), 1, "an assertion is used once");
        assert!(claimed.iter().all(|(_, _, until)| *until > NOW), "it is forgotten at once");
    } else {
        assert!(claimed.is_empty(), "what was refused is used up");
        let is_fit = model.is_some() && data.len() < 1000 && is_plain(data);
        assert!(!is_fit, "refused within the rules: {accepted:?}");
    }
    became(&accepted)
}

/// The `jti`, if the claims hold.
fn holds(claims: &Json) -> Option<String> {
    let Json::Object(members) = claims else { return None };
    let is_once = |name: &String| members.iter().filter(|(have, _)| have == name).count() == 1;
    let whole = |name: &str| -> Result<Option<f64>, ()> {
        match claims.get(name) {
            None => Ok(None),
            Some(Json::Number(text)) => text.parse().map(Some).map_err(|_| ()),
            Some(_) => Err(()),
        }
    };
    let aud = match claims.get("aud")? {
        Json::Text(aud) => aud == AUDIENCE,
        Json::Array(all) => *all == [Json::Text(AUDIENCE.to_owned())],
        _ => false,
    };
    let [exp, nbf, iat] = ["exp", "nbf", "iat"].map(whole);
    let (exp, nbf, iat) = (exp.ok()??, nbf.ok()?, iat.ok()?);
    #[expect(clippy::cast_precision_loss, reason = "NOW is far below 2^53")]
    let now = NOW as f64;
    let jti = claims.text("jti")?;
    let is_right = members.iter().all(|(name, _)| is_once(name))
        && ["iss", "sub"].iter().all(|name| claims.text(name) == Some(CLIENT))
        && aud
        && (1..=64).contains(&jti.chars().count())
        && exp > now
        && nbf.is_none_or(|nbf| nbf <= now + 10.0)
        && iat.is_none_or(|iat| iat <= now + 10.0)
        && exp - iat.unwrap_or(now) <= 300.0;
    is_right.then(|| jti.to_owned())
}

/// Whether nothing else can be wrong: no nesting, no names but those of the rules, no odd numbers.
fn is_plain(data: &[u8]) -> bool {
    let Some(Json::Object(members)) = Json::parse(data) else { return false };
    members.iter().all(|(name, value)| match (name.as_str(), value) {
        ("iss" | "sub" | "jti" | "aud", Json::Text(_)) | ("aud", Json::Array(_)) => true,
        ("exp" | "nbf" | "iat", Json::Number(text)) => {
            text.parse::<i64>().is_ok_and(|number| (0..1 << 50).contains(&number))
        }
        _ => false,
    })
}
