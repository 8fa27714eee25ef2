//! Leaving out pieces: halves first, then ever smaller ones, down to single octets.

/// The smallest that leaving out finds. `still` says whether octets serve yet, or nothing when it is time to end.
pub(super) fn shrink<E>(
    mut octets: Vec<u8>,
    mut still: impl FnMut(&[u8]) -> Result<Option<bool>, E>,
) -> Result<Vec<u8>, E> {
    let mut size = octets.len().div_ceil(2);
    while size > 0 {
        let before = octets.len();
        let mut from = 0;
        while from < octets.len() {
            let to = from.saturating_add(size).min(octets.len());
            let rest = [octets.get(..from), octets.get(to..)].into_iter().flatten();
            let candidate = rest.collect::<Vec<_>>().concat();
            match still(&candidate)? {
                Some(true) => octets = candidate,
                Some(false) => from = to,
                None => return Ok(octets),
            }
        }
        // The same size serves again as long as single octets go.
        size = if size > 1 { size.div_ceil(2) } else { usize::from(octets.len() < before) };
    }
    Ok(octets)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    fn has(octets: &[u8], needed: &[u8]) -> bool {
        let mut needed = needed.iter().peekable();
        octets.iter().for_each(|octet| {
            needed.next_if(|next| *next == octet);
        });
        needed.peek().is_none()
    }

    #[test]
    fn what_is_not_needed_goes() {
        let input = b"the quick brown fox jumps over the lazy dog".to_vec();
        let shrunk = shrink(input, |octets| Ok::<_, Infallible>(Some(has(octets, b"qxz"))));
        assert_eq!(shrunk, Ok(b"qxz".to_vec()));
        let shrunk = shrink(b"anything".to_vec(), |_| Ok::<_, Infallible>(Some(true)));
        assert_eq!(shrunk, Ok(Vec::new()));
    }

    #[test]
    fn an_end_leaves_the_smallest_so_far() {
        let mut trials = 0;
        let shrunk = shrink(b"abcdefgh".to_vec(), |octets| {
            trials += 1;
            Ok::<_, Infallible>((trials < 3).then(|| has(octets, b"h")))
        });
        // Without "abcd", then without "efgh", which it needs; then it is time.
        assert_eq!(shrunk, Ok(b"efgh".to_vec()));
    }

    #[test]
    fn a_failure_is_passed_on() {
        assert_eq!(shrink(b"ab".to_vec(), |_| Err("full")), Err("full"));
    }
}
