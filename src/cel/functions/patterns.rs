//! Patterns of text: regular expressions and globs, compiled when the policy is loaded where they are constant.

use std::sync::Arc;

use regex::{Regex, RegexBuilder};

use crate::cel::expr::Prepared;
use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::{Text, Value};
use crate::pattern::TextGlob;

/// Longest regular expression, in bytes.
const MAX_PATTERN: usize = 4096;
/// Most bytes a constant pattern may compile to.
const CONSTANT_SIZE: usize = 1024 * 1024;
/// Most bytes a pattern that comes with a call may compile to.
const DYNAMIC_SIZE: usize = 64 * 1024;
/// What compiling a pattern at a call costs, in steps.
const COMPILE_STEPS: usize = 2000;

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "matches",
        overloads: &[
            Overload::method(&[Type::Text, Type::Text], Type::Bool),
            Overload::function(&[Type::Text, Type::Text], Type::Bool),
        ],
        doc: "Whether a regular expression matches anywhere in a string; `^` and `$` bind it to the whole. Time is linear, \
              there are no backreferences.",
        examples: &[("'banana'.matches('^ba(na)*$')", "true"), ("'x1'.matches('[0-9]')", "true")],
        prepare: Some(prepare_regex),
        eval: matches,
    },
    Function {
        name: "glob",
        overloads: &[Overload::method(&[Type::Text, Type::Text], Type::Bool)],
        doc: "Whether the whole of a string matches a glob: `*` any characters, `?` one, `[a-z]` a class, `{a,b}` \
              alternatives. `*` crosses `/`; for paths use `path(x).matches(…)`.",
        examples: &[("'notes.txt'.glob('*.txt')", "true"), ("'a.rs'.glob('*.{txt,md}')", "false")],
        prepare: Some(prepare_glob),
        eval: glob,
    },
];

fn regex(pattern: &str, size: usize) -> Result<Regex, String> {
    if pattern.len() > MAX_PATTERN {
        return Err(format!("the regular expression has {} bytes; at most {MAX_PATTERN} are allowed", pattern.len()));
    }
    RegexBuilder::new(pattern).size_limit(size).dfa_size_limit(size).build().map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => format!("the regular expression compiles to more than {size} bytes"),
        // the crate's message is several lines, the last of which says what is wrong
        error => {
            let text = error.to_string();
            let last = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
            format!("`{pattern}` is no regular expression: {last}; {}", way_out(last))
        }
    })
}

/// What to write in the place of what the syntax does not have.
fn way_out(error: &str) -> &'static str {
    match error {
        error if error.contains("look-around") => "write two tests, one of them under `not`",
        error if error.contains("backreference") => "write out what is repeated",
        error if error.contains("unclosed") || error.contains("unopened") => {
            "close it, or put `\\` before a bracket that stands for itself"
        }
        _ => "the syntax is RE2's; put `\\` before a sign that stands for itself",
    }
}

fn prepare_regex(args: &[Option<&Value<'static>>]) -> Result<Option<Prepared>, String> {
    let [_, Some(Value::Text(pattern))] = args else { return Ok(None) };
    Ok(Some(Arc::new(regex(pattern, CONSTANT_SIZE)?)))
}

fn matches<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let (text, pattern) = texts(args)?;
    site.budget.read(text.len())?;
    if let Some(regex) = site.prepared::<Regex>() {
        return Ok(Value::Bool(regex.is_match(text)));
    }
    site.budget.steps(COMPILE_STEPS)?;
    let regex = regex(pattern, DYNAMIC_SIZE).map_err(|_| Cause::Unexplained("a regular expression that is none"))?;
    Ok(Value::Bool(regex.is_match(text)))
}

fn prepare_glob(args: &[Option<&Value<'static>>]) -> Result<Option<Prepared>, String> {
    let [_, Some(Value::Text(glob))] = args else { return Ok(None) };
    let glob = TextGlob::parse(glob).map_err(|error| error.to_string())?;
    Ok(Some(Arc::new(glob)))
}

fn glob<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let (text, glob) = texts(args)?;
    site.budget.read(text.len())?;
    if let Some(glob) = site.prepared::<TextGlob>() {
        return Ok(Value::Bool(glob.matches(text)));
    }
    site.budget.steps(COMPILE_STEPS)?;
    let glob = TextGlob::parse(glob).map_err(|_| Cause::Unexplained("a glob that is none"))?;
    Ok(Value::Bool(glob.matches(text)))
}

fn texts<'v>(args: &'v [Value<'_>]) -> Result<(&'v Text<'v>, &'v Text<'v>), Cause> {
    match args {
        [Value::Text(text), Value::Text(pattern)] => Ok((text, pattern)),
        [Value::Text(_), other] | [other, ..] => Err(Cause::wrong_type("string", other)),
        [] => Err(Cause::Missing),
    }
}
