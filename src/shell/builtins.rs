//! What a shell does itself: its own commands and its variables, as tables.
//!
//! Sources: POSIX.1-2017 XCU 2.14 (special built-in utilities), the bash manual chapters "Bash Builtin Commands" and
//! "Shell Variables", dash(1), the zsh manual's "Parameters Set By The Shell", the environment sections of the manuals
//! of the programs named.

use super::script::Word;

/// Commands that run no program and change nothing but the flow of the text they stand in.
const CONTROL: &[&str] = &[":", "true", "false", "exit", "return", "break", "continue", "shift", "wait", "test", "["];

/// Commands that change how the rest of the text is read or what its names mean, or that run text.
const OPAQUE: &[(&str, &str)] = &[
    ("eval", "`eval`, which runs text that it puts together"),
    ("source", "`source`, which runs a file in the shell itself"),
    (".", "`.`, which runs a file in the shell itself"),
    ("alias", "`alias`, which changes what names mean"),
    ("unalias", "`unalias`, which changes what names mean"),
    ("enable", "`enable`, which changes what names mean"),
    ("hash", "`hash`, which changes what names mean"),
    ("shopt", "`shopt`, which changes how text is read"),
    ("trap", "`trap`, which runs text later"),
    ("bind", "`bind`, which runs text later"),
    ("complete", "`complete`, which runs text later"),
    ("compgen", "`compgen`, which may run text"),
    ("mapfile", "`mapfile`, which may run text"),
    ("readarray", "`readarray`, which may run text"),
    ("let", "`let`, which evaluates what variables hold"),
    ("fc", "`fc`, which runs commands of the history"),
    ("history", "`history`, which changes the history"),
    ("zmodload", "`zmodload`, which changes what names mean"),
    ("autoload", "`autoload`, which changes what names mean"),
    ("emulate", "`emulate`, which changes how text is read"),
    ("setopt", "`setopt`, which changes how text is read"),
    ("unsetopt", "`unsetopt`, which changes how text is read"),
    ("noglob", "`noglob`, which changes how text is read"),
    ("nocorrect", "`nocorrect`, which changes how text is read"),
    ("repeat", "`repeat`, which is a loop to some shells"),
    ("foreach", "`foreach`, which is a loop to some shells"),
    ("select", "`select`, which is a loop to some shells"),
    ("always", "`always`, which is a block to some shells"),
    ("fork", "`fork`, which runs text"),
    ("-", "`-`, which changes how some shells run a program"),
    ("function", "`function`, which is no keyword to some shells"),
    ("coproc", "`coproc`, which is no keyword to some shells"),
    ("end", "`end`, which closes a loop in some shells"),
];

/// Commands that set the variables named in their arguments.
const SETTERS: &[&str] =
    &["export", "declare", "typeset", "local", "readonly", "read", "unset", "getopts", "printf", "integer", "float"];

/// Options of `set` that change nothing but when the shell gives up or what it shows.
const SET_HARMLESS: &[&str] =
    &["-e", "-u", "-x", "-v", "+x", "+e", "+u", "-o", "+o", "pipefail", "errexit", "nounset", "xtrace", "verbose"];

/// Environment variables that change what a program shows or how fast it works, not what it runs or where it writes.
const ENVIRONMENT: &[&str] = &[
    "CARGO_INCREMENTAL",
    "CARGO_NET_OFFLINE",
    "CARGO_TERM_COLOR",
    "CARGO_TERM_PROGRESS_WHEN",
    "CGO_ENABLED",
    "CI",
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "COLORTERM",
    "COLUMNS",
    "CUDA_VISIBLE_DEVICES",
    "DEBIAN_FRONTEND",
    "DEBUG",
    "DJANGO_DEBUG",
    "DOCKER_BUILDKIT",
    "DO_NOT_TRACK",
    "FLASK_DEBUG",
    "FORCE_COLOR",
    "GIT_OPTIONAL_LOCKS",
    "GIT_PAGER_IN_USE",
    "GIT_TERMINAL_PROMPT",
    "GOARCH",
    "GOOS",
    "HOST",
    "INSTA_UPDATE",
    "LANG",
    "LANGUAGE",
    "LC_ALL",
    "LC_COLLATE",
    "LC_CTYPE",
    "LC_MESSAGES",
    "LC_NUMERIC",
    "LC_TIME",
    "LINES",
    "LOG_LEVEL",
    "MAKELEVEL",
    "NEXT_TELEMETRY_DISABLED",
    "NODE_ENV",
    "NO_COLOR",
    "OMP_NUM_THREADS",
    "PGCONNECT_TIMEOUT",
    "PORT",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONHASHSEED",
    "PYTHONIOENCODING",
    "PYTHONUNBUFFERED",
    "PYTHONUTF8",
    "RAILS_ENV",
    "RAYON_NUM_THREADS",
    "RUST_BACKTRACE",
    "RUST_LIB_BACKTRACE",
    "RUST_LOG",
    "RUST_MIN_STACK",
    "RUST_TEST_THREADS",
    "SOURCE_DATE_EPOCH",
    "TERM",
    "TZ",
    "VERBOSE",
];

/// Variables in lower case that mean something to a shell or to programs.
const LOWER_CASE: &[&str] = &[
    "aliases",
    "argv",
    "cdpath",
    "commands",
    "dirstack",
    "fignore",
    "fpath",
    "functions",
    "histchars",
    "ifs",
    "mailpath",
    "manpath",
    "module_path",
    "nameddirs",
    "options",
    "path",
    "prompt",
    "psvar",
    "signals",
    "watch",
];

/// Whether a command runs no program and changes nothing outside of the text.
pub(super) fn is_control(words: &[Word]) -> bool {
    let Some((name, args)) = words.split_first() else { return false };
    match name.as_literal() {
        Some("set") => args.iter().all(|arg| arg.as_literal().is_some_and(is_harmless_set)),
        Some("export" | "unset" | "local" | "readonly" | "declare" | "read") => {
            setter_doubt(name.as_literal(), args).is_none()
        }
        Some(name) => CONTROL.contains(&name),
        None => false,
    }
}

/// Whether a function of this name would take the place of a command that this module explains.
pub(super) fn is_reserved_for_shell(name: &str) -> bool {
    let opaque = OPAQUE.iter().any(|(known, _)| *known == name);
    opaque
        || CONTROL.contains(&name)
        || SETTERS.contains(&name)
        || ["set", "cd", "command", "exec", "builtin"].contains(&name)
}

/// Why a command of the shell itself leaves the text unexplained.
pub(super) fn doubt(words: &[Word]) -> Option<&'static str> {
    let (name, args) = words.split_first()?;
    let Some(name) = name.as_literal() else { return Some("the name of a program is dynamic") };
    if let Some((_, why)) = OPAQUE.iter().find(|(known, _)| *known == name) {
        return Some(why);
    }
    match name {
        "" => Some("an empty name of a program"),
        name if name.starts_with('-') => Some("an option in the place of a program, as `time -o` is to some shells"),
        "set" => args
            .iter()
            .any(|arg| !arg.as_literal().is_some_and(is_harmless_set))
            .then_some("`set` with options that change how text is read"),
        "test" | "[" => test_doubt(args),
        name if SETTERS.contains(&name) => setter_doubt(Some(name), args),
        name if name.starts_with('=') => Some("a name that some shells expand"),
        name if name.ends_with('=') || name.contains("=(") || assigns(name) => {
            Some("an assignment in the place of a program")
        }
        _ => None,
    }
}

fn assigns(name: &str) -> bool {
    name.split_once('=').is_some_and(|(name, _)| {
        !name.contains('/') && name.trim_end_matches('+').contains(|char: char| !char.is_ascii_punctuation())
    })
}

fn is_harmless_set(option: &str) -> bool {
    let cluster = option.strip_prefix('-').filter(|flags| !flags.is_empty());
    SET_HARMLESS.contains(&option) || cluster.is_some_and(|flags| flags.bytes().all(|flag| b"euxvo".contains(&flag)))
}

/// `test -v` evaluates a subscript; an operand that may become several could be that.
fn test_doubt(args: &[Word]) -> Option<&'static str> {
    let evaluates = args.iter().any(|arg| matches!(arg.as_literal(), Some("-v" | "-R")));
    let splits = args.iter().any(|arg| matches!(arg, Word::Dynamic { splits: true, .. }));
    let leading = matches!(args, [Word::Dynamic { prefix, .. }, Word::Dynamic { .. }, ..] if prefix.is_empty());
    (evaluates || splits || leading).then_some("a test that may evaluate a subscript")
}

fn setter_doubt(name: Option<&str>, args: &[Word]) -> Option<&'static str> {
    let why = Some("a variable is set that may change what programs run");
    if name == Some("printf") {
        let first = args.first();
        return if first.is_some_and(|arg| arg.as_literal().is_none_or(|arg| arg.starts_with("-v"))) {
            why
        } else {
            None
        };
    }
    let exports = name == Some("export");
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let Some(text) = known_part(arg) else { return why };
        if let Some(flags) = text.strip_prefix(['-', '+']) {
            if !flags.bytes().all(|flag| b"rapAxgfsdtnN-".contains(&flag))
                || name != Some("read") && flags.contains('n')
            {
                return why;
            }
            if name == Some("read") && flags.ends_with(['p', 'd', 't', 'n', 'N']) {
                args.next();
            }
            continue;
        }
        let variable = text.split_once('=').map_or(text, |(variable, _)| variable).trim_end_matches('+');
        let plain = if exports { is_harmless_environment(variable) } else { is_plain_variable(variable) };
        if !plain {
            return why;
        }
    }
    None
}

/// What is known of an argument up to its value.
fn known_part(arg: &Word) -> Option<&str> {
    match arg {
        Word::Literal(text) => Some(text),
        Word::Dynamic { prefix, splits: false } if prefix.contains('=') => Some(prefix),
        Word::Dynamic { .. } => None,
    }
}

/// Whether a variable of the text itself means nothing to shells and programs.
pub(super) fn is_plain_variable(name: &str) -> bool {
    let mut bytes = name.bytes();
    let lower = bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    let special = LOWER_CASE.contains(&name) || name.ends_with("_proxy") || name.starts_with("npm_config");
    (lower && !special) || is_harmless_environment(name)
}

/// Whether a program that is given this variable still runs and writes what it would without.
pub(super) fn is_harmless_environment(name: &str) -> bool {
    ENVIRONMENT.contains(&name)
}
