//! Conversions between types, and the type of a value.

use std::sync::Arc;

use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::time;
use crate::cel::types::Type;
use crate::cel::value::Value;

const RANGE: Cause = Cause::Arithmetic("range error");

const fn from(param: &'static [Type], result: Type) -> Overload {
    Overload::function(param, result)
}

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "int",
        overloads: &[
            from(&[Type::Int], Type::Int),
            from(&[Type::UInt], Type::Int),
            from(&[Type::Double], Type::Int),
            from(&[Type::Text], Type::Int),
            from(&[Type::Timestamp], Type::Int),
        ],
        doc: "A number cut towards zero, decimal text, or a timestamp's seconds since 1970 as an int.",
        examples: &[("int('42')", "42"), ("int(-1.9)", "-1"), ("int('x')", "unknown"), ("int(1e30)", "unknown")],
        prepare: None,
        eval: to_int,
    },
    Function {
        name: "uint",
        overloads: &[
            from(&[Type::UInt], Type::UInt),
            from(&[Type::Int], Type::UInt),
            from(&[Type::Double], Type::UInt),
            from(&[Type::Text], Type::UInt),
        ],
        doc: "A number cut towards zero or decimal text as a uint.",
        examples: &[("uint(42)", "42u"), ("uint(-1)", "unknown"), ("uint('7')", "7u")],
        prepare: None,
        eval: to_uint,
    },
    Function {
        name: "double",
        overloads: &[
            from(&[Type::Double], Type::Double),
            from(&[Type::Int], Type::Double),
            from(&[Type::UInt], Type::Double),
            from(&[Type::Text], Type::Double),
        ],
        doc: "A number or its text as a number with a fraction: digit for digit in a policy, in CEL the nearest double.",
        examples: &[
            ("double(3)", "3.0"),
            ("double('1.5')", "1.5"),
            ("double('one')", "unknown"),
            ("double(9007199254740993) == 9007199254740993.0", "true"),
        ],
        prepare: None,
        eval: to_double,
    },
    Function {
        name: "string",
        overloads: &[
            from(&[Type::Text], Type::Text),
            from(&[Type::Int], Type::Text),
            from(&[Type::UInt], Type::Text),
            from(&[Type::Double], Type::Text),
            from(&[Type::Bool], Type::Text),
            from(&[Type::Bytes], Type::Text),
            from(&[Type::Timestamp], Type::Text),
            from(&[Type::Duration], Type::Text),
            from(&[Type::Ip], Type::Text),
            from(&[Type::Cidr], Type::Text),
            from(&[Type::Path], Type::Text),
        ],
        doc: "The value as text; bytes must be UTF-8.",
        examples: &[("string(1.5)", "'1.5'"), ("string(duration('1m'))", "'60s'"), ("string(b'\\xff')", "unknown")],
        prepare: None,
        eval: to_text,
    },
    Function {
        name: "bytes",
        overloads: &[from(&[Type::Bytes], Type::Bytes), from(&[Type::Text], Type::Bytes)],
        doc: "A string's UTF-8 bytes.",
        examples: &[("bytes('é')", "b'\\xc3\\xa9'")],
        prepare: None,
        eval: to_bytes,
    },
    Function {
        name: "bool",
        overloads: &[from(&[Type::Bool], Type::Bool), from(&[Type::Text], Type::Bool)],
        doc: "The truth value that a text names: `true`, `t`, `1`, `false`, `f`, `0` and their capitalised forms.",
        examples: &[("bool('true')", "true"), ("bool('yes')", "unknown")],
        prepare: None,
        eval: to_bool,
    },
    Function {
        name: "type",
        overloads: &[from(&[Type::Dyn], Type::Type)],
        doc: "The type of a value. Where a loop looks for elements of one type, a list or a map that holds some is unknown: \
              the loop has not seen them.",
        examples: &[
            ("type(1) == int", "true"),
            ("type(type(1)) == type", "true"),
            ("['a', 1].exists(x, type(x) == string)", "true"),
            ("[dyn(['a']), 1].exists(x, type(x) == string)", "unknown"),
            ("[dyn([2]), 1].exists(x, type(x) == string)", "false"),
        ],
        prepare: None,
        eval: |_, args| args.first().map(|value| Value::Type(value.ty())).ok_or(Cause::Missing),
    },
    Function {
        name: "dyn",
        overloads: &[from(&[Type::Dyn], Type::Dyn)],
        doc: "The value itself, its type to be known only when a call comes.",
        examples: &[("dyn(1) == 1.0", "true")],
        prepare: None,
        eval: |_, args| args.first().cloned().ok_or(Cause::Missing),
    },
];

fn to_int<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Int(value)] => Ok(Value::Int(*value)),
        [Value::UInt(value)] => i64::try_from(*value).map(Value::Int).map_err(|_| RANGE),
        // both borders excluded, as CEL does it: the nearest doubles to the extremes lie outside
        #[expect(clippy::cast_possible_truncation, reason = "in range")]
        [Value::Double(value)] if value.abs() < 9_223_372_036_854_775_808.0 => Ok(Value::Int(*value as i64)),
        [Value::Decimal(value)] => {
            value.truncated().and_then(|whole| i64::try_from(whole).ok()).map(Value::Int).ok_or(RANGE)
        }
        [Value::Double(_)] => Err(RANGE),
        [Value::Text(text)] => parsed(text, Value::Int, "text that is no int"),
        [Value::Timestamp(time)] => Ok(Value::Int(time.as_second() - i64::from(time.subsec_nanosecond() < 0))),
        _ => Err(wrong(args, "number, string or timestamp")),
    }
}

fn to_uint<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::UInt(value)] => Ok(Value::UInt(*value)),
        [Value::Int(value)] => u64::try_from(*value).map(Value::UInt).map_err(|_| RANGE),
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
        [Value::Double(value)] if *value >= 0.0 && *value < 18_446_744_073_709_551_616.0 => {
            Ok(Value::UInt(*value as u64))
        }
        [Value::Decimal(value)] => {
            let whole = value.truncated().filter(|_| !value.is_negative());
            whole.and_then(|whole| u64::try_from(whole).ok()).map(Value::UInt).ok_or(RANGE)
        }
        [Value::Double(_)] => Err(RANGE),
        [Value::Text(text)] => parsed(text, Value::UInt, "text that is no uint"),
        _ => Err(wrong(args, "number or string")),
    }
}

/// Decimal digits with at most a minus: Rust's own parser takes a plus as well.
fn parsed<'a, T: std::str::FromStr>(
    text: &str,
    make: fn(T) -> Value<'a>,
    otherwise: &'static str,
) -> Result<Value<'a>, Cause> {
    let value = (!text.starts_with('+')).then(|| text.parse().ok()).flatten();
    value.map(make).ok_or(Cause::Unexplained(otherwise))
}

fn to_double<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    #[expect(clippy::cast_precision_loss, reason = "the nearest double is what is asked for")]
    match args {
        [Value::Decimal(value)] => Ok(Value::Decimal(*value)),
        [Value::Double(value)] => Ok(Value::Double(*value)),
        [Value::Int(value)] => Ok(Value::Double(*value as f64)),
        [Value::UInt(value)] => Ok(Value::Double(*value as f64)),
        [Value::Text(text)] => {
            text.parse().map(Value::Double).map_err(|_| Cause::Unexplained("text that is no double"))
        }
        _ => Err(wrong(args, "number or string")),
    }
}

fn to_text<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Text(text)] | [Value::Path(text)] => Ok(Value::Text(text.clone())),
        [Value::Int(value)] => site.text(value.to_string()),
        [Value::UInt(value)] => site.text(value.to_string()),
        [Value::Decimal(value)] => site.text(value.to_string()),
        [Value::Double(value)] => site.text(double_text(*value)),
        [Value::Bool(value)] => site.text(value.to_string()),
        [Value::Bytes(bytes)] => match std::str::from_utf8(bytes) {
            Ok(text) => site.text(text.to_owned()),
            Err(_) => Err(Cause::Unexplained("bytes that are no UTF-8")),
        },
        [Value::Timestamp(time)] => site.text(time.to_string()),
        [Value::Duration(span)] => site.text(time::duration_text(*span)),
        [Value::Ip(address)] => site.text(address.to_string()),
        [Value::Cidr(net)] => site.text(net.to_string()),
        _ => Err(wrong(args, "value with a text")),
    }
}

/// The shortest text that reads back as the same double; very large and very small ones with an exponent.
pub(super) fn double_text(value: f64) -> String {
    let size = value.abs();
    match value {
        _ if value.is_nan() => "NaN".to_owned(),
        _ if value.is_infinite() => if value > 0.0 { "Infinity" } else { "-Infinity" }.to_owned(),
        _ if size != 0.0 && !(1e-4..1e21).contains(&size) => exponent_text(&format!("{value:e}")),
        _ => value.to_string(),
    }
}

/// `1.5e7` with a sign and at least two digits in the exponent: `1.5e+07`.
pub(super) fn exponent_text(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once('e') else { return text.to_owned() };
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    format!("{mantissa}e{sign}{digits:0>2}")
}

fn to_bytes<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Bytes(bytes)] => Ok(Value::Bytes(Arc::clone(bytes))),
        [Value::Text(text)] => {
            site.budget.build(text.len())?;
            Ok(Value::Bytes(Arc::from(text.as_bytes())))
        }
        _ => Err(wrong(args, "string or bytes")),
    }
}

fn to_bool<'a>(_: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Bool(value)] => Ok(Value::Bool(*value)),
        [Value::Text(text)] => match text.as_str() {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(Value::Bool(true)),
            "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(Value::Bool(false)),
            _ => Err(Cause::Unexplained("text that is no truth value")),
        },
        _ => Err(wrong(args, "bool or string")),
    }
}

fn wrong(args: &[Value<'_>], expected: &'static str) -> Cause {
    args.first().map_or(Cause::Missing, |found| Cause::wrong_type(expected, found))
}
