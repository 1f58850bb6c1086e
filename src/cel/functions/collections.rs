//! Lists and maps: membership, index, size.

use std::collections::HashSet;
use std::sync::Arc;

use crate::cel::compare;
use crate::cel::expr::Prepared;
use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::{List, Text, Value};

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "_in_",
        overloads: &[
            Overload::function(&[Type::Dyn, Type::List(None)], Type::Bool),
            Overload::function(&[Type::Dyn, Type::Map(None)], Type::Bool),
        ],
        doc: "Whether a list has an equal element, or a map the key; in a policy unknown where none is equal and one is of \
              another type.",
        examples: &[
            ("2 in [1, 2.0]", "true"),
            ("'b' in {'a': 1}", "false"),
            ("1u in {1: 'x'}", "true"),
            ("dyn(['a']) in ['a', 'b']", "unknown"),
            ("dyn(null) in ['a', null]", "true"),
        ],
        prepare: Some(word_set),
        eval: contains,
    },
    Function {
        name: "_[_]",
        overloads: &[
            Overload::function(&[Type::List(None), Type::Int], Type::Dyn),
            Overload::function(&[Type::Map(None), Type::Dyn], Type::Dyn),
        ],
        doc: "The element of a list at an index from 0, or a map's value of a key.",
        examples: &[("['a', 'b'][1]", "'b'"), ("{'a': 1}['a']", "1"), ("[1][1]", "unknown"), ("{1: 2}[1.0]", "2")],
        prepare: None,
        eval: index,
    },
    Function {
        name: "size",
        overloads: &[
            Overload::function(&[Type::Text], Type::Int),
            Overload::function(&[Type::Bytes], Type::Int),
            Overload::function(&[Type::List(None)], Type::Int),
            Overload::function(&[Type::Map(None)], Type::Int),
            Overload::method(&[Type::Text], Type::Int),
            Overload::method(&[Type::Bytes], Type::Int),
            Overload::method(&[Type::List(None)], Type::Int),
            Overload::method(&[Type::Map(None)], Type::Int),
        ],
        doc: "How many bytes a string or a bytes value, elements a list, entries a map has. CEL counts the characters of a \
              string; in a policy they are the size of its `split('')`.",
        examples: &[
            ("size('πέντε')", "10"),
            ("'πέντε'.split('').size()", "5"),
            ("[1, 2].size()", "2"),
            ("size(b'é')", "2"),
            ("size({})", "0"),
        ],
        prepare: None,
        eval: size,
    },
];

/// From how many words on a set is faster than looking at each.
const SET_FROM: usize = 8;

/// A constant list of nothing but strings, many of them, as a set.
pub(super) fn word_set(args: &[Option<&Value<'static>>]) -> Result<Option<Prepared>, String> {
    let [_, Some(Value::List(list))] = args else { return Ok(None) };
    if list.len() < SET_FROM {
        return Ok(None);
    }
    let words: Option<HashSet<Box<str>>> = list
        .iter()
        .map(|item| match item {
            Value::Text(text) => Some(Box::from(text.as_str())),
            _ => None,
        })
        .collect();
    Ok(words.map(|words| Arc::new(words) as Prepared))
}

/// Whether a list has an equal element; `words` is the list as a set, where there is one.
pub(super) fn list_has(site: Site<'_>, item: &Value<'_>, list: &List<'_>) -> Result<bool, Cause> {
    if let (Some(words), Value::Text(text)) = (site.prepared::<HashSet<Box<str>>>(), item) {
        site.budget.read(text.len())?;
        return Ok(words.contains(text.as_str()));
    }
    site.budget.visit(list.len())?;
    for element in list.iter() {
        if compare::equal(item, &element, site.budget)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn contains<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [item, Value::List(list)] => list_has(site, item, list).map(Value::Bool),
        [key, Value::Map(map)] => Ok(Value::Bool(compare::lookup(map, key, site.budget)?.is_some())),
        [_, other] => Err(Cause::wrong_type("list or map", other)),
        _ => Err(Cause::Missing),
    }
}

fn index<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::List(list), at] => list.get(position(at)?).ok_or(Cause::Missing),
        [Value::Map(map), key] => compare::lookup(map, key, site.budget)?.ok_or(Cause::Missing),
        [other, ..] => Err(Cause::wrong_type("list or map", other)),
        [] => Err(Cause::Missing),
    }
}

/// An index as a whole number of any of the three types.
fn position(index: &Value<'_>) -> Result<usize, Cause> {
    let position = match index {
        Value::Int(index) => usize::try_from(*index).ok(),
        Value::UInt(index) => usize::try_from(*index).ok(),
        Value::Decimal(index) if index.is_whole() => index.as_whole().and_then(|index| usize::try_from(index).ok()),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "saturates, and was asked to be whole"
        )]
        Value::Double(index) if index.fract() == 0.0 && *index >= 0.0 => Some(*index as usize),
        other => return Err(Cause::wrong_type("int", other)),
    };
    position.ok_or(Cause::Missing)
}

fn size<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let size = match args {
        [Value::Text(text)] => characters(site, text)?,
        [Value::Bytes(bytes)] => bytes.len(),
        [Value::List(list)] => list.len(),
        [Value::Map(map)] => map.len(),
        [other] => return Err(Cause::wrong_type("string, bytes, list or map", other)),
        _ => return Err(Cause::Missing),
    };
    i64::try_from(size).map(Value::Int).map_err(|_| Cause::Arithmetic("range error"))
}

fn characters(site: Site<'_>, text: &Text<'_>) -> Result<usize, Cause> {
    site.budget.read(text.len())?;
    Ok(text.chars().count())
}
