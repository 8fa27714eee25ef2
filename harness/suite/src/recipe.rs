//! Recipes: what a valid token is made of. The forge turns one into a request.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::oauth::{Assertion, Build, Credential, Exchange};
use crate::octets::Octets;
use crate::produce::Produce;
use crate::published::Published;

/// One recipe, named after what it makes.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Recipe {
    /// A JWE, for `jwe.decrypt`.
    Jwe(Box<Jwe>),
    /// A JWS, for `jws.verify`.
    Jws(Jws),
    /// A JWS inside a JWE, for `nested.open`.
    Nested(Nested),
    /// A token that others published, for `jwe.decrypt` or `jws.verify`.
    Published(Published),
    /// A JWK whose thumbprint is asked, for `jwk.thumbprint`.
    Thumbprint(Thumbprint),
    /// A certificate whose thumbprint is asked, for `certificate.thumbprint`.
    Certificate(Certificate),
    /// A request with a client assertion, for `assertion.validate` or an endpoint.
    Assertion(Box<Assertion>),
    /// A public key that is registered, for `credential.register` or the management API.
    Credential(Box<Credential>),
    /// Assertions that the target builds, for `assertion.build` or an assertion builder.
    Build(Build),
    /// Tokens that the target makes, for `jwe.encrypt`, `jws.sign` or `nested.seal`.
    Produce(Box<Produce>),
    /// Requests over HTTP.
    Exchange(Exchange),
}

impl Recipe {
    /// The operation that reads what this recipe makes.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Published(published) if published.sig.is_some() => "jws.verify",
            Self::Jwe(_) | Self::Published(_) => "jwe.decrypt",
            Self::Jws(_) => "jws.verify",
            Self::Nested(_) => "nested.open",
            Self::Thumbprint(_) => "jwk.thumbprint",
            Self::Certificate(_) => "certificate.thumbprint",
            Self::Assertion(_) => "assertion.validate",
            Self::Credential(_) => "credential.register",
            Self::Build(_) => "assertion.build",
            Self::Produce(produce) => produce.operation(),
            Self::Exchange(_) => EXCHANGE,
        }
    }

    /// The ways in which what this recipe makes can be asked.
    #[must_use]
    pub fn ways(&self) -> &'static [Way] {
        match self {
            Self::Exchange(_) => &[Way::Http],
            Self::Assertion(_) | Self::Credential(_) => &[Way::Library, Way::Http],
            Self::Build(_) => &[Way::Library, Way::Client],
            _ => &[Way::Library],
        }
    }
}

/// The operation of what is asked over HTTP alone.
pub const EXCHANGE: &str = "http.exchange";

/// How a target is reached.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// By the adapter protocol.
    Library,
    /// An authorization server over HTTP.
    Http,
    /// A client that sends assertions to us.
    Client,
}

/// The forms of a JWE or JWS.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Serialization {
    /// Parts joined by dots.
    #[default]
    Compact,
    /// JSON with one recipient or signature in the top object.
    Flattened,
    /// JSON with an array of recipients or signatures.
    General,
}

impl Serialization {
    /// Its name in the protocol.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Compact => "compact",
            Self::Flattened => "flattened",
            Self::General => "general",
        }
    }
}

/// A JWE. Header members stand in the order alg, enc, zip, parameters of the algorithm, `header`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Jwe {
    /// Key management algorithm.
    pub alg: String,
    /// Content encryption algorithm.
    pub enc: String,
    /// Name of a test key; absent: the default key for `alg`, `enc`, `bits` and `curve`.
    pub key: Option<String>,
    /// RSA modulus in bits for the default key; 2048 by default.
    pub bits: Option<u32>,
    /// Curve of the default key for ECDH-ES; P-256 by default.
    pub curve: Option<String>,
    /// Name of the test key that is the ephemeral key; absent: one from the case's entropy.
    pub ephemeral: Option<String>,
    /// What is encrypted.
    pub plaintext: Option<Octets>,
    /// More members of the protected header.
    #[serde(default)]
    pub header: Map<String, Value>,
    /// The form of the token.
    #[serde(default)]
    pub serialization: Serialization,
    /// Members of the shared unprotected header (JSON serializations).
    #[serde(default)]
    pub unprotected: Map<String, Value>,
    /// Members of the per-recipient header (JSON serializations).
    #[serde(default)]
    pub recipient_header: Map<String, Value>,
    /// Names of protected members that move to the shared unprotected header.
    #[serde(default)]
    pub to_unprotected: Vec<String>,
    /// Names of protected members that move to the per-recipient header.
    #[serde(default)]
    pub to_recipient: Vec<String>,
    /// The JWE AAD (JSON serializations).
    pub aad: Option<Octets>,
    /// Further recipients of a general serialization: names of test keys. Members in `to_recipient`
    /// stand in their headers too.
    #[serde(default)]
    pub more_recipients: Vec<String>,
    /// Their `alg` where it is another one; wants `to_recipient = ["alg"]`.
    #[serde(default)]
    pub more_algs: Vec<String>,
    /// Position of the real recipient among the others; 0 by default.
    #[serde(default)]
    pub recipient_at: usize,
    /// Compress with DEFLATE and say so in `zip`.
    #[serde(default)]
    pub zip: bool,
    /// Agreement PartyUInfo, as text.
    pub apu: Option<String>,
    /// Agreement PartyVInfo, as text.
    pub apv: Option<String>,
    /// PBES2 iteration count; 1000 by default.
    pub p2c: Option<u32>,
    /// PBES2 salt input in octets; 16 by default.
    pub p2s_octets: Option<usize>,
    /// Members added to the JWK that the target gets; with any, it gets the JWK form alone.
    #[serde(default)]
    pub key_members: Map<String, Value>,
    /// Names of test keys for a JWK set in place of `key`.
    #[serde(default)]
    pub jwks: Vec<String>,
    /// What a pinned caller allows besides `alg` and `enc`.
    #[serde(default)]
    pub allow: Allow,
    /// The limits sent in `limits`.
    #[serde(default)]
    pub limits: Map<String, Value>,
}

/// Algorithms that a pinned caller allows besides those of the recipe.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct Allow {
    /// Key management algorithms.
    #[serde(default)]
    pub alg: Vec<String>,
    /// Content encryption algorithms.
    #[serde(default)]
    pub enc: Vec<String>,
    /// Signature algorithms.
    #[serde(default)]
    pub sig: Vec<String>,
}

/// A JWS.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Jws {
    /// Signature algorithm.
    pub sig: String,
    /// Name of a test key; absent: the default key for `sig` and `bits`.
    pub key: Option<String>,
    /// RSA modulus in bits for the default key; 2048 by default.
    pub bits: Option<u32>,
    /// What is signed.
    pub payload: Option<Octets>,
    /// More members of the protected header.
    #[serde(default)]
    pub header: Map<String, Value>,
    /// The form of the token.
    #[serde(default)]
    pub serialization: Serialization,
    /// Members of the unprotected header (JSON serializations).
    #[serde(default)]
    pub unprotected: Map<String, Value>,
    /// Names of protected members that move to the unprotected header.
    #[serde(default)]
    pub to_unprotected: Vec<String>,
    /// Further signatures of a general serialization: names of test keys, same algorithm.
    #[serde(default)]
    pub more_signers: Vec<String>,
    /// Position of the real signature among the others; 0 by default.
    #[serde(default)]
    pub signature_at: usize,
    /// The payload is not in the token but beside it.
    #[serde(default)]
    pub detached: bool,
    /// RFC 7797: `b64` false and `crit` naming it.
    #[serde(default)]
    pub unencoded: bool,
    /// Put the key's `kid` into the header.
    #[serde(default)]
    pub kid: bool,
    /// Members added to the JWK that the target gets; with any, it gets the JWK form alone.
    #[serde(default)]
    pub key_members: Map<String, Value>,
    /// The one text of the key that the target gets, in place of its forms: a PEM in a spelling of
    /// [`HmacWith::form`](crate::mutation::HmacWith::form), or `der`.
    pub key_text: Option<String>,
    /// Names of test keys for a JWK set in place of `key`.
    #[serde(default)]
    pub jwks: Vec<String>,
    /// What a pinned caller allows besides `sig`.
    #[serde(default)]
    pub allow: Allow,
}

/// A nested JWT: claims, signed, then encrypted.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Nested {
    /// Key management algorithm of the outer JWE.
    pub alg: String,
    /// Content encryption algorithm of the outer JWE.
    pub enc: String,
    /// Signature algorithm of the inner JWS.
    pub sig: String,
    /// Name of the decryption test key; absent: the default for `alg`.
    pub key: Option<String>,
    /// Name of the signing test key; absent: the second default for `sig`, never the outer key.
    pub sign_key: Option<String>,
    /// RSA modulus of the default keys in bits.
    pub bits: Option<u32>,
    /// Claims besides iss, aud, sub, iat, exp, jti; one with the same name replaces it.
    #[serde(default)]
    pub claims: Map<String, Value>,
    /// More members of the outer header.
    #[serde(default)]
    pub header: Map<String, Value>,
    /// More members of the inner header.
    #[serde(default)]
    pub inner_header: Map<String, Value>,
    /// What the caller expects; `iss` and `aud` of the default claims when absent.
    pub expect: Option<Map<String, Value>>,
    /// The caller's clock in NumericDate seconds; sent only when it is here.
    pub now: Option<i64>,
    /// The caller's tolerance in seconds; sent only when it is here.
    pub skew: Option<i64>,
    /// Compress the inner JWS with DEFLATE and say so in the outer `zip`.
    #[serde(default)]
    pub zip: bool,
    /// More test keys in the JWK set that verifies.
    #[serde(default)]
    pub more_jwks: Vec<String>,
    /// What a pinned caller allows besides `alg`, `enc` and `sig`.
    #[serde(default)]
    pub allow: Allow,
}

/// A JWK whose thumbprint is asked.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Thumbprint {
    /// Name of a test key.
    pub key: Option<String>,
    /// Which half of the key is sent.
    #[serde(default)]
    pub private: bool,
    /// The text of a JWK in place of `key`.
    pub jwk: Option<String>,
    /// Members added to the JWK of `key`.
    #[serde(default)]
    pub members: Map<String, Value>,
    /// The hash; `SHA-256` by default.
    pub hash: Option<String>,
    /// The thumbprint that someone else computed (base64url); absent: the forge computes it.
    pub want: Option<String>,
}

/// A certificate whose RFC 8705 thumbprint is asked.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// PEM text.
    pub pem: Option<String>,
    /// DER as base64url.
    pub der: Option<String>,
    /// The thumbprint that someone else computed (base64url).
    pub want: String,
}
