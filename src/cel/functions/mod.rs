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
pub(crate) mod beside;
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
pub(crate) mod usual;

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
