//! What josekit implements: a row for each algorithm, with the functions that import its keys.

use ::josekit::jwe::{self, JweDecrypter, JweEncrypter};
use ::josekit::jws::{self, JwsSigner, JwsVerifier};

use super::ring::{Key, Make};

/// A key management algorithm.
pub(super) struct KeyManagement {
    pub(super) name: &'static str,
    pub(super) decrypter: Make<dyn JweDecrypter>,
    pub(super) encrypter: Make<dyn JweEncrypter>,
}

/// A signature algorithm.
pub(super) struct Signature {
    pub(super) name: &'static str,
    pub(super) verifier: Make<dyn JwsVerifier>,
    pub(super) signer: Make<dyn JwsSigner>,
}

/// A function that imports a key; one argument list for keys that have a JWK form alone.
macro_rules! import {
    ($algorithm:expr, $from_jwk:ident) => {
        |key| {
            let Key::Jwk(jwk) = key else { return Ok(None) };
            let mut made = $algorithm.$from_jwk(jwk)?;
            made.remove_key_id();
            Ok(Some(Box::new(made)))
        }
    };
    ($algorithm:expr, $from_jwk:ident, $from_pem:ident, $from_der:ident) => {
        |key| {
            let mut made = match key {
                Key::Jwk(jwk) => $algorithm.$from_jwk(jwk)?,
                Key::Pem(pem) => $algorithm.$from_pem(pem)?,
                Key::Der(der) => $algorithm.$from_der(der)?,
            };
            made.remove_key_id();
            Ok(Some(Box::new(made)))
        }
    };
}

macro_rules! asymmetric_encryption {
    ($name:literal, $algorithm:expr) => {
        KeyManagement {
            name: $name,
            decrypter: import!(
                $algorithm,
                decrypter_from_jwk,
                decrypter_from_pem,
                decrypter_from_der
            ),
            encrypter: import!(
                $algorithm,
                encrypter_from_jwk,
                encrypter_from_pem,
                encrypter_from_der
            ),
        }
    };
}

macro_rules! symmetric_encryption {
    ($name:literal, $algorithm:expr) => {
        KeyManagement {
            name: $name,
            decrypter: import!($algorithm, decrypter_from_jwk),
            encrypter: import!($algorithm, encrypter_from_jwk),
        }
    };
}

macro_rules! asymmetric_signature {
    ($name:literal, $algorithm:expr) => {
        Signature {
            name: $name,
            verifier: import!($algorithm, verifier_from_jwk, verifier_from_pem, verifier_from_der),
            signer: import!($algorithm, signer_from_jwk, signer_from_pem, signer_from_der),
        }
    };
}

macro_rules! symmetric_signature {
    ($name:literal, $algorithm:expr) => {
        Signature {
            name: $name,
            verifier: import!($algorithm, verifier_from_jwk),
            signer: import!($algorithm, signer_from_jwk),
        }
    };
}

/// RFC 7518 §4.1 and the two larger hashes of RSA-OAEP.
#[expect(deprecated, reason = "josekit still has RSA1_5, so it is asked")]
pub(super) static KEY_MANAGEMENT: &[KeyManagement] = &[
    asymmetric_encryption!("RSA1_5", jwe::RSA1_5),
    asymmetric_encryption!("RSA-OAEP", jwe::RSA_OAEP),
    asymmetric_encryption!("RSA-OAEP-256", jwe::RSA_OAEP_256),
    asymmetric_encryption!("RSA-OAEP-384", jwe::RSA_OAEP_384),
    asymmetric_encryption!("RSA-OAEP-512", jwe::RSA_OAEP_512),
    symmetric_encryption!("A128KW", jwe::A128KW),
    symmetric_encryption!("A192KW", jwe::A192KW),
    symmetric_encryption!("A256KW", jwe::A256KW),
    symmetric_encryption!("A128GCMKW", jwe::A128GCMKW),
    symmetric_encryption!("A192GCMKW", jwe::A192GCMKW),
    symmetric_encryption!("A256GCMKW", jwe::A256GCMKW),
    symmetric_encryption!("dir", jwe::Dir),
    asymmetric_encryption!("ECDH-ES", jwe::ECDH_ES),
    asymmetric_encryption!("ECDH-ES+A128KW", jwe::ECDH_ES_A128KW),
    asymmetric_encryption!("ECDH-ES+A192KW", jwe::ECDH_ES_A192KW),
    asymmetric_encryption!("ECDH-ES+A256KW", jwe::ECDH_ES_A256KW),
    symmetric_encryption!("PBES2-HS256+A128KW", jwe::PBES2_HS256_A128KW),
    symmetric_encryption!("PBES2-HS384+A192KW", jwe::PBES2_HS384_A192KW),
    symmetric_encryption!("PBES2-HS512+A256KW", jwe::PBES2_HS512_A256KW),
];

/// RFC 7518 §5.1; `JweContext::new` registers them.
pub(super) const CONTENT_ENCRYPTION: [&str; 6] =
    ["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512", "A128GCM", "A192GCM", "A256GCM"];

/// RFC 7518 §3.1, RFC 8037 and RFC 8812. `none` exists as well, only for who asks for it.
pub(super) static SIGNATURES: &[Signature] = &[
    symmetric_signature!("HS256", jws::HS256),
    symmetric_signature!("HS384", jws::HS384),
    symmetric_signature!("HS512", jws::HS512),
    asymmetric_signature!("RS256", jws::RS256),
    asymmetric_signature!("RS384", jws::RS384),
    asymmetric_signature!("RS512", jws::RS512),
    asymmetric_signature!("PS256", jws::PS256),
    asymmetric_signature!("PS384", jws::PS384),
    asymmetric_signature!("PS512", jws::PS512),
    asymmetric_signature!("ES256", jws::ES256),
    asymmetric_signature!("ES384", jws::ES384),
    asymmetric_signature!("ES512", jws::ES512),
    asymmetric_signature!("ES256K", jws::ES256K),
    asymmetric_signature!("EdDSA", jws::EdDSA),
];
