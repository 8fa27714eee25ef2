//! What the application allows and how much it reads (RFC 8725 §3.1 and its successor).

use algorithms::{CONTENT_ENCRYPTION, KEY_MANAGEMENT, Provider, RustCrypto, SIGNATURES};

use crate::json::Limits;

/// What is allowed. [`Policy::default`] is the strict one; `pin_*` narrows or replaces a list, and
/// every relaxation is a field whose name starts with `allow_`.
///
/// ```
/// use reference::Policy;
///
/// let policy = Policy::default().pin_key_management(["RSA-OAEP-256"]).pin_content_encryption(["A256GCM"]);
/// assert!(policy.allows_key_management("RSA-OAEP-256"));
/// assert!(!policy.allows_key_management("RSA-OAEP"));
/// assert!(!Policy::default().allows_key_management("RSA1_5"));
/// ```
#[derive(Clone)]
#[expect(
    clippy::exhaustive_structs,
    reason = "callers write `Policy { field, ..Policy::default() }`"
)]
pub struct Policy {
    /// Values of a JWE's `alg`: every row of the table but RSA1_5 by default.
    pub key_management: Vec<String>,
    /// Values of a JWE's `enc`: every row by default.
    pub content_encryption: Vec<String>,
    /// Values of a JWS's `alg`: every row by default. `none` is no row and cannot be allowed.
    pub signatures: Vec<String>,
    /// The largest PBES2 iteration count that is derived with, and the largest sum of the counts of
    /// several recipients; 1,200,000 by default.
    pub max_p2c: u32,
    /// Octets that a compressed plaintext may inflate to; 250,000 by default.
    pub max_inflated_octets: usize,
    /// Octets of a token; 1 MiB by default.
    pub max_token_octets: usize,
    /// Octets of a JWK or JWK Set; 1 MiB by default.
    pub max_key_octets: usize,
    /// JSON objects and arrays inside each other; 32 by default.
    pub max_json_depth: usize,
    /// Recipients of a JWE and signatures of a JWS in the general serialization; 32 by default.
    pub max_recipients: usize,
    /// Accept a nested token whose outer header has no `cty` (against RFC 7519 §5.2).
    pub allow_missing_cty: bool,
    /// Accept RSA keys of 1024 to 2047 bits (against RFC 7518 §3.3, §3.5, §4.2 and §4.3).
    pub allow_small_rsa: bool,
    /// Accept HMAC keys shorter than the hash (against RFC 7518 §3.2).
    pub allow_short_hmac: bool,
    /// Who computes RSA and AES-GCM; RustCrypto by default.
    pub provider: &'static dyn Provider,
}

impl Default for Policy {
    fn default() -> Self {
        let allowed = |row: &&algorithms::KeyManagement| row.family != WITHOUT_OAEP;
        Self {
            key_management: KEY_MANAGEMENT.iter().filter(allowed).map(|r| r.name.into()).collect(),
            content_encryption: CONTENT_ENCRYPTION.iter().map(|r| r.name.into()).collect(),
            signatures: SIGNATURES.iter().map(|r| r.name.into()).collect(),
            max_p2c: 1_200_000,
            max_inflated_octets: 250_000,
            max_token_octets: 1 << 20,
            max_key_octets: 1 << 20,
            max_json_depth: 32,
            max_recipients: 32,
            allow_missing_cty: false,
            allow_small_rsa: false,
            allow_short_hmac: false,
            provider: &RustCrypto,
        }
    }
}

impl Policy {
    /// Allows exactly these values of a JWE's `alg`.
    #[must_use]
    pub fn pin_key_management<T: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = T>,
    ) -> Self {
        self.key_management = names.into_iter().map(Into::into).collect();
        self
    }

    /// Allows exactly these values of `enc`.
    #[must_use]
    pub fn pin_content_encryption<T: Into<String>>(
        mut self,
        names: impl IntoIterator<Item = T>,
    ) -> Self {
        self.content_encryption = names.into_iter().map(Into::into).collect();
        self
    }

    /// Allows exactly these values of a JWS's `alg`.
    #[must_use]
    pub fn pin_signatures<T: Into<String>>(mut self, names: impl IntoIterator<Item = T>) -> Self {
        self.signatures = names.into_iter().map(Into::into).collect();
        self
    }

    /// Whether this value of a JWE's `alg` is allowed.
    #[must_use]
    pub fn allows_key_management(&self, name: &str) -> bool {
        self.key_management.iter().any(|allowed| allowed == name)
    }

    /// Whether this value of `enc` is allowed.
    #[must_use]
    pub fn allows_content_encryption(&self, name: &str) -> bool {
        self.content_encryption.iter().any(|allowed| allowed == name)
    }

    /// Whether this value of a JWS's `alg` is allowed.
    #[must_use]
    pub fn allows_signature(&self, name: &str) -> bool {
        self.signatures.iter().any(|allowed| allowed == name)
    }

    /// The JSON limits inside a token.
    pub(crate) const fn token_limits(&self) -> Limits {
        Limits { octets: self.max_token_octets, depth: self.max_json_depth }
    }

    /// The JSON limits of a key.
    pub(crate) const fn key_limits(&self) -> Limits {
        Limits { octets: self.max_key_octets, depth: self.max_json_depth }
    }
}

/// The family that RFC 8725 §3.2 advises against.
const WITHOUT_OAEP: algorithms::KeyManagementFamily = algorithms::KeyManagementFamily::RsaPkcs1v15;
