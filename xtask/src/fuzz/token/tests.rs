//! Inputs, as they are shown.

use super::*;

#[test]
fn base64url_is_that_of_the_rfcs() {
    // RFC 4648 §10, without padding, and RFC 7515 Appendix C.
    for (text, octets) in [("", &b""[..]), ("Zg", b"f"), ("Zm8", b"fo"), ("Zm9vYmFy", b"foobar")] {
        assert_eq!(base64url(text).as_deref(), Some(octets), "{text}");
    }
    assert_eq!(base64url("A-z_4ME"), Some(vec![3, 236, 255, 224, 193]));
    for text in ["A", "AAAAA", "Zg==", "Z g", "Zm+v", "é"] {
        assert_eq!(base64url(text), None, "{text}");
    }
}

#[test]
fn a_token_is_told_by_its_parts() {
    let shown = describe(b"eyJhbGciOiJkaXIifQ..AAEC.Zm9v.=");
    let lines: Vec<_> = shown.lines().map(str::trim).collect();
    assert_eq!(lines.first(), Some(&"a compact JWE"));
    assert_eq!(lines.get(1), Some(&"header         13 octets: {\"alg\":\"dir\"}"));
    assert_eq!(lines.get(2), Some(&"encrypted_key  0 octets:"));
    assert_eq!(lines.get(3), Some(&"iv             3 octets: \\u{0}\\u{1}\\u{2}"));
    assert_eq!(lines.get(5), Some(&"tag            not base64url: ="));
}

#[test]
fn nothing_shown_steers_a_terminal() {
    let hostile = "\u{1b}[2J\u{202e}\r\n\u{9b}";
    for shown in [describe(hostile.as_bytes()), describe(b"\xff\x1b[2J")] {
        let is_harmless = |letter: char| letter == ' ' || letter.is_ascii_graphic();
        assert!(shown.chars().all(is_harmless), "{shown:?}");
    }
}

#[test]
fn a_long_input_is_cut() {
    let shown = text("a".repeat(MOST_LETTERS + 1).as_bytes());
    assert_eq!(shown, format!("{}…", "a".repeat(MOST_LETTERS)));
}
