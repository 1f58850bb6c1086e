//! JSON as a call carries it: parsed strictly, borrowed where the text allows.
//!
//! Refused with a position: duplicate keys at any depth, lone surrogates, invalid UTF-8, NaN and infinities, numbers with
//! more digits than are kept, more than [`MAX_DEPTH`] levels, more than [`MAX_BYTES`] bytes. Two parsers that read one text
//! differently are a bypass, so a number is never rounded.

mod parse;
mod write;

use std::borrow::Cow;
use std::fmt;

use crate::number::Number;

/// Most levels of lists and objects in one text.
pub const MAX_DEPTH: usize = 64;
/// Most bytes in one text.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A JSON value. Numbers keep their kind: an integer in the range of `i64` is `Int`, up to `u64` it is `UInt`, anything
/// else is `Decimal`.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// An integer from `i64::MIN` to `i64::MAX`.
    Int(i64),
    /// An integer above `i64::MAX`.
    UInt(u64),
    /// Any other number, digit for digit.
    Decimal(Number),
    /// A string.
    Text(Cow<'a, str>),
    /// An array.
    List(Vec<Json<'a>>),
    /// An object.
    Object(Object<'a>),
}

/// A JSON object: distinct keys, kept in byte order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'a> {
    entries: Vec<(Cow<'a, str>, Json<'a>)>,
}

impl<'a> Object<'a> {
    /// An object of these entries; the first key that is there twice is the error.
    pub fn new(mut entries: Vec<(Cow<'a, str>, Json<'a>)>) -> Result<Self, String> {
        entries.sort_by(|(left, _), (right, _)| left.cmp(right));
        match entries.windows(2).find_map(|pair| match pair {
            [(left, _), (right, _)] if left == right => Some(left.to_string()),
            _ => None,
        }) {
            Some(twice) => Err(twice),
            None => Ok(Self { entries }),
        }
    }

    /// The value of a key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json<'a>> {
        if self.entries.len() <= 8 {
            return self.entries.iter().find(|(name, _)| name == key).map(|(_, value)| value);
        }
        let at = self.entries.binary_search_by(|(name, _)| name.as_ref().cmp(key)).ok()?;
        self.entries.get(at).map(|(_, value)| value)
    }

    /// All entries, in byte order of their keys.
    #[must_use]
    pub fn entries(&self) -> &[(Cow<'a, str>, Json<'a>)] {
        &self.entries
    }

    /// The entries themselves, in byte order of their keys.
    #[must_use]
    pub fn into_entries(self) -> Vec<(Cow<'a, str>, Json<'a>)> {
        self.entries
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Why a text is not a JSON value we take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// What is wrong.
    pub message: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in bytes, from 1.
    pub column: usize,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at line {}, column {}", self.message, self.line, self.column)
    }
}

impl std::error::Error for JsonError {}

impl<'a> Json<'a> {
    /// Reads one JSON text.
    ///
    /// # Errors
    /// Says what is wrong and where; see the module's list of what is refused.
    pub fn parse(text: &'a [u8]) -> Result<Self, JsonError> {
        parse::parse(text)
    }

    /// The canonical text: the keys of objects in byte order, no space between tokens, numbers with every digit.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        write::value(&mut text, self);
        text
    }

    /// The number, if this is one.
    #[must_use]
    pub fn as_number(&self) -> Option<Number> {
        match self {
            Self::Int(value) => Some(Number::from(*value)),
            Self::UInt(value) => Some(Number::from(*value)),
            Self::Decimal(value) => Some(*value),
            _ => None,
        }
    }

    /// A number within it that a reader who knows only doubles would read as another: one with too many digits. What is
    /// handed on to such readers is not what was judged.
    #[must_use]
    pub fn beyond_doubles(&self) -> Option<Number> {
        match self {
            Self::Decimal(value) => Some(*value).filter(|value| value.is_beyond_doubles()),
            Self::List(items) => items.iter().find_map(Self::beyond_doubles),
            Self::Object(object) => object.entries.iter().find_map(|(_, item)| item.beyond_doubles()),
            _ => None,
        }
    }

    /// The same value, owning its text.
    #[must_use]
    pub fn into_owned(self) -> Json<'static> {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(value),
            Self::Int(value) => Json::Int(value),
            Self::UInt(value) => Json::UInt(value),
            Self::Decimal(value) => Json::Decimal(value),
            Self::Text(text) => Json::Text(Cow::Owned(text.into_owned())),
            Self::List(items) => Json::List(items.into_iter().map(Json::into_owned).collect()),
            Self::Object(object) => Json::Object(Object {
                entries: object
                    .entries
                    .into_iter()
                    .map(|(key, value)| (Cow::Owned(key.into_owned()), value.into_owned()))
                    .collect(),
            }),
        }
    }

    /// The JSON word for this kind of value: `string`, `number`, `list`, `object`, `boolean`, `null`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Int(_) | Self::UInt(_) | Self::Decimal(_) => "number",
            Self::Text(_) => "string",
            Self::List(_) => "list",
            Self::Object(_) => "object",
        }
    }

    /// The object, if this is one.
    #[must_use]
    pub const fn as_object(&self) -> Option<&Object<'a>> {
        match self {
            Self::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The text, if this is a string.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Takes over a `serde_json` value, borrowing its strings. It cannot hold duplicate keys, and is held to the same
    /// depth as a text.
    ///
    /// # Errors
    /// When there are more than [`MAX_DEPTH`] levels.
    pub fn from_value(value: &'a serde_json::Value) -> Result<Self, JsonError> {
        Self::lower(value, 0)
    }

    fn lower(value: &'a serde_json::Value, depth: usize) -> Result<Self, JsonError> {
        use serde_json::Value;
        if depth > MAX_DEPTH {
            return Err(JsonError { message: too_deep(), line: 1, column: 1 });
        }
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => number
                .as_i64()
                .map(Json::Int)
                .or_else(|| number.as_u64().map(Json::UInt))
                .map_or_else(|| Number::parse(&number.to_string()).map(Json::Decimal), Ok)
                .map_err(|error| JsonError { message: error.to_string(), line: 1, column: 1 })?,
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(items) => {
                Self::List(items.iter().map(|item| Self::lower(item, depth + 1)).collect::<Result<_, _>>()?)
            }
            Value::Object(map) => {
                let entries = map
                    .iter()
                    .map(|(key, value)| Ok((Cow::Borrowed(key.as_str()), Self::lower(value, depth + 1)?)))
                    .collect::<Result<Vec<_>, JsonError>>()?;
                Self::Object(Object::new(entries).map_err(|key| JsonError {
                    message: duplicate(&key),
                    line: 1,
                    column: 1,
                })?)
            }
        })
    }
}

fn too_deep() -> String {
    format!("more than {MAX_DEPTH} levels of lists and objects")
}

fn duplicate(key: &str) -> String {
    format!("the key `{}` is there twice in one object", key.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &[u8]) -> String {
        Json::parse(text).map(|value| format!("{value:?}")).unwrap_err().to_string()
    }

    #[test]
    fn duplicate_keys_are_refused_at_any_depth() {
        let message = refused(br#"{"a":{"path":1,"path":2}}"#);
        assert!(message.starts_with("the key `path` is there twice in one object at line 1, column"), "{message}");
        assert!(refused(br#"{"a":1,"\u0061":2}"#).contains("twice"));
    }

    #[test]
    fn many_keys_are_checked_for_duplicates_too() {
        let keys: Vec<String> = (0..100).map(|n| format!("\"k{}\":0", n % 99)).collect();
        assert!(refused(format!("{{{}}}", keys.join(",")).as_bytes()).contains("`k0` is there twice"));
    }

    #[test]
    fn what_two_parsers_could_read_differently_is_refused() {
        for text in
            [&b"\"\\ud800\""[..], b"\"\xff\"", b"NaN", b"1e999", b"01", b"{} {}", b"[1,]", b"", b"\xef\xbb\xbf{}"]
        {
            refused(text);
        }
    }

    #[test]
    fn depth_is_limited() {
        let nested = |n: usize| [vec![b'['; n], vec![b']'; n]].concat();
        assert!(Json::parse(&nested(MAX_DEPTH)).is_ok());
        assert!(refused(&nested(MAX_DEPTH + 1)).contains("64 levels"));
        assert!(refused(&nested(100_000)).contains("64 levels"));
    }

    #[test]
    fn integers_keep_every_digit() {
        assert_eq!(Json::parse(b"9007199254740993"), Ok(Json::Int(9_007_199_254_740_993)));
        assert_eq!(Json::parse(b"18446744073709551615"), Ok(Json::UInt(u64::MAX)));
        assert_eq!(Json::parse(b"-0"), Ok(Json::Int(0)));
        let decimal = |text: &str| Json::Decimal(Number::parse(text).unwrap());
        for text in ["1.0", "100.000000000000000000000000000001", "1e300", "18446744073709551616", "-0.25E-3"] {
            assert_eq!(Json::parse(text.as_bytes()), Ok(decimal(text)), "{text}");
        }
    }

    #[test]
    fn a_number_that_cannot_be_kept_is_refused_at_its_place() {
        let message = refused(b"{\"a\":[1,\n 1.000000000000000000000000000000000000001]}");
        let expected = "a number with more than 38 digits, which cannot be kept exactly at line 2, column 2";
        assert_eq!(message, expected);
        assert_eq!(refused(b"[1e-999]"), "a number out of range at line 1, column 2");
    }

    #[test]
    fn the_canonical_text_is_the_value() {
        for text in [
            r#"{"a":[1,1.5,0.1,1e+300,"\u0000\u001f\n\"\\é🔑\u007f"],"b":{"c":null,"d":true}}"#,
            "100.000000000000000000000000000001",
            "[]",
            "{}",
        ] {
            let json = Json::parse(text.as_bytes()).unwrap();
            assert_eq!(Json::parse(json.text().as_bytes()), Ok(json.clone()));
            assert_eq!(json.text(), text.replace("\\u007f", "\u{7f}"));
        }
    }

    #[test]
    fn escapes_are_their_characters() {
        let text = r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\udd11""#;
        assert_eq!(Json::parse(text.as_bytes()), Ok(Json::Text("\"\\/\u{8}\u{c}\n\r\té🔑".into())));
        for text in
            [r#""\ud83d""#, r#""\udd11""#, r#""\ud83d\u0041""#, r#""\x""#, r#""\u12g4""#, "\"a\nb\"", "\"a", "\"\\"]
        {
            refused(text.as_bytes());
        }
    }

    #[test]
    fn a_number_that_doubles_cannot_tell_is_found_anywhere() {
        let beyond = |text: &str| Json::parse(text.as_bytes()).unwrap().beyond_doubles().is_some();
        assert!(!beyond(r#"{"a":[1,0.1,1e300,9007199254740993,1.0]}"#));
        assert!(beyond(r#"{"a":[1,{"b":100.00000000000000001}]}"#) && beyond("9007199254740993.0"));
    }

    #[test]
    fn the_reader_says_what_it_expected_and_where() {
        for (text, said) in [
            ("", "the text ends where a value must follow at line 1, column 1"),
            ("{\"a\" 1}", "expected `:`, found `1` at line 1, column 6"),
            ("[1 2]", "expected `,` or `]`, found `2` at line 1, column 4"),
            ("{a:1}", "expected a key in double quotes, found `a` at line 1, column 2"),
            ("[1,]", "expected a value, found `]` at line 1, column 4"),
            ("{} x", "expected the end of the text, found `x` at line 1, column 4"),
            ("01", "a number does not begin with `0` at line 1, column 1"),
            ("\"\\ud800\"", "a lone surrogate, which is no character at line 1, column 8"),
        ] {
            assert_eq!(refused(text.as_bytes()), said, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn it_reads_what_another_parser_reads(text in "[\\[\\]{}:,0-9eE.+\\-\"\\\\a-dntru \n]{0,24}") {
            let other = serde_json::from_str::<serde_json::Value>(&text);
            match (Json::parse(text.as_bytes()), &other) {
                (Ok(json), Ok(value)) => {
                    proptest::prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&json.text()).unwrap(), value.clone());
                }
                (Err(_), Err(_)) => {}
                // what the other rounds, or takes twice, is refused here
                (Err(error), Ok(_)) => {
                    let stricter = ["number", "twice"].iter().any(|word| error.message.contains(word));
                    proptest::prop_assert!(stricter, "{}: {}", text, error);
                }
                (Ok(_), Err(error)) => proptest::prop_assert!(error.to_string().contains("number out of range"), "{}: {}", text, error),
            }
        }
    }

    #[test]
    fn a_value_is_as_small_as_its_text() {
        assert!(size_of::<Json<'_>>() <= 32, "{}", size_of::<Json<'_>>());
    }

    #[test]
    fn spelt_twice_a_number_is_one() {
        assert_eq!(Json::parse(b"1.50"), Json::parse(b"15e-1"));
    }
}
