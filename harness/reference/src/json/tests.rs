//! What is JSON and what is not.

use super::*;

const LIMITS: Limits = Limits { octets: 1000, depth: 4 };

#[track_caller]
fn check(text: &str, want: Result<&str, JsonError>) {
    let got = Value::parse(text.as_bytes(), LIMITS).map(|value| value.to_text());
    assert_eq!(got.as_deref().map_err(|error| *error), want, "{text:?}");
}

#[test]
fn values_are_read_and_printed_in_order() {
    check(" {\"b\" : 1 ,\r\n\t\"a\":[ ] } ", Ok(r#"{"b":1,"a":[]}"#));
    check(r#"["\u0061\ud83d\ude00\n\/",true,false,null]"#, Ok("[\"a😀\\u000a/\",true,false,null]"));
    check("-0.5e+10", Ok("-0.5e+10"));
    check("1e400", Ok("1e400"));
    check(r#""é\"\\""#, Ok(r#""é\"\\""#));
}

#[test]
fn what_is_not_json_is_refused() {
    for text in [
        "",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "'a'",
        "01",
        "1.",
        ".5",
        "+1",
        "-",
        "1e",
        "NaN",
        "tru",
        "{} {}",
        "{}x",
        "\"\\x\"",
        "\"\n\"",
        "\"a",
        "// c\n1",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"\\u12\"",
        "[1 2]",
        "{\"a\" 1}",
        "\u{a0}1",
    ] {
        check(text, Err(JsonError::Malformed));
    }
}

#[test]
fn a_duplicate_hides_behind_no_escape() {
    check(r#"{"alg":1,"alg":2}"#, Err(JsonError::Duplicate));
    check(r#"{"alg":1,"al\u0067":2}"#, Err(JsonError::Duplicate));
    check(r#"{"a":{"x":1,"x":1}}"#, Err(JsonError::Duplicate));
    check(r#"{"a":{"x":1},"b":{"x":1},"A":1}"#, Ok(r#"{"a":{"x":1},"b":{"x":1},"A":1}"#));
}

#[test]
fn depth_and_size_are_bounded() {
    check("[[[[]]]]", Ok("[[[[]]]]"));
    check("[[[[[]]]]]", Err(JsonError::TooDeep));
    let deep = "[".repeat(100_000);
    let limits = Limits { octets: 1_000_000, depth: usize::MAX };
    assert_eq!(Value::parse(deep.as_bytes(), limits), Err(JsonError::TooDeep));
    assert_eq!(Value::parse(&[b' '; 1001], LIMITS), Err(JsonError::TooLarge));
}

#[test]
fn only_utf8_without_a_mark_is_read() {
    assert_eq!(Value::parse(b"\"\xff\"", LIMITS), Err(JsonError::Utf8));
    assert_eq!(Value::parse(b"\"\xed\xa0\x80\"", LIMITS), Err(JsonError::Utf8));
    assert_eq!(Value::parse(b"\xef\xbb\xbf{}", LIMITS), Err(JsonError::Utf8));
    assert_eq!(Value::parse(b"{\0}\0", LIMITS), Err(JsonError::Malformed));
}

#[test]
fn numbers_are_integers_only_when_written_so() {
    let number = |text: &str| match Value::parse(text.as_bytes(), LIMITS).unwrap() {
        Value::Number(number) => number,
        _ => panic!("no number"),
    };
    assert_eq!(number("4096").to_u64(), Some(4096));
    assert_eq!(number("4096.0").to_u64(), None);
    assert_eq!(number("-1").to_u64(), None);
    assert_eq!(number("18446744073709551616").to_u64(), None);
    assert!(number("18446744073709551616").is_unsigned_integer());
    assert_eq!(number("1.5").to_f64(), Some(1.5));
    assert_eq!(number("1e400").to_f64(), None);
}
