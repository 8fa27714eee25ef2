#![doc = include_str!("../README.md")]

mod assertion;
mod forging;
mod intake;
mod issuing;
mod keys;
mod layers;
mod made;
mod making;
mod nesting;
#[cfg(feature = "peers")]
mod peers;
#[cfg(feature = "peers")]
mod provider;
mod text;
mod tokens;
mod using;

use mutator::Shape;
#[cfg(feature = "peers")]
pub use peers::is_peer_asked;
#[cfg(feature = "peers")]
pub use provider::OpenSslFirst;

/// What became of an input for which the invariant holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth")]
pub enum Became {
    /// It was accepted.
    Accepted,
    /// It was refused, with this code.
    Refused(&'static str),
    /// It is no input of this kind: text is wanted, and it is none.
    Unfit,
}

impl Became {
    /// As it stands in a snapshot.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused(code) => code,
            Self::Unfit => "unfit",
        }
    }
}

/// Something that holds for every input.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "rows of a table")]
pub struct Invariant {
    /// The name of its fuzz target.
    pub name: &'static str,
    /// What holds.
    pub says: &'static str,
    /// What its inputs are.
    pub shape: Shape,
    /// Looks at an input; panics where it does not hold.
    pub check: fn(&[u8]) -> Became,
}

/// Every invariant, by name.
#[rustfmt::skip]
pub const INVARIANTS: &[Invariant] = &[
    row("access_token_claims", Shape::Json, "Claims of an access token are accepted only complete and as expected.", issuing::access_token_claims),
    row("access_token_made", Shape::Octets, "An access token that is issued is accepted by its API alone, while it lasts.", issuing::access_token_made),
    row("assertion_claims", Shape::Json, "Claims of an assertion are accepted exactly by the rules.", assertion::assertion_claims),
    row("assertion_form", Shape::Text, "A form body of any pairs is read or refused.", made::assertion_form),
    row("assertion_made", Shape::Octets, "An assertion that is built is accepted once, by its audience, while it lasts.", issuing::assertion_made),
    row("assertion_token", Shape::Json, "An assertion that the draft rfc7523bis takes is taken by RFC 7523, with a fitting `typ`.", using::assertion_token),
    row("base64url", Shape::Text, "What decodes is what encoding gives.", text::base64url),
    row("bearer_challenge", Shape::Text, "A challenge is one line, whatever it is told.", issuing::bearer_challenge),
    row("certificate_der", Shape::Octets, "A certificate that is read has the thumbprint of its octets.", intake::certificate_der),
    row("claims", Shape::Json, "Claims that are read are one JSON object, printed as received.", text::claims),
    row("compact_jwe", Shape::Token, "A compact JWE that is read prints back identically.", text::compact_jwe),
    row("compact_jws", Shape::Token, "A compact JWS that is read prints back identically.", text::compact_jws),
    row("credential", Shape::Text, "A PEM that becomes a credential has 2048 to 4096 bits and no private part.", keys::credential),
    row("credential_request", Shape::Octets, "A credential is registered exactly by the documented rules.", using::credential_request),
    #[cfg(feature = "peers")]
    row("differ_josekit_jwe", Shape::Token, "josekit decrypts what the reference decrypts, or a rule says why not.", peers::differ_josekit_jwe),
    #[cfg(feature = "peers")]
    row("differ_josekit_jws", Shape::Token, "josekit verifies what the reference verifies, or a rule says why not.", peers::differ_josekit_jws),
    #[cfg(feature = "peers")]
    row("differ_jsonwebtoken", Shape::Token, "jsonwebtoken verifies what the reference verifies, or a rule says why not.", peers::differ_jsonwebtoken),
    #[cfg(feature = "peers")]
    row("differ_openssl_oaep", Shape::Octets, "OpenSSL decrypts what our RSA-OAEP decrypts.", peers::differ_openssl_oaep),
    row("expiry", Shape::Text, "A time that is read prints to a text that reads the same.", issuing::expiry),
    row("forged_jwe", Shape::Octets, "A JWE that the forge makes opens in the reference.", forging::forged_jwe),
    row("forged_jws", Shape::Octets, "A JWS that the forge makes verifies in the reference.", forging::forged_jws),
    row("inflate", Shape::Octets, "Inflation keeps to its bound, and what it gives compresses back.", text::inflate),
    row("json", Shape::Json, "What is read as JSON prints to a text that reads the same.", text::json),
    row("json_jwe", Shape::Token, "A JWE in JSON that is read prints to a text that reads the same.", text::json_jwe),
    row("json_jws", Shape::Token, "A JWS in JSON that is read prints to a text that reads the same.", text::json_jws),
    row("jwe_made", Shape::Octets, "A JWE that is made opens, says what was asked, and no part can be changed.", making::jwe_made),
    row("jwe_open", Shape::Token, "A token that opens does not open with another bit in its tag.", layers::jwe_open),
    row("jwe_sealed_header", Shape::Json, "Any header under a right tag is honoured or refused.", layers::jwe_sealed_header),
    row("jwe_token", Shape::Token, "A JWE of any algorithm that opens has right lengths and no part that can be changed.", tokens::jwe_token),
    row("jwk", Shape::Json, "A public key has no private member, and its thumbprint no order.", keys::jwk),
    row("jwk_set", Shape::Json, "A set that is read has keys that are read.", keys::jwk_set),
    row("jws_made", Shape::Octets, "A JWS that is made verifies, says what was asked, and its payload cannot be changed.", making::jws_made),
    row("jws_token", Shape::Token, "A JWS of any algorithm that verifies has the signature of its octets.", tokens::jws_token),
    row("key_used", Shape::Json, "A key does what its JWK declares, and nothing else.", using::key_used),
    row("management_body", Shape::Json, "What the strict JSON reader takes, another reader takes alike.", intake::management_body),
    row("nested_claims", Shape::Json, "Claims under a right signature and tag are accepted only as expected.", layers::nested_claims),
    row("nested_inner", Shape::Token, "Any text under a right tag is a signed JWT or refused.", layers::nested_inner),
    row("nested_made", Shape::Octets, "A nested JWT that is made opens for its issuer while it lasts.", nesting::nested_made),
    row("nested_token", Shape::Token, "A nested JWT that opens has the claims that were signed.", tokens::nested_token),
    row("produced_jwe", Shape::Octets, "The forge finds nothing wrong with a JWE of the reference.", forging::produced_jwe),
    row("produced_jws", Shape::Octets, "The forge finds nothing wrong with a JWS of the reference.", forging::produced_jws),
    row("protocol_line", Shape::Json, "An answer that is read is written to a line that reads the same.", made::protocol_line),
    row("registered_jwk", Shape::Json, "A JWK that is registered is a public RSA key.", intake::registered_jwk),
    row("suite_file", Shape::Text, "What is wrong with a suite file has a place in it.", intake::suite_file),
];

/// Whether a peer is being asked, whose panic is an answer.
#[cfg(not(feature = "peers"))]
#[must_use]
pub const fn is_peer_asked() -> bool {
    false
}

/// The invariant with this name: a copy, so that a target that asks for it in a constant links this one's code and
/// none of the others'. libFuzzer looks at every counter of the program after every execution.
#[must_use]
pub const fn named(name: &str) -> Option<Invariant> {
    let mut rows = INVARIANTS;
    while let [row, rest @ ..] = rows {
        if is_same(row.name.as_bytes(), name.as_bytes()) {
            return Some(*row);
        }
        rows = rest;
    }
    None
}

/// Equality in constants.
const fn is_same(mut one: &[u8], mut other: &[u8]) -> bool {
    while let ([first, rest @ ..], [second, others @ ..]) = (one, other) {
        if *first != *second {
            return false;
        }
        (one, other) = (rest, others);
    }
    one.is_empty() && other.is_empty()
}

const fn row(
    name: &'static str,
    shape: Shape,
    says: &'static str,
    check: fn(&[u8]) -> Became,
) -> Invariant {
    Invariant { name, says, shape, check }
}

/// Of a result whose value has served.
fn became<T>(result: &Result<T, rejection::Rejection>) -> Became {
    match result {
        Ok(_) => Became::Accepted,
        Err(rejection) => Became::Refused(rejection.code()),
    }
}
