//! Equality and order of values, numbers compared exactly across their types: CEL's, by which values of different types
//! are not equal, and that of policies, by which it is unknown whether they are.

use std::cmp::Ordering;

use super::budget::Budget;
use super::function::Cause;
use super::value::{List, Map, Value};
use crate::number::Number;
use crate::path;

/// Whether two values are equal; values of different types are not, all numbers being of one type here.
pub(crate) fn equal(left: &Value<'_>, right: &Value<'_>, budget: &Budget) -> Result<bool, Cause> {
    Ok(match (left, right) {
        (Value::Null, Value::Null) => true,
        (Value::Bool(left), Value::Bool(right)) => left == right,
        (Value::Text(left), Value::Text(right)) => {
            budget.read(left.len().min(right.len()))?;
            left.as_str() == right.as_str()
        }
        (Value::Path(left), Value::Path(right)) => {
            budget.read(left.len().min(right.len()))?;
            path::equal(left, right)?
        }
        (Value::Url(left), Value::Url(right)) => left == right,
        (Value::Sql(left), Value::Sql(right)) => left == right,
        (Value::Bytes(left), Value::Bytes(right)) => left == right,
        (Value::List(left), Value::List(right)) => lists_equal(left, right, budget)?,
        (Value::Map(left), Value::Map(right)) => maps_equal(left, right, budget)?,
        (Value::Timestamp(left), Value::Timestamp(right)) => left == right,
        (Value::Duration(left), Value::Duration(right)) => left == right,
        (Value::Type(left), Value::Type(right)) => left.name() == right.name(),
        (Value::Ip(left), Value::Ip(right)) => left == right,
        (Value::Cidr(left), Value::Cidr(right)) => left == right,
        #[cfg(feature = "shell")]
        (Value::Shell(left), Value::Shell(right)) => left.source == right.source,
        _ => numbers(left, right).flatten() == Some(Ordering::Equal),
    })
}

fn lists_equal(left: &List<'_>, right: &List<'_>, budget: &Budget) -> Result<bool, Cause> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (left, right) in left.iter().zip(right.iter()) {
        budget.step()?;
        if !equal(&left, &right, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn maps_equal(left: &Map<'_>, right: &Map<'_>, budget: &Budget) -> Result<bool, Cause> {
    if left.len() != right.len() {
        return Ok(false);
    }
    for (key, value) in left.iter() {
        budget.step()?;
        let Some(other) = lookup(right, &key, budget)? else { return Ok(false) };
        if !equal(&value, &other, budget)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether two values of one type are equal, all numbers being of one type. What is of another type may be the same thing
/// said otherwise, so it has no answer; within lists and maps, a part that certainly differs decides all the same.
pub(crate) fn equal_in_type(left: &Value<'_>, right: &Value<'_>, budget: &Budget) -> Result<bool, Cause> {
    match (left, right) {
        (Value::List(left), Value::List(right)) if left.len() != right.len() => Ok(false),
        (Value::List(left), Value::List(right)) => {
            all(left.iter().zip(right.iter()).map(|(left, right)| equal_element(&left, &right, budget)))
        }
        (Value::Map(left), Value::Map(right)) if left.len() != right.len() => Ok(false),
        (Value::Map(left), Value::Map(right)) => all(left.iter().map(|entry| equal_entry(&entry, right, budget))),
        _ => {
            same_type(left, right)?;
            equal(left, right, budget)
        }
    }
}

/// Whether any of the values is equal to one; else without an answer where one of them is of another type.
pub(crate) fn any_equal<'v>(
    values: impl Iterator<Item = Value<'v>>,
    wanted: &Value<'_>,
    budget: &Budget,
) -> Result<bool, Cause> {
    all(values.map(|value| equal_part(wanted, &value, budget).map(|equal| !equal))).map(|none| !none)
}

/// Whether all hold: one that does not decides, whatever is unknown beside it.
fn all(parts: impl Iterator<Item = Result<bool, Cause>>) -> Result<bool, Cause> {
    let mut unknown = None;
    for part in parts {
        match part {
            Ok(true) => {}
            Ok(false) => return Ok(false),
            Err(limit @ Cause::Limit(_)) => return Err(limit),
            Err(cause) => unknown = unknown.or(Some(cause)),
        }
    }
    unknown.map_or(Ok(true), Err)
}

fn equal_part(left: &Value<'_>, right: &Value<'_>, budget: &Budget) -> Result<bool, Cause> {
    budget.step()?;
    equal_in_type(left, right, budget)
}

/// Whether an element of a list or a map equals another.
fn equal_element(left: &Value<'_>, right: &Value<'_>, budget: &Budget) -> Result<bool, Cause> {
    equal_part(left, right, budget).map_err(Cause::of_element)
}

/// Whether a map has an entry.
fn equal_entry((key, value): &(Value<'_>, Value<'_>), map: &Map<'_>, budget: &Budget) -> Result<bool, Cause> {
    match lookup(map, key, budget)? {
        Some(other) => equal_element(value, &other, budget),
        None => any_equal(map.iter().map(|(key, _)| key), key, budget).map_err(Cause::of_element),
    }
}

fn same_type(found: &Value<'_>, wanted: &Value<'_>) -> Result<(), Cause> {
    let (ty, expected) = (found.ty(), wanted.ty());
    if ty.name() == expected.name() || (ty.is_number() && expected.is_number()) {
        return Ok(());
    }
    Err(Cause::wrong_type(if expected.is_number() { "number" } else { expected.word() }, found))
}

/// The value of a key under CEL's equality: `1`, `1u` and `1.0` are one key.
pub(crate) fn lookup<'a>(map: &Map<'a>, key: &Value<'_>, budget: &Budget) -> Result<Option<Value<'a>>, Cause> {
    match (map, key) {
        (_, Value::Text(key)) => {
            if let Map::Shared(entries) = map {
                budget.visit(entries.len())?;
            }
            Ok(map.get(key))
        }
        (Map::Json(_) | Map::WithDefaults(..), _) => Ok(None),
        (Map::Shared(entries), _) => {
            budget.visit(entries.len())?;
            for (name, value) in entries.iter() {
                if equal(name, key, budget)? {
                    return Ok(Some(value.clone()));
                }
            }
            Ok(None)
        }
    }
}

/// The order of two values: `None` where one is not a number. An error where their types have no order.
pub(crate) fn order(left: &Value<'_>, right: &Value<'_>, budget: &Budget) -> Result<Option<Ordering>, Cause> {
    Ok(Some(match (left, right) {
        (Value::Bool(left), Value::Bool(right)) => left.cmp(right),
        (Value::Text(left), Value::Text(right)) => {
            budget.read(left.len().min(right.len()))?;
            left.as_str().cmp(right.as_str())
        }
        (Value::Bytes(left), Value::Bytes(right)) => left.cmp(right),
        (Value::Timestamp(left), Value::Timestamp(right)) => left.cmp(right),
        (Value::Duration(left), Value::Duration(right)) => left.cmp(right),
        _ => return numbers(left, right).ok_or_else(|| unordered(left, right)),
    }))
}

/// What has no order with what: the right value says which type the left one should have, if it has an order itself.
fn unordered(left: &Value<'_>, right: &Value<'_>) -> Cause {
    match (order_word(right), order_word(left)) {
        (Some(expected), _) => Cause::wrong_type(expected, left),
        (None, Some(expected)) => Cause::wrong_type(expected, right),
        (None, None) => Cause::wrong_type("number or string", left),
    }
}

/// What values of a type that has an order are called.
const fn order_word(value: &Value<'_>) -> Option<&'static str> {
    match value {
        Value::Int(_) | Value::UInt(_) | Value::Decimal(_) | Value::Double(_) => Some("number"),
        Value::Text(_) => Some("string"),
        Value::Bytes(_) => Some("bytes"),
        Value::Bool(_) => Some("bool"),
        Value::Timestamp(_) => Some("timestamp"),
        Value::Duration(_) => Some("duration"),
        _ => None,
    }
}

/// The exact order of two numbers: nothing where either is no number, `Some(None)` where either is NaN. A double beside a
/// number that keeps its digits is what it is written as.
#[inline]
pub(crate) fn numbers(left: &Value<'_>, right: &Value<'_>) -> Option<Option<Ordering>> {
    Some(match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Double(left), Value::Double(right)) => left.partial_cmp(right),
        (Value::Double(left), Value::Decimal(right)) => Number::of_double(*left).map(|left| left.cmp(right)),
        (Value::Decimal(left), Value::Double(right)) => Number::of_double(*right).map(|right| left.cmp(&right)),
        (Value::Double(left), right) => whole_to_real(whole(right)?, *left).map(Ordering::reverse),
        (left, Value::Double(right)) => whole_to_real(whole(left)?, *right),
        (left, right) => Some(number(left)?.cmp(&number(right)?)),
    })
}

/// A value as a number that keeps its digits, if it is one.
pub(crate) fn number(value: &Value<'_>) -> Option<Number> {
    match value {
        Value::Int(value) => Some(Number::from(*value)),
        Value::UInt(value) => Some(Number::from(*value)),
        Value::Decimal(value) => Some(*value),
        _ => None,
    }
}

fn whole(value: &Value<'_>) -> Option<i128> {
    match value {
        Value::Int(value) => Some(i128::from(*value)),
        Value::UInt(value) => Some(i128::from(*value)),
        _ => None,
    }
}

/// Compares by the double's whole part, which an `i128` holds exactly wherever it could equal, then by its fraction.
fn whole_to_real(whole: i128, real: f64) -> Option<Ordering> {
    if real.is_nan() {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "saturates far outside of what an i64 or u64 holds")]
    let floor = real.floor() as i128;
    let fraction = if real.is_finite() && real > real.floor() { Ordering::Less } else { Ordering::Equal };
    Some(whole.cmp(&floor).then(fraction))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(left: &Value<'_>, right: &Value<'_>) -> Option<Ordering> {
        numbers(left, right).flatten()
    }

    #[test]
    fn integers_compare_exactly_with_doubles() {
        let double = Value::Double(9_007_199_254_740_992.0);
        assert_eq!(compared(&Value::Int(9_007_199_254_740_993), &double), Some(Ordering::Greater));
        assert_eq!(compared(&Value::Int(9_007_199_254_740_992), &double), Some(Ordering::Equal));
        assert_eq!(compared(&Value::Int(i64::MAX), &Value::Double(9_223_372_036_854_775_808.0)), Some(Ordering::Less));
        assert_eq!(compared(&Value::Int(-1), &Value::Double(-1.5)), Some(Ordering::Greater));
        assert_eq!(compared(&Value::Double(f64::NEG_INFINITY), &Value::Int(i64::MIN)), Some(Ordering::Less));
        assert_eq!(compared(&Value::UInt(u64::MAX), &Value::Double(f64::INFINITY)), Some(Ordering::Less));
        assert_eq!(compared(&Value::Int(0), &Value::Double(-0.0)), Some(Ordering::Equal));
    }

    #[test]
    fn nan_has_no_order_and_equals_nothing() {
        let nan = Value::Double(f64::NAN);
        assert_eq!(numbers(&Value::Int(1), &nan), Some(None));
        assert_eq!(equal(&nan, &nan, &Budget::default()), Ok(false));
    }

    #[test]
    fn values_of_different_types_are_not_equal() {
        assert_eq!(equal(&Value::text("1"), &Value::Int(1), &Budget::default()), Ok(false));
        assert_eq!(equal(&Value::Null, &Value::Bool(false), &Budget::default()), Ok(false));
    }
}
