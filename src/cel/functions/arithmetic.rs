//! Arithmetic: checked, so that what has no result is unknown and never wraps.

use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::time;
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::number::Number;

const OVERFLOW: Cause = Cause::Arithmetic("overflow");
const DIVIDED_BY_ZERO: Cause = Cause::Arithmetic("divide by zero");
const MODULUS_BY_ZERO: Cause = Cause::Arithmetic("modulus by zero");
const RANGE: Cause = Cause::Arithmetic("range error");
const INEXACT: Cause = Cause::Arithmetic("a result with more digits than can be kept exactly");

const fn two(left: &'static [Type], result: Type) -> Overload {
    Overload::function(left, result)
}

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "_+_",
        overloads: &[
            two(&[Type::Int, Type::Int], Type::Int),
            two(&[Type::UInt, Type::UInt], Type::UInt),
            two(&[Type::Double, Type::Double], Type::Double),
            two(&[Type::Text, Type::Text], Type::Text),
            two(&[Type::Bytes, Type::Bytes], Type::Bytes),
            two(&[Type::List(None), Type::List(None)], Type::List(None)),
            two(&[Type::Timestamp, Type::Duration], Type::Timestamp),
            two(&[Type::Duration, Type::Timestamp], Type::Timestamp),
            two(&[Type::Duration, Type::Duration], Type::Duration),
        ],
        doc: "The sum of two numbers of one type, a point and a span of time, or two texts, bytes or lists joined.",
        examples: &[
            ("1 + 2", "3"),
            ("'a' + 'b'", "'ab'"),
            ("[1] + [2]", "[1, 2]"),
            ("9223372036854775807 + 1", "unknown"),
        ],
        prepare: None,
        eval: add,
    },
    Function {
        name: "_-_",
        overloads: &[
            two(&[Type::Int, Type::Int], Type::Int),
            two(&[Type::UInt, Type::UInt], Type::UInt),
            two(&[Type::Double, Type::Double], Type::Double),
            two(&[Type::Timestamp, Type::Timestamp], Type::Duration),
            two(&[Type::Timestamp, Type::Duration], Type::Timestamp),
            two(&[Type::Duration, Type::Duration], Type::Duration),
        ],
        doc: "The difference of two numbers of one type, or of times.",
        examples: &[("3 - 2", "1"), ("1u - 2u", "unknown"), ("duration('90s') - duration('1m')", "duration('30s')")],
        prepare: None,
        eval: subtract,
    },
    Function {
        name: "_*_",
        overloads: &[
            two(&[Type::Int, Type::Int], Type::Int),
            two(&[Type::UInt, Type::UInt], Type::UInt),
            two(&[Type::Double, Type::Double], Type::Double),
        ],
        doc: "The product of two numbers of one type; of numbers with a fraction, in a policy, exact or unknown.",
        examples: &[("6 * 7", "42"), ("5000000000 * 5000000000", "unknown")],
        prepare: None,
        eval: multiply,
    },
    Function {
        name: "_/_",
        overloads: &[
            two(&[Type::Int, Type::Int], Type::Int),
            two(&[Type::UInt, Type::UInt], Type::UInt),
            two(&[Type::Double, Type::Double], Type::Double),
        ],
        doc: "The quotient of two numbers of one type; integers are cut towards zero. Of numbers with a fraction, in a policy, \
              exact or unknown.",
        examples: &[
            ("7 / 2", "3"),
            ("-7 / 2", "-3"),
            ("1 / 0", "unknown"),
            ("7.0 / 2.0", "3.5"),
            ("1.0 / 3.0 > 0.0", "unknown"),
        ],
        prepare: None,
        eval: divide,
    },
    Function {
        name: "_%_",
        overloads: &[two(&[Type::Int, Type::Int], Type::Int), two(&[Type::UInt, Type::UInt], Type::UInt)],
        doc: "The remainder of an integer division; it has the sign of the left number.",
        examples: &[("7 % 3", "1"), ("-7 % 3", "-1"), ("1 % 0", "unknown")],
        prepare: None,
        eval: remainder,
    },
    Function {
        name: "-_",
        overloads: &[Overload::function(&[Type::Int], Type::Int), Overload::function(&[Type::Double], Type::Double)],
        doc: "The number with the other sign.",
        examples: &[("-(2)", "-2"), ("-(-9223372036854775808)", "unknown")],
        prepare: None,
        eval: negate,
    },
];

fn add<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Int(left), Value::Int(right)] => left.checked_add(*right).map(Value::Int).ok_or(OVERFLOW),
        [Value::UInt(left), Value::UInt(right)] => left.checked_add(*right).map(Value::UInt).ok_or(OVERFLOW),
        [Value::Decimal(left), Value::Decimal(right)] => exact(left.sum(*right)),
        [Value::Double(left), Value::Double(right)] => Ok(Value::Double(left + right)),
        [Value::Timestamp(time), Value::Duration(span)] | [Value::Duration(span), Value::Timestamp(time)] => {
            time.checked_add(*span).ok().and_then(time::in_range).map(Value::Timestamp).ok_or(RANGE)
        }
        [Value::Duration(left), Value::Duration(right)] => span(left.as_nanos() + right.as_nanos()),
        [left, right] => join(site, left, right),
        _ => Err(operands(args)),
    }
}

fn join<'a>(site: Site<'_>, left: &Value<'a>, right: &Value<'a>) -> Result<Value<'a>, Cause> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => {
            site.budget.build(left.len().saturating_add(right.len()))?;
            Ok(Value::text([left.as_str(), right.as_str()].concat()))
        }
        (Value::Bytes(left), Value::Bytes(right)) => {
            site.budget.build(left.len().saturating_add(right.len()))?;
            Ok(Value::Bytes([left.as_ref(), right.as_ref()].concat().into()))
        }
        (Value::List(left), Value::List(right)) => {
            let length = left.len().saturating_add(right.len());
            site.budget.visit(length)?;
            site.budget.build(length.saturating_mul(size_of::<Value<'_>>()))?;
            Ok(Value::list(left.iter().chain(right.iter()).collect::<Vec<_>>()))
        }
        _ => Err(operands(&[left.clone(), right.clone()])),
    }
}

fn subtract<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Int(left), Value::Int(right)] => left.checked_sub(*right).map(Value::Int).ok_or(OVERFLOW),
        [Value::UInt(left), Value::UInt(right)] => left.checked_sub(*right).map(Value::UInt).ok_or(OVERFLOW),
        [Value::Decimal(left), Value::Decimal(right)] => exact(left.sum(right.negated())),
        [Value::Double(left), Value::Double(right)] => Ok(Value::Double(left - right)),
        [Value::Timestamp(left), Value::Timestamp(right)] => span(left.as_nanosecond() - right.as_nanosecond()),
        [Value::Timestamp(time), Value::Duration(span)] => {
            time.checked_sub(*span).ok().and_then(time::in_range).map(Value::Timestamp).ok_or(RANGE)
        }
        [Value::Duration(left), Value::Duration(right)] => span(left.as_nanos() - right.as_nanos()),
        _ => Err(operands(args)),
    }
}

fn span<'a>(nanoseconds: i128) -> Result<Value<'a>, Cause> {
    time::nanoseconds(nanoseconds).map(Value::Duration).ok_or(RANGE)
}

fn multiply<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Int(left), Value::Int(right)] => left.checked_mul(*right).map(Value::Int).ok_or(OVERFLOW),
        [Value::UInt(left), Value::UInt(right)] => left.checked_mul(*right).map(Value::UInt).ok_or(OVERFLOW),
        [Value::Decimal(left), Value::Decimal(right)] => exact(left.product(*right)),
        [Value::Double(left), Value::Double(right)] => Ok(Value::Double(left * right)),
        _ => Err(operands(args)),
    }
}

fn divide<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Int(_), Value::Int(0)] | [Value::UInt(_), Value::UInt(0)] => Err(DIVIDED_BY_ZERO),
        [Value::Decimal(_), Value::Decimal(right)] if *right == Number::ZERO => Err(DIVIDED_BY_ZERO),
        [Value::Decimal(left), Value::Decimal(right)] => exact(left.quotient(*right)),
        [Value::Int(left), Value::Int(right)] => left.checked_div(*right).map(Value::Int).ok_or(OVERFLOW),
        [Value::UInt(left), Value::UInt(right)] => left.checked_div(*right).map(Value::UInt).ok_or(OVERFLOW),
        [Value::Double(left), Value::Double(right)] => Ok(Value::Double(left / right)),
        _ => Err(operands(args)),
    }
}

fn remainder<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Int(_), Value::Int(0)] | [Value::UInt(_), Value::UInt(0)] => Err(MODULUS_BY_ZERO),
        [Value::Int(left), Value::Int(right)] => left.checked_rem(*right).map(Value::Int).ok_or(OVERFLOW),
        [Value::UInt(left), Value::UInt(right)] => left.checked_rem(*right).map(Value::UInt).ok_or(OVERFLOW),
        _ => Err(operands(args)),
    }
}

fn negate<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Int(value)] => value.checked_neg().map(Value::Int).ok_or(OVERFLOW),
        [Value::Decimal(value)] => Ok(Value::Decimal(value.negated())),
        [Value::Double(value)] => Ok(Value::Double(-value)),
        _ => Err(operands(args)),
    }
}

/// A result that keeps every digit, or none.
fn exact<'a>(number: Option<Number>) -> Result<Value<'a>, Cause> {
    number.map(Value::Decimal).ok_or(INEXACT)
}

/// The operand that does not fit: the right one where it is of another type than the left.
fn operands(args: &[Value<'_>]) -> Cause {
    match args {
        [left, right] if left.ty() != right.ty() && left.ty().is_number() => Cause::wrong_type(left.ty().word(), right),
        [Value::Text(_), right] => Cause::wrong_type("string", right),
        [first, ..] => Cause::wrong_type("number", first),
        [] => Cause::Missing,
    }
}
