//! Literals to values: numbers, quotes, prefixes, escapes.

use std::sync::Arc;

use super::value::Value;
use crate::number::{Number, NumberError};

/// A number with a fraction or an exponent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Real {
    /// The nearest double.
    pub(super) double: f64,
    /// The number itself, or why it cannot be kept.
    pub(super) exact: Result<Number, NumberError>,
}

/// What is wrong with a literal, and where in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadLiteral {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) message: String,
}

impl BadLiteral {
    fn whole(text: &str, message: impl Into<String>) -> Self {
        Self { start: 0, end: text.len(), message: message.into() }
    }
}

/// An integer, decimal or `0x`; `negative` where a minus stands before it.
pub(super) fn int(text: &str, negative: bool) -> Result<Value<'static>, BadLiteral> {
    let magnitude = magnitude(text);
    let value = magnitude.and_then(|magnitude| {
        let signed = if negative { 0_i128.checked_sub(i128::from(magnitude))? } else { i128::from(magnitude) };
        i64::try_from(signed).ok()
    });
    let message = "an int goes from -9223372036854775808 to 9223372036854775807";
    value.map(Value::Int).ok_or_else(|| BadLiteral::whole(text, message))
}

/// An unsigned integer with its `u`.
pub(super) fn uint(text: &str) -> Result<Value<'static>, BadLiteral> {
    let value = magnitude(text.trim_end_matches(['u', 'U']));
    value.map(Value::UInt).ok_or_else(|| BadLiteral::whole(text, "a uint goes from 0 to 18446744073709551615"))
}

fn magnitude(digits: &str) -> Option<u64> {
    match digits.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => digits.parse().ok(),
    }
}

/// A number with a fraction or an exponent, as plain CEL and as policies read it.
pub(super) fn real(text: &str, negative: bool) -> Result<Real, BadLiteral> {
    let double: Option<f64> = text.parse().ok().filter(|value: &f64| value.is_finite());
    let double = double.ok_or_else(|| BadLiteral::whole(text, "a double is at most about 1.8e308"))?;
    let exact = Number::parse(text).map(|number| if negative { number.negated() } else { number });
    Ok(Real { double: if negative { -double } else { double }, exact })
}

/// A string with its prefix and quotes.
pub(super) fn string(text: &str) -> Result<Value<'static>, BadLiteral> {
    let (raw, body, offset) = unquoted(text);
    if raw {
        return Ok(Value::text(body));
    }
    let mut value = String::with_capacity(body.len());
    each_piece(body, offset, |piece| match piece {
        Piece::Char(char) | Piece::CodePoint(char) => value.push(char),
        Piece::Byte(byte) => value.push(char::from(byte)),
    })?;
    Ok(Value::text(value))
}

/// A bytes literal with its prefix and quotes.
pub(super) fn bytes(text: &str) -> Result<Value<'static>, BadLiteral> {
    let (raw, body, offset) = unquoted(text);
    if raw {
        return Ok(Value::Bytes(Arc::from(body.as_bytes())));
    }
    let mut value = Vec::with_capacity(body.len());
    let mut code_point = false;
    each_piece(body, offset, |piece| match piece {
        Piece::Char(char) => value.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        Piece::Byte(byte) => value.push(byte),
        Piece::CodePoint(_) => code_point = true,
    })?;
    if code_point {
        return Err(BadLiteral::whole(text, "`\\u` is not for bytes; write the bytes with `\\x`"));
    }
    Ok(Value::Bytes(value.into()))
}

/// Whether it is raw, what stands between the quotes, and where that begins.
fn unquoted(text: &str) -> (bool, &str, usize) {
    let quoted = text.trim_start_matches(['r', 'R', 'b', 'B']);
    let prefix = text.len() - quoted.len();
    let raw = text.get(..prefix).is_some_and(|prefix| prefix.contains(['r', 'R']));
    let triple = quoted.len() >= 6 && (quoted.starts_with("\"\"\"") || quoted.starts_with("'''"));
    let quotes = if triple { 3 } else { 1 };
    (raw, quoted.get(quotes..quoted.len().saturating_sub(quotes)).unwrap_or_default(), prefix + quotes)
}

enum Piece {
    /// A character as it stands, or a simple escape.
    Char(char),
    /// `\x41`, `\101`
    Byte(u8),
    /// `\u0041`, `\U00000041`
    CodePoint(char),
}

fn each_piece(body: &str, offset: usize, mut take: impl FnMut(Piece)) -> Result<(), BadLiteral> {
    let mut rest = body;
    while let Some(char) = rest.chars().next() {
        let (piece, length) = if char == '\\' {
            escape(rest).map_err(|message| {
                let start = offset + body.len() - rest.len();
                BadLiteral { start, end: start + rest.chars().take(2).map(char::len_utf8).sum::<usize>(), message }
            })?
        } else {
            (Piece::Char(char), char.len_utf8())
        };
        take(piece);
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(())
}

/// The piece an escape stands for and its length; `rest` begins with the backslash.
fn escape(rest: &str) -> Result<(Piece, usize), String> {
    let letter = rest.chars().nth(1).unwrap_or_default();
    let digits = |from: usize, count: usize, radix: u32| {
        let digits = rest.get(from..from + count).filter(|digits| digits.chars().all(|digit| digit.is_digit(radix)));
        digits.and_then(|digits| u32::from_str_radix(digits, radix).ok())
    };
    let simple = |char| Ok((Piece::Char(char), 2));
    match letter {
        'a' => simple('\u{07}'),
        'b' => simple('\u{08}'),
        'f' => simple('\u{0C}'),
        'n' => simple('\n'),
        'r' => simple('\r'),
        't' => simple('\t'),
        'v' => simple('\u{0B}'),
        '\\' | '?' | '"' | '\'' | '`' => simple(letter),
        'x' | 'X' => byte(digits(2, 2, 16), 4, "`\\x` takes two hexadecimal digits"),
        'u' => code_point(digits(2, 4, 16), 6, "`\\u` takes four hexadecimal digits of a character"),
        'U' => code_point(digits(2, 8, 16), 10, "`\\U` takes eight hexadecimal digits of a character"),
        '0'..='3' => byte(digits(1, 3, 8), 4, "an octal escape takes three digits"),
        _ => Err(format!("`\\{}` is no escape; a backslash is written `\\\\`", letter.escape_debug())),
    }
}

fn byte(value: Option<u32>, length: usize, message: &str) -> Result<(Piece, usize), String> {
    let byte = value.and_then(|value| u8::try_from(value).ok());
    byte.map(|byte| (Piece::Byte(byte), length)).ok_or_else(|| message.to_owned())
}

fn code_point(value: Option<u32>, length: usize, message: &str) -> Result<(Piece, usize), String> {
    let char = value.and_then(char::from_u32);
    char.map(|char| (Piece::CodePoint(char), length)).ok_or_else(|| message.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(literal: &str) -> String {
        match string(literal).unwrap() {
            Value::Text(text) => text.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn escapes_stand_for_their_characters() {
        assert_eq!(text_of(r#"'\a\b\f\n\r\t\v\\\?\"\'\`'"#), "\u{7}\u{8}\u{c}\n\r\t\u{b}\\?\"'`");
        assert_eq!(text_of(r"'\x41\101\u0041\U0001F431'"), "AAA\u{1f431}");
        assert_eq!(text_of(r"'\xff'"), "\u{ff}");
        assert_eq!(text_of("'''a'b'''"), "a'b");
        assert_eq!(text_of(r"r'\n'"), "\\n");
    }

    #[test]
    fn a_bad_escape_is_reported_at_its_place() {
        let bad = string(r"'ab\q'").unwrap_err();
        assert_eq!((bad.start, bad.end), (3, 5));
        for literal in [r"'\ud800'", r"'\x4'", r"'\400'", r"'\U00110000'", r"'\08'"] {
            assert!(string(literal).is_err(), "{literal}");
        }
        assert!(bytes(r"b'\u0041'").is_err());
    }

    #[test]
    fn bytes_hold_any_byte() {
        assert!(matches!(bytes(r"b'\xff\000é'"), Ok(Value::Bytes(bytes)) if *bytes == *b"\xff\x00\xc3\xa9"));
    }

    #[test]
    fn numbers_out_of_range_are_errors() {
        assert!(matches!(int("9223372036854775808", true), Ok(Value::Int(i64::MIN))));
        assert!(int("9223372036854775808", false).is_err());
        assert!(uint("18446744073709551616u").is_err());
        assert!(real("1e999", false).is_err());
        assert!(matches!(int("0x10", false), Ok(Value::Int(16))));
    }
}
