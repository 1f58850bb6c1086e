//! The strings extension. Positions count characters, not bytes.

use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::{List, Text, Value};

const OUT_OF_RANGE: Cause = Cause::Arithmetic("index out of range");
const SEARCH: &[Overload] = &[
    Overload::method(&[Type::Text, Type::Text], Type::Int),
    Overload::method(&[Type::Text, Type::Text, Type::Int], Type::Int),
];
const CHANGE: &[Overload] = &[Overload::method(&[Type::Text], Type::Text)];
const WORDS: Type = Type::List(Some(&Type::Text));

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "charAt",
        overloads: &[Overload::method(&[Type::Text, Type::Int], Type::Text)],
        doc: "The character at a position from 0; empty at the end.",
        examples: &[("'héllo'.charAt(1)", "'é'"), ("'a'.charAt(1)", "''"), ("'a'.charAt(2)", "unknown")],
        prepare: None,
        eval: char_at,
    },
    Function {
        name: "indexOf",
        overloads: SEARCH,
        doc: "The position of the first occurrence, at or after one where it is given; -1 where there is none.",
        examples: &[("'hello'.indexOf('l')", "2"), ("'hello'.indexOf('l', 3)", "3"), ("'a'.indexOf('b')", "-1")],
        prepare: None,
        eval: index_of,
    },
    Function {
        name: "lastIndexOf",
        overloads: SEARCH,
        doc: "The position of the last occurrence, at or before one where it is given; -1 where there is none.",
        examples: &[("'hello'.lastIndexOf('l')", "3"), ("'hello'.lastIndexOf('l', 2)", "2")],
        prepare: None,
        eval: last_index_of,
    },
    Function {
        name: "join",
        overloads: &[Overload::method(&[WORDS], Type::Text), Overload::method(&[WORDS, Type::Text], Type::Text)],
        doc: "The strings of a list as one, with a separator between them where one is given.",
        examples: &[("['a', 'b'].join('-')", "'a-b'"), ("['a', 'b'].join()", "'ab'")],
        prepare: None,
        eval: join,
    },
    Function {
        name: "replace",
        overloads: &[
            Overload::method(&[Type::Text, Type::Text, Type::Text], Type::Text),
            Overload::method(&[Type::Text, Type::Text, Type::Text, Type::Int], Type::Text),
        ],
        doc: "The string with every occurrence replaced, or the first so many.",
        examples: &[("'a-a'.replace('a', 'b')", "'b-b'"), ("'a-a'.replace('a', 'b', 1)", "'b-a'")],
        prepare: None,
        eval: replace,
    },
    Function {
        name: "split",
        overloads: &[
            Overload::method(&[Type::Text, Type::Text], WORDS),
            Overload::method(&[Type::Text, Type::Text, Type::Int], WORDS),
        ],
        doc: "The parts between the separators, at most so many where a limit is given.",
        examples: &[("'a b c'.split(' ')", "['a', 'b', 'c']"), ("'a b c'.split(' ', 2)", "['a', 'b c']")],
        prepare: None,
        eval: split,
    },
    Function {
        name: "substring",
        overloads: &[
            Overload::method(&[Type::Text, Type::Int], Type::Text),
            Overload::method(&[Type::Text, Type::Int, Type::Int], Type::Text),
        ],
        doc: "The characters from a position, up to before another where it is given.",
        examples: &[("'tacocat'.substring(4)", "'cat'"), ("'tacocat'.substring(0, 4)", "'taco'")],
        prepare: None,
        eval: substring,
    },
    Function {
        name: "trim",
        overloads: CHANGE,
        doc: "The string without white space at its ends.",
        examples: &[("' a '.trim()", "'a'")],
        prepare: None,
        eval: |site, args| changed(site, args, |text| text.trim().to_owned()),
    },
    Function {
        name: "lowerAscii",
        overloads: CHANGE,
        doc: "The string with the letters A to Z in lower case.",
        examples: &[("'TacoCÆt'.lowerAscii()", "'tacocÆt'")],
        prepare: None,
        eval: |site, args| changed(site, args, str::to_ascii_lowercase),
    },
    Function {
        name: "upperAscii",
        overloads: CHANGE,
        doc: "The string with the letters a to z in upper case.",
        examples: &[("'tacoCαt'.upperAscii()", "'TACOCαT'")],
        prepare: None,
        eval: |site, args| changed(site, args, str::to_ascii_uppercase),
    },
    Function {
        name: "reverse",
        overloads: CHANGE,
        doc: "The characters in the other order.",
        examples: &[("'abc'.reverse()", "'cba'")],
        prepare: None,
        eval: |site, args| changed(site, args, |text| text.chars().rev().collect()),
    },
    Function {
        name: "strings.quote",
        overloads: &[Overload::function(&[Type::Text], Type::Text)],
        doc: "The string in double quotes, with escapes for what would not be visible.",
        examples: &[("strings.quote('a\\nb')", "'\"a\\\\nb\"'")],
        prepare: None,
        eval: quote,
    },
];

fn receiver<'v>(site: Site<'_>, args: &'v [Value<'_>]) -> Result<&'v Text<'v>, Cause> {
    match args {
        [Value::Text(text), ..] => {
            site.budget.read(text.len())?;
            Ok(text)
        }
        [other, ..] => Err(Cause::wrong_type("string", other)),
        [] => Err(Cause::Missing),
    }
}

fn text_at<'v>(args: &'v [Value<'_>], index: usize) -> Result<&'v str, Cause> {
    match args.get(index) {
        Some(Value::Text(text)) => Ok(text),
        Some(other) => Err(Cause::wrong_type("string", other)),
        None => Err(Cause::Missing),
    }
}

/// The whole number of an argument; nothing where the argument is not there.
fn int_at(args: &[Value<'_>], index: usize) -> Result<Option<i64>, Cause> {
    match args.get(index) {
        None => Ok(None),
        Some(Value::Int(number)) => Ok(Some(*number)),
        Some(other) => Err(Cause::wrong_type("int", other)),
    }
}

/// The byte offset of a position; the position after the last character is the end.
fn offset(text: &str, position: i64) -> Result<usize, Cause> {
    let position = usize::try_from(position).map_err(|_| OUT_OF_RANGE)?;
    let ends = std::iter::once(text.len());
    text.char_indices().map(|(at, _)| at).chain(ends).nth(position).ok_or(OUT_OF_RANGE)
}

/// The position of a byte offset.
fn position<'a>(text: &str, offset: usize) -> Result<Value<'a>, Cause> {
    let characters = text.get(..offset).map_or(0, |before| before.chars().count());
    i64::try_from(characters).map(Value::Int).map_err(|_| OUT_OF_RANGE)
}

fn char_at<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let text = receiver(site, args)?;
    let at = offset(text, int_at(args, 1)?.ok_or(Cause::Missing)?)?;
    let char = text.get(at..).and_then(|rest| rest.chars().next());
    site.text(char.map(String::from).unwrap_or_default())
}

fn index_of<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let (text, part) = (receiver(site, args)?, text_at(args, 1)?);
    let from = int_at(args, 2)?.map_or(Ok(0), |position| offset(text, position))?;
    match text.get(from..).and_then(|rest| rest.find(part)) {
        Some(at) => position(text, from + at),
        None => Ok(Value::Int(-1)),
    }
}

fn last_index_of<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let (text, part) = (receiver(site, args)?, text_at(args, 1)?);
    let last = int_at(args, 2)?.map_or(Ok(text.len()), |position| offset(text, position))?;
    let mut end = last.saturating_add(part.len()).min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let found = text.get(..end).and_then(|before| before.rfind(part)).filter(|at| *at <= last);
    found.map_or(Ok(Value::Int(-1)), |at| position(text, at))
}

fn join<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let separator = if args.len() > 1 { text_at(args, 1)? } else { "" };
    let list = match args.first() {
        Some(Value::List(list)) => list,
        Some(other) => return Err(Cause::wrong_type("list", other)),
        None => return Err(Cause::Missing),
    };
    joined(site, list, separator)
}

fn joined<'a>(site: Site<'_>, list: &List<'_>, separator: &str) -> Result<Value<'a>, Cause> {
    let mut text = String::new();
    for (at, item) in list.iter().enumerate() {
        site.budget.step()?;
        let Value::Text(item) = &item else { return Err(Cause::wrong_type("string", &item)) };
        let separator = if at > 0 { separator } else { "" };
        site.budget.build(separator.len().saturating_add(item.len()))?;
        text.push_str(separator);
        text.push_str(item);
    }
    Ok(Value::text(text))
}

/// A limit as CEL counts it: below zero there is none.
fn limit(limit: Option<i64>) -> usize {
    limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(usize::MAX)
}

fn replace<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let (text, from, to) = (receiver(site, args)?, text_at(args, 1)?, text_at(args, 2)?);
    let limit = limit(int_at(args, 3)?);
    let count = text.matches(from).take(limit).count();
    site.budget.build(text.len().saturating_add(count.saturating_mul(to.len())))?;
    Ok(Value::text(text.replacen(from, to, limit)))
}

fn split<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let (text, separator) = (receiver(site, args)?, text_at(args, 1)?);
    let limit = limit(int_at(args, 2)?);
    let count = if separator.is_empty() { text.len() } else { text.matches(separator).count() };
    site.budget.visit(count)?;
    site.budget.build(text.len().saturating_add(count.saturating_mul(16)))?;
    let parts = match (limit, separator) {
        (0, _) => Vec::new(),
        (_, "") => characters(text, limit),
        _ => text.splitn(limit, separator).map(Value::text).collect(),
    };
    site.list(parts)
}

/// The characters, the last of at most so many parts holding the rest.
fn characters<'a>(text: &str, limit: usize) -> Vec<Value<'a>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(char) = rest.chars().next() {
        let length = if parts.len() + 1 == limit { rest.len() } else { char.len_utf8() };
        let (part, after) = rest.split_at(length);
        parts.push(Value::text(part));
        rest = after;
    }
    parts
}

fn substring<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let text = receiver(site, args)?;
    let start = offset(text, int_at(args, 1)?.ok_or(Cause::Missing)?)?;
    let end = int_at(args, 2)?.map_or(Ok(text.len()), |position| offset(text, position))?;
    site.text(text.get(start..end).ok_or(OUT_OF_RANGE)?.to_owned())
}

fn changed<'a>(site: Site<'_>, args: &[Value<'a>], change: fn(&str) -> String) -> Result<Value<'a>, Cause> {
    let text = receiver(site, args)?;
    site.budget.build(text.len())?;
    Ok(Value::text(change(text)))
}

fn quote<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let text = receiver(site, args)?;
    site.budget.build(text.len().saturating_mul(2))?;
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for char in text.chars() {
        match char {
            '\u{07}' => quoted.push_str("\\a"),
            '\u{08}' => quoted.push_str("\\b"),
            '\u{0C}' => quoted.push_str("\\f"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            '\u{0B}' => quoted.push_str("\\v"),
            '\\' => quoted.push_str("\\\\"),
            '"' => quoted.push_str("\\\""),
            char => quoted.push(char),
        }
    }
    quoted.push('"');
    Ok(Value::text(quoted))
}
