//! The tree that YAML text becomes.

use std::borrow::Cow;
use std::sync::Arc;

use crate::json::{Json, Object};
use crate::number::Number;
use crate::source::Span;

/// A value with its place. What an alias brought has the place of its text, and knows the alias. Lists and maps are
/// shared between clones.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it is.
    pub kind: NodeKind,
    /// The whole of it, quotes and brackets included.
    pub span: Span,
}

/// The kinds of node.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeKind {
    /// Text, a number, a truth value, nothing.
    Scalar(Scalar),
    /// `- a` or `[a]`
    List(Arc<[Node]>),
    /// `k: v` or `{k: v}`, keys distinct, in order of the text.
    Map(Arc<[(Key, Node)]>),
}

/// A map's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its text.
    pub text: String,
    /// Where it was written, quotes aside where the text stands between them byte for byte.
    pub span: Span,
}

/// A scalar as written and as YAML 1.2's core schema reads it.
#[derive(Clone, Debug, PartialEq)]
pub struct Scalar {
    /// The text after unquoting.
    pub text: String,
    /// The value: quoted scalars are `Text`, plain ones what the core schema says.
    pub value: ScalarValue,
    /// Where the text stands, quotes aside.
    pub content: Span,
    /// Whether `text` is byte for byte what stands in `content`, so that offsets into the one are offsets into the
    /// other. Not so with escapes, folded lines and block scalars.
    pub exact: bool,
}

impl Scalar {
    /// The span of bytes `start..end` of `text`; all of it where offsets do not map.
    #[must_use]
    pub fn at(&self, start: usize, end: usize) -> Span {
        if self.exact { self.content.within(start, end) } else { self.content }
    }
}

/// What a scalar means in YAML 1.2's core schema.
#[derive(Clone, Debug, PartialEq)]
pub enum ScalarValue {
    /// `null`, `~`, nothing at all.
    Null,
    /// `true`, `false` and their capitalised forms; never `no` or `on`.
    Bool(bool),
    /// An integer from `i64::MIN` to `i64::MAX`, decimal, `0o`, `0x`; `010` is ten.
    Int(i64),
    /// An integer above `i64::MAX`.
    UInt(u64),
    /// A finite number with a fraction or an exponent, digit for digit.
    Decimal(Number),
    /// Anything else.
    Text,
}

impl Node {
    /// What this is, for people: `text`, `a number`, `a truth value`, `nothing`, `a list`, `a map`.
    #[must_use]
    pub const fn kind_name(&self) -> &'static str {
        match &self.kind {
            NodeKind::Scalar(scalar) => scalar.kind_name(),
            NodeKind::List(_) => "a list",
            NodeKind::Map(_) => "a map",
        }
    }

    /// The scalar, if this is one.
    #[must_use]
    pub const fn as_scalar(&self) -> Option<&Scalar> {
        match &self.kind {
            NodeKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text, if this is a scalar that means text; `None` for numbers, truth values and nothing.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        self.as_scalar().filter(|scalar| scalar.value == ScalarValue::Text).map(|scalar| scalar.text.as_str())
    }

    /// The items, if this is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Self]> {
        match &self.kind {
            NodeKind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries, if this is a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(Key, Self)]> {
        match &self.kind {
            NodeKind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key, if this is a map that has it. A scan: for maps of a few keys.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.iter().find(|(name, _)| name.text == key).map(|(_, value)| value)
    }

    /// The same value as the alias at `alias` brings it to another place.
    pub(super) fn through(&self, alias: Span) -> Self {
        let kind = match &self.kind {
            NodeKind::Scalar(scalar) => {
                NodeKind::Scalar(Scalar { content: scalar.content.through(alias), ..scalar.clone() })
            }
            NodeKind::List(items) => NodeKind::List(items.iter().map(|item| item.through(alias)).collect()),
            NodeKind::Map(entries) => {
                let entry = |(key, value): &(Key, Self)| {
                    (Key { text: key.text.clone(), span: key.span.through(alias) }, value.through(alias))
                };
                NodeKind::Map(entries.iter().map(entry).collect())
            }
        };
        Self { kind, span: self.span.through(alias) }
    }

    /// The same value as JSON, spans dropped.
    #[must_use]
    pub fn to_json(&self) -> Json<'static> {
        match &self.kind {
            NodeKind::Scalar(scalar) => scalar.to_json(),
            NodeKind::List(items) => Json::List(items.iter().map(Self::to_json).collect()),
            NodeKind::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (Cow::Owned(key.text.clone()), value.to_json()));
                // Keys of a map are distinct, so the object cannot be refused.
                Object::new(entries.collect()).map_or(Json::Null, Json::Object)
            }
        }
    }
}

impl Scalar {
    /// What this is, for people: `text`, `a number`, `a truth value`, `nothing`.
    #[must_use]
    pub const fn kind_name(&self) -> &'static str {
        match self.value {
            ScalarValue::Null => "nothing",
            ScalarValue::Bool(_) => "a truth value",
            ScalarValue::Int(_) | ScalarValue::UInt(_) | ScalarValue::Decimal(_) => "a number",
            ScalarValue::Text => "text",
        }
    }

    /// The value as JSON.
    #[must_use]
    pub fn to_json(&self) -> Json<'static> {
        match self.value {
            ScalarValue::Null => Json::Null,
            ScalarValue::Bool(value) => Json::Bool(value),
            ScalarValue::Int(value) => Json::Int(value),
            ScalarValue::UInt(value) => Json::UInt(value),
            ScalarValue::Decimal(value) => Json::Decimal(value),
            ScalarValue::Text => Json::Text(Cow::Owned(self.text.clone())),
        }
    }
}
