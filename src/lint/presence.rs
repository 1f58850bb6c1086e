//! Whether a test has an outcome only where a part of the call is there, decided on its tree.

use crate::cel::expr::{Expr, ExprKind};

/// Whether an expression cannot be computed without the part that has this canonical text.
pub(super) fn needs(expr: &Expr, part: &str) -> bool {
    let one = |expr: &Expr| needs(expr, part);
    match &expr.kind {
        ExprKind::Select { operand, .. } => expr.canonical() == part || one(operand),
        ExprKind::Not(operand) => one(operand),
        // Functions take values, so each argument is computed first.
        ExprKind::Call { args, .. } => args.iter().any(one),
        ExprKind::List(items) => items.iter().any(one),
        // One operand may absorb what the others lack.
        ExprKind::And(operands) | ExprKind::Or(operands) => operands.iter().all(one),
        ExprKind::Conditional(parts) => {
            let [condition, then, otherwise] = parts.as_ref();
            one(condition) || (one(then) && one(otherwise))
        }
        ExprKind::Comprehension(comprehension) => one(&comprehension.range),
        ExprKind::Const(_) | ExprKind::Variable(_) | ExprKind::Local(_) | ExprKind::Has { .. } | ExprKind::Map(_) => {
            false
        }
    }
}
