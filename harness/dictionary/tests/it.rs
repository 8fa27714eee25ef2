//! The committed dictionaries, read back by a reader of their own.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests may panic like the tests themselves"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use dictionary::{DICTIONARIES, Dictionary, MOST_OCTETS};

fn folder() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/dict"))
}

/// The words of a file, by AFL's rules.
fn read(text: &str) -> Vec<Vec<u8>> {
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.map(|line| unquote(line).unwrap_or_else(|| panic!("not a word: {line}"))).collect()
}

fn unquote(line: &str) -> Option<Vec<u8>> {
    let mut rest = line.strip_prefix('"')?.strip_suffix('"')?.bytes();
    let mut word = Vec::new();
    while let Some(octet) = rest.next() {
        word.push(match octet {
            b'\\' => match rest.next()? {
                escaped @ (b'"' | b'\\') => escaped,
                b'x' => {
                    let digits = [rest.next()?, rest.next()?];
                    u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok()?
                }
                _ => return None,
            },
            b' '..=b'~' if octet != b'"' => octet,
            _ => return None,
        });
    }
    Some(word)
}

fn named(name: &str) -> &'static Dictionary {
    DICTIONARIES.iter().find(|dictionary| dictionary.name == name).expect(name)
}

#[track_caller]
fn check_has(name: &str, word: &[u8]) {
    let words = read(&named(name).text());
    assert!(words.iter().any(|other| other == word), "{name} lacks {:?}", word.escape_ascii());
}

#[test]
fn the_committed_files_are_what_the_command_writes() {
    for dictionary in DICTIONARIES {
        let path = folder().join(format!("{}.dict", dictionary.name));
        let committed = fs::read_to_string(&path).expect("a committed dictionary");
        assert!(
            committed == dictionary.text(),
            "{}: run `cargo xtask fuzz dictionary` and commit it",
            path.display()
        );
    }
}

#[test]
fn no_other_file_is_committed() {
    let mut names: Vec<_> = fs::read_dir(folder())
        .expect("fuzz/dict")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("UTF-8"))
        .collect();
    names.sort();
    let ours: Vec<_> = DICTIONARIES.iter().map(|row| format!("{}.dict", row.name)).collect();
    assert_eq!(names, ours);
}

#[test]
fn every_word_is_taken_by_libfuzzer_and_stands_once() {
    for dictionary in DICTIONARIES {
        let text = dictionary.text();
        assert!(text.is_ascii(), "{}", dictionary.name);
        let mut seen = BTreeSet::new();
        for word in read(&text) {
            let shown = word.escape_ascii().to_string();
            assert!((1..=MOST_OCTETS).contains(&word.len()), "{}: {shown}", dictionary.name);
            assert!(seen.insert(word), "{}: {shown} twice", dictionary.name);
        }
    }
}

#[test]
fn what_is_written_is_what_is_read_back() {
    for dictionary in DICTIONARIES {
        let words: BTreeSet<_> =
            (dictionary.groups)().into_iter().flat_map(|group| group.words).collect();
        let read: BTreeSet<_> = read(&dictionary.text()).into_iter().collect();
        assert_eq!(read, words, "{}", dictionary.name);
    }
}

#[test]
fn each_table_is_there() {
    check_has("jose", br#""RSA-OAEP-256""#);
    check_has("jose", br#""A256CBC-HS512""#);
    check_has("jose", br#""Ed25519""#);
    check_has("jose", br#""x5t#S256":"#);
    check_has("jose", b"1200001");
    check_has("claims", b"urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    check_has("pem", b"-----BEGIN ENCRYPTED PRIVATE KEY-----");
    check_has("der", b"\x06\x03\x2B\x65\x70");
    check_has("protocol", br#""nested.open""#);
    check_has("protocol", br#""decrypt/failed""#);
}

#[test]
fn segments_are_base64url_of_headers() {
    // {"alg":"dir","enc":"A256GCM"} and {"alg":"none"}, by another encoder.
    check_has("jose", b"eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0");
    check_has("jose", b"eyJhbGciOiJub25lIn0");
    // {"crit": without the letters that depend on what follows: 8 octets are 10 letters and 4 bits.
    check_has("jose", b"eyJjcml0Ij");
    check_has("claims", b"eyJpc3MiO");
}
