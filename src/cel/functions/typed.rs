//! What policies call where CEL is more lenient: comparing values of different types is unknown, and the size of text is
//! counted in bytes.
//!
//! CEL's `==` is merely false between types; a list that holds the forbidden word must not slip past a rule on that word.
//! No text can call these rows, whose names begin with `@`: [`crate::cel::policy_call`] puts them in the place of CEL's.

use std::cmp::Ordering;

use super::collections;
use crate::cel::compare;
use crate::cel::function::{Cause, Eval, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::{List, Map, Value};
use crate::number::Number;

const PAIR: &[Overload] = &[Overload::function(&[Type::Dyn, Type::Dyn], Type::Bool)];

const fn row(name: &'static str, doc: &'static str, eval: Eval) -> Function {
    Function { name, overloads: PAIR, doc, examples: &[], prepare: None, eval }
}

pub(super) static ROWS: &[Function] = &[
    row("@eq", "Whether two values of one type are equal.", |site, args| equal(site, args).map(Value::Bool)),
    row("@ne", "Whether two values of one type differ.", |site, args| {
        equal(site, args).map(|equal| Value::Bool(!equal))
    }),
    Function {
        prepare: Some(collections::word_set),
        ..row("@in", "Whether a list has an equal element, or a map the key, of the value's type.", |site, args| {
            contains(site, args).map(Value::Bool)
        })
    },
    row("@lt", "Whether the left value comes before the right one.", |site, args| order(site, args, Ordering::is_lt)),
    row("@lte", "Whether the left value does not come after the right one.", |site, args| {
        order(site, args, Ordering::is_le)
    }),
    row("@gt", "Whether the left value comes after the right one.", |site, args| order(site, args, Ordering::is_gt)),
    row("@gte", "Whether the left value does not come before the right one.", |site, args| {
        order(site, args, Ordering::is_ge)
    }),
    Function {
        overloads: &[Overload::function(&[Type::Dyn], Type::Int)],
        ..row("@size", "How many bytes a string or a bytes value, elements a list, entries a map has.", |_, args| {
            size(args)
        })
    },
    Function {
        overloads: &[Overload::function(&[Type::Dyn], Type::Double)],
        ..row("@double", "A number, or the number that a text is, digit for digit.", |_, args| double(args))
    },
    Function {
        overloads: &[Overload::function(&[Type::Dyn, Type::Type], Type::Bool)],
        ..row("@is", "Whether an element of a loop is of a type.", |site, args| is(site, args).map(Value::Bool))
    },
];

fn equal(site: Site<'_>, args: &[Value<'_>]) -> Result<bool, Cause> {
    match args {
        [left, right] => {
            let equal = |left, right| compare::equal_in_type(left, right, site.budget);
            equal(left, right).map_err(|cause| of_call(site, cause, || equal(right, left).err()))
        }
        _ => Err(Cause::Missing),
    }
}

/// The cause that blames the call's value and not the policy's constant: where that one stands first, the cause of the
/// operands in the other order.
fn of_call(site: Site<'_>, cause: Cause, mirrored: impl FnOnce() -> Option<Cause>) -> Cause {
    let turned = matches!(cause, Cause::WrongType { .. } | Cause::WrongPart { .. }) && site.base.is_constant();
    if turned { mirrored().unwrap_or(cause) } else { cause }
}

fn contains(site: Site<'_>, args: &[Value<'_>]) -> Result<bool, Cause> {
    match args {
        [item, Value::List(list)] => among(site, item, list),
        [key, Value::Map(map)] => has_key(site, key, map),
        [_, other] => Err(Cause::wrong_type("list or map", other)),
        _ => Err(Cause::Missing),
    }
}

/// True where an element is equal; else unknown where an element is of another type than the value.
fn among(site: Site<'_>, item: &Value<'_>, list: &List<'_>) -> Result<bool, Cause> {
    if site.prepared.is_some() && matches!(item, Value::Text(_)) {
        return collections::list_has(site, item, list);
    }
    site.budget.visit(list.len())?;
    compare::any_equal(list.iter(), item, site.budget).map_err(|cause| {
        let mirrored = |element: Value<'_>| compare::equal_in_type(&element, item, site.budget).err();
        of_call(site, cause, || list.iter().find_map(mirrored).map(Cause::of_element))
    })
}

/// True where the map has the key; else unknown where a key is of another type.
fn has_key(site: Site<'_>, key: &Value<'_>, map: &Map<'_>) -> Result<bool, Cause> {
    match (key, map) {
        (Value::Text(key), Map::Json(_) | Map::WithDefaults(..)) => Ok(map.get(key).is_some()),
        _ => {
            site.budget.visit(map.len())?;
            compare::any_equal(map.iter().map(|(key, _)| key), key, site.budget)
        }
    }
}

/// What is no number has no place in an order, so that `x >= y` is the negation of `x < y`.
fn order<'a>(site: Site<'_>, args: &[Value<'a>], holds: fn(Ordering) -> bool) -> Result<Value<'a>, Cause> {
    let [left, right] = args else { return Err(Cause::Missing) };
    let compared = |left, right| compare::order(left, right, site.budget);
    let order = compared(left, right).map_err(|cause| of_call(site, cause, || compared(right, left).err()))?;
    order.map(|order| Value::Bool(holds(order))).ok_or(Cause::Arithmetic("not a number has no order"))
}

fn size<'a>(args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let size = match args {
        [Value::Text(text)] => text.len(),
        [Value::Bytes(bytes)] => bytes.len(),
        [Value::List(list)] => list.len(),
        [Value::Map(map)] => map.len(),
        [other, ..] => return Err(Cause::wrong_type("string, bytes, list or map", other)),
        [] => return Err(Cause::Missing),
    };
    i64::try_from(size).map(Value::Int).map_err(|_| Cause::Arithmetic("range error"))
}

fn double<'a>(args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let [value] = args else { return Err(Cause::Missing) };
    match value {
        Value::Text(text) => {
            Number::parse(text).map(Value::Decimal).map_err(|_| Cause::Unexplained("text that is no number"))
        }
        other => compare::number(other).map(Value::Decimal).ok_or_else(|| Cause::wrong_type("number or string", other)),
    }
}

/// A loop that looks for values of one type and meets a list or a map that holds some has not seen them: unknown.
fn is(site: Site<'_>, args: &[Value<'_>]) -> Result<bool, Cause> {
    let [value, Value::Type(ty)] = args else { return Err(Cause::Missing) };
    if value.ty().name() == ty.name() {
        return Ok(true);
    }
    if holds(site, value, ty)? {
        return Err(Cause::Unexplained("a list or a map holds values of the type that the loop looks for"));
    }
    Ok(false)
}

/// Whether a value of a type stands anywhere within a list or a map; a map's keys are no values.
fn holds(site: Site<'_>, value: &Value<'_>, ty: &Type) -> Result<bool, Cause> {
    let found = |inner: &Value<'_>| -> Result<bool, Cause> {
        site.budget.step()?;
        Ok(inner.ty().name() == ty.name() || holds(site, inner, ty)?)
    };
    match value {
        Value::List(list) => list.iter().try_fold(false, |held, item| Ok(held || found(&item)?)),
        Value::Map(map) => map.iter().try_fold(false, |held, (_, item)| Ok(held || found(&item)?)),
        _ => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cel::budget::Budget;

    fn outcome(name: &str, left: Value<'static>, right: Value<'static>) -> Option<bool> {
        let row = ROWS.iter().find(|row| row.name == name).unwrap();
        let budget = Budget::default();
        let prepared = row.prepare.and_then(|prepare| prepare(&[None, Some(&right)]).unwrap());
        match (row.eval)(Site::new(prepared.as_ref(), &budget), &[left, right]) {
            Ok(Value::Bool(value)) => Some(value),
            _ => None,
        }
    }

    fn words(count: usize) -> Value<'static> {
        Value::list((0..count).map(|n| Value::text(format!("w{n}"))).collect::<Vec<_>>())
    }

    fn map(entries: Vec<(Value<'static>, Value<'static>)>) -> Value<'static> {
        Value::Map(Map::Shared(entries.into()))
    }

    #[test]
    fn another_type_is_unknown_and_never_unequal() {
        for value in [Value::Null, Value::Bool(true), words(1), Value::Int(1), map(Vec::new())] {
            assert_eq!(outcome("@eq", value.clone(), Value::text("rm")), None);
            assert_eq!(outcome("@ne", value.clone(), Value::text("rm")), None);
            assert_eq!(outcome("@in", value.clone(), words(2)), None);
            assert_eq!(outcome("@in", value, words(20)), None);
        }
    }

    #[test]
    fn all_numbers_are_one_type() {
        assert_eq!(outcome("@eq", Value::Double(1.0), Value::Int(1)), Some(true));
        assert_eq!(outcome("@lt", Value::UInt(1), Value::Double(1.5)), Some(true));
        assert_eq!(outcome("@gte", Value::text("1"), Value::Int(1)), None);
        assert_eq!(outcome("@gte", Value::Double(f64::NAN), Value::Int(1)), None);
    }

    #[test]
    fn membership_of_short_and_long_lists_agrees() {
        for count in [1, 7, 8, 100] {
            assert_eq!(outcome("@in", Value::text("w0"), words(count)), Some(true));
            assert_eq!(outcome("@in", Value::text("w"), words(count)), Some(false));
        }
    }

    #[test]
    fn an_equal_element_counts_beside_elements_of_other_types() {
        let mixed = Value::list(vec![Value::text("a"), Value::Int(1)]);
        assert_eq!(outcome("@in", Value::Int(1), mixed.clone()), Some(true));
        assert_eq!(outcome("@in", Value::Int(2), mixed), None);
        assert_eq!(outcome("@in", Value::Int(2), Value::list(Vec::new())), Some(false));
    }

    #[test]
    fn a_certain_difference_counts_beside_an_uncertain_one() {
        let list = |items: Vec<Value<'static>>| Value::list(items);
        let (a, one) = (Value::text("a"), Value::Int(1));
        assert_eq!(outcome("@eq", list(vec![words(1)]), list(vec![a.clone()])), None);
        assert_eq!(outcome("@eq", list(vec![one.clone(), a.clone()]), list(vec![a.clone(), words(1)])), None);
        assert_eq!(
            outcome("@eq", list(vec![one.clone(), a.clone()]), list(vec![a.clone(), Value::text("b")])),
            Some(false)
        );
        assert_eq!(outcome("@eq", list(vec![one.clone()]), list(vec![a.clone(), a.clone()])), Some(false));
        let entry = |key: &str, value: &Value<'static>| (Value::text(key), value.clone());
        assert_eq!(outcome("@eq", map(vec![entry("k", &one)]), map(vec![entry("k", &a)])), None);
        assert_eq!(outcome("@eq", map(vec![entry("k", &one)]), map(vec![entry("l", &a)])), Some(false));
        assert_eq!(outcome("@eq", map(vec![entry("1", &one)]), map(vec![(one.clone(), one.clone())])), None);
    }

    #[test]
    fn a_key_of_another_type_is_unknown() {
        let texts = map(vec![(Value::text("1"), Value::Null)]);
        assert_eq!(outcome("@in", Value::text("1"), texts.clone()), Some(true));
        assert_eq!(outcome("@in", Value::text("2"), texts.clone()), Some(false));
        assert_eq!(outcome("@in", Value::Int(1), texts), None);
        assert_eq!(outcome("@in", Value::Int(1), map(Vec::new())), Some(false));
    }

    #[test]
    fn sizes_of_strings_count_bytes() {
        let row = ROWS.iter().find(|row| row.name == "@size").unwrap();
        let budget = Budget::default();
        let site = Site::new(None, &budget);
        assert!(matches!((row.eval)(site, &[Value::text("é")]), Ok(Value::Int(2))));
        assert!((row.eval)(site, &[Value::Int(3)]).is_err());
    }

    #[test]
    fn a_type_that_stands_within_is_not_denied() {
        let text = Value::Type(Type::Text);
        assert_eq!(outcome("@is", Value::text("a"), text.clone()), Some(true));
        assert_eq!(outcome("@is", Value::Int(1), text.clone()), Some(false));
        assert_eq!(outcome("@is", words(1), text.clone()), None);
        assert_eq!(outcome("@is", Value::list(vec![map(vec![(Value::Int(1), Value::text("a"))])]), text.clone()), None);
        assert_eq!(outcome("@is", map(vec![(Value::text("a"), Value::Int(1))]), text.clone()), Some(false));
        assert_eq!(outcome("@is", words(0), text), Some(false));
        assert_eq!(outcome("@is", words(1), Value::Type(Type::List(None))), Some(true));
    }
}
