//! The grammar of RFC 8259, by recursive descent with a bounded depth.

use std::collections::HashSet;

use super::{JsonError, Limits, Number, Object, Value};

pub(super) fn parse(octets: &[u8], limits: Limits) -> Result<Value, JsonError> {
    if octets.len() > limits.octets {
        return Err(JsonError::TooLarge);
    }
    let text = str::from_utf8(octets).map_err(|_| JsonError::Utf8)?;
    if text.starts_with('\u{feff}') {
        return Err(JsonError::Utf8);
    }
    let mut parser = Parser { text, at: 0 };
    let value = parser.value(limits.depth.min(MAX_DEPTH))?;
    parser.skip_white_space();
    if parser.at == text.len() { Ok(value) } else { Err(JsonError::Malformed) }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl Parser<'_> {
    /// A value with white space before it; `depth` objects and arrays may still be opened.
    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.skip_white_space();
        match self.peek() {
            Some(b'{') => self.object(depth).map(Value::Object),
            Some(b'[') => self.array(depth).map(Value::Array),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Value::Number),
            Some(b't') => self.literal("true", Value::Bool(true)),
            Some(b'f') => self.literal("false", Value::Bool(false)),
            Some(b'n') => self.literal("null", Value::Null),
            _ => Err(JsonError::Malformed),
        }
    }

    fn object(&mut self, depth: usize) -> Result<Object, JsonError> {
        let depth = depth.checked_sub(1).ok_or(JsonError::TooDeep)?;
        self.expect(b'{')?;
        let mut members = Vec::new();
        self.skip_white_space();
        if self.take(b'}') {
            return Ok(Object { members });
        }
        let mut names = HashSet::new();
        loop {
            self.skip_white_space();
            let name = self.string()?;
            if !names.insert(name.clone()) {
                return Err(JsonError::Duplicate);
            }
            self.skip_white_space();
            self.expect(b':')?;
            members.push((name, self.value(depth)?));
            self.skip_white_space();
            if self.take(b'}') {
                return Ok(Object { members });
            }
            self.expect(b',')?;
        }
    }

    fn array(&mut self, depth: usize) -> Result<Vec<Value>, JsonError> {
        let depth = depth.checked_sub(1).ok_or(JsonError::TooDeep)?;
        self.expect(b'[')?;
        let mut elements = Vec::new();
        self.skip_white_space();
        if self.take(b']') {
            return Ok(elements);
        }
        loop {
            elements.push(self.value(depth)?);
            self.skip_white_space();
            if self.take(b']') {
                return Ok(elements);
            }
            self.expect(b',')?;
        }
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.expect(b'"')?;
        let mut out = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|octet| !matches!(octet, b'"' | b'\\' | 0..=0x1f)) {
                self.at += 1;
            }
            out.push_str(self.text.get(start..self.at).ok_or(JsonError::Malformed)?);
            match self.next() {
                Some(b'"') => return Ok(out),
                Some(b'\\') => out.push(self.escape()?),
                _ => return Err(JsonError::Malformed),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        match self.next() {
            Some(plain @ (b'"' | b'\\' | b'/')) => Ok(char::from(plain)),
            Some(b'b') => Ok('\u{8}'),
            Some(b'f') => Ok('\u{c}'),
            Some(b'n') => Ok('\n'),
            Some(b'r') => Ok('\r'),
            Some(b't') => Ok('\t'),
            Some(b'u') => {
                let first = self.hex4()?;
                if !(0xd800..0xdc00).contains(&first) {
                    // A low surrogate alone is no character.
                    return char::from_u32(first).ok_or(JsonError::Malformed);
                }
                self.expect(b'\\')?;
                self.expect(b'u')?;
                let second = self.hex4()?;
                if !(0xdc00..0xe000).contains(&second) {
                    return Err(JsonError::Malformed);
                }
                let point = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                char::from_u32(point).ok_or(JsonError::Malformed)
            }
            _ => Err(JsonError::Malformed),
        }
    }

    fn hex4(&mut self) -> Result<u32, JsonError> {
        let mut value = 0;
        for _ in 0..4 {
            let digit = self.next().and_then(|octet| char::from(octet).to_digit(16));
            value = value * 16 + digit.ok_or(JsonError::Malformed)?;
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Number, JsonError> {
        let start = self.at;
        self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        if self.take(b'.') {
            self.digits()?;
        }
        if self.take(b'e') || self.take(b'E') {
            if !self.take(b'+') {
                self.take(b'-');
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at).ok_or(JsonError::Malformed)?;
        Ok(Number(text.to_owned()))
    }

    /// At least one digit.
    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while self.peek().is_some_and(|octet| octet.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at == start { Err(JsonError::Malformed) } else { Ok(()) }
    }

    fn literal(&mut self, text: &str, value: Value) -> Result<Value, JsonError> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        if !rest.starts_with(text) {
            return Err(JsonError::Malformed);
        }
        self.at += text.len();
        Ok(value)
    }

    fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let octet = self.peek()?;
        self.at += 1;
        Some(octet)
    }

    fn take(&mut self, want: u8) -> bool {
        let found = self.peek() == Some(want);
        if found {
            self.at += 1;
        }
        found
    }

    fn expect(&mut self, want: u8) -> Result<(), JsonError> {
        if self.take(want) { Ok(()) } else { Err(JsonError::Malformed) }
    }
}

/// What the stack bears in every build, whatever the caller allows.
const MAX_DEPTH: usize = 256;
