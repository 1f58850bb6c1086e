//! What is known of programs, as data, and what a command's words mean by it.
//!
//! A row (`commands/*.yaml`, compiled by `build.rs`; a catalog may bring more) tells of each option and operand what it
//! does: it is data, a file that is read or written, a program that is run. What a row does not mention is unknown; a
//! program without a row is known by its name alone.

mod code;
mod effects;
mod inside;
#[allow(dead_code, unreachable_pub, reason = "`build.rs` includes this file and uses the rest")]
pub(super) mod lower;
#[allow(unreachable_pub, reason = "`build.rs` includes this file")]
mod model;
mod names;
mod operands;
#[allow(unreachable_pub, reason = "`build.rs` includes this file")]
mod pack;
mod reading;
mod said;
mod shipped;
#[allow(unreachable_pub, reason = "`build.rs` includes this file")]
mod table;
#[allow(unreachable_pub, reason = "`build.rs` includes this file")]
mod tree;
mod words;

use std::sync::Arc;

pub use tree::{Fault, Kind, Tree};

pub(super) use effects::{
    DESCRIPTORS, ENVIRONMENT, Meaning, Starts, absence, around, goes_nowhere, is_below, is_harmless_setting, meanings,
    only_informs, pair, touches_files,
};
pub(super) use inside::inside;
pub(super) use model::{Arity, Effect, Many, Stdin, signal};
pub(super) use names::{Names, base_name, may_stand_for, trusted_name};
pub(super) use operands::Role;
pub(super) use reading::{Is, Part, Reading, Value};
pub(super) use said::{of_package, of_script, said_otherwise};
pub(super) use table::{Implicit, OperandData, Opt, Row, effect_of, flag};
pub(super) use words::read;

use super::script::Word;
use table::Table;

/// A case of a catalog's row, with the names of its program.
#[derive(Clone, Debug)]
pub struct Case {
    pub(super) names: Vec<String>,
    pub(super) case: lower::Case,
}

/// Names that have two rows, and rows that take the place of one that ships without saying so.
fn clashes(entries: &[lower::Entry]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut known: Vec<&str> = Vec::new();
    for entry in entries {
        for name in entry.row.names.iter() {
            if known.contains(&&**name) {
                faults.push(Fault::new(entry.line, format!("`{name}` has two rows; put them together")));
            }
            known.push(name);
            let ships = Programs::default().row(name).is_some() || shipped::TABLE.program(name).is_some();
            if ships && !entry.row.replaces {
                let why = format!(
                    "`{name}` has a row that ships (`commands/`), of which nothing would be left; leave this one out, or say \
                     `replaces: true` to answer for all of the program"
                );
                faults.push(Fault::new(entry.line, why));
            }
        }
    }
    faults
}

/// What is known of programs: what ships, and what a catalog says of others, which comes first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Programs {
    own: Option<Arc<Table>>,
}

impl Programs {
    /// The rows of a catalog before those that ship, and their cases.
    ///
    /// # Errors
    /// Everything that is wrong with the rows, each with its line.
    pub fn read(tree: &Tree) -> Result<(Self, Vec<Case>), Vec<Fault>> {
        let entries = lower::rows(tree)?;
        let faults = clashes(&entries);
        if !faults.is_empty() {
            return Err(faults);
        }
        let table = pack::Builder::table(entries.iter().map(|entry| &entry.row));
        let fault = || vec![Fault::new(tree.line, "more than 65,535 rows or texts")];
        let own = Some(Arc::new(table.ok_or_else(fault)?));
        let cases = entries.into_iter().flat_map(|entry| {
            let names: Vec<String> = entry.row.names.iter().map(ToString::to_string).collect();
            entry.cases.into_iter().map(move |case| Case { names: names.clone(), case })
        });
        Ok((Self { own }, cases.collect()))
    }

    /// Whether a row knows the program of a name or path.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.row(base_name(name)).is_some()
    }

    /// The row of a program by its base name: `git`, `python3.11`.
    pub(super) fn row(&self, name: &str) -> Option<Row<'_>> {
        let own = |name: &str| self.own.as_ref().and_then(|table| table.program(name));
        let shipped = |name: &str| shipped::TABLE.program(name);
        own(name).or_else(|| shipped(name)).or_else(|| {
            let stem = name.trim_end_matches(|char: char| char.is_ascii_digit() || ".-".contains(char));
            let stem = format!("{stem}#");
            own(&stem).or_else(|| shipped(&stem))
        })
    }

    /// The row of a command's program.
    pub(super) fn row_of(&self, words: &[Word]) -> Option<Row<'_>> {
        self.row(base_name(words.first()?.as_literal()?))
    }

    /// The names of a family, which stand for one thing.
    fn family(&self, family: &str) -> Vec<&str> {
        let tables = self.own.as_deref().into_iter().chain([&shipped::TABLE]);
        tables.flat_map(|table| table.family(family)).collect()
    }

    /// The names of all programs that have a row, without the mark of those that stand for versions too.
    pub(super) fn names(&self) -> Vec<&str> {
        let tables = self.own.as_deref().into_iter().chain([&shipped::TABLE]);
        tables.flat_map(Table::programs).flat_map(Row::names).map(|name| name.trim_end_matches('#')).collect()
    }

    /// The names of the programs that have rows which ship, the names of one program together.
    pub fn shipped() -> impl Iterator<Item = Vec<&'static str>> {
        shipped::TABLE.programs().map(|row| row.names().collect())
    }
}
