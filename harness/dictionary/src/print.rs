//! The form of AFL's dictionaries, which libFuzzer reads.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::Dictionary;

pub(crate) fn text(dictionary: &Dictionary) -> String {
    let mut text = format!(
        "# Words for {}.\n# Written by `cargo xtask fuzz dictionary`: change harness/dictionary instead.\n",
        dictionary.about
    );
    let mut seen = BTreeSet::new();
    for group in (dictionary.groups)() {
        let mut words = String::new();
        for word in group.words {
            if !seen.contains(&word) {
                words.push_str(&line(&word));
                seen.insert(word);
            }
        }
        if !words.is_empty() {
            // Writing to a string does not fail.
            let _ = write!(text, "\n# {}\n{words}", group.title);
        }
    }
    text
}

fn line(word: &[u8]) -> String {
    let mut line = String::from('"');
    for octet in word {
        match octet {
            b'"' | b'\\' => line.extend(['\\', char::from(*octet)]),
            b' '..=b'~' => line.push(char::from(*octet)),
            // Writing to a string does not fail.
            _ => drop(write!(line, "\\x{octet:02X}")),
        }
    }
    line.push_str("\"\n");
    line
}
