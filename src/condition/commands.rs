//! Commands in conditions: what both spellings say of one, made into the same tree.
//!
//! A command that is a parameter, `shell(params.command)`, is the whole invocation: what stands beside the parameter is
//! judged with it. And where a conjunction says what is written as well, `runs_only` beside it leaves files to that test.

use crate::cel::functions::beside::{BOUNDED, INVOCATION};
use crate::cel::{Comprehension, Expr, ExprKind, Fold, Type, Value};

use super::build;
use super::holders::{self, Loop};
use super::lower::{Lowering, Test, operand_error};
use super::{operand, place};
use crate::shell::List;
use crate::source::Span;
use crate::yaml::Node;

/// The tree with every command read so.
pub(super) fn whole(expr: Expr) -> Expr {
    within(expr, &mut Vec::new())
}

/// The same below some loops.
fn within(expr: Expr, loops: &mut Vec<Loop>) -> Expr {
    let Expr { kind, ty, span } = match expr {
        Expr { kind: ExprKind::Comprehension(comprehension), ty, span } => {
            Expr { kind: ExprKind::Comprehension(Box::new(below(*comprehension, loops))), ty, span }
        }
        expr => expr.map_children(&mut |child| within(child, loops)),
    };
    let kind = match kind {
        ExprKind::Call { function, args, prepared } if function.name == "shell" => {
            match invocation(args, loops, span) {
                Ok(call) => return call,
                Err(args) => ExprKind::Call { function, args, prepared },
            }
        }
        ExprKind::And(operands) => ExprKind::And(bounded(operands)),
        other => other,
    };
    Expr { kind, ty, span }
}

fn below(comprehension: Comprehension, loops: &mut Vec<Loop>) -> Comprehension {
    let Comprehension { fold, range, slots, filter, yields } = comprehension;
    let range = within(range, loops);
    loops.push(Loop { slots, range: range.clone() });
    let filter = filter.map(|filter| within(filter, loops));
    let yields = yields.map(|(key, value)| (within(key, loops), value.map(|value| within(value, loops))));
    loops.pop();
    Comprehension { fold, range, slots, filter, yields }
}

/// A command made of parts of the call, read with what stands beside those; the arguments back where it is not.
fn invocation(args: Vec<Expr>, loops: &[Loop], span: Span) -> Result<Expr, Vec<Expr>> {
    let is_read = args.first().is_none_or(|command| command.ty == Type::Shell);
    let Some(holders) = holders::of(&args, loops, span).filter(|_| !is_read) else { return Err(args) };
    let span = args.first().map_or(span, |command| command.span);
    let mut parts = args.clone();
    parts.insert(1, holders);
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
    let list = listed(lowering, test.operand)?;
    let script = lowering.call("shell", vec![test.subject.clone()], &test)?;
    lowering.call(function, vec![script, list], &test)
}

/// A list of commands; one is a list of it alone. What is wrong with each is said at its own place.
fn listed(lowering: &mut Lowering<'_>, node: &Node) -> Option<Expr> {
    let nodes = match operand::one_or_more(node) {
        Ok(nodes) => nodes,
        Err(diagnostic) => return lowering.refuse(diagnostic),
    };
    let entries: Vec<Option<Value<'static>>> = nodes.iter().map(|node| entry(lowering, node)).collect();
    let entries: Vec<Value<'static>> = entries.into_iter().collect::<Option<_>>()?;
    Some(build::constant(Value::list(entries), node.span))
}

/// One command of a list.
fn entry(lowering: &mut Lowering<'_>, node: &Node) -> Option<Value<'static>> {
    let read = operand::text(node).and_then(|value| match List::read([operand::scalar_text(node)]) {
        Ok(_) => Ok(value),
        Err(why) => Err(operand_error(node, why)),
    });
    read.map_or_else(|diagnostic| lowering.refuse(diagnostic), Some)
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
