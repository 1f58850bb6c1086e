//! Trees put together from the rows of the function table.

use std::sync::Arc;

use crate::cel::{Environment, Expr, ExprKind, Type, Value, functions, policy_call};
use crate::source::Span;

/// A variable, if the environment has it.
pub(super) fn variable(environment: &Environment, name: &str, span: Span) -> Option<Expr> {
    let (index, (_, ty)) = environment.variables.iter().enumerate().find(|(_, (known, _))| known == name)?;
    Some(Expr { kind: ExprKind::Variable(index), ty: ty.clone(), span })
}

/// A call of the row that takes these arguments; the error is what its preparation says of a constant one.
pub(super) fn call(name: &str, args: Vec<Expr>, span: Span) -> Result<Expr, String> {
    let ways = functions::named(name).flat_map(|row| row.overloads.iter().map(move |way| (row, way)));
    let fitting = |params: &[Type]| {
        params.len() == args.len() && params.iter().zip(&args).all(|(param, arg)| param.accepts(&arg.ty))
    };
    let mut fitting = ways.filter(|(_, way)| fitting(way.params));
    let Some((function, way)) = fitting.next() else {
        return Err(format!("the function `{name}` does not take this value"));
    };
    let ty = way.result.clone();
    Ok(Expr { ty, ..policy_call::call(function, args, span)? })
}

/// A constant written at `span`.
pub(super) fn constant(value: Value<'static>, span: Span) -> Expr {
    Expr { ty: value.ty(), kind: ExprKind::Const(value), span }
}

pub(super) fn select(operand: Expr, field: &str, span: Span) -> Expr {
    let kind = ExprKind::Select { operand: Box::new(operand), field: Arc::from(field) };
    Expr { kind, ty: Type::Dyn, span }
}

pub(super) fn has(operand: Expr, field: &str, span: Span) -> Expr {
    let kind = ExprKind::Has { operand: Box::new(operand), field: Arc::from(field) };
    Expr { kind, ty: Type::Bool, span }
}

pub(super) fn not(operand: Expr, span: Span) -> Expr {
    Expr { kind: ExprKind::Not(Box::new(operand)), ty: Type::Bool, span }
}

/// Conjunction; conjunctions within are flattened.
pub(super) fn all(operands: Vec<Expr>, span: Span) -> Expr {
    combine(operands, span, ExprKind::And, |kind| match kind {
        ExprKind::And(inner) => Ok(inner),
        other => Err(other),
    })
}

/// Disjunction; disjunctions within are flattened.
pub(super) fn any(operands: Vec<Expr>, span: Span) -> Expr {
    combine(operands, span, ExprKind::Or, |kind| match kind {
        ExprKind::Or(inner) => Ok(inner),
        other => Err(other),
    })
}

fn combine(
    operands: Vec<Expr>,
    span: Span,
    join: fn(Vec<Expr>) -> ExprKind,
    open: fn(ExprKind) -> Result<Vec<Expr>, ExprKind>,
) -> Expr {
    let mut flat = Vec::new();
    for Expr { kind, ty, span } in operands {
        match open(kind) {
            Ok(inner) => flat.extend(inner),
            Err(kind) => flat.push(Expr { kind, ty, span }),
        }
    }
    match flat.pop() {
        Some(only) if flat.is_empty() => only,
        last => {
            flat.extend(last);
            Expr { kind: join(flat), ty: Type::Bool, span }
        }
    }
}
