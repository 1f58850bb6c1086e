//! Paths: values that were checked to say which file they mean. The knowledge is in [`crate::path`].

use std::borrow::Cow;
use std::sync::Arc;

use crate::cel::expr::Prepared;
use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::{Text, Value};
use crate::path;
use crate::pattern::PathGlob;

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "path",
        overloads: &[
            Overload::function(&[Type::Text], Type::Path),
            Overload::function(&[Type::Path], Type::Path),
            Overload::function(&[Type::Text, Type::Text], Type::Path),
        ],
        doc: "An absolute path with `.`, `..` and `//` resolved; a relative one is joined to the base where one is given. \
              What a shell, a decoder or Unicode could read as another path is unknown.",
        examples: &[
            ("path('/a/./b/../c')", "path('/a/c')"),
            ("path('src/../a', '/ws')", "path('/ws/a')"),
            ("path('a')", "unknown"),
            ("path('/a/%2e%2e/b')", "unknown"),
        ],
        prepare: None,
        eval: path,
    },
    Function {
        name: "within",
        overloads: &[
            Overload::method(&[Type::Path, Type::Text], Type::Bool),
            Overload::method(&[Type::Path, Type::Path], Type::Bool),
        ],
        doc: "Whether a path is a directory or below it, by whole components.",
        examples: &[
            ("path('/ws/a').within('/ws/')", "true"),
            ("path('/ws2').within('/ws')", "false"),
            ("path('/ws/../etc').within('/ws')", "false"),
        ],
        prepare: Some(prepare_base),
        eval: within,
    },
    Function {
        name: "matches",
        overloads: &[Overload::method(&[Type::Path, Type::Text], Type::Bool)],
        doc: "Whether a path matches a glob, in which `*` stays within one component and `**` crosses.",
        examples: &[
            ("path('/ws/a/b.rs').matches('/ws/**/*.rs')", "true"),
            ("path('/ws/a/b.rs').matches('/ws/*')", "false"),
        ],
        prepare: Some(prepare_glob),
        eval: matches,
    },
    Function {
        name: "name",
        overloads: &[Overload::method(&[Type::Path], Type::Text)],
        doc: "The last component of a path; empty for the root.",
        examples: &[("path('/a/b.txt').name()", "'b.txt'"), ("path('/').name()", "''")],
        prepare: None,
        eval: |_, args| part(args, path::name),
    },
    Function {
        name: "extension",
        overloads: &[Overload::method(&[Type::Path], Type::Text)],
        doc: "What follows the last dot of a path's name, without the dot; empty where there is none.",
        examples: &[("path('/a/b.tar.gz').extension()", "'gz'"), ("path('/a/.env').extension()", "''")],
        prepare: None,
        eval: |_, args| part(args, path::extension),
    },
];

fn path<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Path(path)] => Ok(Value::Path(path.clone())),
        [Value::Text(text)] => normal(text),
        [Value::Text(text), Value::Text(base)] => {
            site.budget.build(text.len().saturating_add(base.len()))?;
            Ok(Value::Path(Text::Shared(path::normalize_at(text, base)?.into())))
        }
        [Value::Text(_), other] | [other, ..] => Err(Cause::wrong_type("string", other)),
        [] => Err(Cause::Missing),
    }
}

/// The path of a text, borrowed from the call where it is normal already.
fn normal<'a>(text: &Text<'a>) -> Result<Value<'a>, Cause> {
    match text {
        Text::Borrowed(text) => Ok(Value::Path(match path::normalize(text)? {
            Cow::Borrowed(normal) => Text::Borrowed(normal),
            Cow::Owned(normal) => Text::Shared(normal.into()),
        })),
        Text::Shared(text) => Ok(Value::Path(match path::normalize(text)? {
            Cow::Borrowed(_) => Text::Shared(Arc::clone(text)),
            Cow::Owned(normal) => Text::Shared(normal.into()),
        })),
    }
}

/// The normal form of a constant directory.
fn prepare_base(args: &[Option<&Value<'static>>]) -> Result<Option<Prepared>, String> {
    let [_, Some(Value::Text(base))] = args else { return Ok(None) };
    match path::normalize(base) {
        Ok(normal) => Ok(Some(Arc::new(normal.into_owned()))),
        Err(why) => Err(format!("`within` takes an absolute directory; this is {why}")),
    }
}

fn within<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let within = match (args, site.prepared::<String>()) {
        ([Value::Path(path), _], Some(base)) => path::within(path, base),
        ([Value::Path(path), Value::Path(base)], None) => path::within(path, base),
        ([Value::Path(path), Value::Text(base)], None) => path::within(path, &path::normalize(base)?),
        ([Value::Path(_), other], _) => return Err(Cause::wrong_type("string or path", other)),
        ([other, ..], _) => return Err(Cause::wrong_type("path", other)),
        ([], _) => return Err(Cause::Missing),
    };
    Ok(Value::Bool(within))
}

fn prepare_glob(args: &[Option<&Value<'static>>]) -> Result<Option<Prepared>, String> {
    let [_, Some(Value::Text(glob))] = args else { return Ok(None) };
    let glob = PathGlob::parse(glob).map_err(|error| error.to_string())?;
    Ok(Some(Arc::new(glob)))
}

/// What parsing a glob at a call costs, in steps.
const GLOB_STEPS: usize = 1000;

fn matches<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match (args, site.prepared::<PathGlob>()) {
        ([Value::Path(path), _], Some(glob)) => Ok(Value::Bool(glob.matches(path))),
        ([Value::Path(path), Value::Text(glob)], None) => {
            site.budget.steps(GLOB_STEPS)?;
            let glob = PathGlob::parse(glob).map_err(|_| Cause::Unexplained("a path glob that is none"))?;
            Ok(Value::Bool(glob.matches(path)))
        }
        ([Value::Path(_), other], _) => Err(Cause::wrong_type("string", other)),
        ([other, ..], _) => Err(Cause::wrong_type("path", other)),
        ([], _) => Err(Cause::Missing),
    }
}

fn part<'a>(args: &[Value<'a>], part: fn(&str) -> &str) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Path(Text::Borrowed(path))] => Ok(Value::Text(Text::Borrowed(part(path)))),
        [Value::Path(Text::Shared(path))] => Ok(Value::text(part(path))),
        [other, ..] => Err(Cause::wrong_type("path", other)),
        [] => Err(Cause::Missing),
    }
}
