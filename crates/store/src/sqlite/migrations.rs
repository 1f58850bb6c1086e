//! Which shape a database has, and how it gets the one that is known here. Shapes are numbered from 1 and only added to.

use rusqlite::{Connection, ErrorCode};

use super::failure::failed;
use super::open::OpenProblem;

/// What brings a database from each shape to the next.
const STEPS: &[&str] = &[include_str!("schema/0001.sql"), include_str!("schema/0002.sql")];

/// Marks a file as ours: `KRUX`.
const APPLICATION: i64 = 0x4b52_5558;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Empty,
    Ours(usize),
    Foreign,
}

/// Brings the database to the newest shape, in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), OpenProblem> {
    let missing = STEPS.get(known(connection)?..).unwrap_or_default();
    if missing.is_empty() {
        return Ok(());
    }
    let statements = format!(
        "BEGIN IMMEDIATE;\n{}\nPRAGMA application_id = {APPLICATION};\nPRAGMA user_version = {};\nCOMMIT;",
        missing.join("\n"),
        STEPS.len()
    );
    connection.execute_batch(&statements).map_err(|error| failed(&error).into())
}

/// Refuses a file that is not ours, or of a shape that is not known here.
pub(super) fn is_known(connection: &Connection) -> Result<(), OpenProblem> {
    known(connection).map(drop)
}

/// Refuses a database that is not of the newest shape: for those who may not change it.
pub(super) fn is_newest(connection: &Connection) -> Result<(), OpenProblem> {
    match known(connection)? {
        0 => Err(OpenProblem::Foreign),
        shape if shape == STEPS.len() => Ok(()),
        shape => Err(OpenProblem::Older { shape, known: STEPS.len() }),
    }
}

/// The shape a database has, if it is known here; 0 for an empty one.
fn known(connection: &Connection) -> Result<usize, OpenProblem> {
    match shape(connection).map_err(|error| as_foreign(&error))? {
        Shape::Empty => Ok(0),
        Shape::Ours(shape) if shape > STEPS.len() => Err(OpenProblem::Newer { shape, known: STEPS.len() }),
        Shape::Ours(shape) => Ok(shape),
        Shape::Foreign => Err(OpenProblem::Foreign),
    }
}

/// A file that SQLite does not take for a database is somebody else's.
fn as_foreign(error: &rusqlite::Error) -> OpenProblem {
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => OpenProblem::Foreign,
        _ => failed(error).into(),
    }
}

fn shape(connection: &Connection) -> rusqlite::Result<Shape> {
    let number = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    let application = number("PRAGMA application_id")?;
    let version = usize::try_from(number("PRAGMA user_version")?).unwrap_or(0);
    let things = number("SELECT count(*) FROM sqlite_schema")?;
    Ok(match (application, version, things) {
        (0, 0, 0) => Shape::Empty,
        (APPLICATION, 1.., _) => Shape::Ours(version),
        _ => Shape::Foreign,
    })
}
