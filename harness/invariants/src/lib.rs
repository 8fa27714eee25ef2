#![doc = include_str!("../README.md")]

mod keys;
mod layers;
mod made;
mod text;

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
    /// Looks at an input; panics where it does not hold.
    pub check: fn(&[u8]) -> Became,
}

/// Every invariant, by name.
pub static INVARIANTS: &[Invariant] = &[
    row("assertion_form", "A form body of any pairs is read or refused.", made::assertion_form),
    row("base64url", "What decodes is what encoding gives.", text::base64url),
    row("claims", "Claims that are read are one JSON object, printed as received.", text::claims),
    row("compact_jwe", "A compact JWE that is read prints back identically.", text::compact_jwe),
    row("compact_jws", "A compact JWS that is read prints back identically.", text::compact_jws),
    row(
        "credential",
        "A PEM that becomes a credential has 2048 to 4096 bits and no private part.",
        keys::credential,
    ),
    row(
        "inflate",
        "Inflation keeps to its bound, and what it gives compresses back.",
        text::inflate,
    ),
    row("json", "What is read as JSON prints to a text that reads the same.", text::json),
    row(
        "json_jwe",
        "A JWE in JSON that is read prints to a text that reads the same.",
        text::json_jwe,
    ),
    row(
        "json_jws",
        "A JWS in JSON that is read prints to a text that reads the same.",
        text::json_jws,
    ),
    row(
        "jwe_open",
        "A token that opens does not open with another bit in its tag.",
        layers::jwe_open,
    ),
    row(
        "jwe_sealed_header",
        "Any header under a right tag is honoured or refused.",
        layers::jwe_sealed_header,
    ),
    row("jwk", "A public key has no private member, and its thumbprint no order.", keys::jwk),
    row("jwk_set", "A set that is read has keys that are read.", keys::jwk_set),
    row(
        "nested_claims",
        "Claims under a right signature and tag are accepted only as expected.",
        layers::nested_claims,
    ),
    row(
        "nested_inner",
        "Any text under a right tag is a signed JWT or refused.",
        layers::nested_inner,
    ),
    row(
        "protocol_line",
        "An answer that is read is written to a line that reads the same.",
        made::protocol_line,
    ),
];

/// The invariant with this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Invariant> {
    INVARIANTS.iter().find(|row| row.name == name)
}

/// Looks at an input of the target with this name.
///
/// # Panics
/// Where the invariant does not hold, and for a name that there is not.
pub fn check(name: &str, data: &[u8]) {
    let row = named(name);
    assert!(row.is_some(), "there is no invariant {name}");
    if let Some(row) = row {
        let _ = (row.check)(data);
    }
}

const fn row(name: &'static str, says: &'static str, check: fn(&[u8]) -> Became) -> Invariant {
    Invariant { name, says, check }
}

/// Of a result whose value has served.
fn became<T>(result: &Result<T, rejection::Rejection>) -> Became {
    match result {
        Ok(_) => Became::Accepted,
        Err(rejection) => Became::Refused(rejection.code()),
    }
}
