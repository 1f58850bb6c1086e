//! The function table: every operator, standard function and extension is one row in one of these files.
//!
//! A row says its name, the ways it can be called, one sentence of documentation, examples that run as tests, what it
//! prepares of constant arguments when a policy is loaded, and its value. Adding a function touches one file; adding a
//! file adds one line here.
//!
//! What rows prepare, for those who look at a tree from outside: `matches` of text a [`regex::Regex`], `matches` of paths a
//! [`PathGlob`](crate::pattern::PathGlob), `glob` a [`TextGlob`](crate::pattern::TextGlob), `within` a
//! [`Directory`](crate::path::Directory), membership in a constant list of eight or more strings a set of them.

mod arithmetic;
mod collections;
mod conversions;
mod features;
mod format;
mod network;
mod path;
mod patterns;
mod relations;
#[cfg(feature = "shell")]
mod shell;
#[cfg(feature = "sql")]
mod sql;
mod strings;
mod text;
mod times;
mod typed;
#[cfg(feature = "url")]
mod url;

pub(crate) use features::{absent_function, absent_operator, absent_operators};

use super::function::Function;

/// The files' rows. The one list that joins them.
static ROWS: &[&[Function]] = &[
    arithmetic::ROWS,
    relations::ROWS,
    collections::ROWS,
    conversions::ROWS,
    text::ROWS,
    strings::ROWS,
    format::ROWS,
    patterns::ROWS,
    times::ROWS,
    network::ROWS,
    path::ROWS,
    #[cfg(feature = "url")]
    url::ROWS,
    #[cfg(feature = "sql")]
    sql::ROWS,
    typed::ROWS,
    #[cfg(feature = "shell")]
    shell::ROWS,
];

/// Every row of the table, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static Function> {
    ROWS.iter().flat_map(|rows| rows.iter())
}

/// The rows of this name: more than one where receivers of different types share it.
pub fn named(name: &str) -> impl Iterator<Item = &'static Function> {
    all().filter(move |row| row.name == name)
}

/// The row that reads the whole invocation around a parameter that is a command; no text can call it.
pub(crate) const INVOCATION: &str = "@invocation";
/// The row of `runs_only` beside a test of what is written; no text can call it.
pub(crate) const BOUNDED: &str = "@runs_only";

/// The names under which the parts of an invocation usually stand, by role.
const USUAL: [(&str, &[&str]); 5] = [
    ("args", &["args", "argv", "arguments"]),
    (
        "environment",
        &["env", "environment", "environ", "envs", "Env", "ENV", "env_vars", "envVars", "environment_variables"],
    ),
    (
        "working_directory",
        &[
            "cwd",
            "workdir",
            "working_directory",
            "working_dir",
            "workDir",
            "workingDir",
            "workingDirectory",
            "Cwd",
            "chdir",
        ],
    ),
    ("stdin", &["stdin", "input"]),
    ("shell", &["shell"]),
];

/// The roles that a catalog may give to parameters beside a command.
#[cfg(feature = "shell")]
pub(crate) const ROLES: [&str; 5] = ["args", "environment", "working_directory", "stdin", "shell"];
/// Names beside a command by which another program, or more than is read, may be meant.
#[cfg(feature = "shell")]
pub(crate) const OTHER: [&str; 4] = ["executable", "argv0", "preexec_fn", "execPath"];
/// Names of maps beside a command that may hold parts of the invocation.
#[cfg(feature = "shell")]
pub(crate) const OPTIONS: [&str; 4] = ["options", "opts", "kwargs", "spawnOptions"];

/// All names under which parts of an invocation usually stand.
#[cfg(feature = "shell")]
pub(crate) fn all_usual_names() -> impl Iterator<Item = &'static str> {
    USUAL.iter().flat_map(|(_, names)| names.iter().copied())
}

/// The names under which a part of an invocation usually stands.
pub(crate) fn usual_names(role: &str) -> &'static [&'static str] {
    USUAL.iter().find(|(known, _)| *known == role).map(|(_, names)| *names).unwrap_or_default()
}
