//! JSON that is harmless on a terminal: characters that act are written as `\u…`, which every reader takes for the same.

use std::io;

use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::acts;

/// The value, indented.
pub(crate) fn indented(value: &impl Serialize) -> io::Result<String> {
    written(value, Plain(PrettyFormatter::new()))
}

/// The value on one line, without a space.
pub(crate) fn line(value: &impl Serialize) -> io::Result<String> {
    written(value, Plain(CompactFormatter))
}

/// The value on one line as people write it, with a space behind commas and colons.
pub(crate) fn spaced(value: &impl Serialize) -> io::Result<String> {
    written(value, Plain(Spaced))
}

fn written(value: &impl Serialize, formatter: impl Formatter) -> io::Result<String> {
    let mut text = Vec::new();
    value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, formatter))?;
    String::from_utf8(text).map_err(io::Error::other)
}

/// Another formatter's layout, with acting characters escaped.
struct Plain<F>(F);

impl<F: Formatter> Formatter for Plain<F> {
    fn write_string_fragment<W: ?Sized + io::Write>(&mut self, to: &mut W, fragment: &str) -> io::Result<()> {
        if !fragment.chars().any(acts) {
            return to.write_all(fragment.as_bytes());
        }
        let mut units = [0; 2];
        for letter in fragment.chars() {
            if acts(letter) {
                letter.encode_utf16(&mut units).iter().try_for_each(|unit| write!(to, "\\u{unit:04x}"))?;
            } else {
                write!(to, "{letter}")?;
            }
        }
        Ok(())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_array(to)
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array(to)
    }

    fn begin_array_value<W: ?Sized + io::Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(to, first)
    }

    fn end_array_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_array_value(to)
    }

    fn begin_object<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object(to)
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object(to)
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(to, first)
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.begin_object_value(to)
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.0.end_object_value(to)
    }
}

/// `["restart", "myapp"]`.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + io::Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { to.write_all(b", ") }
    }

    fn begin_object_key<W: ?Sized + io::Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { to.write_all(b", ") }
    }

    fn begin_object_value<W: ?Sized + io::Write>(&mut self, to: &mut W) -> io::Result<()> {
        to.write_all(b": ")
    }
}

#[cfg(test)]
mod unit {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn acting_characters_are_escaped_and_nothing_is_lost() {
        let value = json!({ "k\u{202e}": ["\u{1b}[31m", "\u{9b}x", "\u{e0041}", "é \"q\" 🔑"] });
        for text in [indented(&value).unwrap(), line(&value).unwrap(), spaced(&value).unwrap()] {
            assert!(text.chars().all(|letter| letter == '\n' || !acts(letter)), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
        assert!(line(&value).unwrap().contains(r"\udb40\udc41"));
    }

    #[test]
    fn people_s_json_has_spaces_between_tokens() {
        assert_eq!(spaced(&json!({ "a": ["x", 1], "b": null })).unwrap(), r#"{"a": ["x", 1], "b": null}"#);
        assert_eq!(spaced(&json!([{}, []])).unwrap(), "[{}, []]");
    }
}
