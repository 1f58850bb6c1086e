//! A call of a function as a policy reads it.
//!
//! Both spellings of a condition make their calls here, so that what means the same is one tree: constants stand on the
//! right, whole numbers are written whole, and where policies read more strictly than CEL another row of the table is
//! called. Knows functions and trees, not where the call was written.

use super::expr::{Expr, ExprKind};
use super::function::Function;
use super::functions;
use super::operators;
use super::types::Type;
use super::value::Value;
use crate::source::Span;

/// What stands on the right when the sides of a relation are exchanged.
const MIRRORED: [(&str, &str); 6] =
    [("_==_", "_==_"), ("_!=_", "_!=_"), ("_<_", "_>_"), ("_<=_", "_>=_"), ("_>_", "_<_"), ("_>=_", "_<=_")];

/// Functions that policies read more strictly than CEL does, beside the relations.
const STRICTER: [(&str, &str); 2] = [("size", "@size"), ("double", "@double")];

/// The call of a row of CEL in a policy.
///
/// # Errors
/// Why the constant arguments cannot be used.
pub(crate) fn call(function: &'static Function, args: Vec<Expr>, span: Span) -> Result<Expr, String> {
    let (function, args) = constant_last(function, args);
    if let ("_in_", [subject, list]) = (function.name, args.as_slice())
        && let Some((null, others)) = null_apart(list)
    {
        return among_or_null(function, subject, null, others, span);
    }
    if asks_for_null(function, &args) {
        return Expr::call(function, args, span);
    }
    if let Some((element, types)) = type_of_element(function, &args) {
        return type_test(function, &element, types, span);
    }
    if matches!(function.name, "_==_" | "_!=_" | "_in_") && args.iter().all(|arg| arg.constant().is_some()) {
        // Nothing of the call is compared, so the answer is CEL's.
        return Expr::call(function, args, span);
    }
    match stricter(function) {
        Some(row) if row.name == "@double" => Expr::call(row, args, span),
        Some(row) => Expr::call(row, args.into_iter().map(whole).collect(), span),
        None => Expr::call(function, args, span),
    }
}

/// A relation with its constant on the right: `3 > x` is `x < 3`.
fn constant_last(function: &'static Function, mut args: Vec<Expr>) -> (&'static Function, Vec<Expr>) {
    let mirrored = MIRRORED.iter().find(|(name, _)| *name == function.name);
    let wrong = matches!(args.as_slice(), [left, right] if left.constant().is_some() && right.constant().is_none());
    match mirrored.and_then(|(_, name)| functions::named(name).next()) {
        Some(mirrored) if wrong => {
            args.reverse();
            (mirrored, args)
        }
        _ => (function, args),
    }
}

/// Comparing with a literal `null` asks on purpose whether a value is null, whatever its type.
fn asks_for_null(function: &Function, args: &[Expr]) -> bool {
    let null = |expr: &Expr| matches!(expr.constant(), Some(Value::Null));
    match (function.name, args) {
        ("_==_" | "_!=_", [_, right]) => null(right),
        ("_in_", [left, _]) => null(left),
        _ => false,
    }
}

/// The `null` of a constant list, and its other elements.
fn null_apart(list: &Expr) -> Option<(Expr, Vec<Value<'static>>)> {
    let Some(Value::List(elements)) = list.constant() else { return None };
    let (nulls, others): (Vec<_>, Vec<_>) = elements.iter().partition(|element| matches!(element, Value::Null));
    let null = Expr { kind: ExprKind::Const(Value::Null), ty: Type::Null, span: list.span };
    (!nulls.is_empty()).then_some((null, others))
}

/// `x in ['a', null]` is `x == null || x in ['a']`.
fn among_or_null(
    function: &'static Function,
    subject: &Expr,
    null: Expr,
    others: Vec<Value<'static>>,
    span: Span,
) -> Result<Expr, String> {
    let equal = functions::named("_==_").next().ok_or("there is no equality")?;
    let is_null = call(equal, vec![subject.clone(), null.clone()], span)?;
    if others.is_empty() {
        return Ok(is_null);
    }
    let list = Expr { kind: ExprKind::Const(Value::list(others)), ty: Type::List(None), span: null.span };
    let among = call(function, vec![subject.clone(), list], span)?;
    Ok(Expr { kind: ExprKind::Or(vec![is_null, among]), ty: Type::Bool, span })
}

/// The element and the types of `type(element) == T` and `type(element) in [T, U]`, where the element is of a loop.
fn type_of_element(function: &Function, args: &[Expr]) -> Option<(Expr, Vec<Expr>)> {
    let [left, right] = args else { return None };
    let ExprKind::Call { function: inner, args: typed, .. } = &left.kind else { return None };
    let ("type", [element]) = (inner.name, typed.as_slice()) else { return None };
    let types = match (function.name, right.constant()?) {
        ("_==_" | "_!=_", ty @ Value::Type(_)) => vec![ty.clone()],
        ("_in_", Value::List(list)) if list.iter().all(|item| matches!(item, Value::Type(_))) => list.iter().collect(),
        _ => return None,
    };
    let constant = |ty| Expr { kind: ExprKind::Const(ty), ty: Type::Type, span: right.span };
    is_of_a_loop(element).then(|| (element.clone(), types.into_iter().map(constant).collect()))
}

/// Whether it is a loop's variable, a part of one, or what stands under one: `x`, `x.y`, `params[x]`.
fn is_of_a_loop(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Local(_) => true,
        ExprKind::Select { operand, .. } => is_of_a_loop(operand),
        ExprKind::Call { function, args, .. } if function.name == "_[_]" => args.iter().any(is_of_a_loop),
        _ => false,
    }
}

/// Whether the element is of one of the types.
fn type_test(function: &Function, element: &Expr, types: Vec<Expr>, span: Span) -> Result<Expr, String> {
    let row = functions::named("@is").next().ok_or("there is no test of types")?;
    let truth = |kind| Expr { kind, ty: Type::Bool, span };
    let tests = types.into_iter().map(|ty| Expr::call(row, vec![element.clone(), ty], span));
    let mut tests = tests.collect::<Result<Vec<_>, _>>()?;
    Ok(match (function.name, tests.pop()) {
        (_, None) => truth(ExprKind::Const(Value::Bool(false))),
        ("_!=_", Some(is)) => truth(ExprKind::Not(Box::new(is))),
        (_, Some(is)) if tests.is_empty() => is,
        (_, Some(is)) => {
            tests.push(is);
            truth(ExprKind::Or(tests))
        }
    })
}

/// The row that policies call instead.
fn stricter(function: &Function) -> Option<&'static Function> {
    let relation = operators::of_function(function.name).and_then(|operator| operator.in_policies);
    let name = relation.or_else(|| STRICTER.iter().find(|(name, _)| *name == function.name).map(|(_, row)| *row))?;
    functions::named(name).next()
}

/// A constant number without a fraction as an integer, since all numbers are one type to relations.
fn whole(expr: Expr) -> Expr {
    let ExprKind::Const(value) = &expr.kind else { return expr };
    let value = match value {
        Value::List(list) => Value::list(list.iter().map(whole_value).collect::<Vec<_>>()),
        other => whole_value(other.clone()),
    };
    let ty = if matches!(value, Value::List(_)) { expr.ty } else { value.ty() };
    Expr { kind: ExprKind::Const(value), ty, span: expr.span }
}

fn whole_value(value: Value<'static>) -> Value<'static> {
    let whole = match &value {
        Value::UInt(number) => Some(i128::from(*number)),
        Value::Decimal(number) if number.is_whole() => number.as_whole(),
        _ => None,
    };
    let Some(whole) = whole else { return value };
    i64::try_from(whole).map(Value::Int).or_else(|_| u64::try_from(whole).map(Value::UInt)).unwrap_or(value)
}
