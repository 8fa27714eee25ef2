//! What the reference declares about itself.

use algorithms::{CONTENT_ENCRYPTION, KEY_MANAGEMENT, SIGNATURES};
use serde_json::{Value, json};

/// The `accept` of `hello`.
pub(crate) fn declaration() -> Value {
    json!({
        "protocol": protocol::VERSION,
        "implementation": {
            "name": "reference",
            "version": env!("CARGO_PKG_VERSION"),
            "language": "rust",
        },
        "operations": [
            "jwe.decrypt",
            "jwe.encrypt",
            "jws.verify",
            "jws.sign",
            "nested.open",
            "nested.seal",
            "jwk.thumbprint",
            "certificate.thumbprint",
            "credential.register",
            "assertion.validate",
            "assertion.build",
        ],
        "serializations": ["compact", "general", "flattened"],
        "alg": KEY_MANAGEMENT.iter().map(|row| row.name).collect::<Vec<_>>(),
        "enc": CONTENT_ENCRYPTION.iter().map(|row| row.name).collect::<Vec<_>>(),
        "sig": SIGNATURES.iter().map(|row| row.name).collect::<Vec<_>>(),
        "keys": ["jwk"],
        "inputs": ["text", "bytes"],
        "knobs": ["allow", "now", "skew", "limits"],
    })
}
