//! Tokens that a target makes.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::octets::Octets;
use crate::recipe::Serialization;

/// Tokens that a target makes, for `jwe.encrypt` (with `alg` and `enc`), `jws.sign` (with `sig`) or
/// `nested.seal` (with all three). All of one cell differ in their content alone.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Produce {
    /// Key management algorithm.
    pub alg: Option<String>,
    /// Content encryption algorithm.
    pub enc: Option<String>,
    /// Signature algorithm.
    pub sig: Option<String>,
    /// RSA modulus of the default keys in bits; 2048 by default.
    pub bits: Option<u32>,
    /// Curve of the default key for ECDH-ES; P-256 by default.
    pub curve: Option<String>,
    /// The form of the token.
    #[serde(default)]
    pub serialization: Serialization,
    /// Members of the header besides `alg` and `enc`; of a nested JWT, of the outer one.
    #[serde(default)]
    pub header: Map<String, Value>,
    /// Members of the inner header of a nested JWT besides `alg`.
    #[serde(default)]
    pub inner_header: Map<String, Value>,
    /// What is in each token; absent: a JSON object with a number, so that no two are alike. Not of a nested
    /// JWT.
    pub content: Option<Octets>,
    /// The JWE AAD (JSON serializations).
    pub aad: Option<Octets>,
    /// Whether a compact JWS leaves its payload out (RFC 7515 Appendix F).
    #[serde(default)]
    pub detached: bool,
    /// How many are made.
    #[serde(default = "eight")]
    pub count: u32,
    /// What has to hold for all of them: a name of `forge::produced::CHECKS`.
    pub check: String,
}

impl Produce {
    /// The operation that makes such tokens.
    #[must_use]
    pub fn operation(&self) -> &'static str {
        match (&self.alg, &self.sig) {
            (Some(_), Some(_)) => "nested.seal",
            (None, Some(_)) => "jws.sign",
            _ => "jwe.encrypt",
        }
    }
}

const fn eight() -> u32 {
    8
}
