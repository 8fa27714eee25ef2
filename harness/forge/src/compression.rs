//! Compression under `zip` (RFC 7516 §4.1.3), right or wrong.

use std::io::Write;

use algorithms::deflate;
use suite::Action;

use crate::error::{ForgeError, unknown};

/// The plaintext as one raw DEFLATE stream, or as something that is none.
pub(crate) fn compressed(plaintext: &[u8], action: Option<&Action>) -> Result<Vec<u8>, ForgeError> {
    const FAILED: ForgeError = ForgeError::Primitive("DEFLATE");
    let raw = deflate::compress(plaintext);
    Ok(match action {
        Some(Action::ZipFormat(kind)) => match kind.as_str() {
            "not-at-all" => plaintext.to_vec(),
            "truncated" => raw.get(..raw.len() / 2).unwrap_or_default().to_vec(),
            "trailing" => [raw.as_slice(), b"\0\0\0\0"].concat(),
            "zlib" => {
                let level = flate2::Compression::default();
                let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), level);
                writer.write_all(plaintext).map_err(|_| FAILED)?;
                writer.finish().map_err(|_| FAILED)?
            }
            "gzip" => {
                let level = flate2::Compression::default();
                let mut writer = flate2::write::GzEncoder::new(Vec::new(), level);
                writer.write_all(plaintext).map_err(|_| FAILED)?;
                writer.finish().map_err(|_| FAILED)?
            }
            _ => return Err(unknown("the compression format", kind)),
        },
        _ => raw,
    })
}
