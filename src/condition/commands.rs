//! Commands in conditions: what both spellings say of one, made into the same tree.
//!
//! A command that is a parameter, `shell(params.command)`, is the whole invocation: what stands beside the parameter is
//! judged with it. And where a conjunction says what is written as well, `runs_only` beside it leaves files to that test.

use crate::cel::functions::{BOUNDED, INVOCATION};
use crate::cel::{Comprehension, Expr, ExprKind, Fold, Type, Value};

use super::build::{self, constant};
use super::lower::{Lowering, Test};
use super::{operand, place};

/// The tree with every command read so.
pub(super) fn whole(expr: Expr) -> Expr {
    let expr = expr.map_children(&mut whole);
    let Expr { kind, ty, span } = expr;
    let kind = match kind {
        ExprKind::Call { function, args, prepared } if function.name == "shell" => match invocation(args) {
            Ok(call) => return call,
            Err(args) => ExprKind::Call { function, args, prepared },
        },
        ExprKind::And(operands) => ExprKind::And(bounded(operands)),
        other => other,
    };
    Expr { kind, ty, span }
}

/// A command that is a key of a map, read with what stands beside it; the arguments back where it is not.
fn invocation(args: Vec<Expr>) -> Result<Expr, Vec<Expr>> {
    let Some(Expr { kind: ExprKind::Select { operand, field }, span, .. }) = args.first() else { return Err(args) };
    let span = *span;
    let key = constant(Value::text(&**field), span);
    let holder = operand.as_ref().clone();
    let mut parts = args.clone();
    parts.splice(1..1, [holder, key]);
    build::call(INVOCATION, parts, span).map_err(|_| args)
}

/// A conjunction in which `runs_only` leaves to another test what that one bounds.
fn bounded(operands: Vec<Expr>) -> Vec<Expr> {
    let bounds: Vec<String> = operands.iter().filter_map(bounds).collect();
    let leave = |expr: Expr| match &expr.kind {
        ExprKind::Call { function, args, .. } if function.name == "runs_only" => {
            let command = args.first().map(Expr::canonical).unwrap_or_default();
            let bounded = bounds.contains(&command);
            let left = bounded.then(|| build::call(BOUNDED, args.clone(), expr.span)).and_then(Result::ok);
            left.unwrap_or(expr)
        }
        _ => expr,
    };
    operands.into_iter().map(leave).collect()
}

/// The command of which a test bounds what is written.
fn bounds(expr: &Expr) -> Option<String> {
    let (name, command) = match &expr.kind {
        ExprKind::Call { function, args, .. } => (function.name, args.first()?),
        ExprKind::Comprehension(comprehension) => {
            let Comprehension { range, .. } = comprehension.as_ref();
            let ExprKind::Call { function, args, .. } = &range.kind else { return None };
            if comprehension.fold != Fold::All {
                return None;
            }
            (function.name, args.first()?)
        }
        _ => return None,
    };
    matches!(name, "writes_within" | "writes").then(|| command.canonical())
}

/// What a command runs; what stands beside the parameter is read with it where both spellings meet.
pub(super) fn runs(lowering: &mut Lowering<'_>, function: &'static str, test: Test<'_>) -> Option<Expr> {
    let list = operand::read(lowering, operand::texts, test.operand)?;
    let script = lowering.call("shell", vec![test.subject.clone()], &test)?;
    lowering.call(function, vec![script, list], &test)
}

/// Whether the files of a command are in some directories.
pub(super) fn files(lowering: &mut Lowering<'_>, function: &'static str, test: Test<'_>) -> Option<Expr> {
    let nodes = match operand::one_or_more(test.operand) {
        Ok(nodes) => nodes,
        Err(diagnostic) => return lowering.refuse(diagnostic),
    };
    let directories: Vec<Option<Expr>> = nodes.iter().map(|node| place::directory(lowering, node)).collect();
    let directories: Vec<Expr> = directories.into_iter().collect::<Option<_>>()?;
    let list = Expr { kind: ExprKind::List(directories), ty: Type::List(None), span: test.operand.span };
    let script = lowering.call("shell", vec![test.subject.clone()], &test)?;
    lowering.call(function, vec![script, list], &test)
}
