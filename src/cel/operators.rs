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
}

/// What binds tighter than every binary operator.
pub(super) const UNARY: u8 = 6;
/// What binds looser than every binary operator.
pub(super) const CONDITIONAL: u8 = 0;
pub(super) const OR: u8 = 1;
pub(super) const AND: u8 = 2;

const fn row(symbol: &'static str, precedence: u8, function: &'static str) -> Operator {
    Operator { symbol, precedence, function }
}

pub(super) static OPERATORS: [Operator; 14] = [
    row("||", OR, "_||_"),
    row("&&", AND, "_&&_"),
    row("==", 3, "_==_"),
    row("!=", 3, "_!=_"),
    row("<", 3, "_<_"),
    row("<=", 3, "_<=_"),
    row(">", 3, "_>_"),
    row(">=", 3, "_>=_"),
    row("in", 3, "_in_"),
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
    OPERATORS.iter().find(|operator| operator.function == name)
}
