//! `application/x-www-form-urlencoded` (RFC 6749 Appendix B), read strictly.

/// The names and values, in order.
pub(crate) fn parse(body: &[u8]) -> Result<Vec<(String, String)>, String> {
    let text = std::str::from_utf8(body).map_err(|_| "the form is not UTF-8".to_owned())?;
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decoded(name)?, decoded(value)?))
        })
        .collect()
}

fn decoded(text: &str) -> Result<String, String> {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(octet) = rest.next() {
        octets.push(match octet {
            b'+' => b' ',
            b'%' => {
                let digit = |octet: Option<u8>| char::from(octet?).to_digit(16);
                let value = digit(rest.next()).zip(digit(rest.next())).map(|(a, b)| a * 16 + b);
                value
                    .and_then(|value| u8::try_from(value).ok())
                    .ok_or_else(|| "the form has `%` without two hexadecimal digits".to_owned())?
            }
            // RFC 3986 §2: what is neither unreserved nor reserved is always percent-encoded.
            0..=0x20 | 0x7F.. => return Err("the form has an octet that is not encoded".to_owned()),
            other => other,
        });
    }
    String::from_utf8(octets).map_err(|_| "a form parameter is not UTF-8".to_owned())
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn pairs_are_decoded_and_broken_ones_refused() {
        let check = |text: &str, want: &[(&str, &str)]| {
            let have = parse(text.as_bytes()).unwrap();
            let have: Vec<(&str, &str)> = have.iter().map(|(n, v)| (&n[..], &v[..])).collect();
            assert_eq!(have, want);
        };
        check("a=1&b=%2B+%c3%a9&a=2", &[("a", "1"), ("b", "+ é"), ("a", "2")]);
        check("a&&b=", &[("a", ""), ("b", "")]);
        check("a=b=c", &[("a", "b=c")]);
        for wrong in ["a=%", "a=%2", "a=%zz", "a=%ff", "a=b c", "a=\n", "a=é"] {
            assert!(parse(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
