//! Names for sets of algorithms, so that a matrix says `alg = "rsa-oaep"` and not four names.

/// The members of a set, such as `("alg", "rsa-oaep")`.
#[must_use]
pub fn named(axis: &str, set: &str) -> Option<&'static [&'static str]> {
    SETS.iter().find(|row| row.axis == axis && row.name == set).map(|row| row.members)
}

struct Set {
    axis: &'static str,
    name: &'static str,
    members: &'static [&'static str],
}

const SETS: &[Set] = &[
    Set {
        axis: "alg",
        name: "all",
        members: &[
            "RSA-OAEP-256",
            "RSA-OAEP",
            "RSA-OAEP-384",
            "RSA-OAEP-512",
            "A128KW",
            "A192KW",
            "A256KW",
            "A128GCMKW",
            "A192GCMKW",
            "A256GCMKW",
            "dir",
            "ECDH-ES",
            "ECDH-ES+A128KW",
            "ECDH-ES+A192KW",
            "ECDH-ES+A256KW",
            "PBES2-HS256+A128KW",
            "PBES2-HS384+A192KW",
            "PBES2-HS512+A256KW",
        ],
    },
    Set {
        axis: "alg",
        name: "without-password",
        members: &[
            "RSA-OAEP-256",
            "RSA-OAEP",
            "RSA-OAEP-384",
            "RSA-OAEP-512",
            "A128KW",
            "A192KW",
            "A256KW",
            "A128GCMKW",
            "A192GCMKW",
            "A256GCMKW",
            "dir",
            "ECDH-ES",
            "ECDH-ES+A128KW",
            "ECDH-ES+A192KW",
            "ECDH-ES+A256KW",
        ],
    },
    Set {
        axis: "alg",
        name: "with-encrypted-key",
        members: &[
            "RSA-OAEP-256",
            "RSA-OAEP",
            "RSA-OAEP-384",
            "RSA-OAEP-512",
            "A128KW",
            "A192KW",
            "A256KW",
            "A128GCMKW",
            "A192GCMKW",
            "A256GCMKW",
            "ECDH-ES+A128KW",
            "ECDH-ES+A192KW",
            "ECDH-ES+A256KW",
            "PBES2-HS256+A128KW",
            "PBES2-HS384+A192KW",
            "PBES2-HS512+A256KW",
        ],
    },
    Set {
        axis: "alg",
        name: "rsa-oaep",
        members: &["RSA-OAEP-256", "RSA-OAEP", "RSA-OAEP-384", "RSA-OAEP-512"],
    },
    Set { axis: "alg", name: "aes-kw", members: &["A128KW", "A192KW", "A256KW"] },
    Set { axis: "alg", name: "aes-gcmkw", members: &["A128GCMKW", "A192GCMKW", "A256GCMKW"] },
    Set {
        axis: "alg",
        name: "wrapping",
        members: &[
            "A128KW",
            "A192KW",
            "A256KW",
            "ECDH-ES+A128KW",
            "ECDH-ES+A192KW",
            "ECDH-ES+A256KW",
            "PBES2-HS256+A128KW",
            "PBES2-HS384+A192KW",
            "PBES2-HS512+A256KW",
        ],
    },
    Set {
        axis: "alg",
        name: "ecdh-es",
        members: &["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"],
    },
    Set {
        axis: "alg",
        name: "pbes2",
        members: &["PBES2-HS256+A128KW", "PBES2-HS384+A192KW", "PBES2-HS512+A256KW"],
    },
    Set { axis: "alg", name: "direct", members: &["dir", "ECDH-ES"] },
    Set {
        axis: "alg",
        name: "families",
        members: &["RSA-OAEP-256", "A128KW", "A256GCMKW", "dir", "ECDH-ES", "PBES2-HS256+A128KW"],
    },
    Set {
        axis: "enc",
        name: "all",
        members: &[
            "A256GCM",
            "A128GCM",
            "A192GCM",
            "A128CBC-HS256",
            "A192CBC-HS384",
            "A256CBC-HS512",
        ],
    },
    Set { axis: "enc", name: "gcm", members: &["A256GCM", "A128GCM", "A192GCM"] },
    Set { axis: "enc", name: "cbc", members: &["A128CBC-HS256", "A192CBC-HS384", "A256CBC-HS512"] },
    Set { axis: "enc", name: "one-each", members: &["A256GCM", "A128CBC-HS256"] },
    Set {
        axis: "sig",
        name: "all",
        members: &[
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
            "EdDSA", "HS256", "HS384", "HS512",
        ],
    },
    Set { axis: "sig", name: "families", members: &["RS256", "PS256", "ES256", "EdDSA", "HS256"] },
    Set {
        axis: "sig",
        name: "rsa",
        members: &["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
    },
    Set { axis: "sig", name: "rs", members: &["RS256", "RS384", "RS512"] },
    Set { axis: "sig", name: "ps", members: &["PS256", "PS384", "PS512"] },
    Set { axis: "sig", name: "es", members: &["ES256", "ES384", "ES512"] },
    Set { axis: "sig", name: "hs", members: &["HS256", "HS384", "HS512"] },
    Set {
        axis: "sig",
        name: "asymmetric",
        members: &[
            "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
            "EdDSA",
        ],
    },
];
