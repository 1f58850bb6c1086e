//! The function table: every operator, standard function and extension is one row in one of these files.
//!
//! A row says its name, the ways it can be called, one sentence of documentation, examples that run as tests, what it
//! prepares of constant arguments when a policy is loaded, and its value. Adding a function touches one file; adding a
//! file adds one line here.
//!
//! What rows prepare, for those who look at a tree from outside: `matches` of text a [`regex::Regex`], `matches` of paths a
//! [`PathGlob`](crate::pattern::PathGlob), `glob` a [`TextGlob`](crate::pattern::TextGlob), `within` the normal directory
//! as a [`String`], membership in a constant list of eight or more strings a set of them.

mod arithmetic;
mod collections;
mod conversions;
mod format;
mod network;
mod path;
mod patterns;
mod relations;
#[cfg(feature = "shell")]
mod shell;
mod strings;
mod text;
mod times;
mod typed;

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
    typed::ROWS,
    #[cfg(feature = "shell")]
    shell::ROWS,
];

/// Names of rows that a feature of this library brings, and the feature.
const OF_FEATURES: &[(&str, &str)] =
    &[("shell", "shell"), ("runs_only", "shell"), ("runs_any", "shell"), ("programs", "shell"), ("writes", "shell")];

/// The feature that this name needs and this build lacks.
#[must_use]
pub fn feature_of(name: &str) -> Option<&'static str> {
    let missing = named(name).next().is_none();
    OF_FEATURES.iter().find(|(known, _)| missing && *known == name).map(|(_, feature)| *feature)
}

/// Every row of the table, in the order of the reference.
pub fn all() -> impl Iterator<Item = &'static Function> {
    ROWS.iter().flat_map(|rows| rows.iter())
}

/// The rows of this name: more than one where receivers of different types share it.
pub fn named(name: &str) -> impl Iterator<Item = &'static Function> {
    all().filter(move |row| row.name == name)
}
