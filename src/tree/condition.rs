//! A rule's condition as truth over tests.

use super::test_table::{TestId, TestTable};
use crate::cel;
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::value::Value;
use crate::source::Span;

/// Truth over tests. What is not conjunction, disjunction or negation is a test.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// Holds, or does not, whatever the call.
    Constant(bool),
    /// A test, with the place it is written at here.
    Test { id: TestId, span: Span },
    /// The operand does not hold.
    Not(Box<Condition>),
    /// All hold.
    All(Box<[Condition]>),
    /// Any holds.
    Any(Box<[Condition]>),
}

impl Condition {
    /// Takes a tree apart into its tests.
    pub(crate) fn of(expr: &Expr, tests: &mut TestTable) -> Self {
        match &expr.kind {
            ExprKind::Const(Value::Bool(value)) => Self::Constant(*value),
            ExprKind::And(operands) => Self::all(operands.iter().map(|operand| Self::of(operand, tests)).collect()),
            ExprKind::Or(operands) => Self::any(operands.iter().map(|operand| Self::of(operand, tests)).collect()),
            ExprKind::Not(operand) => Self::of(operand, tests).negated(),
            _ => match cel::positive(expr) {
                Some(opposite) => Self::test(&opposite, tests).negated(),
                None => Self::test(expr, tests),
            },
        }
    }

    fn test(expr: &Expr, tests: &mut TestTable) -> Self {
        Self::Test { id: tests.intern(expr), span: expr.span }
    }

    fn negated(self) -> Self {
        match self {
            Self::Constant(value) => Self::Constant(!value),
            Self::Not(operand) => *operand,
            other => Self::Not(Box::new(other)),
        }
    }

    /// The conjunction, constants folded away.
    pub(crate) fn all(operands: Vec<Self>) -> Self {
        Self::join(operands, true, Self::All)
    }

    fn any(operands: Vec<Self>) -> Self {
        Self::join(operands, false, Self::Any)
    }

    fn join(mut operands: Vec<Self>, neutral: bool, make: fn(Box<[Self]>) -> Self) -> Self {
        if operands.iter().any(|operand| matches!(operand, Self::Constant(value) if *value != neutral)) {
            return Self::Constant(!neutral);
        }
        operands.retain(|operand| !matches!(operand, Self::Constant(_)));
        match operands.len() {
            0 => Self::Constant(neutral),
            1 => operands.pop().unwrap_or(Self::Constant(neutral)),
            _ => make(operands.into_boxed_slice()),
        }
    }
}
