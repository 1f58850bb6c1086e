//! A test that no valid call can pass, or every valid call passes, by the catalog's schema.
//!
//! A call that breaks its capability's schema is blocked before any rule is asked. So a comparison with a word outside an
//! `enum`, with a number beyond `minimum` and `maximum`, or of a parameter with a value of another type says nothing: it
//! never holds, always holds, or is unknown.
//!
//! Compare with a value that the schema allows, or mend the catalog.

use super::super::parameters;
use super::super::sets::Set;
use super::super::view::{EntryView, View, tests_in};
use super::super::{Example, Lint};
use crate::catalog::{Parameter, Types};
use crate::cel::compare;
use crate::cel::expr::{Expr, ExprKind};
use crate::cel::value::{List, Value};
use crate::diagnostic::{Diagnostic, Severity};
use crate::json::Json;
use crate::number::Number;
use crate::pattern::{Bound, Interval};
use crate::source::Span;
use crate::suggest::nearest;
use crate::tree::shape::Shape;
use crate::tree::test_table::Test;

pub(super) const LINT: Lint = Lint {
    code: "value-outside-schema",
    severity: Severity::Warning,
    examples: &[
        Example::new(
            r#"name: branches
version: "1.0"
defaults: { tier: blocked }
capabilities:
  git.branch:
    rules:
      - { condition: { action_eq: lst }, tier: autonomous }
"#,
            7,
            r#"name: branches
version: "1.0"
defaults: { tier: blocked }
capabilities:
  git.branch:
    rules:
      - { condition: { action_eq: list }, tier: autonomous }
"#,
        )
        .with_catalog(CATALOG),
        Example::new(
            r#"name: branches
version: "1.0"
defaults: { tier: blocked }
capabilities:
  git.branch:
    rules:
      - { condition: "params.limit > 1000", tier: blocked }
      - { condition: "params.limit < 10", tier: autonomous }
"#,
            7,
            r#"name: branches
version: "1.0"
defaults: { tier: blocked }
capabilities:
  git.branch:
    rules:
      - { condition: "params.limit > 50", tier: blocked }
      - { condition: "params.limit < 10", tier: autonomous }
"#,
        )
        .with_catalog(CATALOG),
        Example::new(
            r#"name: branches
version: "1.0"
defaults: { tier: blocked }
capabilities:
  git.branch:
    rules:
      - { condition: "params.action == ['list']", tier: autonomous }
"#,
            7,
            r#"name: branches
version: "1.0"
defaults: { tier: blocked }
capabilities:
  git.branch:
    rules:
      - { condition: "params.action in ['list']", tier: autonomous }
"#,
        )
        .with_catalog(CATALOG),
    ],
    source: include_str!("value_outside_schema.rs"),
    check,
};

const CATALOG: &str = r#"tools:
  - name: git.branch
    inputSchema:
      type: object
      properties:
        action: { type: string, enum: [list, create, delete] }
        limit: { type: integer, minimum: 1, maximum: 100 }
"#;

fn check(view: &View<'_>, findings: &mut Vec<Diagnostic>) {
    for (_, entry) in view.own_entries() {
        if view.capabilities(entry).is_empty() {
            continue;
        }
        for (id, span) in entry.rules.iter().flat_map(|rule| tests_in(&rule.condition)) {
            findings.extend(entry.tests.table.get(id).and_then(|test| outside(view, entry, test, span)));
        }
    }
}

/// The complaint that all capabilities which know the parameter share.
fn outside(view: &View<'_>, entry: &EntryView<'_>, test: &Test, span: Span) -> Option<Diagnostic> {
    let shape = Shape::of(test).map(|shape| (shape.subject, Set::of(&shape)));
    let (subject, set) = shape.or_else(|| Set::of_text_test(&test.expr)).or_else(|| of_equality(&test.expr))?;
    let (parameter, taken) = taken_from(subject, &set)?;
    let known = parameters::known(view, entry, &parameter);
    let complaints: Option<Vec<(String, String)>> =
        known.iter().map(|(_, facts)| complaint(&parameter, facts, taken, subject, &set)).collect();
    let (message, help) = complaints?.into_iter().next()?;
    Some(LINT.finding(span, message).help(help))
}

/// Equality with what has no index of its own: a list, a map, a truth value, values of several types.
fn of_equality(test: &Expr) -> Option<(&Expr, Set)> {
    let ExprKind::Call { function, args, .. } = &test.kind else { return None };
    let [subject, operand] = args.as_slice() else { return None };
    let values = match (function.name, operand.constant()?) {
        ("@eq" | "@ne", value) => vec![value.clone()],
        ("@in", Value::List(List::Shared(items))) => items.to_vec(),
        _ => return None,
    };
    Some((subject, Set::OneOf(values)))
}

/// The parameter that a subject is made of, and the types that the test can be computed for.
fn taken_from(subject: &Expr, set: &Set) -> Option<(String, &'static [&'static str])> {
    if let Some(name) = parameters::name(subject) {
        return match set {
            Set::OneOf(_) => Some((name, &[])),
            Set::Interval(_) => Some((name, &["number", "integer"])),
            Set::Text(_) | Set::Path(_) | Set::Placed { .. } => Some((name, &["string"])),
            Set::Typed(_) | Set::Opaque => None,
        };
    }
    let ExprKind::Call { function, args, .. } = &subject.kind else { return None };
    let name = parameters::name(args.first()?)?;
    match function.name {
        "path" => Some((name, &["string"])),
        "@size" => Some((name, &["string", "array", "object"])),
        _ => None,
    }
}

fn complaint(name: &str, parameter: &Parameter, taken: &[&str], subject: &Expr, set: &Set) -> Option<(String, String)> {
    if !taken.is_empty() && !taken.iter().any(|ty| parameter.types.allows(ty)) {
        let message = format!("`{name}` is {}, and this is a test of a {}", parameter.types, taken.join(" or "));
        return Some((message, format!("it is unknown at every call; {}", way_out(name, parameter))));
    }
    let direct = parameters::name(subject).is_some();
    match set {
        Set::OneOf(values) if direct => refused(name, parameter, values),
        Set::Interval(interval) if direct => beyond(name, parameter, interval),
        _ => None,
    }
}

/// A test that a parameter of these types can be put to.
fn way_out(name: &str, parameter: &Parameter) -> String {
    let is = |ty: &str| parameter.types.allows(ty);
    if is("string") {
        format!("compare its text, `{name}_eq`, `{name}_in`, or its length, `{name}_size_lt`")
    } else if is("array") {
        format!("ask of its elements, `params.{name}.all(x, …)`, or their number, `{name}_size_lt`")
    } else if is("integer") || is("number") {
        format!("compare the number, `{name}_eq`, `{name}_lt`, `{name}_gte`")
    } else if is("object") {
        format!("name the field that is meant, `{name}.FIELD_eq`")
    } else {
        format!("ask whether it is true, `{name}_eq: true`")
    }
}

/// Listed values that the schema refuses.
fn refused(name: &str, parameter: &Parameter, values: &[Value<'static>]) -> Option<(String, String)> {
    let refused: Vec<&Value<'_>> = values.iter().filter(|value| !allowed(parameter, value)).collect();
    let first = refused.first()?;
    let listed: Vec<String> = refused.iter().take(4).map(|value| format!("`{value}`")).collect();
    let message = format!("no valid call has {} as `{name}`", listed.join(" or "));
    let allowed: Vec<&str> = parameter.values.iter().flatten().filter_map(Json::as_text).collect();
    let near = match first {
        Value::Text(text) => nearest(text, allowed.iter().copied()),
        _ => None,
    };
    let help = match (near, allowed.is_empty()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, false) => format!("values are `{}`", allowed.join("`, `")),
        (None, true) => format!("`{name}` is {}", parameter.types),
    };
    Some((message, help))
}

fn allowed(parameter: &Parameter, value: &Value<'_>) -> bool {
    let container = match value {
        Value::List(_) => Types::named("array"),
        Value::Map(_) => Types::named("object"),
        _ => None,
    };
    if let Some(container) = container {
        return parameter.types.meets(container);
    }
    let Some(json) = json(value) else { return true };
    let number = json.as_number();
    let listed = parameter.values.as_ref().is_none_or(|values| {
        let equal = |known: &Json<'_>| match (known.as_number(), number) {
            (Some(known), Some(number)) => known == number,
            _ => *known == json,
        };
        values.iter().any(equal)
    });
    let range = range(parameter).zip(compare::number(value)).is_none_or(|(range, number)| {
        let point = Interval { lower: Bound::Including(number), upper: Bound::Including(number) };
        Set::Interval(range).contains(&Set::Interval(point), &super::super::sets::Effort::default())
    });
    parameter.types.meets(Types::of(&json)) && listed && range
}

fn json(value: &Value<'_>) -> Option<Json<'static>> {
    match value {
        Value::Null => Some(Json::Null),
        Value::Bool(value) => Some(Json::Bool(*value)),
        Value::Int(value) => Some(Json::Int(*value)),
        Value::UInt(value) => Some(Json::UInt(*value)),
        Value::Decimal(value) => Some(Json::Decimal(*value)),
        Value::Text(text) => Some(Json::Text(text.as_str().to_owned().into())),
        _ => None,
    }
}

/// A test of numbers that the schema's range decides.
fn beyond(name: &str, parameter: &Parameter, interval: &Interval) -> Option<(String, String)> {
    let range = Set::Interval(range(parameter)?);
    let asked = Set::Interval(*interval);
    let effort = super::super::sets::Effort::default();
    let outcome = if asked.disjoint(&range, &effort) {
        "never holds"
    } else if asked.contains(&range, &effort) {
        "holds for every valid call"
    } else {
        return None;
    };
    let message = format!("this test {outcome}: the schema bounds `{name}`");
    Some((message, format!("`{name}` is {}", bounds(parameter))))
}

/// The numbers a schema allows; `None` when it bounds nothing.
fn range(parameter: &Parameter) -> Option<Interval> {
    if parameter.minimum.is_none() && parameter.maximum.is_none() {
        return None;
    }
    let end = |limit: Option<(Number, bool)>| match limit {
        None => Bound::Open,
        Some((number, false)) => Bound::Including(number),
        Some((number, true)) => Bound::Excluding(number),
    };
    Some(Interval { lower: end(parameter.minimum), upper: end(parameter.maximum) })
}

fn bounds(parameter: &Parameter) -> String {
    let end = |limit: Option<(Number, bool)>, including: &str, excluding: &str| {
        limit.map(|(number, strict)| format!("{} {number}", if strict { excluding } else { including }))
    };
    let ends = [end(parameter.minimum, "at least", "above"), end(parameter.maximum, "at most", "below")];
    ends.into_iter().flatten().collect::<Vec<_>>().join(" and ")
}
