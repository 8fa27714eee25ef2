//! One good client assertion, and ways to send another.

use std::collections::HashSet;
use std::sync::LazyLock;

use algorithms::base64url;
use reference::assertion::{Authenticated, CLIENT_ASSERTION_TYPE, Client, ClientKey, Form, Rules};
use reference::{Jwk, Policy, jws};
use rejection::Rejection;

use crate::support::{private, public, rng};

pub(crate) const NOW: i64 = 1_700_000_000;
pub(crate) const CLIENT: &str = "client-1";
pub(crate) const TENANT: &str = "https://tenant.example/";
pub(crate) const RS256: &str = r#"{"alg":"RS256"}"#;

pub(crate) static PRIVATE: LazyLock<Jwk> = LazyLock::new(|| private("rsa-2048-a"));

/// What `good` says, as members that a test may replace.
pub(crate) const GOOD: [(&str, &str); 6] = [
    ("iss", r#""client-1""#),
    ("sub", r#""client-1""#),
    ("aud", r#""https://tenant.example/""#),
    ("iat", "1700000000"),
    ("exp", "1700000060"),
    ("jti", r#""jti-1""#),
];

/// The good claims with other values: an empty one leaves the claim out, an unknown name adds it.
pub(crate) fn claims(changes: &[(&str, &str)]) -> String {
    let mut members: Vec<(&str, &str)> = GOOD.to_vec();
    for (name, value) in changes {
        match members.iter_mut().find(|(own, _)| own == name) {
            Some(member) => member.1 = value,
            None => members.push((name, value)),
        }
    }
    let members = members.iter().filter(|(_, value)| !value.is_empty());
    let members: Vec<String> = members.map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}

/// Signed with the first client's key.
pub(crate) fn signed(header: &str, claims: &str) -> String {
    jws::sign(claims.as_bytes(), header, &*PRIVATE, &Policy::default(), &mut rng()).unwrap()
}

pub(crate) fn good() -> String {
    signed(RS256, &claims(&[]))
}

/// With headers that nobody would sign, and no signature that could hold.
pub(crate) fn unsigned(header: &str, claims: &str) -> String {
    let [header, claims] = [header, claims].map(|part| base64url::encode(part.as_bytes()));
    format!("{header}.{claims}.{}", base64url::encode(&[1; 256]))
}

pub(crate) fn client() -> Client {
    let keys = vec![ClientKey::new("credential-1", "RS256", public("rsa-2048-a"))];
    Client { client_id: CLIENT.to_owned(), keys }
}

pub(crate) fn auth0() -> Rules {
    Rules::auth0([TENANT, "https://login.example/"])
}

pub(crate) fn pair(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

pub(crate) fn request(assertion: &str) -> Vec<(String, String)> {
    vec![
        pair("grant_type", "client_credentials"),
        pair("client_assertion_type", CLIENT_ASSERTION_TYPE),
        pair("client_assertion", assertion),
        pair("audience", "https://api.example/"),
    ]
}

/// Validates once, with a ledger that knows nothing; what is refused must not have asked it.
pub(crate) fn validate_form(
    parameters: &[(String, String)],
    client: &Client,
    rules: &Rules,
) -> Result<Authenticated, Rejection> {
    let mut asked = Vec::new();
    let mut ledger = |issuer: &str, jti: &str, until: i64| {
        asked.push((issuer.to_owned(), jti.to_owned(), until));
        true
    };
    let form = Form::parse(parameters)?;
    let got = rules.validate(&form, client, NOW, &mut ledger);
    let wanted: Vec<_> = got
        .iter()
        .filter_map(|who| Some((who.client_id.clone(), who.jti.clone()?, who.until)))
        .collect();
    assert_eq!(asked, wanted, "the ledger is asked last, and once");
    got
}

pub(crate) fn validate(
    assertion: &str,
    client: &Client,
    rules: &Rules,
) -> Result<Authenticated, Rejection> {
    validate_form(&request(assertion), client, rules)
}

/// Under the rules of Auth0, for the client of these tests.
#[track_caller]
pub(crate) fn check_token(assertion: &str, want: Result<(), &str>) {
    check_under(&auth0(), assertion, want);
}

#[track_caller]
pub(crate) fn check_under(rules: &Rules, assertion: &str, want: Result<(), &str>) {
    let got = validate(assertion, &client(), rules);
    assert_eq!(got.map(|_| ()).map_err(|rejection| rejection.code()), want);
}

/// A ledger that remembers.
#[derive(Default)]
pub(crate) struct Memory(HashSet<(String, String)>);

impl reference::assertion::Ledger for Memory {
    fn claim(&mut self, issuer: &str, jti: &str, _: i64) -> bool {
        self.0.insert((issuer.to_owned(), jti.to_owned()))
    }
}
