//! What an expression reads of a call.

use super::environment::PARAMS;
use super::eval::{Unknown, Variables, eval};
use super::expr::{Expr, ExprKind};
use super::function::{Cause, Part};
use super::functions::{INVOCATION, usual_names};
use super::types::Type;
use super::value::Value;

/// The parts of an expression that read the call, each as long as it goes: `params.options.depth`, `agent`. In order of
/// the text; parts that depend on a loop's variable are not among them.
#[must_use]
pub fn reads(expr: &Expr) -> Vec<&Expr> {
    let mut found = Vec::new();
    collect(expr, &mut found);
    found
}

/// The part of the call that an unknown comes from, as a policy writes it: what stands beside a command where the cause
/// names it, else the first part that is of the type the cause found, else the first that cannot be read, else the first.
pub(crate) fn culprit<'a>(expr: &'a Expr, variables: &dyn Variables<'a>, cause: Cause) -> String {
    let parts = reads(expr);
    let found = match cause {
        Cause::WrongPart { part: Part::Beside(role) | Part::ElementBeside(role), .. } => {
            if let Some(name) = invocation(expr).and_then(|args| beside(args, role, variables)) {
                return name;
            }
            None
        }
        Cause::WrongType { found, .. } => {
            parts.iter().copied().find(|part| eval(part, variables).is_ok_and(|value| value.ty().word() == found))
        }
        _ => None,
    };
    let unreadable = || parts.iter().copied().find(|part| matches!(eval(part, variables), Err(Unknown { .. })));
    found.or_else(unreadable).or(parts.first().copied()).unwrap_or(expr).canonical()
}

/// The arguments of the first invocation in an expression.
fn invocation(expr: &Expr) -> Option<&[Expr]> {
    match &expr.kind {
        ExprKind::Call { function, args, .. } if function.name == INVOCATION => Some(args),
        ExprKind::Call { args, .. } => args.iter().find_map(invocation),
        ExprKind::Comprehension(comprehension) => invocation(&comprehension.range),
        _ => None,
    }
}

/// What plays a role beside a command: what a catalog names, or what stands under a usual name.
fn beside<'a>(args: &'a [Expr], role: &str, variables: &dyn Variables<'a>) -> Option<String> {
    let [command, holder, _, rest @ ..] = args else { return None };
    if let ("args", Some(given)) = (role, rest.first()) {
        return Some(given.canonical());
    }
    let of_params = matches!(holder.kind, ExprKind::Variable(PARAMS));
    let named = variables.part(role).filter(|_| of_params);
    let there = |name: &&&str| match eval(holder, variables) {
        Ok(Value::Map(map)) => map.get(name).is_some(),
        _ => false,
    };
    let name = named.or_else(|| usual_names(role).iter().find(there).copied())?;
    let ExprKind::Select { operand, .. } = &command.kind else { return None };
    let kind = ExprKind::Select { operand: operand.clone(), field: name.into() };
    Some(Expr { kind, ty: Type::Dyn, span: command.span }.canonical())
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
