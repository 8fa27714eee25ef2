//! Raw DEFLATE (RFC 1951) for `zip` `DEF` (RFC 7516 §4.1.3), bounded.

use std::io::Write as _;

use flate2::{Compression, Decompress, FlushDecompress, Status, write::DeflateEncoder};
use thiserror::Error;

/// Why octets were not inflated.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "callers must tell the three apart")]
pub enum InflateError {
    /// The output would be longer than the caller allows.
    #[error("inflates to more than the limit")]
    TooLarge,
    /// No DEFLATE stream, or one that ends early.
    #[error("not a complete DEFLATE stream")]
    Malformed,
    /// Octets follow the end of the stream.
    #[error("octets follow the DEFLATE stream")]
    TrailingOctets,
}

/// Compresses; the same input gives the same output with the locked version of the encoder.
#[must_use]
pub fn compress(octets: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    // A Vec takes every write, so neither call fails.
    if encoder.write_all(octets).is_err() {
        return Vec::new();
    }
    encoder.finish().unwrap_or_default()
}

/// Inflates to at most `max` octets. No more than `max` octets and one step of 8 KiB are ever held.
///
/// # Errors
/// [`InflateError`] says which of the three ways it went wrong.
pub fn inflate(octets: &[u8], max: usize) -> Result<Vec<u8>, InflateError> {
    let mut state = Decompress::new(false);
    let mut output = Vec::new();
    let mut step = vec![0; STEP];
    let mut input = octets;
    loop {
        let (read, written) = (state.total_in(), state.total_out());
        let status = state
            .decompress(input, &mut step, FlushDecompress::None)
            .map_err(|_| InflateError::Malformed)?;
        let read = octets_of(state.total_in().saturating_sub(read));
        let written = octets_of(state.total_out().saturating_sub(written));
        input = input.get(read..).unwrap_or_default();
        output.extend_from_slice(step.get(..written).unwrap_or_default());
        if output.len() > max {
            return Err(InflateError::TooLarge);
        }
        match status {
            Status::StreamEnd if input.is_empty() => return Ok(output),
            Status::StreamEnd => return Err(InflateError::TrailingOctets),
            Status::Ok | Status::BufError if read == 0 && written == 0 => {
                return Err(InflateError::Malformed);
            }
            Status::Ok | Status::BufError => {}
        }
    }
}

/// Counts of one step always fit: a step is [`STEP`] octets of output and a slice of input.
fn octets_of(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}

const STEP: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compressed_inflates() {
        for text in [&b""[..], b"a", &[7; 100_000]] {
            assert_eq!(inflate(&compress(text), text.len()).unwrap(), text);
        }
    }

    #[test]
    fn the_three_ways_to_fail_are_told_apart() {
        let zeros = compress(&[0; 100_000]);
        assert_eq!(inflate(&zeros, 99_999), Err(InflateError::TooLarge));
        assert_eq!(inflate(&zeros, 0), Err(InflateError::TooLarge));
        let cut = &zeros[..zeros.len() - 1];
        assert_eq!(inflate(cut, 100_000), Err(InflateError::Malformed));
        assert_eq!(inflate(b"", 10), Err(InflateError::Malformed));
        let more = [&zeros[..], b"x"].concat();
        assert_eq!(inflate(&more, 100_000), Err(InflateError::TrailingOctets));
        // A zlib header (RFC 1950) is no DEFLATE stream.
        assert_eq!(inflate(&[0x78, 0x9c, 0x03, 0, 0, 0, 0, 1], 10), Err(InflateError::Malformed));
    }
}
