//! The values that expressions compute with.
//!
//! A [`Value`] is a view: text, lists and maps of a call are borrowed, what a policy or an evaluation made is shared.
//! Reading a parameter allocates nothing.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::Arc;

use super::types::Type;
use crate::json::{Json, Object};
use crate::number::Number;
use crate::sql::Sql;
use crate::url::Url;

/// A value of the expression language.
#[derive(Clone, Debug)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// A truth value.
    Bool(bool),
    /// A signed 64-bit integer.
    Int(i64),
    /// An unsigned 64-bit integer.
    UInt(u64),
    /// A number with a fraction or an exponent, digit for digit: of a call, and of a policy's text.
    Decimal(Number),
    /// An IEEE 754 double, which only plain CEL computes with.
    Double(f64),
    /// Unicode text.
    Text(Text<'a>),
    /// Bytes.
    Bytes(Arc<[u8]>),
    /// A list.
    List(List<'a>),
    /// A map.
    Map(Map<'a>),
    /// A point in time.
    Timestamp(jiff::Timestamp),
    /// A span of time.
    Duration(jiff::SignedDuration),
    /// A type, as `type(x)` gives it.
    Type(Type),
    /// An IP address.
    Ip(IpAddr),
    /// An IP address with a prefix length.
    Cidr(ipnet::IpNet),
    /// A file system path that was checked to be explainable and normalised; see [`crate::path`].
    Path(Text<'a>),
    /// A URL that was checked to be explainable; see [`crate::url`].
    Url(Arc<Url>),
    /// SQL that was parsed and walked; see [`crate::sql`].
    Sql(Arc<Sql>),
    /// What a shell command would run; see `crate::shell`.
    #[cfg(feature = "shell")]
    Shell(Arc<crate::shell::Script>),
}

/// Text, borrowed from a call or shared.
#[derive(Clone, Debug)]
pub enum Text<'a> {
    /// From the call or the policy.
    Borrowed(&'a str),
    /// Made by an evaluation, or a constant.
    Shared(Arc<str>),
}

impl Text<'_> {
    /// The text itself.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Shared(text) => text,
        }
    }

    /// The same text, owning itself.
    #[must_use]
    pub fn to_static(&self) -> Text<'static> {
        match self {
            Self::Borrowed(text) => Text::Shared(Arc::from(*text)),
            Self::Shared(text) => Text::Shared(Arc::clone(text)),
        }
    }
}

impl std::ops::Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

/// A list, borrowed from a call or shared.
#[derive(Clone, Debug)]
pub enum List<'a> {
    /// A JSON array of the call.
    Json(&'a [Json<'a>]),
    /// Made by an evaluation, or a constant.
    Shared(Arc<[Value<'a>]>),
}

impl<'a> List<'a> {
    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Json(items) => items.len(),
            Self::Shared(items) => items.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The element at an index from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Value<'a>> {
        match self {
            Self::Json(items) => items.get(index).map(Value::from),
            Self::Shared(items) => items.get(index).cloned(),
        }
    }

    /// The elements in order.
    pub fn iter(&self) -> impl Iterator<Item = Value<'a>> + '_ {
        (0..self.len()).filter_map(|index| self.get(index))
    }
}

/// A map, borrowed from a call or shared.
#[derive(Clone, Debug)]
pub enum Map<'a> {
    /// A JSON object of the call.
    Json(&'a Object<'a>),
    /// A JSON object of the call over one whose entries stand for absent keys.
    WithDefaults(&'a Object<'a>, &'a Object<'a>),
    /// Made by an evaluation, or a constant; keys are distinct under CEL equality, in order of writing.
    Shared(Arc<[(Value<'a>, Value<'a>)]>),
}

impl<'a> Map<'a> {
    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Json(object) => object.len(),
            Self::WithDefaults(object, defaults) => object.len() + absent(object, defaults).count(),
            Self::Shared(entries) => entries.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a text key.
    #[inline]
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Value<'a>> {
        match self {
            Self::Json(object) => object.get(key).map(Value::from),
            Self::WithDefaults(object, defaults) => object.get(key).or_else(|| defaults.get(key)).map(Value::from),
            Self::Shared(entries) => entries.iter().find(|(name, _)| name.is_text(key)).map(|(_, value)| value.clone()),
        }
    }

    /// The entry at an index from 0, in the map's own order.
    #[must_use]
    pub fn entry(&self, index: usize) -> Option<(Value<'a>, Value<'a>)> {
        match self {
            Self::Json(object) => object.entries().get(index).map(borrowed),
            Self::WithDefaults(object, defaults) => match index.checked_sub(object.len()) {
                None => object.entries().get(index).map(borrowed),
                Some(index) => absent(object, defaults).nth(index).map(borrowed),
            },
            Self::Shared(entries) => entries.get(index).cloned(),
        }
    }

    /// The entries in the map's own order.
    pub fn iter(&self) -> impl Iterator<Item = (Value<'a>, Value<'a>)> + '_ {
        (0..self.len()).filter_map(|index| self.entry(index))
    }
}

fn borrowed<'a>((key, value): &'a (Cow<'a, str>, Json<'a>)) -> (Value<'a>, Value<'a>) {
    (Value::Text(Text::Borrowed(key.as_ref())), Value::from(value))
}

/// The defaults of keys that an object lacks.
fn absent<'a>(object: &'a Object<'a>, defaults: &'a Object<'a>) -> impl Iterator<Item = &'a (Cow<'a, str>, Json<'a>)> {
    defaults.entries().iter().filter(|(key, _)| object.get(key).is_none())
}

impl<'a> Value<'a> {
    /// Text that owns itself.
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Self::Text(Text::Shared(text.into()))
    }

    /// A list of these elements.
    pub fn list(items: impl Into<Arc<[Value<'a>]>>) -> Self {
        Self::List(List::Shared(items.into()))
    }

    /// Its type; lists and maps say nothing of their elements.
    #[must_use]
    pub const fn ty(&self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::UInt(_) => Type::UInt,
            Self::Decimal(_) | Self::Double(_) => Type::Double,
            Self::Text(_) => Type::Text,
            Self::Bytes(_) => Type::Bytes,
            Self::List(_) => Type::List(None),
            Self::Map(_) => Type::Map(None),
            Self::Timestamp(_) => Type::Timestamp,
            Self::Duration(_) => Type::Duration,
            Self::Type(_) => Type::Type,
            Self::Ip(_) => Type::Ip,
            Self::Cidr(_) => Type::Cidr,
            Self::Path(_) => Type::Path,
            Self::Url(_) => Type::Url,
            Self::Sql(_) => Type::Sql,
            #[cfg(feature = "shell")]
            Self::Shell(_) => Type::Shell,
        }
    }

    fn is_text(&self, key: &str) -> bool {
        matches!(self, Self::Text(text) if text.as_str() == key)
    }

    /// The same value, owning everything it shows.
    #[must_use]
    pub fn to_static(&self) -> Value<'static> {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::Bool(*value),
            Self::Int(value) => Value::Int(*value),
            Self::UInt(value) => Value::UInt(*value),
            Self::Decimal(value) => Value::Decimal(*value),
            Self::Double(value) => Value::Double(*value),
            Self::Text(text) => Value::Text(text.to_static()),
            Self::Bytes(bytes) => Value::Bytes(Arc::clone(bytes)),
            Self::List(list) => Value::list(list.iter().map(|item| item.to_static()).collect::<Vec<_>>()),
            Self::Map(map) => Value::Map(Map::Shared(
                map.iter().map(|(key, value)| (key.to_static(), value.to_static())).collect::<Vec<_>>().into(),
            )),
            Self::Timestamp(time) => Value::Timestamp(*time),
            Self::Duration(duration) => Value::Duration(*duration),
            Self::Type(ty) => Value::Type(ty.clone()),
            Self::Ip(address) => Value::Ip(*address),
            Self::Cidr(net) => Value::Cidr(*net),
            Self::Path(path) => Value::Path(path.to_static()),
            Self::Url(url) => Value::Url(Arc::clone(url)),
            Self::Sql(sql) => Value::Sql(Arc::clone(sql)),
            #[cfg(feature = "shell")]
            Self::Shell(script) => Value::Shell(Arc::clone(script)),
        }
    }
}

impl<'a> From<&'a Json<'a>> for Value<'a> {
    #[inline]
    fn from(json: &'a Json<'a>) -> Self {
        match json {
            Json::Null => Self::Null,
            Json::Bool(value) => Self::Bool(*value),
            Json::Int(value) => Self::Int(*value),
            Json::UInt(value) => Self::UInt(*value),
            Json::Decimal(value) => Self::Decimal(*value),
            Json::Text(text) => Self::Text(Text::Borrowed(text)),
            Json::List(items) => Self::List(List::Json(items)),
            Json::Object(object) => Self::Map(Map::Json(object)),
        }
    }
}
