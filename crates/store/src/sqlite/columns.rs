//! How values stand in columns.

use std::rc::Rc;
use std::str::FromStr;

use jiff::Timestamp;
use kruxos_approvals::{Digest, StoreError};
use rusqlite::types::Value;
use rusqlite::vtab::array::Array;

use super::failure::unreadable;

/// A time whose text sorts as it does.
pub(super) fn time(at: Timestamp) -> String {
    format!("{at:.9}")
}

/// A time as [`time`] wrote it.
pub(super) fn read<T: FromStr<Err: std::fmt::Display>>(what: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|error| unreadable(what, error))
}

/// A number that counts something, as SQLite keeps it. None of ours reaches its highest.
pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A number that was kept by [`number`].
pub(super) fn count(number: i64) -> Result<u64, StoreError> {
    u64::try_from(number).map_err(|_| StoreError::Corrupt(format!("a count is {number}")))
}

/// A digest as text.
pub(super) fn digest(digest: Digest) -> String {
    digest.to_string()
}

/// Texts for `IN rarray(?)`.
pub(super) fn texts<T: AsRef<str>>(texts: &[T]) -> Array {
    Rc::new(texts.iter().map(|text| Value::Text(text.as_ref().to_owned())).collect())
}
