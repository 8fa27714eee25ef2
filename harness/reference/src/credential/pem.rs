//! One PEM block and nothing around it (RFC 7468 §2).

use data_encoding::BASE64;
use rejection::Rejection;

/// A decoded block.
pub(super) struct Block<'a> {
    /// What the armour says.
    pub label: &'a str,
    /// The octets.
    pub der: Vec<u8>,
}

/// Reads the block. Lines may have any width and end in LF or CRLF; white space before and behind
/// the block does not matter, white space inside it does.
pub(super) fn read(text: &str) -> Result<Block<'_>, Rejection> {
    if text.chars().count() > MAX_CHARACTERS {
        return Err(Rejection::CredentialPemTooLong);
    }
    // Whatever else is wrong: a private key that travelled is what its owner has to hear of.
    if text.split(BEGIN).skip(1).any(|rest| is_private(rest.split(DASHES).next())) {
        return Err(Rejection::CredentialPemPrivate);
    }
    if text.matches(BEGIN).count() > 1 {
        return Err(Rejection::CredentialPemSeveral);
    }
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    let mut lines: Vec<&str> =
        text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).collect();
    let last = lines.pop().unwrap_or_default();
    let (first, body) = lines.split_first().ok_or(Rejection::CredentialPemMalformed)?;
    let label = between(first, BEGIN).ok_or(Rejection::CredentialPemMalformed)?;
    if between(last, END) != Some(label) {
        return Err(Rejection::CredentialPemMalformed);
    }
    let der =
        BASE64.decode(body.concat().as_bytes()).map_err(|_| Rejection::CredentialPemMalformed)?;
    Ok(Block { label, der })
}

/// RFC 7468 §10 and §11, and the older labels with the name of the algorithm before these words.
fn is_private(label: Option<&str>) -> bool {
    label.is_some_and(|label| label.ends_with("PRIVATE KEY"))
}

fn between<'a>(line: &'a str, start: &str) -> Option<&'a str> {
    line.strip_prefix(start)?.strip_suffix(DASHES)
}

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";

/// Characters of the whole text.
const MAX_CHARACTERS: usize = 4096;
