//! SQL by its text alone: which statements it holds, what they touch, whether they only read.
//!
//! A query is read-only where every statement, every part of it and every function it calls is known to only read. What is
//! not known is unknown: functions outside a list, statements without a row, comments that some servers run, text that
//! two servers cut into statements differently.
//!
//! The parser comes with the feature `sql`; what a parsed query is needs no feature.

#[cfg(feature = "sql")]
mod dialect;
#[cfg(feature = "sql")]
mod functions;
#[cfg(feature = "sql")]
mod statement;
#[cfg(feature = "sql")]
mod tokens;
#[cfg(feature = "sql")]
mod walk;

use crate::path::Unexplained;
#[cfg(feature = "sql")]
pub use dialect::{Dialect, parse};
#[cfg(feature = "sql")]
pub(crate) use statement::KINDS;

/// Most bytes of SQL.
pub const MAX_BYTES: usize = 64 * 1024;
/// Most statements, those within others counted.
pub const MAX_STATEMENTS: usize = 64;
/// Most tables that are listed.
pub const MAX_TABLES: usize = 256;
/// Most levels of nesting.
pub const MAX_DEPTH: usize = 16;
/// Most keywords and operators of one text: each may nest what stands before it.
pub const MAX_OPERATORS: usize = 1000;

/// SQL that was parsed and walked.
#[derive(Clone, Debug)]
pub struct Sql {
    text: Box<str>,
    dialect: &'static str,
    reads_only: Result<bool, Unexplained>,
    statements: Result<Box<[&'static str]>, Unexplained>,
    tables: Result<Box<[Box<str>]>, Unexplained>,
}

impl PartialEq for Sql {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.dialect) == (&other.text, other.dialect)
    }
}

impl Sql {
    /// The text it was read from.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name of the dialect it was read in.
    #[must_use]
    pub const fn dialect(&self) -> &'static str {
        self.dialect
    }

    /// Whether every statement only reads.
    ///
    /// # Errors
    /// Why that is not known.
    pub const fn reads_only(&self) -> Result<bool, Unexplained> {
        self.reads_only
    }

    /// The kind of each statement in order, those within others too: `select`, `insert`.
    ///
    /// # Errors
    /// Why one has no kind.
    pub fn statements(&self) -> Result<&[&'static str], Unexplained> {
        self.statements.as_deref().map_err(|why| *why)
    }

    /// The tables and views that are named, each once, as written but for the case of letters: `public.users`.
    ///
    /// # Errors
    /// Why there may be others.
    pub fn tables(&self) -> Result<&[Box<str>], Unexplained> {
        self.tables.as_deref().map_err(|why| *why)
    }
}
