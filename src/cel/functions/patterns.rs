//! Rows to come.
use crate::cel::function::Function;
pub(super) static ROWS: &[Function] = &[];
