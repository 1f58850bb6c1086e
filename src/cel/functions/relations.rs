//! Equality and order.

use std::cmp::Ordering;

use crate::cel::compare;
use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::Value;

const ANY: &[Overload] = &[Overload::function(&[Type::Dyn, Type::Dyn], Type::Bool)];

const fn ordered(left: &'static [Type]) -> Overload {
    Overload::function(left, Type::Bool)
}

const ORDERED: &[Overload] = &[
    ordered(&[Type::Int, Type::Int]),
    ordered(&[Type::Int, Type::UInt]),
    ordered(&[Type::Int, Type::Double]),
    ordered(&[Type::UInt, Type::UInt]),
    ordered(&[Type::UInt, Type::Int]),
    ordered(&[Type::UInt, Type::Double]),
    ordered(&[Type::Double, Type::Double]),
    ordered(&[Type::Double, Type::Int]),
    ordered(&[Type::Double, Type::UInt]),
    ordered(&[Type::Text, Type::Text]),
    ordered(&[Type::Bytes, Type::Bytes]),
    ordered(&[Type::Bool, Type::Bool]),
    ordered(&[Type::Timestamp, Type::Timestamp]),
    ordered(&[Type::Duration, Type::Duration]),
];

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "_==_",
        overloads: ANY,
        doc: "Whether two values are equal. Numbers are one type and compare exactly. For values of different types, and for \
              lists and maps whose parts are, CEL says no; in a policy that is unknown. `== null` asks on purpose.",
        examples: &[
            ("1 == 1.0", "true"),
            ("dyn('1') == 1", "unknown"),
            ("dyn(['admin']) == 'admin'", "unknown"),
            ("dyn('1') == null", "false"),
            ("[1, {'a': 2u}] == [1.0, {'a': 2}]", "true"),
            ("[dyn('1')] == [1]", "unknown"),
        ],
        prepare: None,
        eval: |site, args| equality(site, args).map(Value::Bool),
    },
    Function {
        name: "_!=_",
        overloads: ANY,
        doc: "Whether two values differ; unknown as with `==`.",
        examples: &[
            ("1 != 2", "true"),
            ("9007199254740993 != 9007199254740992.0", "true"),
            ("dyn('1') != 1", "unknown"),
            ("dyn('1') != null", "true"),
        ],
        prepare: None,
        eval: |site, args| equality(site, args).map(|equal| Value::Bool(!equal)),
    },
    Function {
        name: "_<_",
        overloads: ORDERED,
        doc: "Whether the left value comes before the right one.",
        examples: &[("1 < 1.5", "true"), ("'a' < 'b'", "true"), ("dyn('a') < 1", "unknown")],
        prepare: None,
        eval: |site, args| order(site, args, Ordering::is_lt),
    },
    Function {
        name: "_<=_",
        overloads: ORDERED,
        doc: "Whether the left value does not come after the right one.",
        examples: &[("1 <= 1u", "true"), ("2 <= 1", "false")],
        prepare: None,
        eval: |site, args| order(site, args, Ordering::is_le),
    },
    Function {
        name: "_>_",
        overloads: ORDERED,
        doc: "Whether the left value comes after the right one.",
        examples: &[("2 > 1", "true"), ("9223372036854775807 > 9223372036854775806.0", "true")],
        prepare: None,
        eval: |site, args| order(site, args, Ordering::is_gt),
    },
    Function {
        name: "_>=_",
        overloads: ORDERED,
        doc: "Whether the left value does not come before the right one.",
        examples: &[("2 >= 2.0", "true"), ("duration('1m') >= duration('61s')", "false")],
        prepare: None,
        eval: |site, args| order(site, args, Ordering::is_ge),
    },
];

fn equality(site: Site<'_>, args: &[Value<'_>]) -> Result<bool, Cause> {
    match args {
        [left, right] => compare::equal(left, right, site.budget),
        _ => Err(Cause::Missing),
    }
}

fn order<'a>(site: Site<'_>, args: &[Value<'a>], holds: fn(Ordering) -> bool) -> Result<Value<'a>, Cause> {
    match args {
        [left, right] => Ok(Value::Bool(compare::order(left, right, site.budget)?.is_some_and(holds))),
        _ => Err(Cause::Missing),
    }
}
