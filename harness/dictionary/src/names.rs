//! Names and values that no table of ours has, from the registries of IANA and the documents they name.

/// Members of a JOSE header (RFC 7515 §4.1, RFC 7516 §4.1, RFC 7518 §4, RFC 7797 §3).
pub(crate) const HEADER: &[&str] = &[
    "alg", "enc", "zip", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty",
    "crit", "epk", "apu", "apv", "iv", "tag", "p2s", "p2c", "b64",
];

/// Members of the JSON serializations (RFC 7515 §7.2, RFC 7516 §7.2).
pub(crate) const SERIALIZATION: &[&str] = &[
    "payload",
    "signatures",
    "signature",
    "protected",
    "unprotected",
    "header",
    "recipients",
    "encrypted_key",
    "ciphertext",
    "aad",
];

/// Members of a JWK and of a set (RFC 7517 §4, §5, RFC 7518 §6, RFC 8037 §2).
pub(crate) const KEY: &[&str] = &[
    "keys", "kty", "use", "key_ops", "crv", "x", "y", "d", "n", "e", "p", "q", "dp", "dq", "qi",
    "oth", "r", "t", "k",
];

/// Values of `kty`, `use` and `key_ops` (RFC 7517 §4.2, §4.3, RFC 7518 §6.1, RFC 8037 §2).
pub(crate) const KEY_VALUES: &[&str] = &[
    "EC",
    "RSA",
    "oct",
    "OKP",
    "sig",
    "enc",
    "sign",
    "verify",
    "encrypt",
    "decrypt",
    "wrapKey",
    "unwrapKey",
    "deriveKey",
    "deriveBits",
];

/// Other values that change how a token is read: no signature (RFC 7518 §3.6), compression (RFC 7516
/// §4.1.3), media types (RFC 7515 §4.1.9), and a name that is not registered.
pub(crate) const VALUES: &[&str] = &[
    "none",
    "None",
    "DEF",
    "GZIP",
    "JWT",
    "jwt",
    "JOSE",
    "JOSE+JSON",
    "application/jwt",
    "at+jwt",
    "XC20P",
    "unknown",
];

/// Claims (RFC 7519 §4.1, RFC 7800 §3.1, RFC 8693 §4, RFC 9068 §2.2, OpenID Connect Core §2).
pub(crate) const CLAIMS: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "cnf",
    "act",
    "scope",
    "client_id",
    "azp",
    "nonce",
    "auth_time",
    "acr",
    "amr",
    "events",
];

/// Parameters of a token request with a client assertion (RFC 6749 §4.4, RFC 7521 §4.2).
pub(crate) const FORM: &[&str] = &[
    "grant_type=client_credentials",
    "client_assertion_type=",
    "client_assertion=",
    "client_id=",
    "client_secret=",
    "scope=",
    "resource=",
];

/// Pieces of JSON and texts that parsers disagree on (RFC 8259 §2, §6 to §8).
pub(crate) const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "{}",
    "[]",
    "\"\"",
    "[[",
    "]]",
    "{\"",
    "\":{",
    "\":[",
    "\":\"",
    "\",\"",
    "},{",
    "null",
    "true",
    "false",
    "\\u0000",
    "\\uD800",
    "\\udc00",
    "\\u0061",
    "\\/",
    "\\\"",
    "\\\\",
    "//",
    "/*",
    "*/",
    "NaN",
    "Infinity",
    "-0",
    "1.0",
    "1e0",
    "1E400",
    "0x10",
    "01",
    "9007199254740993",
    "18446744073709551616",
    "\"__proto__\":",
];

/// Times that mean something to the checks, in seconds: the start and the end of what a `NumericDate`
/// may be, around the fixed time of our questions, and 2100.
pub(crate) const TIMES: &[&str] = &[
    "0",
    "-1",
    "1699999999",
    "1700000000",
    "1700000001",
    "1700000300",
    "1700000301",
    "1700000000.5",
    "4102444800",
    "2147483648",
    "4294967296",
    "253402300800",
    "9223372036854775807",
];

/// Edges of base64url (RFC 4648 §3, §5, RFC 7515 §2): padding, the other alphabet, white space, unused bits
/// that are set, a length that is impossible.
pub(crate) const BASE64URL: &[&str] =
    &["=", "==", "+", "/", "-", "_", "AA", "AB", "AAA", "AAB", "A", "\n", "\r\n", " ", "%3D"];

/// Dots of the compact serializations (RFC 7515 §3.1, RFC 7516 §3.1).
pub(crate) const DOTS: &[&str] = &[".", "..", "...", "....", "....."];

/// Labels of PEM (RFC 7468 §4 to §13, RFC 5915 §4, RFC 8017 appendix A).
pub(crate) const LABELS: &[&str] = &[
    "CERTIFICATE",
    "X509 CERTIFICATE",
    "TRUSTED CERTIFICATE",
    "CERTIFICATE REQUEST",
    "X509 CRL",
    "PKCS7",
    "CMS",
    "PUBLIC KEY",
    "RSA PUBLIC KEY",
    "PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "RSA PRIVATE KEY",
    "EC PRIVATE KEY",
    "DSA PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
];

/// Names of members of an answer's line, and of what is unsupported.
pub(crate) const ANSWER: &[&str] =
    &["id", "accept", "reject", "unsupported", "error", "kind", "msg", "stage", "what", "value"];

/// What can be unsupported.
pub(crate) const WHAT: &[&str] =
    &["op", "alg", "enc", "sig", "serialization", "key", "knob", "input"];

/// Object identifiers of keys, signatures, names and extensions, with tag and length (RFC 5280 §4.2, RFC 8017
/// appendix A, RFC 5480 §2.1, RFC 8410 §3): rsaEncryption, RSASSA-PSS, RSA with SHA-256, ecPublicKey, P-256,
/// Ed25519, commonName, keyUsage, subjectAltName, basicConstraints, extKeyUsage.
pub(crate) const IDENTIFIERS: &[&[u8]] = &[
    b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01",
    b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A",
    b"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B",
    b"\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01",
    b"\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07",
    b"\x06\x03\x2B\x65\x70",
    b"\x06\x03\x55\x04\x03",
    b"\x06\x03\x55\x1D\x0F",
    b"\x06\x03\x55\x1D\x11",
    b"\x06\x03\x55\x1D\x13",
    b"\x06\x03\x55\x1D\x25",
];

/// Pieces of DER, and of the BER that DER excludes (X.690 §8.1.3, §10.1, §11.1): SEQUENCE with a long, an
/// indefinite, an overlong and no length, its end, NULL, both BOOLEANs, another true, version 3, the
/// exponents 65537 and 3, zero, a negative and a padded INTEGER.
pub(crate) const DER: &[&[u8]] = &[
    b"\x30\x82",
    b"\x30\x80",
    b"\x30\x84\x00\x00\x00",
    b"\x30\x00",
    b"\x00\x00",
    b"\x05\x00",
    b"\x01\x01\xFF",
    b"\x01\x01\x00",
    b"\x01\x01\x01",
    b"\xA0\x03\x02\x01\x02",
    b"\x02\x03\x01\x00\x01",
    b"\x02\x01\x03",
    b"\x02\x01\x00",
    b"\x02\x01\xFF",
    b"\x02\x02\x00\x01",
];

/// `UTCTime` and `GeneralizedTime` with tag and length: the ends of each, and both kinds for one instant
/// (RFC 5280 §4.1.2.5).
pub(crate) const DER_TIMES: &[&str] = &[
    "\x17\x0D500101000000Z",
    "\x17\x0D491231235959Z",
    "\x18\x0F20491231235959Z",
    "\x18\x0F20500101000000Z",
    "\x18\x0F99991231235959Z",
];
