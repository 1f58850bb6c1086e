//! The tests of map conditions: they compare values of one type, and what is of another type is unknown.
//!
//! CEL's `==` is merely false between types; a list that holds the forbidden word must not slip past a rule on that word.
//! No text can call these rows: their names begin with `@`.

use std::cmp::Ordering;

use super::collections;
use crate::cel::compare;
use crate::cel::function::{Cause, Eval, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::Value;

const PAIR: &[Overload] = &[Overload::function(&[Type::Dyn, Type::Dyn], Type::Bool)];
const LIST: &[Overload] = &[Overload::function(&[Type::Dyn, Type::List(None)], Type::Bool)];
const TEXTS: &[Overload] = &[Overload::function(&[Type::Text, Type::Text], Type::Bool)];

const fn row(name: &'static str, overloads: &'static [Overload], doc: &'static str, eval: Eval) -> Function {
    Function { name, overloads, doc, examples: &[], prepare: None, eval }
}

const fn listed(name: &'static str, doc: &'static str, eval: Eval) -> Function {
    Function { prepare: Some(collections::word_set), ..row(name, LIST, doc, eval) }
}

pub(super) static ROWS: &[Function] = &[
    row("@eq", PAIR, "Whether two values of one type are equal.", |site, args| equal(site, args).map(Value::Bool)),
    row("@ne", PAIR, "Whether two values of one type differ.", |site, args| {
        equal(site, args).map(|equal| Value::Bool(!equal))
    }),
    listed("@in", "Whether the value is among those of the list, all of its type.", |site, args| {
        among(site, args).map(Value::Bool)
    }),
    listed("@not_in", "Whether the value is none of the list's, all of its type.", |site, args| {
        among(site, args).map(|among| Value::Bool(!among))
    }),
    row("@lt", PAIR, "Whether a number is below another.", |_, args| number(args, Ordering::is_lt)),
    row("@lte", PAIR, "Whether a number is not above another.", |_, args| number(args, Ordering::is_le)),
    row("@gt", PAIR, "Whether a number is above another.", |_, args| number(args, Ordering::is_gt)),
    row("@gte", PAIR, "Whether a number is not below another.", |_, args| number(args, Ordering::is_ge)),
    row(
        "@size",
        &[Overload::function(&[Type::Text], Type::Int), Overload::function(&[Type::List(None)], Type::Int)],
        "How many bytes a string, elements a list has.",
        |_, args| size(args),
    ),
    row("@prefix", TEXTS, "Whether a string begins with another.", |site, args| {
        texts(site, args, |text, part| text.starts_with(part))
    }),
    row("@suffix", TEXTS, "Whether a string ends with another.", |site, args| {
        texts(site, args, |text, part| text.ends_with(part))
    }),
    row("@contains", TEXTS, "Whether a string holds another.", |site, args| {
        texts(site, args, |text, part| text.contains(part))
    }),
];

/// All numbers are one type here; lists and maps are of one type whatever they hold.
fn same_type(value: &Value<'_>, wanted: &Value<'_>) -> Result<(), Cause> {
    let (found, expected) = (value.ty(), wanted.ty());
    if found == expected || (found.is_number() && expected.is_number()) {
        return Ok(());
    }
    Err(Cause::wrong_type(if expected.is_number() { "number" } else { expected.word() }, value))
}

fn equal(site: Site<'_>, args: &[Value<'_>]) -> Result<bool, Cause> {
    let [value, wanted] = args else { return Err(Cause::Missing) };
    same_type(value, wanted)?;
    compare::equal(value, wanted, site.budget)
}

/// True where an element is equal; else unknown where an element is of another type than the value.
fn among(site: Site<'_>, args: &[Value<'_>]) -> Result<bool, Cause> {
    let list = match args {
        [_, Value::List(list)] => list,
        [_, other] => return Err(Cause::wrong_type("list", other)),
        _ => return Err(Cause::Missing),
    };
    let Some(value) = args.first() else { return Err(Cause::Missing) };
    if collections::list_has(site, value, list)? {
        return Ok(true);
    }
    if site.prepared.is_some() && matches!(value, Value::Text(_)) {
        return Ok(false);
    }
    site.budget.visit(list.len())?;
    list.iter().try_for_each(|wanted| same_type(value, &wanted)).map(|()| false)
}

fn number<'a>(args: &[Value<'a>], holds: fn(Ordering) -> bool) -> Result<Value<'a>, Cause> {
    let [left, right] = args else { return Err(Cause::Missing) };
    let wrong = || Cause::wrong_type("number", if left.ty().is_number() { right } else { left });
    let order = compare::numbers(left, right).ok_or_else(wrong)?;
    Ok(Value::Bool(order.is_some_and(holds)))
}

fn size<'a>(args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let size = match args {
        [Value::Text(text)] => text.len(),
        [Value::List(list)] => list.len(),
        [other, ..] => return Err(Cause::wrong_type("string or list", other)),
        [] => return Err(Cause::Missing),
    };
    i64::try_from(size).map(Value::Int).map_err(|_| Cause::Arithmetic("range error"))
}

fn texts<'a>(site: Site<'_>, args: &[Value<'a>], holds: fn(&str, &str) -> bool) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Text(text), Value::Text(part)] => {
            site.budget.read(text.len())?;
            Ok(Value::Bool(holds(text, part)))
        }
        [Value::Text(_), other] | [other, ..] => Err(Cause::wrong_type("string", other)),
        [] => Err(Cause::Missing),
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

    #[test]
    fn another_type_is_unknown_and_never_unequal() {
        for value in [Value::Null, Value::Bool(true), words(1), Value::Int(1)] {
            assert_eq!(outcome("@eq", value.clone(), Value::text("rm")), None);
            assert_eq!(outcome("@ne", value.clone(), Value::text("rm")), None);
            assert_eq!(outcome("@in", value.clone(), words(2)), None);
            assert_eq!(outcome("@not_in", value, words(20)), None);
        }
    }

    #[test]
    fn all_numbers_are_one_type() {
        assert_eq!(outcome("@eq", Value::Double(1.0), Value::Int(1)), Some(true));
        assert_eq!(outcome("@lt", Value::UInt(1), Value::Double(1.5)), Some(true));
        assert_eq!(outcome("@gte", Value::text("1"), Value::Int(1)), None);
    }

    #[test]
    fn membership_of_short_and_long_lists_agrees() {
        for count in [1, 7, 8, 100] {
            assert_eq!(outcome("@in", Value::text("w0"), words(count)), Some(true));
            assert_eq!(outcome("@not_in", Value::text("w"), words(count)), Some(true));
        }
    }

    #[test]
    fn an_equal_element_counts_beside_elements_of_other_types() {
        let mixed = Value::list(vec![Value::text("a"), Value::Int(1)]);
        assert_eq!(outcome("@in", Value::Int(1), mixed.clone()), Some(true));
        assert_eq!(outcome("@in", Value::Int(2), mixed), None);
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
    fn tests_of_text_want_text() {
        assert_eq!(outcome("@prefix", Value::text("abc"), Value::text("ab")), Some(true));
        assert_eq!(outcome("@suffix", Value::text("abc"), Value::text("ab")), Some(false));
        assert_eq!(outcome("@contains", Value::Int(1), Value::text("ab")), None);
    }
}
