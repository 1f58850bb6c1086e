//! Checking the trail as it stands in a file: the chain, the columns by which records are found, and where it ends. It
//! reads only, and runs on a copy as well as on the file that a gateway is writing.

use std::fmt::Write as _;
use std::path::Path;

use kruxos_approvals::audit::{Broken, Head, Verifier};
use rusqlite::{Connection, OpenFlags};

use super::columns::count;
use super::migrations::is_newest;
use super::open::{OpenError, OpenProblem, beside, prepared};
use super::readers::in_one_state;
use super::rows::{Found, stored_trail, unreadable_row};
use crate::tables::Kept;

/// Checks the trail in a database file or a copy of one, which nobody changes: what a log beside it (`-wal`) holds is
/// part of it. `expected` is a head that the trail once had.
///
/// # Errors
/// When the file cannot be read as a database of this version; the inner error is what is wrong with the trail.
pub fn verify_file(path: impl AsRef<Path>, expected: Option<Head>) -> Result<Result<Head, Broken>, OpenError> {
    let path = path.as_ref();
    verify(path, expected).map_err(|problem| problem.of(path))
}

fn verify(path: &Path, expected: Option<Head>) -> Result<Result<Head, Broken>, OpenProblem> {
    let connection = copy(path)?;
    is_newest(&connection)?;
    Ok(in_one_state(&connection, |rows| rows.verify(expected))?)
}

/// Opens a file of which nothing is known but its name. Without a log there is nothing to share with anybody, and no need
/// to write beside it: a copy on a disk that cannot be written is as good.
fn copy(path: &Path) -> Result<Connection, OpenProblem> {
    let path = std::fs::canonicalize(path).map_err(|error| OpenProblem::Io(error.to_string()))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    if beside(&path, "-wal").exists() {
        return prepared(Connection::open_with_flags(&path, flags));
    }
    let address = format!("file:{}?immutable=1", escaped(&path));
    prepared(Connection::open_with_flags(address, flags | OpenFlags::SQLITE_OPEN_URI))
}

/// A path as a URI has it.
fn escaped(path: &Path) -> String {
    path.as_os_str().as_encoded_bytes().iter().fold(String::new(), |mut text, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => text.push(char::from(*byte)),
            // Writing to a string cannot fail.
            other => drop(write!(text, "%{other:02X}")),
        }
        text
    })
}

/// Checks the trail that a connection sees.
pub(super) fn trail(connection: &Connection, expected: Option<Head>) -> Kept<Result<Head, Broken>> {
    let mut verifier = Verifier::new(expected);
    let stored = stored_trail(connection, |row| check(&mut verifier, row))?;
    let lost = |head: Head| Broken {
        sequence: head.sequence.saturating_add(1),
        problem: "it may be missing: where the trail ends is not kept any more".to_owned(),
    };
    Ok(stored.and_then(|stored| {
        let head = verifier.finish(stored)?;
        stored.map(|_| head).ok_or_else(|| lost(head))
    }))
}

fn check(verifier: &mut Verifier, row: rusqlite::Result<Found>) -> Result<(), Broken> {
    let sequence = verifier.head().sequence.saturating_add(1);
    let broken = |problem: String| Broken { sequence, problem };
    let row = row.map_err(|error| broken(unreadable_row(&error)))?;
    let own = count(row.sequence).map_err(|_| broken(format!("a record with the number {} is there", row.sequence)))?;
    let hash = row.hash.parse().map_err(|_| broken("the hash kept beside it is no hash".to_owned()))?;
    let record = verifier.check(own, &row.body, hash)?;
    if !row.agrees_with(&record) {
        return Err(broken("the columns by which it is found say something else than its text".to_owned()));
    }
    Ok(())
}
