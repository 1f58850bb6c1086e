//! The names under which the parts of an invocation usually stand in a call, and the shapes that parts have under any name.

use crate::cel::value::Value;

/// The names under which the parts of an invocation usually stand, by role; without case and signs.
const USUAL: &[(&str, &[&str])] = &[
    (
        "args",
        &[
            "args",
            "argv",
            "argument",
            "arguments",
            "argslist",
            "arglist",
            "argumentlist",
            "cmdargs",
            "commandargs",
            "commandarguments",
            "cliargs",
            "extraargs",
            "extraarguments",
            "additionalargs",
            "additionalarguments",
            "execargs",
            "flags",
            "parameters",
            "params",
            "switches",
        ],
    ),
    (
        "environment",
        &[
            "env",
            "envs",
            "environ",
            "environment",
            "environments",
            "envvar",
            "envvars",
            "envmap",
            "envlist",
            "environmentvars",
            "environmentvariables",
            "envvariables",
            "variables",
            "vars",
            "extraenv",
            "additionalenv",
            "setenv",
        ],
    ),
    (
        "working_directory",
        &[
            "cwd",
            "pwd",
            "workdir",
            "workingdir",
            "workingdirectory",
            "workdirectory",
            "workpath",
            "workingpath",
            "chdir",
            "dir",
            "directory",
            "currentdir",
            "currentdirectory",
            "currentworkingdirectory",
            "folder",
            "workfolder",
            "workingfolder",
            "rundir",
            "execdir",
            "startdir",
            "startin",
            "basedir",
            "rootdir",
            "projectdir",
            "projectroot",
        ],
    ),
    (
        "stdin",
        &[
            "stdin",
            "input",
            "stdininput",
            "stdindata",
            "stdintext",
            "stdincontent",
            "standardinput",
            "inputdata",
            "inputtext",
        ],
    ),
    ("shell", &["shell", "useshell", "viashell", "runinshell"]),
];
/// What ends a name, and the role of a value of a fitting type under it.
const ENDINGS: &[(&str, &[&str])] = &[
    ("environment", &["env", "envs", "environ", "environment", "envvars", "environmentvars", "environmentvariables"]),
    ("args", &["args", "argv", "arguments", "flags"]),
    ("stdin", &["stdin"]),
    ("working_directory", &["cwd", "workdir", "workingdir", "workingdirectory"]),
];
/// Names beside a command by which another program, another user, or more than is read may be meant.
pub(super) const OTHER: &[&str] = &[
    "action",
    "admin",
    "after",
    "argv0",
    "asroot",
    "asuser",
    "become",
    "becomeuser",
    "before",
    "binary",
    "elevate",
    "elevated",
    "entrypoint",
    "exe",
    "execpath",
    "executable",
    "executablepath",
    "gid",
    "group",
    "interpreter",
    "launcher",
    "path",
    "postcommand",
    "precommand",
    "preexecfn",
    "prefix",
    "prerun",
    "privileged",
    "programpath",
    "root",
    "runas",
    "runasuser",
    "runner",
    "searchpath",
    "shellpath",
    "subcommand",
    "sudo",
    "suffix",
    "task",
    "uid",
    "user",
    "verb",
    "wrapper",
];
/// Names of lists of texts that are no arguments.
const TOLD: &[&str] = &["annotations", "categories", "keywords", "labels", "notes", "reasons", "references", "tags"];
/// Names of objects beside a command that may hold parts of the invocation, in whatever form.
pub(super) const OPTIONS: &[&str] = &[
    "options",
    "opts",
    "option",
    "kwargs",
    "spawn",
    "spawnoptions",
    "spawnopts",
    "execoptions",
    "execopts",
    "processoptions",
    "runoptions",
    "config",
    "configuration",
    "settings",
    "context",
    "extra",
    "exec",
    "process",
    "params",
    "parameters",
    "arguments",
    "args",
];
/// Names of a command, which make the object around it an invocation of its own.
pub(super) const COMMANDS: &[&str] =
    &["command", "cmd", "commandline", "cmdline", "shellcommand", "program", "script", "run", "commands"];
/// Names of texts that go before or behind a command, or in its place, in some hosts.
const BESIDE: &[&str] = &[
    "append",
    "bash",
    "cleanup",
    "cmds",
    "code",
    "exec",
    "init",
    "onerror",
    "onfailure",
    "onsuccess",
    "post",
    "postfix",
    "pre",
    "prepend",
    "raw",
    "setup",
    "sh",
    "then",
    "zsh",
];
/// What such names end in, but for digits.
const BESIDE_ENDINGS: &[&str] = &["command", "commands", "cmd", "cmds", "hook", "hooks", "script", "scripts"];
/// What names of texts for people end in, whatever the texts read like.
const PROSE: &[&str] = &[
    "body",
    "comment",
    "comments",
    "content",
    "description",
    "details",
    "explanation",
    "goal",
    "id",
    "intent",
    "justification",
    "label",
    "message",
    "name",
    "note",
    "notes",
    "plan",
    "prompt",
    "purpose",
    "query",
    "question",
    "rationale",
    "reason",
    "subject",
    "summary",
    "task",
    "text",
    "thinking",
    "thought",
    "title",
    "why",
];
/// The part that a parameter of this [`normal`] name usually is, with a value of this type.
pub(crate) fn role_of(plain: &str, value: &Value<'_>) -> Option<&'static str> {
    let exact = USUAL.iter().find(|(_, names)| names.contains(&plain)).map(|(role, _)| *role);
    let found = exact.or_else(|| {
        let ends = |names: &[&str]| names.iter().any(|end| plain.ends_with(end));
        let ending = ENDINGS.iter().find(|(_, names)| ends(names)).map(|(role, _)| *role);
        let begins = (plain.starts_with("env") && !plain.starts_with("envelope")).then_some("environment");
        ending.or(begins).filter(|role| fits(role, value))
    });
    match (found, value) {
        (None, Value::List(_)) if matches!(plain, "options" | "opts") => Some("args"),
        (found, _) => found,
    }
}

fn fits(role: &str, value: &Value<'_>) -> bool {
    match role {
        "environment" => matches!(value, Value::Map(_) | Value::List(_)),
        "args" => matches!(value, Value::List(_)),
        _ => matches!(value, Value::Text(_)),
    }
}

/// A name without case and signs: `workingDirectory`, `WORKING-DIRECTORY` and `working_directory` are one.
pub(crate) fn normal(name: &str) -> String {
    name.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether a value has the shape of a part of an invocation, whatever its name: words for a program, an option, or variables.
pub(super) fn is_shaped_as_part(plain: &str, value: &Value<'_>) -> bool {
    match value {
        Value::Text(text) => is_option(text),
        Value::List(list) => {
            let told = TOLD.contains(&plain);
            list.iter().any(|item| matches!(item, Value::Text(text) if !told || is_option(&text)))
        }
        _ => is_of_variables(value),
    }
}

/// Whether a text or list says another command: by its name, or because it reads as one that goes on (`; rm x`) or stands on its own
/// (`rm x`), where its name does not say that people read it.
pub(super) fn says_a_command(plain: &str, value: &Value<'_>, is_program: &dyn Fn(&str) -> bool) -> bool {
    let bare = plain.trim_end_matches(|char: char| char.is_ascii_digit());
    let named = BESIDE.contains(&bare) || BESIDE_ENDINGS.iter().any(|end| bare.ends_with(end));
    match value {
        Value::Text(_) | Value::List(_) if named => true,
        Value::Text(text) if !PROSE.iter().any(|end| plain.ends_with(end)) => {
            let mut words = text.split_whitespace();
            let first = words.next().unwrap_or_default();
            text.trim_start().starts_with([';', '&', '|']) || is_program(first) && words.next().is_some()
        }
        _ => false,
    }
}

fn is_option(text: &str) -> bool {
    text.len() > 1 && text.starts_with('-') && !text.contains(char::is_whitespace)
}

/// Whether an object holds variables: `GIT_PAGER`, with a text.
pub(super) fn is_of_variables(value: &Value<'_>) -> bool {
    let Value::Map(map) = value else { return false };
    let is_variable = |name: &str| {
        name.len() > 1
            && name.starts_with(|first: char| first.is_ascii_uppercase() || first == '_')
            && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    map.iter().any(|(name, value)| matches!((&name, &value), (Value::Text(name), Value::Text(_)) if is_variable(name)))
}

/// Whether a value says nothing, whatever its name: none, no, or empty.
pub(super) fn says_nothing(value: &Value<'_>) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Text(text) => text.is_empty(),
        Value::List(list) => list.is_empty(),
        Value::Map(map) => map.is_empty(),
        _ => false,
    }
}
