//! Text of a target's, made safe to show.

/// Escapes control characters, line separators and characters that reorder or hide text, keeps line
/// feeds indented, and cuts at `limit` characters.
#[must_use]
pub fn printable(text: &str, limit: usize) -> String {
    let mut out = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == limit {
            out.push('…');
            break;
        }
        match character {
            '\n' => out.push_str("\n      "),
            _ if character.is_control() || is_invisible(character) => {
                out.extend(character.escape_unicode());
            }
            _ => out.push(character),
        }
    }
    out
}

fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{00AD}' | '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}'
    )
}

#[cfg(test)]
mod tests {
    use super::printable;

    #[test]
    fn what_moves_the_cursor_or_reorders_text_is_escaped() {
        assert_eq!(printable("a\u{1b}[2J\u{9b}\u{202e}b", 99), "a\\u{1b}[2J\\u{9b}\\u{202e}b");
        assert_eq!(printable("== forged\n== line", 99), "== forged\n      == line");
        assert_eq!(printable("abcdef", 3), "abc…");
    }
}
