//! The binary operators: how they are written, how tightly they bind, which function they are.

/// A row of the table.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Operator {
    /// As written.
    pub(super) symbol: &'static str,
    /// Higher binds tighter; operators of one level group from the left.
    pub(super) precedence: u8,
    /// The function's name in the function table; `&&` and `||` are kinds of expression of their own.
    pub(super) function: &'static str,
    /// The same where a policy is written, if that is another function.
    pub(super) in_policies: Option<&'static str>,
}

/// What binds tighter than every binary operator.
pub(super) const UNARY: u8 = 6;
/// What binds looser than every binary operator.
pub(super) const CONDITIONAL: u8 = 0;
pub(super) const OR: u8 = 1;
pub(super) const AND: u8 = 2;
pub(super) const RELATION: u8 = 3;

const fn row(symbol: &'static str, precedence: u8, function: &'static str) -> Operator {
    Operator { symbol, precedence, function, in_policies: None }
}

const fn relation(symbol: &'static str, function: &'static str, in_policies: &'static str) -> Operator {
    Operator { symbol, precedence: RELATION, function, in_policies: Some(in_policies) }
}

pub(super) static OPERATORS: [Operator; 14] = [
    row("||", OR, "_||_"),
    row("&&", AND, "_&&_"),
    relation("==", "_==_", "@eq"),
    relation("!=", "_!=_", "@ne"),
    relation("<", "_<_", "@lt"),
    relation("<=", "_<=_", "@lte"),
    relation(">", "_>_", "@gt"),
    relation(">=", "_>=_", "@gte"),
    relation("in", "_in_", "@in"),
    row("+", 4, "_+_"),
    row("-", 4, "_-_"),
    row("*", 5, "_*_"),
    row("/", 5, "_/_"),
    row("%", 5, "_%_"),
];

/// The operator written so.
pub(super) fn written(symbol: &str) -> Option<&'static Operator> {
    OPERATORS.iter().find(|operator| operator.symbol == symbol)
}

/// The operator whose function this is.
pub(super) fn of_function(name: &str) -> Option<&'static Operator> {
    OPERATORS.iter().find(|operator| operator.function == name || operator.in_policies == Some(name))
}
