//! Variables: which of them a text may set without changing how a shell reads it or finds its programs.
//!
//! Sources: POSIX.1-2017 XCU 2.5.3, the variables' chapters of the manuals of bash 5.3, dash 0.5.12, busybox 1.35, mksh 59,
//! ksh93u+m 1.0, zsh 5.9 (with those of its modules).

/// Variables in lower case that mean something to a shell or to programs.
const LOWER_CASE: &[&str] = &[
    "aliases",
    "argv",
    "builtins",
    "cdpath",
    "commands",
    "dirstack",
    "fignore",
    "fpath",
    "functions",
    "galiases",
    "histchars",
    "history",
    "historywords",
    "ifs",
    "jobdirs",
    "jobstates",
    "jobtexts",
    "keymaps",
    "mailpath",
    "manpath",
    "module_path",
    "modules",
    "nameddirs",
    "options",
    "parameters",
    "patchars",
    "path",
    "pipestatus",
    "prompt",
    "psvar",
    "reswords",
    "saliases",
    "signals",
    "status",
    "termcap",
    "terminfo",
    "userdirs",
    "usergroups",
    "watch",
    "widgets",
    "zsh_eval_context",
    "zsh_scheduled_events",
];

/// Variables in upper case that mean something to a shell itself; those that a prefix below covers left out.
const SHELLS_OWN: &[&str] = &[
    "ARGC",
    "ARGV0",
    "CDPATH",
    "CHILD_MAX",
    "COMP_CWORD",
    "COMP_LINE",
    "COMP_POINT",
    "COMP_WORDBREAKS",
    "COMP_WORDS",
    "COMPREPLY",
    "COPROC",
    "CORRECT_IGNORE",
    "CORRECT_IGNORE_FILE",
    "DIRSTACK",
    "DIRSTACKSIZE",
    "EGID",
    "ENV",
    "EPOCHREALTIME",
    "EPOCHSECONDS",
    "ERRNO",
    "EUID",
    "EXECIGNORE",
    "FCEDIT",
    "FIGNORE",
    "FPATH",
    "FUNCNAME",
    "FUNCNEST",
    "GID",
    "GLOBIGNORE",
    "GLOBSORT",
    "GROUPS",
    "HOME",
    "HOSTFILE",
    "HOSTTYPE",
    "IFS",
    "IGNOREEOF",
    "INPUTRC",
    "JOBMAX",
    "KEYBOARD_HACK",
    "KEYTIMEOUT",
    "LINENO",
    "LISTMAX",
    "LOGCHECK",
    "MACHTYPE",
    "MAILCHECK",
    "MAILPATH",
    "MAPFILE",
    "MODULE_PATH",
    "NULLCMD",
    "OLDPWD",
    "OPTARG",
    "OPTERR",
    "OPTIND",
    "OSTYPE",
    "PATH",
    "PATHSEP",
    "PGRP",
    "PIPESTATUS",
    "POSIXLY_CORRECT",
    "POSTEDIT",
    "PPID",
    "PROMPT_COMMAND",
    "PROMPT_DIRTRIM",
    "PSVAR",
    "PWD",
    "RANDOM",
    "READNULLCMD",
    "REPLY",
    "REPORTMEMORY",
    "REPORTTIME",
    "RPROMPT",
    "RPS1",
    "RPS2",
    "SAVEHIST",
    "SECONDS",
    "SHELLOPTS",
    "SHLVL",
    "SPROMPT",
    "SRANDOM",
    "STTY",
    "TIMEFMT",
    "TIMEFORMAT",
    "TMOUT",
    "TMPPREFIX",
    "TMPSUFFIX",
    "TRY_BLOCK_ERROR",
    "TRY_BLOCK_INTERRUPT",
    "TTY",
    "TTYIDLE",
    "UID",
    "USERNAME",
    "USER_ID",
    "VPATH",
    "WATCH",
    "WATCHFMT",
    "WORDCHARS",
];

/// What names begin with that shells and the loader of programs keep for themselves.
const PREFIXES: &[&str] = &["BASH", "DYLD_", "HIST", "KSH", "LD_", "PROMPT", "PS", "READLINE", "ZDOTDIR", "ZLE", "ZSH"];

/// Why such a variable is a doubt.
pub(super) const KEPT: &str = "a variable is set that may change what programs run";

/// What a text does by setting a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing that another program would see.
    Own,
    /// If the variable is exported already, programs that run later are given the new value.
    Given,
    /// It may change how the shell reads the text, or where it finds programs.
    Shell,
}

/// What setting a variable means. A name in lower case is the text's own by custom; the names that shells keep for
/// themselves are listed in their manuals.
pub(super) fn meaning(name: &str) -> Meaning {
    let mut bytes = name.bytes();
    let lower = bytes.next().is_some_and(|first| first.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    if lower && (name.ends_with("_proxy") || name.starts_with("npm_config")) {
        return Meaning::Given;
    }
    let shells = LOWER_CASE.contains(&name)
        || SHELLS_OWN.contains(&name)
        || !name.starts_with(|first: char| first.is_ascii_alphabetic())
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix));
    match (lower, shells) {
        (_, true) => Meaning::Shell,
        (true, false) => Meaning::Own,
        (false, false) => Meaning::Given,
    }
}

/// Environment variables that change what a program shows or how fast it works, not what it runs or where it writes.
const HARMLESS: &[&str] = &[
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

/// Whether a program that is given this variable still runs and writes what it would without.
pub(super) fn is_harmless_to_programs(name: &str) -> bool {
    HARMLESS.contains(&name)
}
