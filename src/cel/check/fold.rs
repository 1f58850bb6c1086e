//! Constants: what can be computed when the policy is loaded is.
//!
//! Only what has a value is folded. `1 / 0` stays, because `false && 1 / 0 > 0` is false.

use crate::cel::budget::Budget;
use crate::cel::eval::{self, Unknown, Variables};
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::function::Cause;
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::source::Span;

/// Most steps and bytes that folding one node may take; what needs more is computed at each call.
const STEPS: usize = 10_000;
const BYTES: usize = 64 * 1024;

/// The expression with its constant parts computed, and why one of nothing but constants has no value.
pub(super) fn folded(expr: Expr) -> (Expr, Option<Cause>) {
    match expr.kind {
        ExprKind::And(operands) => (junction(operands, expr.ty, expr.span, false, ExprKind::And), None),
        ExprKind::Or(operands) => (junction(operands, expr.ty, expr.span, true, ExprKind::Or), None),
        ExprKind::Conditional(parts) => conditional(parts, expr.ty, expr.span),
        kind => computed(Expr { kind, ..expr }),
    }
}

/// The branch that a constant condition takes.
fn conditional(parts: Box<[Expr; 3]>, ty: Type, span: Span) -> (Expr, Option<Cause>) {
    let [condition, then, otherwise] = *parts;
    match condition.kind {
        ExprKind::Const(Value::Bool(true)) => (then, None),
        ExprKind::Const(Value::Bool(false)) => (otherwise, None),
        _ => (Expr { kind: ExprKind::Conditional(Box::new([condition, then, otherwise])), ty, span }, None),
    }
}

/// Flattens what is nested, drops neutral operands, and decides where one operand decides.
fn junction(operands: Vec<Expr>, ty: Type, span: Span, deciding: bool, make: fn(Vec<Expr>) -> ExprKind) -> Expr {
    let mut kept = Vec::with_capacity(operands.len());
    for operand in operands {
        match operand.kind {
            ExprKind::And(inner) if !deciding => kept.extend(inner),
            ExprKind::Or(inner) if deciding => kept.extend(inner),
            ExprKind::Const(Value::Bool(value)) if value == deciding => {
                return Expr { kind: ExprKind::Const(Value::Bool(deciding)), ty: Type::Bool, span };
            }
            ExprKind::Const(Value::Bool(_)) => {}
            kind => kept.push(Expr { kind, ..operand }),
        }
    }
    match kept.len() {
        0 => Expr { kind: ExprKind::Const(Value::Bool(!deciding)), ty: Type::Bool, span },
        1 if kept.iter().all(|only| only.ty == Type::Bool) => {
            kept.pop().unwrap_or(Expr { kind: ExprKind::Const(Value::Bool(!deciding)), ty, span })
        }
        _ => Expr { kind: make(kept), ty, span },
    }
}

/// The value in place of an expression whose parts are all constants, where it has one.
fn computed(expr: Expr) -> (Expr, Option<Cause>) {
    if !parts_are_constant(&expr.kind) {
        return (expr, None);
    }
    let value = eval::within(&expr, &Nothing, &Budget::new(STEPS, BYTES)).map(|value| value.to_static());
    match value {
        Ok(value) => {
            let ty = if expr.ty == Type::Dyn { value.ty() } else { expr.ty };
            (Expr { kind: ExprKind::Const(value), ty, span: expr.span }, None)
        }
        Err(Unknown { cause: Cause::Limit(_), .. }) => (expr, None),
        Err(unknown) => (expr, Some(unknown.cause)),
    }
}

fn parts_are_constant(kind: &ExprKind) -> bool {
    let constant = |expr: &Expr| expr.constant().is_some();
    match kind {
        ExprKind::Select { operand, .. } | ExprKind::Has { operand, .. } | ExprKind::Not(operand) => constant(operand),
        ExprKind::Call { function, args, .. } => function.name != "dyn" && args.iter().all(constant),
        ExprKind::List(items) => items.iter().all(constant),
        ExprKind::Map(entries) => entries.iter().all(|(key, value)| constant(key) && constant(value)),
        _ => false,
    }
}

/// An environment without variables.
struct Nothing;

impl<'a> Variables<'a> for Nothing {
    fn value(&self, _: usize) -> Result<Value<'a>, Cause> {
        Err(Cause::Missing)
    }
}
