//! What an expression reads of a call.

use smallvec::SmallVec;

use super::eval::{Unknown, Variables, eval};
use super::expr::{Expr, ExprKind};
use super::function::{Cause, Declared, Part};
use super::functions::beside::{INVOCATION, steps as steps_of};
use super::functions::usual::{normal, role_of};
use super::place::Step;
use super::types::Type;
use super::value::{Text, Value};

/// The parts of an expression that read the call, each as long as it goes: `params.options.depth`, `agent`. In order of
/// the text; parts that depend on a loop's variable are not among them.
#[must_use]
pub fn reads(expr: &Expr) -> Vec<&Expr> {
    parts(expr).into_vec()
}

/// Most expressions read one part.
type Parts<'a> = SmallVec<[&'a Expr; 4]>;

fn parts(expr: &Expr) -> Parts<'_> {
    let mut found = Parts::new();
    collect(expr, &mut found);
    found
}

/// The part of the call that an unknown comes from.
#[derive(Clone, Debug)]
pub(crate) enum Culprit<'e> {
    /// What an expression reads.
    Read(&'e Expr),
    /// What stands beside a command, as a policy would write it.
    Beside(String),
}

impl Culprit<'_> {
    /// As a policy writes it: `params.path`.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Read(part) => part.canonical(),
            Self::Beside(name) => name.clone(),
        }
    }
}

/// The part of the call that an unknown comes from: what stands beside a command where the cause names it, else the first
/// part that is of the type the cause found, else the first that cannot be read, else the first.
pub(crate) fn culprit<'e: 'v, 'v>(expr: &'e Expr, variables: &dyn Variables<'v>, cause: Cause) -> Culprit<'e> {
    let beside_it = match cause {
        Cause::WrongPart { part: Part::Beside(role) | Part::ElementBeside(role), .. } => {
            invocation(expr).and_then(|args| beside(args, role, variables))
        }
        _ => None,
    };
    if let Some(name) = beside_it {
        return Culprit::Beside(name);
    }
    let parts = parts(expr);
    if let [only] = parts.as_slice() {
        return Culprit::Read(only);
    }
    let found = match cause {
        Cause::WrongType { found, .. } => {
            parts.iter().copied().find(|part| eval(part, variables).is_ok_and(|value| value.ty().word() == found))
        }
        _ => None,
    };
    let unreadable = || parts.iter().copied().find(|part| matches!(eval(part, variables), Err(Unknown { .. })));
    Culprit::Read(found.or_else(unreadable).or(parts.first().copied()).unwrap_or(expr))
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
    let [_, holders, rest @ ..] = args else { return None };
    if let ("args", Some(given)) = (role, rest.first()) {
        return Some(given.canonical());
    }
    let ExprKind::List(holders) = &holders.kind else { return None };
    holders.iter().find_map(|holder| {
        let ExprKind::List(parts) = &holder.kind else { return None };
        let object = parts.first()?;
        let Ok(Value::Map(map)) = eval(object, variables) else { return None };
        let plays = |name: &str, value: &Value<'_>| match declared(parts, name, variables) {
            Declared::Role(own) => own == role,
            _ => role_of(&normal(name), value) == Some(role),
        };
        let name = map.iter().find_map(|(name, value)| match name {
            Value::Text(name) if plays(&name, &value) => Some(name),
            _ => None,
        })?;
        let kind = ExprKind::Select { operand: Box::new(present(object).clone()), field: name.as_str().into() };
        Some(Expr { kind, ty: Type::Dyn, span: object.span }.canonical())
    })
}

/// What a catalog says of a name in an object around a command.
fn declared(holder: &[Expr], name: &str, variables: &dyn Variables<'_>) -> Declared {
    let place = holder.get(3).and_then(Expr::constant).cloned();
    let Some(mut place) = steps_of(place) else { return Declared::Nothing };
    place.push(Step::Field(Text::Shared(name.into())));
    variables.declared(&place)
}

/// The object itself, where it is looked up only if it is there.
fn present(object: &Expr) -> &Expr {
    match &object.kind {
        ExprKind::Conditional(parts) => {
            let [_, then, _] = parts.as_ref();
            then
        }
        _ => object,
    }
}

fn collect<'a>(expr: &'a Expr, found: &mut Parts<'a>) {
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
            args.iter().take(1).chain(args.iter().skip(2)).for_each(|arg| collect(arg, found));
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
        ExprKind::Comprehension(comprehension) => {
            collect(&comprehension.range, found);
            comprehension.filter.iter().for_each(|filter| collect(filter, found));
            if let Some((key, value)) = &comprehension.yields {
                collect(key, found);
                value.iter().for_each(|value| collect(value, found));
            }
        }
    }
}

fn is_chain(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Variable(_) => true,
        ExprKind::Select { operand, .. } => is_chain(operand),
        _ => false,
    }
}
