//! URLs: values that were checked to lead every reader to one host. The knowledge is in [`crate::url`].

use std::sync::Arc;

use crate::cel::expr::Prepared;
use crate::cel::function::{Cause, Eval, Function, Overload, Site};
use crate::cel::types::Type;
use crate::cel::value::Value;
use crate::path::Unexplained;
use crate::url::host::Host;
use crate::url::{self, Url};

const TEST: &[Overload] = &[Overload::method(&[Type::Url], Type::Bool)];

type Examples = &'static [(&'static str, &'static str)];

/// A fact of the host.
const fn test(name: &'static str, doc: &'static str, examples: Examples, eval: Eval) -> Function {
    Function { name, overloads: TEST, doc, examples, prepare: None, eval }
}

pub(super) static ROWS: &[Function] = &[
    Function {
        name: "url",
        overloads: &[Overload::function(&[Type::Text], Type::Url), Overload::function(&[Type::Url], Type::Url)],
        doc: "A URL of the scheme http, https, ws, wss or ftp. User information, backslashes, spaces, escapes in the host, \
              numbers with leading zeros and whatever else readers take for different hosts are unknown.",
        examples: &[
            ("url('HTTPS://Example.com:443/a/../b') == url('https://example.com./b')", "true"),
            ("url('https://good.com@evil.com/')", "unknown"),
            ("url('https://good.com\\\\@evil.com/')", "unknown"),
            ("url('file:///etc/passwd')", "unknown"),
        ],
        prepare: None,
        eval: to_url,
    },
    Function {
        name: "scheme",
        overloads: &[Overload::method(&[Type::Url], Type::Text)],
        doc: "A URL's scheme in lower case.",
        examples: &[("url('HTTPS://example.com').scheme()", "'https'")],
        prepare: None,
        eval: |_, args| receiver(args).map(|url| Value::text(url.scheme())),
    },
    Function {
        name: "host",
        overloads: &[Overload::method(&[Type::Url], Type::Text)],
        doc: "A URL's host: a name in lower case, in its ASCII form and without a dot at the end, or an address.",
        examples: &[
            ("url('https://Example.COM./').host()", "'example.com'"),
            ("url('http://2130706433/').host()", "'127.0.0.1'"),
            ("url('http://[::ffff:7f00:1]/').host()", "'127.0.0.1'"),
            ("url('http://0177.0.0.1/').host()", "unknown"),
        ],
        prepare: None,
        eval: |site, args| site.text(receiver(args)?.host().to_string()),
    },
    Function {
        name: "port",
        overloads: &[Overload::method(&[Type::Url], Type::Int)],
        doc: "A URL's port, the scheme's own where none is written.",
        examples: &[("url('https://example.com/').port()", "443"), ("url('http://example.com:8080').port()", "8080")],
        prepare: None,
        eval: |_, args| receiver(args).map(|url| Value::Int(url.port().into())),
    },
    Function {
        name: "path",
        overloads: &[Overload::method(&[Type::Url], Type::Text)],
        doc: "A URL's path with `.` and `..` resolved and escapes decoded. What servers read as different paths is unknown: \
              `//`, `..;`, escaped slashes, dots and percent signs.",
        examples: &[
            ("url('https://example.com/a/../b%20c?q').path()", "'/b c'"),
            ("url('https://example.com').path()", "'/'"),
            ("url('https://example.com/a%2fb').path()", "unknown"),
        ],
        prepare: None,
        eval: |site, args| site.text(receiver(args)?.path()?),
    },
    Function {
        name: "host_in",
        overloads: &[
            Overload::method(&[Type::Url, Type::Text], Type::Bool),
            Overload::method(&[Type::Url, Type::List(None)], Type::Bool),
        ],
        doc: "Whether a URL's host is this one, or one of a list.",
        examples: &[
            ("url('https://example.com/').host_in(['example.com', 'example.org'])", "true"),
            ("url('https://a.example.com/').host_in('example.com')", "false"),
        ],
        prepare: Some(prepare_hosts),
        eval: |site, args| any_host(site, args, Host::is),
    },
    Function {
        name: "host_within",
        overloads: &[
            Overload::method(&[Type::Url, Type::Text], Type::Bool),
            Overload::method(&[Type::Url, Type::List(None)], Type::Bool),
        ],
        doc: "Whether a URL's host is this name or below it, by whole labels; with a list, one of them. An address is only \
              within itself.",
        examples: &[
            ("url('https://a.example.com/').host_within('example.com')", "true"),
            ("url('https://evilexample.com/').host_within('example.com')", "false"),
            ("url('https://example.com.evil/').host_within('example.com')", "false"),
        ],
        prepare: Some(prepare_hosts),
        eval: |site, args| any_host(site, args, Host::within),
    },
    test(
        "is_metadata",
        "Whether a URL's host is among the known names and addresses of clouds' metadata services.",
        &[
            ("url('http://169.254.169.254/latest').is_metadata()", "true"),
            ("url('http://metadata.google.internal/').is_metadata()", "true"),
            ("url('http://169.254.169.254.nip.io/').is_metadata()", "unknown"),
            ("url('https://example.com/').is_metadata()", "false"),
        ],
        |_, args| is(args, Host::is_metadata),
    ),
    test(
        "is_loopback",
        "Whether a URL leads to this machine: by address, or as `localhost`. Of another name only a resolver knows.",
        &[
            ("url('http://0x7f.1/').is_loopback()", "true"),
            ("url('http://localhost/').is_loopback()", "true"),
            ("url('http://example.com/').is_loopback()", "unknown"),
        ],
        |_, args| is(args, Host::is_loopback),
    ),
    test(
        "is_private",
        "Whether a URL's host is an address of a private network; a name is unknown.",
        &[("url('http://10.0.0.1/').is_private()", "true"), ("url('http://intranet/').is_private()", "unknown")],
        |_, args| is(args, Host::is_private),
    ),
    test(
        "is_link_local",
        "Whether a URL's host is an address of the local link; a name is unknown.",
        &[("url('http://[fe80::1]/').is_link_local()", "true")],
        |_, args| is(args, Host::is_link_local),
    ),
    test(
        "is_global",
        "Whether a URL's host is an address of the public internet; a name is unknown.",
        &[("url('http://8.8.8.8/').is_global()", "true"), ("url('http://10.0.0.1/').is_global()", "false")],
        |_, args| is(args, Host::is_global),
    ),
];

/// What parsing a URL costs, in steps.
const PARSE_STEPS: usize = 50;

fn to_url<'a>(site: Site<'_>, args: &[Value<'a>]) -> Result<Value<'a>, Cause> {
    match args {
        [Value::Url(url)] => Ok(Value::Url(Arc::clone(url))),
        [Value::Text(text)] => {
            site.budget.steps(PARSE_STEPS)?;
            Ok(Value::Url(Arc::new(url::parse(text)?)))
        }
        [other, ..] => Err(Cause::wrong_type("string", other)),
        [] => Err(Cause::Missing),
    }
}

fn receiver<'v>(args: &'v [Value<'_>]) -> Result<&'v Url, Cause> {
    match args {
        [Value::Url(url), ..] => Ok(url),
        [other, ..] => Err(Cause::wrong_type("url", other)),
        [] => Err(Cause::Missing),
    }
}

fn is<'a>(args: &[Value<'a>], fact: fn(&Host) -> Result<bool, Unexplained>) -> Result<Value<'a>, Cause> {
    Ok(Value::Bool(fact(receiver(args)?.host())?))
}

/// The hosts of a constant, one or a list.
fn prepare_hosts(args: &[Option<&Value<'static>>]) -> Result<Option<Prepared>, String> {
    let hosts: Vec<Host> = match args {
        [_, Some(Value::List(list))] => list.iter().map(|item| constant_host(&item)).collect::<Result<_, _>>()?,
        [_, Some(value)] => vec![constant_host(value)?],
        _ => return Ok(None),
    };
    Ok(Some(Arc::new(hosts)))
}

fn constant_host(value: &Value<'_>) -> Result<Host, String> {
    match value {
        Value::Text(text) => url::host(text).map_err(|Unexplained(why)| format!("`{}` is {why}", text.escape_debug())),
        other => Err(format!("a host is text, not {}", other.ty())),
    }
}

type Test = fn(&Host, &Host) -> Result<bool, Unexplained>;

fn any_host<'a>(site: Site<'_>, args: &[Value<'a>], test: Test) -> Result<Value<'a>, Cause> {
    let host = receiver(args)?.host();
    if let Some(hosts) = site.prepared::<Vec<Host>>() {
        site.budget.visit(hosts.len())?;
        return any(hosts.iter().map(|other| Ok(test(host, other)?)));
    }
    let parsed = |value: &Value<'_>| match value {
        Value::Text(text) => {
            site.budget.steps(PARSE_STEPS)?;
            Ok(test(host, &url::host(text)?)?)
        }
        other => Err(Cause::wrong_type("string", other)),
    };
    match args.get(1) {
        Some(Value::List(list)) => any(list.iter().map(|item| parsed(&item))),
        Some(other) => any(std::iter::once(parsed(other))),
        None => Err(Cause::Missing),
    }
}

/// True where one is; else unknown where one is unknown.
fn any<'a>(outcomes: impl Iterator<Item = Result<bool, Cause>>) -> Result<Value<'a>, Cause> {
    let mut unknown = None;
    for outcome in outcomes {
        match outcome {
            Ok(true) => return Ok(Value::Bool(true)),
            Ok(false) => {}
            Err(cause) => unknown = unknown.or(Some(cause)),
        }
    }
    unknown.map_or(Ok(Value::Bool(false)), Err)
}
