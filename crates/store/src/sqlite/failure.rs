//! What SQLite's errors mean to those who use a store.

use kruxos_approvals::StoreError;
use rusqlite::ErrorCode;

/// A failure of SQLite's, as a store tells it.
pub(super) fn failed(error: &rusqlite::Error) -> StoreError {
    use rusqlite::Error as E;
    match error {
        E::FromSqlConversionFailure(..)
        | E::IntegralValueOutOfRange(..)
        | E::InvalidColumnType(..)
        | E::Utf8Error(..) => StoreError::Corrupt(error.to_string()),
        _ => match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => StoreError::Corrupt(error.to_string()),
            Some(ErrorCode::DiskFull) => StoreError::Unavailable("the disk is full; free some space".to_owned()),
            Some(ErrorCode::ReadOnly) => {
                StoreError::Unavailable("the database cannot be written; give its owner the right to".to_owned())
            }
            _ => StoreError::Unavailable(error.to_string()),
        },
    }
}

/// Text in a column that is not what was written there.
pub(super) fn unreadable(what: &str, why: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(format!("{what} cannot be read: {why}"))
}

/// Results of SQLite's as those of a store.
pub(super) trait Told<T> {
    /// The same, told as a store tells it.
    fn told(self) -> Result<T, StoreError>;
}

impl<T> Told<T> for rusqlite::Result<T> {
    fn told(self) -> Result<T, StoreError> {
        self.map_err(|error| failed(&error))
    }
}
