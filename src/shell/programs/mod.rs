//! What is known of programs, as data, and what a command's words mean by it.
//!
//! A row (`commands/*.yaml`, compiled by `build.rs`; a catalog may bring more) tells of each option and operand what it
//! does: it is data, a file that is read or written, a program that is run. What a row does not mention is unknown; a
//! program without a row is known by its name alone.

mod code;
mod effects;
mod inside;
#[allow(dead_code, unreachable_pub, reason = "`build.rs` includes this file and uses the rest")]
mod lower;
#[allow(unreachable_pub, reason = "`build.rs` includes this file")]
mod model;
mod shipped;
mod words;

use std::sync::Arc;

pub use lower::{Fault, Kind, Tree};
pub use model::{Effect, Row};

pub(super) use effects::{ENVIRONMENT, Starts, around, goes_nowhere, meanings, only_informs};
pub(super) use inside::inside;
pub(super) use model::{fits, fits_setting};
pub(super) use words::{Is, Part, Reading, Role, read};

use super::script::Word;

/// The rows that are in force: those that ship, and those of catalogs before them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Programs {
    own: Arc<[Row]>,
}

impl Programs {
    /// The rows of a catalog before those that ship.
    ///
    /// # Errors
    /// Everything that is wrong with the rows, each with its line.
    pub fn read(tree: &Tree) -> Result<Self, Vec<Fault>> {
        let entries = lower::rows(tree)?;
        Ok(Self { own: entries.into_iter().map(|entry| entry.row).collect() })
    }

    /// The row of a program by its base name: `git`, `python3.11`.
    #[must_use]
    pub fn row(&self, name: &str) -> Option<&Row> {
        let own = |name: &str| self.own.iter().find(|row| row.names.iter().any(|known| known == name));
        let versioned = || {
            let stem = name.trim_end_matches(|char: char| char.is_ascii_digit() || ".-".contains(char));
            format!("{stem}#")
        };
        own(name).or_else(|| shipped::row(name)).or_else(|| {
            let stem = versioned();
            own(&stem).or_else(|| shipped::row(&stem))
        })
    }

    /// The row of a command's program.
    pub(super) fn row_of(&self, words: &[Word]) -> Option<&Row> {
        self.row(base_name(words.first()?.as_literal()?))
    }

    /// The names that have rows which ship, for documentation.
    pub fn shipped() -> impl Iterator<Item = &'static Row> {
        shipped::ROWS.iter()
    }
}

/// The last component of a program's path.
pub(super) fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// Directories whose programs are the system's own.
const SYSTEM: &[&str] = &["/bin", "/usr/bin", "/sbin", "/usr/sbin"];

/// The name of a program that is found by its name, or stands in a directory of the system.
pub(super) fn trusted_name(program: &str) -> Option<&str> {
    match program.rsplit_once('/') {
        None => Some(program),
        Some((directory, name)) => SYSTEM.contains(&directory).then_some(name),
    }
}
