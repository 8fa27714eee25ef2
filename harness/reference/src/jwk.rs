//! JSON Web Keys (RFC 7517, RFC 7518 §6, RFC 8037 §2).

mod generate;
mod parse;
mod select;
mod set;
mod usable;

use std::fmt;

use algorithms::{Curve, elliptic, rsa};
use rejection::Rejection;
use zeroize::Zeroizing;

use crate::json::{Object, Value};
use crate::policy::Policy;

pub(crate) use select::candidates;
pub use set::{JwkSet, Keys};
pub(crate) use usable::{Purpose, check_usable};

/// A key, public, private or symmetric, whose members were found to belong together.
///
/// ```
/// use reference::{Jwk, Policy};
///
/// let jwk = Jwk::parse(r#"{"kty":"oct","k":"AAAAAAAAAAAAAAAAAAAAAA","kid":"1"}"#, &Policy::default());
/// assert_eq!(jwk.unwrap().kid(), Some("1"));
/// ```
#[derive(Clone)]
pub struct Jwk {
    pub(crate) material: Material,
    pub(crate) members: Object,
}

/// What the key is made of.
#[derive(Clone)]
pub(crate) enum Material {
    Rsa { public: rsa::PublicKey, private: Option<rsa::PrivateKey> },
    Elliptic { public: elliptic::PublicKey, private: Option<elliptic::PrivateKey> },
    Octets { curve: Curve, x: [u8; 32], d: Option<Zeroizing<[u8; 32]>> },
    Symmetric(Zeroizing<Vec<u8>>),
}

impl Jwk {
    /// Parses the text of one JWK.
    ///
    /// # Errors
    /// A code of the stage `parse` for what is no JSON object, of the stage `key` for the rest.
    pub fn parse(text: &str, policy: &Policy) -> Result<Self, Rejection> {
        Self::from_object(Object::parse(text.as_bytes(), policy.key_limits())?)
    }

    /// A symmetric key, or the octets of a password for PBES2.
    #[must_use]
    pub fn symmetric(octets: &[u8]) -> Self {
        let mut members = Object::default();
        members.set("kty", Value::String("oct".to_owned()));
        members.set("k", Value::String(algorithms::base64url::encode(octets)));
        Self { material: Material::Symmetric(Zeroizing::new(octets.to_vec())), members }
    }

    pub(crate) fn from_object(members: Object) -> Result<Self, Rejection> {
        parse::jwk(members)
    }

    /// The key's name.
    #[must_use]
    pub fn kid(&self) -> Option<&str> {
        self.members.text("kid")
    }

    /// The one algorithm that the key is for.
    #[must_use]
    pub fn alg(&self) -> Option<&str> {
        self.members.text("alg")
    }

    /// The type of the key: `RSA`, `EC`, `OKP` or `oct`.
    #[must_use]
    pub const fn kty(&self) -> &'static str {
        match self.material {
            Material::Rsa { .. } => "RSA",
            Material::Elliptic { .. } => "EC",
            Material::Octets { .. } => "OKP",
            Material::Symmetric(_) => "oct",
        }
    }

    /// The members, in order, as they were parsed. Private ones are among them.
    #[must_use]
    pub const fn members(&self) -> &Object {
        &self.members
    }

    /// The curve of an elliptic key.
    #[must_use]
    pub const fn curve(&self) -> Option<Curve> {
        match &self.material {
            Material::Elliptic { public, .. } => Some(public.curve()),
            Material::Octets { curve, .. } => Some(*curve),
            Material::Rsa { .. } | Material::Symmetric(_) => None,
        }
    }
}

impl fmt::Debug for Jwk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Jwk({}, kid {:?})", self.kty(), self.kid())
    }
}
