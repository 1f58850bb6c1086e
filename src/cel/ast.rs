//! The tree of an expression as written: shapes and byte offsets, nothing looked up.

use super::literal::Real;
use super::operators::Operator;
use super::value::Value;

/// Most levels of an expression's tree, however it was written: `a.b.c` has three.
pub(super) const MAX_DEPTH: u16 = 256;

/// A node with its place in the expression's text.
#[derive(Clone, Debug)]
pub(super) struct Ast {
    pub(super) kind: AstKind,
    pub(super) place: Place,
    /// Levels below and including this one.
    pub(super) depth: u16,
}

/// Byte offsets into the expression's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Place {
    pub(super) const fn to(self, other: Self) -> Self {
        Self { start: self.start, end: other.end }
    }
}

/// A name with its place.
#[derive(Clone, Debug)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) place: Place,
}

/// The shapes.
#[derive(Clone, Debug)]
pub(super) enum AstKind {
    /// `1`, `'a'`
    Literal(Value<'static>),
    /// `1.5`, which plain CEL and policies read differently
    Real(Real),
    /// `a`, `.a`
    Name { word: Word, absolute: bool },
    /// `a.b`; a quoted field is no part of a dotted name.
    Select { operand: Box<Ast>, field: Word, quoted: bool },
    /// `f(x)`, `.f(x)`
    Call { name: Word, absolute: bool, args: Vec<Ast> },
    /// `a.f(x)`
    Method { receiver: Box<Ast>, name: Word, args: Vec<Ast> },
    /// `a[b]`
    Index(Box<[Ast; 2]>),
    /// `a{b: c}`, which this language does not have
    Message,
    /// `a + b`
    Binary { operator: &'static Operator, operator_place: Place, operands: Box<[Ast; 2]> },
    /// `a && b && c`
    And(Vec<Ast>),
    /// `a || b || c`
    Or(Vec<Ast>),
    /// `!a`
    Not(Box<Ast>),
    /// `-a`
    Negate(Box<Ast>),
    /// `a ? b : c`
    Conditional(Box<[Ast; 3]>),
    /// `[a, b]`
    List(Vec<Ast>),
    /// `{a: b}`
    Map(Vec<(Ast, Ast)>),
}
