//! CEL's standard tests of text.

use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::Value;

const TEST: &[Overload] = &[Overload::method(&[Type::Text, Type::Text], Type::Bool)];

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "contains",
        overloads: TEST,
        doc: "Whether a string holds another.",
        examples: &[("'hello'.contains('ell')", "true"), ("'hello'.contains('')", "true")],
        prepare: None,
        eval: |site, args| test(site, args, |text, part| text.contains(part)),
    },
    Function {
        name: "startsWith",
        overloads: TEST,
        doc: "Whether a string begins with another; for paths use `path(x).within(…)`, which knows of `..`.",
        examples: &[("'foobar'.startsWith('foo')", "true")],
        prepare: None,
        eval: |site, args| test(site, args, |text, part| text.starts_with(part)),
    },
    Function {
        name: "endsWith",
        overloads: TEST,
        doc: "Whether a string ends with another.",
        examples: &[("'foobar'.endsWith('bar')", "true")],
        prepare: None,
        eval: |site, args| test(site, args, |text, part| text.ends_with(part)),
    },
];

fn test<'a>(site: Site<'_>, args: &[Value<'a>], holds: fn(&str, &str) -> bool) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Text(text), Value::Text(part)] => {
            site.budget.read(text.len())?;
            Ok(Value::Bool(holds(text, part)))
        }
        [Value::Text(_), other] | [other, ..] => Err(Cause::wrong_type("string", other)),
        [] => Err(Cause::Missing),
    }
}
