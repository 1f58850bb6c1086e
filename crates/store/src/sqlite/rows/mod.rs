//! The rows of the store in SQLite: all its statements. A value of [`Rows`] lives within one transaction.

mod accounts;
mod admissions;
mod filter;
mod requests;
mod state;
mod trail;

use kruxos_approvals::StoreError;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};

use super::failure::{Told, failed};
use super::steps::passed;
use crate::tables::{Kept, Tail};

pub(super) use trail::{Found, stored_tail, stored_trail, unreadable_row};

/// The rows as one transaction sees them.
pub(super) struct Rows<'c> {
    connection: &'c Connection,
    /// The writer's: where the trail ends with what this transaction has appended.
    tail: Option<Tail>,
    /// Whether the tail is another than on the disk.
    is_longer: bool,
}

impl<'c> Rows<'c> {
    /// Rows to be read.
    pub(super) const fn of_reader(connection: &'c Connection) -> Self {
        Self { connection, tail: None, is_longer: false }
    }

    /// Rows to be written behind this tail.
    pub(super) const fn of_writer(connection: &'c Connection, tail: Tail) -> Self {
        Self { connection, tail: Some(tail), is_longer: false }
    }

    /// Marks what is written so far, and gives the tail for [`Rows::back_to`].
    pub(super) fn mark(&mut self) -> Kept<Option<Tail>> {
        self.write("SAVEPOINT verb", [])?;
        Ok(self.tail)
    }

    /// Keeps what was written since the mark.
    pub(super) fn release(&mut self) -> Kept<()> {
        self.write("RELEASE verb", []).map(drop)
    }

    /// Undoes what was written since the mark.
    pub(super) fn back_to(&mut self, tail: Option<Tail>) -> Kept<()> {
        self.tail = tail;
        self.write("ROLLBACK TO verb", [])?;
        self.release()
    }

    fn statement(&self, sql: &str) -> Kept<CachedStatement<'c>> {
        self.connection.prepare_cached(sql).told()
    }

    /// Runs a statement; how many rows it changed.
    fn write(&self, sql: &str, values: impl Params) -> Kept<usize> {
        let changed = self.statement(sql)?.execute(values).told()?;
        passed(sql);
        Ok(changed)
    }

    /// The one row that a statement gives, if it gives one.
    fn one<T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Kept<Option<T>> {
        self.statement(sql)?.query_row(values, read).optional().told()
    }

    /// All rows that a statement gives, each made into something.
    fn all<R, T>(
        &self,
        sql: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<R>,
        make: impl FnMut(R) -> Kept<T>,
    ) -> Kept<Vec<T>> {
        let mut statement = self.statement(sql)?;
        let rows = statement.query_map(values, read).told()?;
        let mut make = make;
        rows.map(|row| row.map_err(|error| failed(&error)).and_then(&mut make)).collect()
    }
}

/// A number of things, counted by a statement.
fn counted(row: Option<i64>) -> Kept<u64> {
    row.map_or_else(|| Err(StoreError::Corrupt("nothing was counted".to_owned())), super::columns::count)
}
