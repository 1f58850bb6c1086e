//! The tree that YAML text becomes.

use crate::source::Span;

/// A value with its place.
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
    List(Vec<Node>),
    /// `k: v` or `{k: v}`, keys distinct, in order of the text.
    Map(Vec<(Key, Node)>),
}

/// A map's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its text.
    pub text: String,
    /// Where it was written.
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
    /// A finite number with a fraction or an exponent.
    Double(f64),
    /// Anything else.
    Text,
}
