//! What calls are counted under: a value, such that equal values are one key and others are not.

use std::fmt::{self, Display, Formatter, Write as _};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::cel::Value;
use crate::number::Number;
use crate::path;

/// A key longer than this, as it is printed, is kept as its digest.
const MAX_BYTES: usize = 512;

/// A typed key. `1` and `1.0` are one, the text `1` is another; a list of values is a key of its own, so that `["a", "bc"]`
/// and `["ab", "c"]` are two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// `null`
    Null,
    /// A truth value.
    Bool(bool),
    /// A number.
    Number(Number),
    /// Text.
    Text(Arc<str>),
    /// Each of several.
    List(Vec<Key>),
    /// Keys and values, in order of the keys.
    Map(Vec<(Key, Key)>),
    /// A value of a type that JSON does not have: the type's name and the value's text.
    Typed(&'static str, String),
}

impl Key {
    /// The key of all calls together.
    #[must_use]
    pub fn everybody() -> Self {
        Self::text("")
    }

    /// The key of a text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self::Text(text.into()).short()
    }

    /// The key of a value; `None` for what equals nothing.
    #[must_use]
    pub fn of(value: &Value<'_>) -> Option<Self> {
        Self::whole_of(value).map(Self::short)
    }

    fn whole_of(value: &Value<'_>) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(value) => Self::Number(Number::from(*value)),
            Value::UInt(value) => Self::Number(Number::from(*value)),
            Value::Decimal(value) => Self::Number(*value),
            Value::Double(value) => Self::Number(Number::of_double(*value)?),
            Value::Text(text) => Self::Text(text.as_str().into()),
            Value::List(list) => Self::List(list.iter().map(|item| Self::whole_of(&item)).collect::<Option<_>>()?),
            Value::Map(map) => {
                let entry = |(key, value)| Some((Self::whole_of(&key)?, Self::whole_of(&value)?));
                let mut entries: Vec<(Self, Self)> = map.iter().map(entry).collect::<Option<_>>()?;
                entries.sort();
                Self::Map(entries)
            }
            Value::Path(path) => Self::Typed("path", one_spelling(path)),
            other => Self::Typed(other.ty().name(), other.to_string()),
        })
    }

    /// The key itself, or its digest where it is long: a store remembers keys as long as their windows.
    fn short(self) -> Self {
        let mut counted = Counted(0);
        if write!(counted, "{self}").is_ok() && counted.0 <= MAX_BYTES {
            return self;
        }
        let digest = Sha256::digest(self.to_string().as_bytes());
        Self::Typed("sha256", digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// One of the spellings that some file system takes for the same path, the same for each of them: where nobody knows
/// whether two paths are one, they are counted together.
fn one_spelling(path: &str) -> String {
    path::usual(&path::folded(path)).as_str().to_owned()
}

/// Counts bytes up to what is allowed.
struct Counted(usize);

impl fmt::Write for Counted {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0 += text.len();
        if self.0 > MAX_BYTES { Err(fmt::Error) } else { Ok(()) }
    }
}

/// As JSON, but for maps whose keys are no text and for types that JSON does not have; two keys never print alike.
impl Display for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Bool(value) => value.fmt(f),
            Self::Number(value) => value.fmt(f),
            Self::Text(text) => write!(f, "{:?}", &**text),
            Self::List(items) => {
                f.write_char('[')?;
                separated(f, items, |f, item| item.fmt(f))?;
                f.write_char(']')
            }
            Self::Map(entries) => {
                f.write_char('{')?;
                separated(f, entries, |f, (key, value)| write!(f, "{key}: {value}"))?;
                f.write_char('}')
            }
            Self::Typed(ty, text) => write!(f, "{ty}({text:?})"),
        }
    }
}

fn separated<T>(
    f: &mut Formatter<'_>,
    items: &[T],
    one: impl Fn(&mut Formatter<'_>, &T) -> fmt::Result,
) -> fmt::Result {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            f.write_str(", ")?;
        }
        one(f, item)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cel::function::Site;
    use crate::cel::{Budget, functions};
    use crate::json::Json;

    fn key(json: &str) -> Key {
        let json = Json::parse(json.as_bytes()).unwrap();
        Key::of(&Value::from(&json)).unwrap()
    }

    #[test]
    fn equal_values_are_one_key_and_values_of_other_types_are_others() {
        assert_eq!(key("1"), key("1.0"));
        assert_eq!(key("-0.0"), key("0"));
        assert_eq!(key("1e20").to_string(), key("100000000000000000000").to_string());
        assert_eq!(key("18446744073709551615"), Key::Number(Number::from(u64::MAX)));
        assert_eq!(key(r#"{"a":1,"b":[2]}"#), key(r#"{"b":[2.0],"a":1}"#));
        for (one, other) in [
            ("1", "\"1\""),
            ("null", "\"null\""),
            ("true", "\"true\""),
            ("0", "false"),
            ("1", "[1]"),
            ("[\"a\",\"bc\"]", "[\"ab\",\"c\"]"),
            ("[\"a, b\"]", "[\"a\",\"b\"]"),
            ("[[1],2]", "[1,[2]]"),
            ("{}", "[]"),
            ("9007199254740993", "9007199254740992"),
            ("9007199254740993.0", "9007199254740992.0"),
            ("0.1", "0.10000000000000000001"),
            ("1e400", "\"inf\""),
        ] {
            if let (Ok(one), Ok(other)) = (Json::parse(one.as_bytes()), Json::parse(other.as_bytes())) {
                assert_ne!(Key::of(&Value::from(&one)), Key::of(&Value::from(&other)));
            }
        }
    }

    #[test]
    fn what_equals_nothing_is_no_key() {
        assert_eq!(Key::of(&Value::Double(f64::NAN)), None);
        assert_eq!(Key::of(&Value::list(vec![Value::Double(f64::NAN)])), None);
    }

    #[test]
    fn paths_that_may_be_one_are_counted_together() {
        let path = |text: &str| Key::of(&Value::Path(crate::cel::value::Text::Shared(text.into())));
        assert_eq!(path("/ETC/x"), path("/private/etc/x"));
        assert_ne!(path("/etc/x"), path("/etc/y"));
        assert_ne!(path("/etc/x"), Some(Key::text("/etc/x")));
    }

    #[test]
    fn a_long_key_is_kept_as_its_digest() {
        let long = |end: &str| Key::text(&format!("{}{end}", "a".repeat(100_000)));
        assert!(long("b").to_string().len() < MAX_BYTES);
        assert_ne!(long("b"), long("c"));
        assert_eq!(long("b"), long("b"));
    }

    fn equal<'v>(one: &Value<'v>, other: &Value<'v>) -> bool {
        let row = functions::named("_==_").next().unwrap();
        let equal = (row.eval)(Site::new(None, &Budget::default()), &[one.clone(), other.clone()]);
        matches!(equal, Ok(Value::Bool(true)))
    }

    fn json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            Just("true".to_owned()),
            (-3_i64..3).prop_map(|number| number.to_string()),
            (-3_i64..3).prop_map(|number| format!("{number}.0")),
            (-3_i64..3).prop_map(|number| format!("{number}.5")),
            "[0-3,\\[\\]]{0,3}".prop_map(|text| format!("\"{text}\"")),
        ];
        leaf.prop_recursive(3, 16, 3, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..3).prop_map(|items| format!("[{}]", items.join(","))),
                prop::collection::btree_map("[ab]", inner, 0..3).prop_map(|entries| {
                    let entries: Vec<String> =
                        entries.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
                    format!("{{{}}}", entries.join(","))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn keys_are_equal_where_values_are(one in json(), other in json()) {
            let (one, other) = (Json::parse(one.as_bytes()).unwrap(), Json::parse(other.as_bytes()).unwrap());
            let (one, other) = (Value::from(&one), Value::from(&other));
            let equal = equal(&one, &other);
            prop_assert_eq!(Key::of(&one) == Key::of(&other), equal, "{} {}", one, other);
            let printed = (Key::of(&one).unwrap().to_string(), Key::of(&other).unwrap().to_string());
            prop_assert_eq!(printed.0 == printed.1, equal);
        }
    }
}
