//! JSON as a call carries it: parsed strictly, borrowed where the text allows.
//!
//! Refused with a position: duplicate keys at any depth, lone surrogates, invalid UTF-8, NaN and infinities, more than
//! [`MAX_DEPTH`] levels, more than [`MAX_BYTES`] bytes. Two parsers that read one text differently are a bypass.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};

/// Most levels of lists and objects in one text.
pub const MAX_DEPTH: usize = 64;
/// Most bytes in one text.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A JSON value. Numbers keep their kind: an integer in the range of `i64` is `Int`, up to `u64` it is `UInt`, anything
/// else is `Double`.
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
    /// Any other finite number.
    Double(f64),
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

impl JsonError {
    fn of(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let message = text.rsplit_once(" at line ").map_or(text.as_str(), |(message, _)| message).to_owned();
        Self { message, line: error.line().max(1), column: error.column().max(1) }
    }
}

impl<'a> Json<'a> {
    /// Reads one JSON text.
    ///
    /// # Errors
    /// Says what is wrong and where; see the module's list of what is refused.
    pub fn parse(text: &'a [u8]) -> Result<Self, JsonError> {
        if text.len() > MAX_BYTES {
            let message = format!("the text has {} bytes; at most {MAX_BYTES} are allowed", text.len());
            return Err(JsonError { message, line: 1, column: 1 });
        }
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        let value = Level(0).deserialize(&mut deserializer).map_err(|error| JsonError::of(&error))?;
        deserializer.end().map_err(|error| JsonError::of(&error))?;
        Ok(value)
    }

    /// The same value, owning its text.
    #[must_use]
    pub fn into_owned(self) -> Json<'static> {
        match self {
            Self::Null => Json::Null,
            Self::Bool(value) => Json::Bool(value),
            Self::Int(value) => Json::Int(value),
            Self::UInt(value) => Json::UInt(value),
            Self::Double(value) => Json::Double(value),
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
            Self::Int(_) | Self::UInt(_) | Self::Double(_) => "number",
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
                .or_else(|| number.as_f64().filter(|number| number.is_finite()).map(Json::Double))
                .ok_or_else(|| JsonError { message: "a number out of range".to_owned(), line: 1, column: 1 })?,
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

/// Reads a value that stands this many levels deep.
struct Level(usize);

impl<'de> DeserializeSeed<'de> for Level {
    type Value = Json<'de>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Json<'de>, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Level {
    fn deeper<E: serde::de::Error>(&self) -> Result<Self, E> {
        if self.0 >= MAX_DEPTH { Err(E::custom(too_deep())) } else { Ok(Self(self.0 + 1)) }
    }
}

impl<'de> Visitor<'de> for Level {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Json<'de>, E> {
        Ok(Json::Int(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Json<'de>, E> {
        Ok(i64::try_from(value).map_or(Json::UInt(value), Json::Int))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Json<'de>, E> {
        if value.is_finite() { Ok(Json::Double(value)) } else { Err(E::custom("a number out of range")) }
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_string<E>(self, text: String) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Json<'de>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element_seed(self.deeper()?)? {
            items.push(item);
        }
        Ok(Json::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Json<'de>, A::Error> {
        let mut entries = Vec::with_capacity(4);
        while let Some(key) = access.next_key_seed(Key)? {
            if entries.len() < 32 && entries.iter().any(|(name, _)| *name == key) {
                return Err(A::Error::custom(duplicate(&key)));
            }
            let value = access.next_value_seed(self.deeper()?)?;
            entries.push((key, value));
        }
        Object::new(entries).map(Json::Object).map_err(|key| A::Error::custom(duplicate(&key)))
    }
}

/// Reads an object's key, borrowed where it holds no escape.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(text))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(text.to_owned()))
    }
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
        assert_eq!(Json::parse(b"1.0"), Ok(Json::Double(1.0)));
    }
}
