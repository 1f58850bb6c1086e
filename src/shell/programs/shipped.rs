//! The rows that ship, compiled from `commands/*.yaml` by `build.rs`.

use std::borrow::Cow;

#[allow(unused_imports, reason = "the rows use most of them")]
use super::model::{Absent, Arity, Effect, Implicit, Many, Operand, Opt, Patch, Row, Stdin, Style, When};

include!(concat!(env!("OUT_DIR"), "/commands.rs"));

/// A shipped row by name.
pub(super) fn row(name: &str) -> Option<&'static Row> {
    let at = NAMES.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    NAMES.get(at).and_then(|(_, row)| ROWS.get(usize::from(*row)))
}
