//! Recipes of the OAuth half: client assertions, credentials, assertion builders, HTTP exchanges.
//!
//! Texts in claims, headers and form parameters, in recipes and in mutations, may hold placeholders
//! that are filled in when a question is asked, since over HTTP clients and time are the target's:
//! `@{client}`, `@{other_client}`, `@{issuer}`, `@{audience}`, `@{token_endpoint}`, `@{now+60}` (NumericDate
//! seconds), `@{iso-60}` (ISO 8601), `@{jti}` and `@{jti:64}` (fresh, of so many characters),
//! `@{wide:64}` (so many characters of four octets), `@{kid:0}` (of a credential), `@{same}` (what
//! stood there before), `@{step/pointer}` (from the answer to an earlier step of an exchange), and
//! of test keys and certificates `@{pem:rsa-2048-a}`, `@{pkcs1:…}`, `@{private:…}`, `@{jwk:…}`,
//! `@{certificate:…}`; `@{assertion}` (a fresh one, of the client's first credential) in a step, and
//! `@{api}` (the audience of the API that is there). In the JSON of an exchange a text that is one
//! placeholder of `@{now…}` alone stays a text; `"@{number:now+60}"` is a number and `"@{null}"` is
//! null.
//! A number is written by `set_json = { exp = "@{now+60}" }`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A request that authenticates a client by an assertion, for `assertion.validate` or an endpoint.
/// Claims stand in the order iss, sub, aud, jti, iat, nbf, exp, `claims`.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Assertion {
    /// Signature algorithm of the credential and of the header.
    pub sig: String,
    /// Name of the test key; absent: the default key for `sig` and `bits`.
    pub key: Option<String>,
    /// RSA modulus of the default key in bits; 2048 by default.
    pub bits: Option<u32>,
    /// Put the credential's `kid` into the header.
    #[serde(default)]
    pub kid: bool,
    /// `iat`, in seconds from now; `"absent"` leaves it out.
    #[serde(default)]
    pub iat: When,
    /// `nbf`, in seconds from now; absent by default.
    pub nbf: Option<i64>,
    /// `exp`, in seconds from now; 60 by default.
    #[serde(default = "sixty")]
    pub exp: i64,
    /// More claims, or others in place of those.
    #[serde(default)]
    pub claims: Map<String, Value>,
    /// More members of the header.
    #[serde(default)]
    pub header: Map<String, Value>,
    /// Whether the form has `client_id`.
    #[serde(default)]
    pub client_id: bool,
    /// Another client name than the default; library form only.
    pub client: Option<String>,
    /// More parameters of the form.
    #[serde(default)]
    pub form: BTreeMap<String, String>,
    /// Pads the assertion to exactly so many octets.
    pub pad_to: Option<usize>,
    /// A text, such as the client's secret: HMAC with SHA-256 and its octets stands in place of the
    /// key's signature. `header` says so.
    pub secret: Option<String>,
    /// Names of further test keys that are credentials of the client.
    #[serde(default)]
    pub more_credentials: Vec<String>,
    /// Seconds from now until the first credential expires.
    pub credential_expires: Option<i64>,
    /// The limits that the caller asks for (library form).
    #[serde(default)]
    pub limits: Map<String, Value>,
    /// The endpoint that is asked over HTTP: `token` (the default), `revocation`, `introspection`,
    /// `pushed_authorization_request`.
    pub endpoint: Option<String>,
}

/// A time relative to now, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// Seconds from now.
    At(i64),
    /// The claim is left out.
    Absent,
}

impl Default for When {
    fn default() -> Self {
        Self::At(0)
    }
}

impl Serialize for When {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::At(seconds) => serializer.serialize_i64(*seconds),
            Self::Absent => serializer.serialize_str("absent"),
        }
    }
}

impl<'de> Deserialize<'de> for When {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(text) if text == "absent" => Ok(Self::Absent),
            value => value
                .as_i64()
                .map(Self::At)
                .ok_or_else(|| serde::de::Error::custom("seconds from now, or \"absent\"")),
        }
    }
}

fn sixty() -> i64 {
    60
}

/// A public key that is registered, for `credential.register` or the vendor's management API.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// `client` or `api`.
    #[serde(rename = "use")]
    pub usage: String,
    /// Name of the test key.
    pub key: Option<String>,
    /// The form of the text: `spki` (the default) or `pkcs1`.
    pub form: Option<String>,
    /// The PEM text in place of `key`.
    pub pem: Option<String>,
    /// The name of a file of `vectors/certificates/` in place of `key`, without its extension.
    pub certificate: Option<String>,
    /// `alg` of the request.
    pub alg: Option<String>,
    /// `kid` of the request.
    pub kid: Option<String>,
    /// `expires_at` in seconds from now.
    pub expires_at: Option<i64>,
    /// `parse_expiry_from_cert` of the request.
    pub parse_expiry_from_cert: Option<bool>,
    /// How many credentials the owner has already.
    pub existing: Option<u32>,
    /// The time of the request in NumericDate seconds, where the default is not right.
    pub now: Option<i64>,
    /// What the answer has to say, as someone else computed it: `kid`, `alg`, `thumbprint_sha256`,
    /// `expires_at` (NumericDate seconds). `expires_at` in seconds from now is added by itself.
    #[serde(default)]
    pub want: Map<String, Value>,
}

/// Assertions that the target builds, for `assertion.build` or an assertion builder.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Build {
    /// Signature algorithm.
    pub sig: String,
    /// Name of the test key; absent: the default key for `sig`.
    pub key: Option<String>,
    /// Whether the caller gives a `kid`.
    #[serde(default)]
    pub kid: bool,
    /// How many are built.
    pub count: u32,
    /// What has to hold for all of them: a name of `forge::examine::CHECKS`.
    pub check: String,
}

/// Requests over HTTP, one after the other. All but the last have to succeed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What the target must offer: `management`, `registration`, `nested` (an API whose access
    /// tokens are encrypted), `revocation`, `introspection`, `static-secret`.
    #[serde(default)]
    pub needs: Vec<String>,
    /// Names of test keys: a client with these credentials (RS256) is there, as `@{client}`.
    #[serde(default)]
    pub client: Vec<String>,
    /// An API with this encryption key is there, as `@{api}`; token requests of the steps ask for it,
    /// and checks of the access token take its key for the one that opens it.
    pub api: Option<Api>,
    /// The requests. The last one is judged.
    pub steps: Vec<Step>,
}

/// An API whose access tokens are encrypted.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Api {
    /// Name of the test key.
    pub key: String,
    /// Key management algorithm.
    pub alg: String,
    /// The key's name in the header of a token, where one is configured.
    pub kid: Option<String>,
}

/// One request.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The name under which later steps know its answer: `@{name/pointer}`.
    pub name: Option<String>,
    /// Method and place: `POST token`, `GET metadata`, `GET jwks`, `POST revocation`,
    /// `POST registration`, `PATCH management:clients/@{client}`.
    pub request: String,
    /// More header fields.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Who sends it: `management` (the default for `management:`; a token with all scopes), `nobody`,
    /// or `@{…}` for a token of an earlier step.
    pub bearer: Option<String>,
    /// A body of JSON. At most one of `json`, `form`, `body` and `assertion`.
    pub json: Option<Value>,
    /// A body of form parameters, a list of pairs.
    pub form: Option<Vec<(String, String)>>,
    /// A body as it is, with its media type in `headers`.
    pub body: Option<String>,
    /// A body of form parameters with an assertion of the client's first credential, and with the
    /// parameters that the target's token requests have.
    pub assertion: Option<Assertion>,
    /// The statuses that count as success; any 2xx by default.
    #[serde(default)]
    pub status: Vec<u16>,
    /// Seconds to wait before it is sent.
    pub wait: Option<u32>,
}
