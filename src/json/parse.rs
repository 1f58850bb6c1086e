//! A JSON text to a value, by one reading of the text and no other.

use std::borrow::Cow;

use super::{Json, JsonError, MAX_BYTES, MAX_DEPTH, Object, duplicate, too_deep};
use crate::number::{Number, NumberError};

/// From this many keys on an object is checked for duplicates once, when it ends.
const MANY_KEYS: usize = 32;

/// Reads one JSON text.
pub(super) fn parse(text: &[u8]) -> Result<Json<'_>, JsonError> {
    if text.len() > MAX_BYTES {
        let message = format!("the text has {} bytes; at most {MAX_BYTES} are allowed", text.len());
        return Err(JsonError { message, line: 1, column: 1 });
    }
    let text = std::str::from_utf8(text)
        .map_err(|error| error_at(text, error.valid_up_to(), "bytes that are no UTF-8".to_owned()))?;
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0).and_then(|value| reader.end().map(|()| value));
    value.map_err(|Fault { at, message }| error_at(text.as_bytes(), at, message))
}

fn error_at(text: &[u8], at: usize, message: String) -> JsonError {
    let before = text.get(..at).unwrap_or(text);
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |newline| newline + 1);
    JsonError { message, line, column: before.len() - start + 1 }
}

/// What is wrong, and at which byte.
struct Fault {
    at: usize,
    message: String,
}

type Read<T> = Result<T, Fault>;

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    #[cold]
    fn fault<T>(&self, message: impl Into<String>) -> Read<T> {
        Err(Fault { at: self.at, message: message.into() })
    }

    /// Something else stands where one of these must.
    #[cold]
    fn expected<T>(&self, what: &str) -> Read<T> {
        match self.rest().chars().next() {
            Some(found) => self.fault(format!("expected {what}, found `{}`", found.escape_debug())),
            None => self.fault(format!("the text ends where {what} must follow")),
        }
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    /// Passes a byte, if it is the next.
    fn pass(&mut self, byte: u8) -> bool {
        let passed = self.peek() == Some(byte);
        self.at += usize::from(passed);
        passed
    }

    fn end(&mut self) -> Read<()> {
        self.skip_space();
        if self.peek().is_some() { self.expected("the end of the text") } else { Ok(()) }
    }

    /// The value that comes next, so many levels deep.
    fn value(&mut self, depth: usize) -> Read<Json<'a>> {
        self.skip_space();
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => self.string().map(Json::Text),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn word(&mut self) -> Read<Json<'a>> {
        let words = [("true", Json::Bool(true)), ("false", Json::Bool(false)), ("null", Json::Null)];
        let rest = self.rest();
        match words.into_iter().find(|(word, _)| rest.starts_with(word)) {
            Some((word, value)) => {
                self.at += word.len();
                Ok(value)
            }
            None => self.expected("a value"),
        }
    }

    /// Passes the bracket that opens a list or an object.
    fn open(&mut self, depth: usize) -> Read<()> {
        if depth >= MAX_DEPTH {
            return self.fault(too_deep());
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    /// Whether another item follows; else the bracket that closes was passed.
    fn another(&mut self, close: u8, what: &str) -> Read<bool> {
        self.skip_space();
        if self.pass(b',') {
            self.skip_space();
            return Ok(true);
        }
        if self.pass(close) { Ok(false) } else { self.expected(what) }
    }

    fn list(&mut self, depth: usize) -> Read<Json<'a>> {
        self.open(depth)?;
        let mut items = Vec::new();
        if self.pass(b']') {
            return Ok(Json::List(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if !self.another(b']', "`,` or `]`")? {
                return Ok(Json::List(items));
            }
        }
    }

    fn object(&mut self, depth: usize) -> Read<Json<'a>> {
        self.open(depth)?;
        let mut entries: Vec<(Cow<'a, str>, Json<'a>)> = Vec::with_capacity(4);
        let mut more = !self.pass(b'}');
        while more {
            let start = self.at;
            let key = self.key()?;
            if entries.len() < MANY_KEYS && entries.iter().any(|(name, _)| *name == key) {
                return Err(Fault { at: start, message: duplicate(&key) });
            }
            entries.push((key, self.value(depth + 1)?));
            more = self.another(b'}', "`,` or `}`")?;
        }
        match Object::new(entries) {
            Ok(object) => Ok(Json::Object(object)),
            Err(key) => self.fault(duplicate(&key)),
        }
    }

    /// A key and the colon behind it.
    fn key(&mut self) -> Read<Cow<'a, str>> {
        if self.peek() != Some(b'"') {
            return self.expected("a key in double quotes");
        }
        let key = self.string()?;
        self.skip_space();
        if self.pass(b':') { Ok(key) } else { self.expected("`:`") }
    }

    /// A string, borrowed where it holds no escape.
    fn string(&mut self) -> Read<Cow<'a, str>> {
        self.at += 1;
        let plain = self.plain();
        if self.pass(b'"') {
            return Ok(Cow::Borrowed(plain));
        }
        let mut text = plain.to_owned();
        while !self.pass(b'"') {
            if !self.pass(b'\\') {
                return self.unfinished();
            }
            text.push(self.escape()?);
            text.push_str(self.plain());
        }
        Ok(Cow::Owned(text))
    }

    /// The characters before the next quote, backslash or control character.
    fn plain(&mut self) -> &'a str {
        let rest = self.rest();
        let length = rest.bytes().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f)).unwrap_or(rest.len());
        self.at += length;
        rest.get(..length).unwrap_or_default()
    }

    #[cold]
    fn unfinished<T>(&self) -> Read<T> {
        match self.peek() {
            None => self.fault("a string is not closed"),
            Some(_) => self.fault("a control character in a string; write it as an escape"),
        }
    }

    /// The character of an escape, behind its backslash.
    fn escape(&mut self) -> Read<char> {
        let letter = self.peek();
        self.at += usize::from(letter.is_some_and(|byte| byte.is_ascii()));
        match letter {
            Some(byte @ (b'"' | b'\\' | b'/')) => Ok(char::from(byte)),
            Some(b'b') => Ok('\u{8}'),
            Some(b'f') => Ok('\u{c}'),
            Some(b'n') => Ok('\n'),
            Some(b'r') => Ok('\r'),
            Some(b't') => Ok('\t'),
            Some(b'u') => self.code_point(),
            Some(_) => self.fault("an escape that JSON does not have; a backslash is written `\\\\`"),
            None => self.unfinished(),
        }
    }

    fn code_point(&mut self) -> Read<char> {
        let first = self.four_digits()?;
        let code = match first {
            0xd800..=0xdbff if self.rest().starts_with("\\u") => {
                self.at += 2;
                let second = self.four_digits()?;
                let low = second.checked_sub(0xdc00).filter(|low| *low < 0x400);
                low.map(|low| 0x10000 + ((first - 0xd800) << 10) + low)
            }
            _ => Some(first),
        };
        match code.and_then(char::from_u32) {
            Some(character) => Ok(character),
            None => self.fault("a lone surrogate, which is no character"),
        }
    }

    fn four_digits(&mut self) -> Read<u32> {
        let digits = self.rest().get(..4).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(code) => {
                self.at += 4;
                Ok(code)
            }
            None => self.fault("`\\u` takes four hexadecimal digits"),
        }
    }

    fn digits(&mut self) -> usize {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        self.at - start
    }

    fn number(&mut self) -> Read<Json<'a>> {
        let start = self.at;
        self.pass(b'-');
        let zero = self.peek() == Some(b'0');
        match self.digits() {
            0 => return self.expected("a digit"),
            1 => {}
            _ if zero => return Err(Fault { at: start, message: "a number does not begin with `0`".to_owned() }),
            _ => {}
        }
        let mut whole = true;
        if self.pass(b'.') {
            whole = false;
            if self.digits() == 0 {
                return self.expected("a digit");
            }
        }
        if self.pass(b'e') || self.pass(b'E') {
            whole = false;
            _ = self.pass(b'+') || self.pass(b'-');
            if self.digits() == 0 {
                return self.expected("a digit");
            }
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        value_of(text, whole).map_err(|error| Fault { at: start, message: error.to_string() })
    }
}

fn value_of(text: &str, whole: bool) -> Result<Json<'static>, NumberError> {
    if whole {
        if let Ok(value) = text.parse() {
            return Ok(Json::Int(value));
        }
        if let Ok(value) = text.parse() {
            return Ok(Json::UInt(value));
        }
    }
    Number::parse(text).map(Json::Decimal)
}
