//! The operators of map conditions: one row each, from which reading, reference and schema derive.

use super::build::{all, any, has, not, select};
#[cfg(feature = "shell")]
use super::commands;
use super::lower::{Lowering, Test, operand_error};
use super::{operand, place};
use crate::cel::Expr;
use crate::yaml::Node;

/// One operator: `path_within: /workspace` is the operator `within` of the parameter `path`.
pub struct Operator {
    /// The name behind the parameter's `_`.
    pub name: &'static str,
    /// What may stand as its value.
    pub operand: OperandKind,
    /// One or two sentences for the reference.
    pub doc: &'static str,
    /// Conditions with params and what they come to, run as tests.
    pub examples: &'static [Example],
    /// Makes the tree.
    pub(super) lower: fn(&mut Lowering<'_>, Test<'_>) -> Option<Expr>,
}

/// A condition, params, and what the one is of the other.
pub struct Example {
    /// The condition, as a YAML flow map.
    pub condition: &'static str,
    /// The params, as JSON.
    pub params: &'static str,
    /// Whether it holds; `None` is unknown.
    pub holds: Option<bool>,
}

/// What may stand as an operator's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OperandKind {
    /// Text, a number, a truth value or null.
    Value,
    /// A list of values of one type.
    Values,
    /// A number, a size, a duration or a timestamp.
    Bound,
    /// A whole number or a size.
    Size,
    /// Text that is not empty.
    Text,
    /// A regular expression.
    Regex,
    /// A glob pattern.
    Glob,
    /// An absolute path, or a list of them.
    Paths,
    /// A network in CIDR notation, or a list of them.
    Networks,
    /// A host, or a list of them.
    #[cfg(feature = "url")]
    Hosts,
    /// The leading words of commands: one, or a list of them.
    Commands,
    /// `true` or `false`.
    Truth,
}

impl OperandKind {
    /// What it is, for people.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Value => "text, a number, `true`, `false` or `null`",
            Self::Values => "a list of values of one type",
            Self::Bound => "a number, a size (`10KiB`), a duration (`30s`) or a timestamp (`2026-03-29T14:20:00Z`)",
            Self::Size => "a whole number or a size (`10KiB`)",
            Self::Text => "text",
            Self::Regex => "a regular expression (RE2 syntax)",
            Self::Glob => "a glob pattern",
            Self::Paths => "an absolute path or one below `$workspace` or `$cwd`, or a list of them",
            Self::Networks => "a network in CIDR notation (`10.0.0.0/8`), or a list of them",
            #[cfg(feature = "url")]
            Self::Hosts => "a host (`example.com`), or a list of them",
            Self::Commands => "a command's leading words (`git status`), or a list of them",
            Self::Truth => "`true` or `false`",
        }
    }
}

const fn example(condition: &'static str, params: &'static str, holds: Option<bool>) -> Example {
    Example { condition, params, holds }
}

const YES: Option<bool> = Some(true);
const NO: Option<bool> = Some(false);
const UNKNOWN: Option<bool> = None;

/// Every operator, in the order of the reference.
pub const OPERATORS: &[Operator] = &[
    Operator {
        name: "eq",
        operand: OperandKind::Value,
        doc: "The parameter equals the value. A parameter of another type, null included, makes the test unknown; all \
              numbers are of one type. The value `null` asks whether the parameter is null, whatever else it may be.",
        examples: &[
            example("{ branch_eq: main }", r#"{"branch":"main"}"#, YES),
            example("{ branch_eq: main }", r#"{"branch":"Main"}"#, NO),
            example("{ branch_eq: main }", r#"{"branch":["main"]}"#, UNKNOWN),
            example("{ depth_eq: 1 }", r#"{"depth":1.0}"#, YES),
            example("{ depth_eq: 1 }", r#"{"depth":"1"}"#, UNKNOWN),
            example("{ branch_eq: null }", r#"{"branch":"main"}"#, NO),
        ],
        lower: |lowering, test| equality(lowering, "_==_", test),
    },
    Operator {
        name: "ne",
        operand: OperandKind::Value,
        doc: "The parameter does not equal the value; unknown as with `eq`.",
        examples: &[
            example("{ method_ne: DELETE }", r#"{"method":"GET"}"#, YES),
            example("{ method_ne: DELETE }", r#"{"method":"DELETE"}"#, NO),
            example("{ method_ne: DELETE }", r#"{"method":["DELETE"]}"#, UNKNOWN),
            example("{ method_ne: DELETE }", r#"{"method":null}"#, UNKNOWN),
        ],
        lower: |lowering, test| equality(lowering, "_!=_", test),
    },
    Operator {
        name: "in",
        operand: OperandKind::Values,
        doc: "The parameter equals one of the values; unknown as with `eq`.",
        examples: &[
            example("{ method_in: [GET, HEAD] }", r#"{"method":"HEAD"}"#, YES),
            example("{ method_in: [GET, HEAD] }", r#"{"method":"POST"}"#, NO),
            example("{ method_in: [GET, HEAD] }", r#"{"method":7}"#, UNKNOWN),
        ],
        lower: membership,
    },
    Operator {
        name: "not_in",
        operand: OperandKind::Values,
        doc: "The parameter equals none of the values; unknown as with `eq`.",
        examples: &[
            example("{ branch_not_in: [main, release] }", r#"{"branch":"fix"}"#, YES),
            example("{ branch_not_in: [main, release] }", r#"{"branch":"main"}"#, NO),
            example("{ branch_not_in: [main, release] }", r#"{"branch":["main"]}"#, UNKNOWN),
        ],
        lower: |lowering, test| {
            let span = test.key.span;
            membership(lowering, test).map(|among| not(among, span))
        },
    },
    Operator {
        name: "lt",
        operand: OperandKind::Bound,
        doc: "The parameter is less than the value. A size compares bytes. A duration compares with a number of seconds, \
              or with text such as `1m30s`. A timestamp compares with text in the same form.",
        examples: &[
            example("{ limit_lt: 100 }", r#"{"limit":99.5}"#, YES),
            example("{ limit_lt: 100 }", r#"{"limit":100}"#, NO),
            example("{ limit_lt: 100 }", r#"{"limit":"9"}"#, UNKNOWN),
            example("{ memory_lt: 1KiB }", r#"{"memory":1023}"#, YES),
            example("{ timeout_lt: 1m }", r#"{"timeout":59.5}"#, YES),
            example("{ timeout_lt: 1m }", r#"{"timeout":"1m30s"}"#, NO),
            example("{ since_lt: 2026-03-29T14:20:00Z }", r#"{"since":"2026-03-29T16:00:00+02:00"}"#, YES),
            example("{ options.depth_lt: 3 }", r#"{"options":{"depth":2}}"#, YES),
        ],
        lower: |lowering, test| order(lowering, "_<_", test),
    },
    Operator {
        name: "lte",
        operand: OperandKind::Bound,
        doc: "The parameter is less than the value or equal to it; values as with `lt`.",
        examples: &[
            example("{ limit_lte: 100 }", r#"{"limit":100}"#, YES),
            example("{ limit_lte: 100 }", r#"{"limit":101}"#, NO),
        ],
        lower: |lowering, test| order(lowering, "_<=_", test),
    },
    Operator {
        name: "gt",
        operand: OperandKind::Bound,
        doc: "The parameter is greater than the value; values as with `lt`.",
        examples: &[
            example("{ limit_gt: 9007199254740992 }", r#"{"limit":9007199254740993}"#, YES),
            example("{ limit_gt: 100 }", r#"{"limit":100}"#, NO),
        ],
        lower: |lowering, test| order(lowering, "_>_", test),
    },
    Operator {
        name: "gte",
        operand: OperandKind::Bound,
        doc: "The parameter is greater than the value or equal to it; values as with `lt`.",
        examples: &[
            example("{ timeout_gte: 1h }", r#"{"timeout":3600}"#, YES),
            example("{ timeout_gte: 1h }", r#"{"timeout":3599}"#, NO),
        ],
        lower: |lowering, test| order(lowering, "_>=_", test),
    },
    Operator {
        name: "size_eq",
        operand: OperandKind::Size,
        doc: "The parameter's size equals the value: bytes of text, elements of a list.",
        examples: &[
            example("{ content_size_eq: 2 }", r#"{"content":"é"}"#, YES),
            example("{ files_size_eq: 2 }", r#"{"files":["a","b"]}"#, YES),
            example("{ content_size_eq: 2 }", r#"{"content":12}"#, UNKNOWN),
        ],
        lower: |lowering, test| size(lowering, "_==_", test),
    },
    Operator {
        name: "size_ne",
        operand: OperandKind::Size,
        doc: "The parameter's size does not equal the value.",
        examples: &[example("{ files_size_ne: 0 }", r#"{"files":["a"]}"#, YES)],
        lower: |lowering, test| size(lowering, "_!=_", test),
    },
    Operator {
        name: "size_lt",
        operand: OperandKind::Size,
        doc: "The parameter's size is less than the value.",
        examples: &[
            example("{ content_size_lt: 10KiB }", r#"{"content":"hi"}"#, YES),
            example("{ content_size_lt: 2B }", r#"{"content":"hi"}"#, NO),
        ],
        lower: |lowering, test| size(lowering, "_<_", test),
    },
    Operator {
        name: "size_lte",
        operand: OperandKind::Size,
        doc: "The parameter's size is less than the value or equal to it.",
        examples: &[example("{ message_ids_size_lte: 1 }", r#"{"message_ids":["a","b"]}"#, NO)],
        lower: |lowering, test| size(lowering, "_<=_", test),
    },
    Operator {
        name: "size_gt",
        operand: OperandKind::Size,
        doc: "The parameter's size is greater than the value.",
        examples: &[example("{ message_ids_size_gt: 1 }", r#"{"message_ids":["a","b"]}"#, YES)],
        lower: |lowering, test| size(lowering, "_>_", test),
    },
    Operator {
        name: "size_gte",
        operand: OperandKind::Size,
        doc: "The parameter's size is greater than the value or equal to it.",
        examples: &[example("{ content_size_gte: 1MB }", r#"{"content":"hi"}"#, NO)],
        lower: |lowering, test| size(lowering, "_>=_", test),
    },
    Operator {
        name: "prefix",
        operand: OperandKind::Text,
        doc: "The parameter's text begins with the value. A value that begins with `/` is a directory: it is compared as \
              `within` does, so `path_prefix: /workspace/` does not hold for `/workspace/../etc`.",
        examples: &[
            example("{ branch_prefix: feature/ }", r#"{"branch":"feature/x"}"#, YES),
            example("{ branch_prefix: feature/ }", r#"{"branch":"main"}"#, NO),
            example("{ path_prefix: /workspace/ }", r#"{"path":"/workspace/a"}"#, YES),
            example("{ path_prefix: /workspace }", r#"{"path":"/workspace2/a"}"#, NO),
            example("{ path_prefix: /workspace }", r#"{"path":"/workspace/../etc/shadow"}"#, NO),
        ],
        lower: prefix,
    },
    Operator {
        name: "suffix",
        operand: OperandKind::Text,
        doc: "The parameter's text ends with the value.",
        examples: &[
            example("{ path_suffix: .md }", r#"{"path":"/workspace/a.md"}"#, YES),
            example("{ path_suffix: .md }", r#"{"path":7}"#, UNKNOWN),
        ],
        lower: |lowering, test| compare(lowering, "endsWith", operand::text, test),
    },
    Operator {
        name: "contains",
        operand: OperandKind::Text,
        doc: "The value stands somewhere in the parameter's text.",
        examples: &[
            example("{ command_contains: --force }", r#"{"command":"git push --force"}"#, YES),
            example("{ command_contains: --force }", r#"{"command":"git push"}"#, NO),
        ],
        lower: |lowering, test| compare(lowering, "contains", operand::text, test),
    },
    Operator {
        name: "matches",
        operand: OperandKind::Regex,
        doc: "The regular expression matches somewhere in the parameter's text; `^` and `$` tie it to the ends.",
        examples: &[
            example("{ branch_matches: '^(fix|feature)/[a-z-]+$' }", r#"{"branch":"fix/typo"}"#, YES),
            example("{ branch_matches: '^fix/' }", r#"{"branch":"hotfix/typo"}"#, NO),
        ],
        lower: |lowering, test| compare(lowering, "matches", operand::text, test),
    },
    Operator {
        name: "glob",
        operand: OperandKind::Glob,
        doc: "The glob pattern matches the whole of the parameter's text. One that begins with `$workspace/` or `$cwd/` is a \
              glob over paths, in which `*` stays within one component and `**` crosses.",
        examples: &[
            example("{ name_glob: '*.txt' }", r#"{"name":"notes.txt"}"#, YES),
            example("{ name_glob: '*.txt' }", r#"{"name":"notes.txt.exe"}"#, NO),
        ],
        lower: glob,
    },
    Operator {
        name: "exists",
        operand: OperandKind::Truth,
        doc: "Whether the parameter is there, with any value, null included.",
        examples: &[
            example("{ branch_exists: true }", r#"{"branch":null}"#, YES),
            example("{ branch_exists: false }", "{}", YES),
            example("{ options.depth_exists: true }", "{}", NO),
            example("{ options.depth_exists: true }", r#"{"options":{"depth":1}}"#, YES),
            example("{ options.depth_exists: true }", r#"{"options":"depth"}"#, UNKNOWN),
        ],
        lower: exists,
    },
    Operator {
        name: "within",
        operand: OperandKind::Paths,
        doc: "The parameter is the path itself or below it, whole components compared, `..` and doubled slashes resolved \
              first. A relative path is meant below the base that its catalog names, and is unknown without one. With a \
              list, within one of them. `$workspace` and `$cwd` at the start of an operand stand for those directories of \
              the context; without them in a call the test is unknown.",
        examples: &[
            example("{ path_within: /workspace }", r#"{"path":"/workspace/a/../b"}"#, YES),
            example("{ path_within: /workspace }", r#"{"path":"/workspace/../etc/shadow"}"#, NO),
            example("{ path_within: /workspace }", r#"{"path":"/workspace2"}"#, NO),
            example("{ path_within: /workspace }", r#"{"path":"notes.txt"}"#, UNKNOWN),
            example("{ path_within: [/workspace, /tmp] }", r#"{"path":"/tmp/x"}"#, YES),
        ],
        lower: within,
    },
    Operator {
        name: "in_cidr",
        operand: OperandKind::Networks,
        doc: "The parameter is an IP address of the network. With a list, of one of them. An IPv6 address that spells an IPv4 \
              address is that address; where only the IPv4 end of a tunnel lies in the network it is unknown.",
        examples: &[
            example("{ host_in_cidr: 10.0.0.0/8 }", r#"{"host":"10.1.2.3"}"#, YES),
            example("{ host_in_cidr: [10.0.0.0/8, '::1/128'] }", r#"{"host":"192.0.2.1"}"#, NO),
            example("{ host_in_cidr: 10.0.0.0/8 }", r#"{"host":"::ffff:a01:203"}"#, YES),
            example("{ host_in_cidr: 10.0.0.0/8 }", r#"{"host":"2002:a01:203::1"}"#, UNKNOWN),
            example("{ host_in_cidr: 10.0.0.0/8 }", r#"{"host":"010.1.2.3"}"#, UNKNOWN),
            example("{ host_in_cidr: 10.0.0.0/8 }", r#"{"host":"example.com"}"#, UNKNOWN),
        ],
        lower: in_cidr,
    },
    #[cfg(feature = "url")]
    Operator {
        name: "host_in",
        operand: OperandKind::Hosts,
        doc: "The parameter is a URL of this host, or of one of a list; hosts below it are others. What readers take for \
              different hosts (user information, backslashes, escapes, octal numbers) is unknown.",
        examples: &[
            example("{ url_host_in: api.example.com }", r#"{"url":"https://API.example.com./v1"}"#, YES),
            example("{ url_host_in: [api.example.com, example.org] }", r#"{"url":"https://example.com/"}"#, NO),
            example("{ url_host_in: 127.0.0.1 }", r#"{"url":"http://2130706433/"}"#, YES),
            example("{ url_host_in: example.com }", r#"{"url":"https://example.com@evil.com/"}"#, UNKNOWN),
        ],
        lower: |lowering, test| hosts(lowering, "host_in", &test),
    },
    #[cfg(feature = "url")]
    Operator {
        name: "host_within",
        operand: OperandKind::Hosts,
        doc: "The parameter is a URL of this host or of a name below it, whole labels compared. With a list, of one of them; \
              unknown as with `host_in`.",
        examples: &[
            example("{ url_host_within: example.com }", r#"{"url":"https://api.example.com/"}"#, YES),
            example("{ url_host_within: example.com }", r#"{"url":"https://evilexample.com/"}"#, NO),
            example("{ url_host_within: example.com }", r#"{"url":"https://example.com.evil.net/"}"#, NO),
            example("{ url_host_within: example.com }", r#"{"url":"example.com"}"#, UNKNOWN),
        ],
        lower: |lowering, test| hosts(lowering, "host_within", &test),
    },
    #[cfg(feature = "sql")]
    Operator {
        name: "reads_only",
        operand: OperandKind::Truth,
        doc: "Whether the parameter is SQL whose every statement, with all that stands within it, only reads. Text that cannot be \
              parsed, functions that are not known to be harmless and what servers read differently are unknown.",
        examples: &[
            example("{ query_reads_only: true }", r#"{"query":"SELECT name FROM users"}"#, YES),
            example("{ query_reads_only: true }", r#"{"query":"SELECT 1; DROP TABLE users"}"#, NO),
            example("{ query_reads_only: false }", r#"{"query":"DELETE FROM users"}"#, YES),
            example("{ query_reads_only: true }", r#"{"query":"SELECT pg_sleep(10)"}"#, UNKNOWN),
        ],
        lower: reads_only,
    },
    #[cfg(feature = "shell")]
    Operator {
        name: "runs_only",
        operand: OperandKind::Commands,
        doc: "The parameter is a shell command, or a list of a program and its arguments, that runs only commands which \
              begin with the words of an entry and do no more than their program is known for, and writes no file by \
              redirection. What stands beside it (`args`, `env`, `cwd`, `stdin` and the like, or what a catalog names) \
              is judged with it. What cannot be told is unknown.",
        examples: &[
            example("{ command_runs_only: [git status, ls] }", r#"{"command":"git status -s && ls"}"#, YES),
            example("{ command_runs_only: [git status, ls] }", r#"{"command":"git push"}"#, NO),
            example("{ command_runs_only: [git status, ls] }", r#"{"command":"ls $(rm -rf x)"}"#, NO),
            example("{ command_runs_only: [git status, ls] }", r#"{"command":"git -c x.y=z status"}"#, UNKNOWN),
            example("{ command_runs_only: ls }", r#"{"command":"ls > /etc/passwd"}"#, UNKNOWN),
            example("{ command_runs_only: git log }", r#"{"command":"git","args":["log","-3"]}"#, YES),
            example("{ command_runs_only: git log }", r#"{"command":"git log","env":{"GIT_PAGER":"sh"}}"#, UNKNOWN),
            example("{ argv_runs_only: git log }", r#"{"argv":["git","log","a; rm x"]}"#, YES),
        ],
        lower: |lowering, test| commands::runs(lowering, "runs_only", test),
    },
    #[cfg(feature = "shell")]
    Operator {
        name: "runs_any",
        operand: OperandKind::Commands,
        doc: "The parameter is a shell command, or a list of a program and its arguments, that runs a command which \
              begins with the words of an entry, its program in any directory and inside any wrapper.",
        examples: &[
            example("{ command_runs_any: [rm, sudo] }", r#"{"command":"ls; env A=b /bin/rm -r x"}"#, YES),
            example("{ command_runs_any: [rm, sudo] }", r#"{"command":"echo 'rm -r x'"}"#, NO),
            example("{ command_runs_any: [rm, sudo] }", r#"{"command":"$x -r y"}"#, UNKNOWN),
            example("{ command_runs_any: rm }", r#"{"command":"timeout","args":["5","rm","x"]}"#, YES),
        ],
        lower: |lowering, test| commands::runs(lowering, "runs_any", test),
    },
    #[cfg(feature = "shell")]
    Operator {
        name: "runs_exactly",
        operand: OperandKind::Commands,
        doc: "The parameter is a command of which every command has exactly the words of an entry.",
        examples: &[
            example("{ command_runs_exactly: [git status, ls -l] }", r#"{"command":"git status; ls -l"}"#, YES),
            example("{ command_runs_exactly: git status }", r#"{"command":"git status -s"}"#, NO),
            example("{ command_runs_exactly: git status }", r#"{"command":"git $x"}"#, UNKNOWN),
        ],
        lower: |lowering, test| commands::runs(lowering, "runs_exactly", test),
    },
    #[cfg(feature = "shell")]
    Operator {
        name: "writes_within",
        operand: OperandKind::Paths,
        doc: "Every file that the command writes, creates, changes or removes is in one of these directories: by \
              redirection, and by what is known of its programs' words. Beside `runs_only` of the same parameter it says \
              where files may be written.",
        examples: &[
            example(
                "{ command_runs_only: [git log], command_writes_within: /ws }",
                r#"{"command":"git log > /ws/a"}"#,
                YES,
            ),
            example(
                "{ command_runs_only: [git log], command_writes_within: /ws }",
                r#"{"command":"git log > /etc/a"}"#,
                NO,
            ),
            example("{ command_writes_within: /ws }", r#"{"command":"cp a /ws/../b"}"#, NO),
            example("{ command_writes_within: /ws }", r#"{"command":"./x.sh"}"#, UNKNOWN),
        ],
        lower: |lowering, test| commands::files(lowering, "writes_within", test),
    },
    #[cfg(feature = "shell")]
    Operator {
        name: "reads_within",
        operand: OperandKind::Paths,
        doc: "Every file that the command reads is in one of these directories.",
        examples: &[
            example("{ command_reads_within: /ws }", r#"{"command":"cat /ws/a < /ws/b"}"#, YES),
            example("{ command_reads_within: /ws }", r#"{"command":"cat /ws/a /etc/passwd"}"#, NO),
            example("{ command_reads_within: /ws }", r#"{"command":"cat $x"}"#, UNKNOWN),
        ],
        lower: |lowering, test| commands::files(lowering, "reads_within", test),
    },
];

/// A function of the parameter and the operand.
fn compare(lowering: &mut Lowering<'_>, function: &'static str, read: operand::Read, test: Test<'_>) -> Option<Expr> {
    let operand = operand::read(lowering, read, test.operand)?;
    lowering.call(function, vec![test.subject.clone(), operand], &test)
}

/// Equality with one value. With a path below `$workspace` or `$cwd` it is that of paths.
fn equality(lowering: &mut Lowering<'_>, function: &'static str, test: Test<'_>) -> Option<Expr> {
    if place::is_placed(test.operand) {
        return same_path(lowering, function, test.operand, &test);
    }
    compare(lowering, function, operand::value, test)
}

/// Equality with one of a list.
fn membership(lowering: &mut Lowering<'_>, test: Test<'_>) -> Option<Expr> {
    let items = test.operand.as_list().unwrap_or_default();
    if items.iter().any(place::is_placed) {
        return each(lowering, &test, |lowering, item| same_path(lowering, "_==_", item, &test));
    }
    let list = operand::values(lowering, test.operand)?;
    lowering.call("_in_", vec![test.subject.clone(), list], &test)
}

fn same_path(lowering: &mut Lowering<'_>, function: &'static str, operand: &Node, test: &Test<'_>) -> Option<Expr> {
    let subject = lowering.call("path", vec![test.subject.clone()], test)?;
    let wanted = place::path(lowering, operand)?;
    lowering.call_at(function, vec![subject, wanted], test, operand)
}

fn glob(lowering: &mut Lowering<'_>, test: Test<'_>) -> Option<Expr> {
    if place::is_placed(test.operand) {
        let subject = lowering.call("path", vec![test.subject.clone()], &test)?;
        let glob = place::glob(lowering, test.operand)?;
        return lowering.call("matches", vec![subject, glob], &test);
    }
    let written = operand::scalar_text(test.operand);
    if written.starts_with('/') && written.contains("**") {
        let message = format!("`{}` is a glob over paths, and `glob` compares text", written.escape_debug());
        let parameter = test.path.join(".");
        let help = match written.strip_suffix("/**").filter(|rest| !rest.contains(['*', '?', '[', '{'])) {
            Some(directory) => format!("write `{parameter}_within: {directory}`"),
            None => format!("write the expression `path(params.{parameter}).matches('{}')`", written.escape_debug()),
        };
        return lowering.refuse(operand_error(test.operand, message).help(help));
    }
    compare(lowering, "glob", operand::text, test)
}

/// An ordering; what the operand is says how the parameter is looked at.
fn order(lowering: &mut Lowering<'_>, relation: &'static str, test: Test<'_>) -> Option<Expr> {
    let bound = match operand::bound(test.operand) {
        Ok(bound) => bound,
        Err(diagnostic) => return lowering.refuse(diagnostic),
    };
    match bound {
        operand::Bound::Plain(value) => lowering.call(relation, vec![test.subject.clone(), value], &test),
        operand::Bound::Timestamp(value) => {
            let subject = lowering.call("timestamp", vec![test.subject.clone()], &test)?;
            lowering.call(relation, vec![subject, value], &test)
        }
        operand::Bound::Duration { seconds, duration } => {
            let text = lowering.call("duration", vec![test.subject.clone()], &test)?;
            let as_text = lowering.call(relation, vec![text, duration], &test)?;
            let as_number = lowering.call(relation, vec![test.subject.clone(), seconds], &test)?;
            lowering.if_text(as_text, as_number, &test)
        }
    }
}

fn size(lowering: &mut Lowering<'_>, function: &'static str, test: Test<'_>) -> Option<Expr> {
    let operand = operand::read(lowering, operand::size, test.operand)?;
    let size = lowering.call("size", vec![test.subject.clone()], &test)?;
    lowering.call(function, vec![size, operand], &test)
}

fn prefix(lowering: &mut Lowering<'_>, test: Test<'_>) -> Option<Expr> {
    if place::is_path(test.operand) {
        return within(lowering, test);
    }
    compare(lowering, "startsWith", operand::text, test)
}

fn exists(lowering: &mut Lowering<'_>, test: Test<'_>) -> Option<Expr> {
    let expected = match operand::truth(test.operand) {
        Ok(expected) => expected,
        Err(diagnostic) => return lowering.refuse(diagnostic),
    };
    let span = test.key.span;
    let mut holder = lowering.params(span)?;
    let mut steps = Vec::new();
    for step in &test.path {
        steps.push(has(holder.clone(), step, span));
        holder = select(holder, step, span);
    }
    let there = all(steps, span);
    Some(if expected { there } else { not(there, span) })
}

fn within(lowering: &mut Lowering<'_>, test: Test<'_>) -> Option<Expr> {
    let path = lowering.call("path", vec![test.subject.clone()], &test)?;
    each(lowering, &test, |lowering, operand| {
        let directory = place::directory(lowering, operand)?;
        lowering.call_at("within", vec![path.clone(), directory], &test, operand)
    })
}

fn in_cidr(lowering: &mut Lowering<'_>, test: Test<'_>) -> Option<Expr> {
    let address = lowering.call("ip", vec![test.subject.clone()], &test)?;
    each(lowering, &test, |lowering, operand| {
        let network = operand::read(lowering, operand::network, operand)?;
        lowering.call_at("contains_ip", vec![network, address.clone()], &test, operand)
    })
}

#[cfg(feature = "url")]
fn hosts(lowering: &mut Lowering<'_>, function: &'static str, test: &Test<'_>) -> Option<Expr> {
    let url = lowering.call("url", vec![test.subject.clone()], test)?;
    each(lowering, test, |lowering, operand| {
        let host = operand::read(lowering, operand::text, operand)?;
        lowering.call_at(function, vec![url.clone(), host], test, operand)
    })
}

#[cfg(feature = "sql")]
fn reads_only(lowering: &mut Lowering<'_>, test: Test<'_>) -> Option<Expr> {
    let expected = match operand::truth(test.operand) {
        Ok(expected) => expected,
        Err(diagnostic) => return lowering.refuse(diagnostic),
    };
    let sql = lowering.call("sql", vec![test.subject.clone()], &test)?;
    let reads = lowering.call("reads_only", vec![sql], &test)?;
    Some(if expected { reads } else { not(reads, test.key.span) })
}

/// Any of the operands, one or a list.
fn each(
    lowering: &mut Lowering<'_>,
    test: &Test<'_>,
    mut one: impl FnMut(&mut Lowering<'_>, &Node) -> Option<Expr>,
) -> Option<Expr> {
    let operands = match operand::one_or_more(test.operand) {
        Ok(operands) => operands,
        Err(diagnostic) => return lowering.refuse(diagnostic),
    };
    let tests: Vec<Option<Expr>> = operands.iter().map(|operand| one(lowering, operand)).collect();
    Some(any(tests.into_iter().collect::<Option<_>>()?, test.key.span))
}
