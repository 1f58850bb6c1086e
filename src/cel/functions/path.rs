//! Paths: values that were checked to say which file they mean. The knowledge is in [`crate::path`].

use std::borrow::Cow;
use std::sync::Arc;

use crate::cel::expr::Prepared;
use crate::cel::function::{Cause, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::{Text, Value};
use crate::path::{self, Directory, Unexplained};
use crate::pattern::PathGlob;

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "path",
        overloads: &[
            Overload::function(&[Type::Text], Type::Path),
            Overload::function(&[Type::Path], Type::Path),
            Overload::function(&[Type::Text, Type::Text], Type::Path),
        ],
        doc: "An absolute path with `.`, `..` and `//` resolved; a relative one is joined to the base where one is given, and \
              a `file:` URL of this machine is its path. What a shell, a decoder or Unicode could read as another path is \
              unknown.",
        examples: &[
            ("path('/a/./b/../c')", "path('/a/c')"),
            ("path('src/../a', '/ws')", "path('/ws/a')"),
            ("path('file:///a/b')", "path('/a/b')"),
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
        doc: "Whether a path is a directory or below it, by whole components. Where that is so only by another case, Unicode \
              form or link of the system (`/private/etc` is `/etc`) it is unknown: disks differ in what they fold.",
        examples: &[
            ("path('/ws/a').within('/ws/')", "true"),
            ("path('/ws2').within('/ws')", "false"),
            ("path('/ws/../etc').within('/ws')", "false"),
            ("path('/ETC/shadow').within('/etc')", "unknown"),
        ],
        prepare: Some(prepare_base),
        eval: within,
    },
    Function {
        name: "matches",
        overloads: &[Overload::method(&[Type::Path, Type::Text], Type::Bool)],
        doc: "Whether a path matches a glob, in which `*` stays within one component and `**` crosses; by another spelling \
              alone it is unknown, as with `within`.",
        examples: &[
            ("path('/ws/a/b.rs').matches('/ws/**/*.rs')", "true"),
            ("path('/ws/a/b.rs').matches('/ws/*')", "false"),
            ("path('/ws/.ENV').matches('**/.env')", "unknown"),
        ],
        prepare: Some(prepare_glob),
        eval: matches,
    },
    Function {
        name: "@glob_below",
        overloads: &[Overload::function(&[Type::Text, Type::Text], Type::Text)],
        doc: "A glob over what lies below a directory.",
        examples: &[],
        prepare: None,
        eval: glob_below,
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
        [Value::Text(text)] => match normal(text) {
            Err(path::RELATIVE) => below(site, text, &site.base.directory()?),
            path => Ok(path?),
        },
        [Value::Text(text), Value::Text(base)] => below(site, text, base),
        [Value::Text(_), other] | [other, ..] => Err(Cause::wrong_type("string", other)),
        [] => Err(Cause::Missing),
    }
}

fn below<'a>(site: Site<'_>, text: &str, base: &str) -> Result<Value<'a>, Cause> {
    site.budget.build(text.len().saturating_add(base.len()))?;
    Ok(Value::Path(Text::Shared(path::normalize_at(text, base)?.into())))
}

/// The path of a text, borrowed from the call where it is normal already.
fn normal<'a>(text: &Text<'a>) -> Result<Value<'a>, Unexplained> {
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

/// A constant directory.
fn prepare_base(args: &[Option<&Value<'static>>]) -> Result<Option<Prepared>, String> {
    let [_, Some(Value::Text(base))] = args else { return Ok(None) };
    match Directory::new(base) {
        Ok(directory) => Ok(Some(Arc::new(directory))),
        Err(_) if base.starts_with("$workspace") || base.starts_with("$cwd") => Err(format!(
            "`{}` stands for a directory in maps alone; in an expression write `{}`",
            base.escape_debug(),
            expressed(base)
        )),
        Err(why) => Err(format!("`within` takes an absolute directory, `/workspace`; this is {why}")),
    }
}

/// A directory below a place of map conditions, as an expression has it.
fn expressed(text: &str) -> String {
    let (place, rest) = text.split_once('/').unwrap_or((text, ""));
    let place = place.replacen('$', "context.", 1);
    if rest.is_empty() { place } else { format!("path('{}', {place})", rest.escape_debug()) }
}

fn within<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let within = match (args, site.prepared::<Directory>()) {
        ([Value::Path(path), _], Some(base)) => base.holds(path)?,
        ([Value::Path(path), Value::Path(base)], None) => path::held(path, base)?,
        ([Value::Path(path), Value::Text(base)], None) => path::held(path, &path::normalize(base)?)?,
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
        ([Value::Path(path), _], Some(glob)) => Ok(Value::Bool(glob.holds(path)?)),
        ([Value::Path(path), Value::Text(glob)], None) => {
            site.budget.steps(GLOB_STEPS)?;
            let glob = PathGlob::parse(glob).map_err(|_| Cause::Unexplained("a path glob that is none"))?;
            Ok(Value::Bool(glob.holds(path)?))
        }
        ([Value::Path(_), other], _) => Err(Cause::wrong_type("string", other)),
        ([other, ..], _) => Err(Cause::wrong_type("path", other)),
        ([], _) => Err(Cause::Missing),
    }
}

/// The directory's own characters mean themselves.
fn glob_below<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    let (directory, glob) = match args {
        [Value::Text(directory), Value::Text(glob)] => (path::normalize(directory)?, glob),
        [Value::Text(_), other] | [other, ..] => return Err(Cause::wrong_type("string", other)),
        [] => return Err(Cause::Missing),
    };
    let mut text = String::with_capacity(directory.len() + glob.len());
    for char in directory.trim_end_matches('/').chars() {
        match char {
            '[' | '{' | '}' => text.extend(['[', char, ']']),
            char => text.push(char),
        }
    }
    text.push_str(glob);
    site.text(text)
}

fn part<'a>(args: &[Value<'a>], part: fn(&str) -> &str) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Path(Text::Borrowed(path))] => Ok(Value::Text(Text::Borrowed(part(path)))),
        [Value::Path(Text::Shared(path))] => Ok(Value::text(part(path))),
        [other, ..] => Err(Cause::wrong_type("path", other)),
        [] => Err(Cause::Missing),
    }
}

/// Whether a file of a command is in one of some directories; a relative one is meant below the working directory.
#[cfg(feature = "shell")]
pub(super) fn is_within_any(site: Site<'_>, file: &str, directories: &[Value<'_>]) -> Result<bool, Cause> {
    let file = match path::normalize(file) {
        Err(path::RELATIVE) => path::normalize_at(file, &site.base.working_directory()?)?,
        file => file?.into_owned().into(),
    };
    let file = Value::Path(Text::Shared(file.into()));
    let mut unknown = None;
    for directory in directories {
        match within(Site { prepared: None, ..site }, &[file.clone(), directory.clone()]) {
            Ok(Value::Bool(true)) => return Ok(true),
            Ok(_) => {}
            Err(why) => unknown = unknown.or(Some(why)),
        }
    }
    unknown.map_or(Ok(false), Err)
}
