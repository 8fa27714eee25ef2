//! One row for each registered name (RFC 7518 §3.1, §4.1, §5.1; RFC 8037; RFC 9864).

use crate::curve::Curve;
use crate::hash::Hash;

/// A key management algorithm: a value of the JWE header's `alg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a row of a table")]
pub struct KeyManagement {
    /// The registered name.
    pub name: &'static str,
    /// What to do, with its sizes.
    pub family: KeyManagementFamily,
    /// Where it is defined.
    pub spec: &'static str,
}

/// How a CEK reaches the recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new family changes every reader")]
pub enum KeyManagementFamily {
    /// RSAES-OAEP; the hash is the one of the mask too.
    RsaOaep {
        /// Hash of label and mask.
        hash: Hash,
    },
    /// RSAES-PKCS1-v1_5.
    RsaPkcs1v15,
    /// AES Key Wrap.
    AesKeyWrap {
        /// Octets of the key encryption key.
        key_octets: usize,
    },
    /// Key encryption with AES-GCM.
    AesGcmKeyWrap {
        /// Octets of the key encryption key.
        key_octets: usize,
    },
    /// The shared key is the CEK.
    Direct,
    /// ECDH-ES, directly or with AES Key Wrap.
    EcdhEs {
        /// Octets of the derived key encryption key; none when the derived key is the CEK.
        wrap_octets: Option<usize>,
    },
    /// PBES2 with AES Key Wrap.
    Pbes2 {
        /// Hash of PBKDF2's HMAC.
        hash: Hash,
        /// Octets of the derived key encryption key.
        wrap_octets: usize,
    },
}

/// A content encryption algorithm: a value of the JWE header's `enc`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a row of a table")]
pub struct ContentEncryption {
    /// The registered name.
    pub name: &'static str,
    /// Octets of the CEK.
    pub cek_octets: usize,
    /// Octets of the IV.
    pub iv_octets: usize,
    /// Octets of the tag.
    pub tag_octets: usize,
    /// What to do.
    pub family: ContentFamily,
    /// Where it is defined.
    pub spec: &'static str,
}

/// How content is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new family changes every reader")]
pub enum ContentFamily {
    /// AES-GCM.
    Gcm,
    /// AES-CBC with HMAC.
    CbcHmac {
        /// Hash of the HMAC.
        hash: Hash,
    },
}

/// A signature algorithm: a value of the JWS header's `alg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a row of a table")]
pub struct Signature {
    /// The registered name.
    pub name: &'static str,
    /// What to do.
    pub family: SignatureFamily,
    /// Where it is defined.
    pub spec: &'static str,
}

/// How something is signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a new family changes every reader")]
pub enum SignatureFamily {
    /// HMAC.
    Hmac {
        /// The hash.
        hash: Hash,
    },
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1v15 {
        /// The hash.
        hash: Hash,
    },
    /// RSASSA-PSS with a salt as long as the hash.
    RsaPss {
        /// Hash of message and mask.
        hash: Hash,
    },
    /// ECDSA.
    Ecdsa {
        /// The one curve of this algorithm.
        curve: Curve,
        /// The hash.
        hash: Hash,
    },
    /// EdDSA with Ed25519.
    EdDsa,
}

impl KeyManagement {
    /// The row with exactly this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        KEY_MANAGEMENT.iter().find(|row| row.name == name)
    }
}

impl ContentEncryption {
    /// The row with exactly this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        CONTENT_ENCRYPTION.iter().find(|row| row.name == name)
    }
}

impl Signature {
    /// The row with exactly this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        SIGNATURES.iter().find(|row| row.name == name)
    }

    /// Whether one key signs and another verifies: not an HMAC.
    #[must_use]
    pub const fn is_asymmetric(&self) -> bool {
        !matches!(self.family, SignatureFamily::Hmac { .. })
    }
}

/// Every `alg` of JWE.
pub static KEY_MANAGEMENT: &[KeyManagement] = &[
    wrap("RSA-OAEP", F::RsaOaep { hash: Hash::Sha1 }, "RFC 7518 §4.3"),
    wrap("RSA-OAEP-256", F::RsaOaep { hash: Hash::Sha256 }, "RFC 7518 §4.3"),
    wrap("RSA-OAEP-384", F::RsaOaep { hash: Hash::Sha384 }, "W3C WebCryptoAPI; IANA JOSE"),
    wrap("RSA-OAEP-512", F::RsaOaep { hash: Hash::Sha512 }, "W3C WebCryptoAPI; IANA JOSE"),
    wrap("RSA1_5", F::RsaPkcs1v15, "RFC 7518 §4.2"),
    wrap("A128KW", F::AesKeyWrap { key_octets: 16 }, "RFC 7518 §4.4"),
    wrap("A192KW", F::AesKeyWrap { key_octets: 24 }, "RFC 7518 §4.4"),
    wrap("A256KW", F::AesKeyWrap { key_octets: 32 }, "RFC 7518 §4.4"),
    wrap("A128GCMKW", F::AesGcmKeyWrap { key_octets: 16 }, "RFC 7518 §4.7"),
    wrap("A192GCMKW", F::AesGcmKeyWrap { key_octets: 24 }, "RFC 7518 §4.7"),
    wrap("A256GCMKW", F::AesGcmKeyWrap { key_octets: 32 }, "RFC 7518 §4.7"),
    wrap("dir", F::Direct, "RFC 7518 §4.5"),
    wrap("ECDH-ES", F::EcdhEs { wrap_octets: None }, "RFC 7518 §4.6"),
    wrap("ECDH-ES+A128KW", F::EcdhEs { wrap_octets: Some(16) }, "RFC 7518 §4.6"),
    wrap("ECDH-ES+A192KW", F::EcdhEs { wrap_octets: Some(24) }, "RFC 7518 §4.6"),
    wrap("ECDH-ES+A256KW", F::EcdhEs { wrap_octets: Some(32) }, "RFC 7518 §4.6"),
    wrap("PBES2-HS256+A128KW", F::Pbes2 { hash: Hash::Sha256, wrap_octets: 16 }, "RFC 7518 §4.8"),
    wrap("PBES2-HS384+A192KW", F::Pbes2 { hash: Hash::Sha384, wrap_octets: 24 }, "RFC 7518 §4.8"),
    wrap("PBES2-HS512+A256KW", F::Pbes2 { hash: Hash::Sha512, wrap_octets: 32 }, "RFC 7518 §4.8"),
];

/// Every `enc` of JWE.
pub static CONTENT_ENCRYPTION: &[ContentEncryption] = &[
    cbc("A128CBC-HS256", Hash::Sha256, "RFC 7518 §5.2.3"),
    cbc("A192CBC-HS384", Hash::Sha384, "RFC 7518 §5.2.4"),
    cbc("A256CBC-HS512", Hash::Sha512, "RFC 7518 §5.2.5"),
    gcm("A128GCM", 16),
    gcm("A192GCM", 24),
    gcm("A256GCM", 32),
];

/// Every `alg` of JWS but `none`, which is no signature.
pub static SIGNATURES: &[Signature] = &[
    sign("HS256", S::Hmac { hash: Hash::Sha256 }, "RFC 7518 §3.2"),
    sign("HS384", S::Hmac { hash: Hash::Sha384 }, "RFC 7518 §3.2"),
    sign("HS512", S::Hmac { hash: Hash::Sha512 }, "RFC 7518 §3.2"),
    sign("RS256", S::RsaPkcs1v15 { hash: Hash::Sha256 }, "RFC 7518 §3.3"),
    sign("RS384", S::RsaPkcs1v15 { hash: Hash::Sha384 }, "RFC 7518 §3.3"),
    sign("RS512", S::RsaPkcs1v15 { hash: Hash::Sha512 }, "RFC 7518 §3.3"),
    sign("PS256", S::RsaPss { hash: Hash::Sha256 }, "RFC 7518 §3.5"),
    sign("PS384", S::RsaPss { hash: Hash::Sha384 }, "RFC 7518 §3.5"),
    sign("PS512", S::RsaPss { hash: Hash::Sha512 }, "RFC 7518 §3.5"),
    sign("ES256", S::Ecdsa { curve: Curve::P256, hash: Hash::Sha256 }, "RFC 7518 §3.4"),
    sign("ES384", S::Ecdsa { curve: Curve::P384, hash: Hash::Sha384 }, "RFC 7518 §3.4"),
    sign("ES512", S::Ecdsa { curve: Curve::P521, hash: Hash::Sha512 }, "RFC 7518 §3.4"),
    sign("EdDSA", S::EdDsa, "RFC 8037 §3.1"),
    sign("Ed25519", S::EdDsa, "RFC 9864 §2.2"),
];

use KeyManagementFamily as F;
use SignatureFamily as S;

const fn wrap(
    name: &'static str,
    family: KeyManagementFamily,
    spec: &'static str,
) -> KeyManagement {
    KeyManagement { name, family, spec }
}

const fn sign(name: &'static str, family: SignatureFamily, spec: &'static str) -> Signature {
    Signature { name, family, spec }
}

const fn cbc(name: &'static str, hash: Hash, spec: &'static str) -> ContentEncryption {
    ContentEncryption {
        name,
        cek_octets: hash.octets(),
        iv_octets: 16,
        tag_octets: hash.octets() / 2,
        family: ContentFamily::CbcHmac { hash },
        spec,
    }
}

const fn gcm(name: &'static str, cek_octets: usize) -> ContentEncryption {
    ContentEncryption {
        name,
        cek_octets,
        iv_octets: 12,
        tag_octets: 16,
        family: ContentFamily::Gcm,
        spec: "RFC 7518 §5.3",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_exactly_and_once() {
        for row in KEY_MANAGEMENT {
            assert_eq!(KeyManagement::named(row.name), Some(row));
        }
        for row in CONTENT_ENCRYPTION {
            assert_eq!(ContentEncryption::named(row.name), Some(row));
        }
        for row in SIGNATURES {
            assert_eq!(Signature::named(row.name), Some(row));
        }
        assert_eq!(KeyManagement::named("rsa-oaep-256"), None);
        assert_eq!(ContentEncryption::named("A128CBC"), None);
        assert_eq!(Signature::named("none"), None);
        assert_eq!((KEY_MANAGEMENT.len(), CONTENT_ENCRYPTION.len(), SIGNATURES.len()), (19, 6, 14));
    }

    #[test]
    fn the_composite_key_is_two_halves() {
        let row = ContentEncryption::named("A192CBC-HS384").unwrap();
        assert_eq!((row.cek_octets, row.iv_octets, row.tag_octets), (48, 16, 24));
    }
}
