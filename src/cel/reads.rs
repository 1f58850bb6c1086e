//! What an expression reads of a call.

use super::eval::{Unknown, Variables, eval};
use super::expr::{Expr, ExprKind};
use super::functions::INVOCATION;

/// The parts of an expression that read the call, each as long as it goes: `params.options.depth`, `agent`. In order of
/// the text; parts that depend on a loop's variable are not among them.
#[must_use]
pub fn reads(expr: &Expr) -> Vec<&Expr> {
    let mut found = Vec::new();
    collect(expr, &mut found);
    found
}

/// The part that an unknown comes from: the first that cannot be read, else the first.
pub(crate) fn culprit<'a>(expr: &'a Expr, variables: &dyn Variables<'a>) -> Option<&'a Expr> {
    let parts = reads(expr);
    let unreadable = parts.iter().find(|part| matches!(eval(part, variables), Err(Unknown { .. })));
    unreadable.or(parts.first()).copied()
}

fn collect<'a>(expr: &'a Expr, found: &mut Vec<&'a Expr>) {
    match &expr.kind {
        ExprKind::Const(_) | ExprKind::Local(_) => {}
        ExprKind::Variable(_) => found.push(expr),
        ExprKind::Select { operand, .. } | ExprKind::Has { operand, .. } => {
            if is_chain(operand) {
                found.push(expr);
            } else {
                collect(operand, found);
            }
        }
        // What stands beside a command is read too, but under names that no policy writes.
        ExprKind::Call { function, args, .. } if function.name == INVOCATION => {
            args.iter().take(1).chain(args.iter().skip(3)).for_each(|arg| collect(arg, found));
        }
        ExprKind::Call { args, .. } => args.iter().for_each(|arg| collect(arg, found)),
        ExprKind::And(operands) | ExprKind::Or(operands) | ExprKind::List(operands) => {
            operands.iter().for_each(|operand| collect(operand, found));
        }
        ExprKind::Not(operand) => collect(operand, found),
        ExprKind::Conditional(parts) => parts.iter().for_each(|part| collect(part, found)),
        ExprKind::Map(entries) => entries.iter().for_each(|(key, value)| {
            collect(key, found);
            collect(value, found);
        }),
        ExprKind::Comprehension(comprehension) => collect(&comprehension.range, found),
    }
}

fn is_chain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Select { operand, .. } => is_chain(operand),
        _ => false,
    }
}
